#include "storage/disk_guard.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>

#include "base/log.hpp"

namespace mf::storage {

DiskGuard::DiskGuard(std::filesystem::path directory, std::uint64_t free_bytes_min,
                     int free_percent_min)
    : directory_(std::move(directory)),
      free_bytes_min_(free_bytes_min),
      free_percent_min_(free_percent_min) {}

bool DiskGuard::has_room() const {
  using namespace std::chrono;
  const auto now = steady_clock::now().time_since_epoch().count();
  auto next = next_look_.load(std::memory_order_relaxed);
  constexpr auto interval = duration_cast<steady_clock::duration>(seconds(1)).count();
  if (now < next || !next_look_.compare_exchange_strong(next, now + interval))
    return has_room_.load(std::memory_order_relaxed);
  const auto why = why_full();
  const bool room = why.empty();
  if (has_room_.exchange(room) != room) {
    if (room) log::info(log::journal, "disk-has-room", {{"directory", directory_.string()}});
    else
      log::error(log::journal, "disk-nearly-full",
                 {{"directory", directory_.string()}, {"why", why}});
  }
  return room;
}

/// Empty when there is room.
std::string DiskGuard::why_full() const {
  rlimit file{};
  if (::getrlimit(RLIMIT_FSIZE, &file) == 0 && file.rlim_cur < free_bytes_min_)
    return "no file may grow beyond " + std::to_string(file.rlim_cur) + " bytes (ulimit -f)";
  struct statvfs disk{};
  // A disk that cannot be asked is left to the write itself to judge.
  if (::statvfs(directory_.c_str(), &disk) != 0) return {};
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const std::uint64_t percent = std::uint64_t{disk.f_blocks} * disk.f_frsize / 100;
  const auto wanted =
      std::max(free_bytes_min_, percent * static_cast<std::uint64_t>(free_percent_min_));
  if (free >= wanted) return {};
  return std::to_string(free) + " bytes are free, " + std::to_string(wanted) + " are wanted";
}

}  // namespace mf::storage
