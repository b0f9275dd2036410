#include "node/descriptors.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace mf::node {
namespace {

// What RocksDB may hold open (max_open_files), with logs, backups and what it makes new.
constexpr std::int64_t of_storage = 512 + 64;
// Listeners, admin and control connections, the log, certificates, timers.
constexpr std::int64_t of_the_rest = 128;
constexpr std::int64_t connections_min = 16;

}  // namespace

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  const auto soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : soft;
}

int connections_within(std::uint64_t descriptors, int wanted) {
  constexpr std::uint64_t plenty = 10'000'000;  // also what "unlimited" is to us
  const auto left =
      static_cast<std::int64_t>(std::min(descriptors, plenty)) - of_storage - of_the_rest;
  return static_cast<int>(std::min<std::int64_t>(wanted, std::max(left, connections_min)));
}

}  // namespace mf::node
