// Preloaded into a program: its wall clock is off by the seconds that stand in the file
// MF_CLOCK_SHIFT names, and its other clocks are not.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace {

std::atomic<long> shift{0}, read_at{-1};

long read_shift() {
  const char* name = std::getenv("MF_CLOCK_SHIFT");  // NOLINT(concurrency-mt-unsafe): never set
  const int file = name ? ::open(name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  char text[32] = {};
  const auto size = ::read(file, text, sizeof text - 1);
  ::close(file);
  return size > 0 ? std::atol(text) : 0;
}

/// Looks into the file ten times a second at most.
long shift_now() {
  timespec steady{};
  ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &steady);
  const long tenth = steady.tv_sec * 10 + steady.tv_nsec / 100'000'000;
  if (read_at.exchange(tenth) != tenth) shift = read_shift();
  return shift;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* at) noexcept {
  const auto result = static_cast<int>(::syscall(SYS_clock_gettime, clock, at));
  if (result == 0 && clock == CLOCK_REALTIME) at->tv_sec += shift_now();
  return result;
}

extern "C" int gettimeofday(timeval* at, void*) noexcept {
  timespec now{};
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return result;
}

extern "C" time_t time(time_t* at) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
