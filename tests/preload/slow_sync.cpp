// Preloaded into a program: syncs of files whose path holds the text MF_SLOW_SYNC take a second.
#include <limits.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool is_slow(int file) {
  const char* slow = std::getenv("MF_SLOW_SYNC");  // NOLINT(concurrency-mt-unsafe): never set
  char link[64], path[PATH_MAX] = {};
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return slow && ::readlink(link, path, sizeof path - 1) > 0 && std::strstr(path, slow);
}

int sync_slowly(int file, long call) {
  const timespec second{1, 0};
  if (is_slow(file)) ::nanosleep(&second, nullptr);
  return static_cast<int>(::syscall(call, file));
}

}  // namespace

extern "C" int fsync(int file) { return sync_slowly(file, SYS_fsync); }
extern "C" int fdatasync(int file) { return sync_slowly(file, SYS_fdatasync); }
