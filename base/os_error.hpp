#pragma once
#include <string_view>

#include "base/result.hpp"

namespace mf {

/// What the last system call of this thread left in `errno`, as "doing: why": disk_full for a full
/// disk, else `code`.
[[nodiscard]] std::unexpected<Error> fail_with_errno(std::string_view doing,
                                                     ErrorCode code = ErrorCode::io);

}  // namespace mf
