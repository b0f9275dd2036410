#include "config/container.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>
#include <vector>

#include "config/config.hpp"

namespace mf::config {
namespace {

using std::filesystem::path;

std::optional<std::string> first_line(const path& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return {};
  return line;
}

std::optional<double> number(const std::string& text) {
  try {
    return std::stod(text);
  } catch (const std::logic_error&) {
    return {};
  }
}

std::optional<double> number_in(const path& file) {
  const auto line = first_line(file);
  return line ? number(*line) : std::nullopt;
}

void lower(std::optional<double>& lowest, std::optional<double> value) {
  if (value && (!lowest || *value < *lowest)) lowest = value;
}

/// Our group's folder below `mount` and all around it. Inside a container the path that
/// /proc/self/cgroup names may not exist: then only the mount itself is left, which is our group.
std::vector<path> groups(const path& mount, const path& group) {
  std::vector<path> found;
  for (path at = group.relative_path();; at = at.parent_path()) {
    if (std::filesystem::is_directory(mount / at)) found.push_back(mount / at);
    if (at.empty()) return found;
  }
}

struct GroupLimits {
  std::optional<double> cpus, memory;
};

/// "max 100000" or "150000 100000"; "max" or bytes.
GroupLimits read_v2(const path& mount, const path& group) {
  GroupLimits limits;
  for (const auto& at : groups(mount, group)) {
    if (const auto line = first_line(at / "cpu.max")) {
      std::istringstream words(*line);
      std::string quota, period;
      words >> quota >> period;
      const auto q = number(quota), p = number(period);
      if (q && p && *p > 0) lower(limits.cpus, *q / *p);
    }
    lower(limits.memory, number_in(at / "memory.max"));
  }
  return limits;
}

/// The quota is −1 and the memory limit some 2^63 where there is none.
void read_v1(const path& root, const std::string& controllers, const path& group,
             GroupLimits& limits) {
  constexpr double no_limit = 1e18;
  const auto is = [&](std::string_view name) {
    return ("," + controllers + ",").find("," + std::string(name) + ",") != std::string::npos;
  };
  const path mounts = root / "sys/fs/cgroup";
  for (const auto& mount : {mounts / controllers, mounts / (is("cpu") ? "cpu" : "memory")}) {
    for (const auto& at : groups(mount, group)) {
      if (is("cpu")) {
        const auto quota = number_in(at / "cpu.cfs_quota_us");
        const auto period = number_in(at / "cpu.cfs_period_us");
        if (quota && period && *quota > 0 && *period > 0) lower(limits.cpus, *quota / *period);
      }
      const auto memory = is("memory") ? number_in(at / "memory.limit_in_bytes") : std::nullopt;
      if (memory && *memory < no_limit) lower(limits.memory, memory);
    }
  }
}

/// Those the scheduler may put us on: a set of CPUs (cpuset, taskset) leaves fewer than there are.
unsigned usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return static_cast<unsigned>(CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

double machine_memory(const path& root) {
  std::ifstream in(root / "proc/meminfo");
  std::string name;
  double kilobytes = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    if (words >> name >> kilobytes && name == "MemTotal:") return kilobytes * 1024;
  }
  return 1024.0 * 1024 * 1024;
}

}  // namespace

Container read_container(const path& root, unsigned cores) {
  if (cores == 0) cores = usable_cores();
  Container container{.cpus = double(cores),
                      .memory = static_cast<std::uint64_t>(machine_memory(root))};
  const auto adopt = [&](const GroupLimits& limits, const char* from) {
    if (limits.cpus && *limits.cpus < container.cpus) {
      container.cpus = *limits.cpus;
      container.cpus_from = from;
    }
    if (limits.memory && *limits.memory < double(container.memory)) {
      container.memory = static_cast<std::uint64_t>(*limits.memory);
      container.memory_from = from;
    }
  };
  std::ifstream in(root / "proc/self/cgroup");
  GroupLimits first_version;
  for (std::string line; std::getline(in, line);) {  // "4:cpu,cpuacct:/docker/7f3a" or "0::/"
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const auto group = line.substr(second + 1);
    if (controllers.empty()) adopt(read_v2(root / "sys/fs/cgroup", group), "cgroup v2");
    else read_v1(root, controllers, group, first_version);
  }
  adopt(first_version, "cgroup v1");
  return container;
}

void fit(Config& config, const Container& container) {
  constexpr std::uint64_t bytes_per_entity = 8 << 10;  // actor, state and mailbox, with some air
  const int cores = std::max(1, static_cast<int>(container.cpus));
  config.gateway.threads = std::max(1, (cores + 1) / 3);
  config.runtime.threads = cores == 1 ? 1 : std::max(2, cores - config.gateway.threads);
  config.storage.memory =
      Bytes{std::clamp(container.memory / 4, mib(64).count, gib(16).count) >> 20 << 20};
  config.runtime.entities_max = static_cast<int>(
      std::clamp<std::uint64_t>(container.memory / 8 / bytes_per_entity, 1'000, 1'000'000));
}

}  // namespace mf::config
