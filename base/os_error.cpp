#include "base/os_error.hpp"

#include <cerrno>
#include <string>
#include <system_error>

namespace mf {

std::unexpected<Error> fail_with_errno(std::string_view doing, ErrorCode code) {
  const int why = errno;
  const bool is_full = why == ENOSPC || why == EDQUOT || why == EFBIG;
  return fail(is_full ? ErrorCode::disk_full : code,
              std::string(doing) + ": " + std::generic_category().message(why));
}

}  // namespace mf
