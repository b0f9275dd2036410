// The linker takes these for the C library's: key files know no other seam, and need none.
#include "tests/storage/refusing_key_file.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>

namespace mf::test {
namespace {

using Call = RefusingKeyFile::Call;
std::atomic<bool> is_watching{false};
std::atomic<Call> refused{Call::none};
std::atomic<int> error_given{0}, written{0};

bool is_key_file(int file) {
  std::array<char, 4096> path{};
  const auto link = "/proc/self/fd/" + std::to_string(file);
  const auto size = ::readlink(link.c_str(), path.data(), path.size());
  return size > 0 &&
         std::string_view(path.data(), static_cast<std::size_t>(size)).ends_with("/persons");
}

bool refuses(Call call, int file) {
  if (!is_watching || !is_key_file(file)) return false;
  if (auto expected = call; refused.compare_exchange_strong(expected, Call::none)) {
    errno = error_given;
    return true;
  }
  if (call == Call::write) ++written;
  return false;
}

}  // namespace

RefusingKeyFile::RefusingKeyFile(Call call, int error) {
  error_given = error;
  written = 0;
  refused = call;
  is_watching = true;
}
RefusingKeyFile::~RefusingKeyFile() { is_watching = false; }
int RefusingKeyFile::writes() { return written; }

}  // namespace mf::test

extern "C" ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  if (mf::test::refuses(mf::test::Call::write, file)) return -1;
  return ::syscall(SYS_pwrite64, file, bytes, size, at);
}
extern "C" int fdatasync(int file) {
  if (mf::test::refuses(mf::test::Call::sync, file)) return -1;
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}
