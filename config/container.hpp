#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace mf::config {

struct Config;

/// What this process may use. `nproc` and `free` show the machine; a container's limits are in its
/// control groups (v1 or v2).
struct Container {
  double cpus = 1;           ///< the quota, or the machine's cores that we may run on
  std::uint64_t memory = 0;  ///< bytes; the limit, or the machine's memory
  std::string cpus_from = "machine", memory_from = "machine";  ///< "machine", "cgroup v1" or "v2"
};

/// Reads /proc/self/cgroup and the limits of our group and those around it (the lowest counts).
/// `root` stands for "/" in tests; `cores` are those of the machine, 0 = ask it.
[[nodiscard]] Container read_container(const std::filesystem::path& root = "/", unsigned cores = 0);

/// Sets the thread counts and cache sizes that fit: on two cores one gateway thread and two for
/// actors (the journal's one is always there); a quarter of the memory for storage.
void fit(Config& config, const Container& container);

}  // namespace mf::config
