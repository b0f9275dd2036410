#include "config/container.hpp"

#include <sched.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "config/config.hpp"

using namespace mf::config;
namespace fs = std::filesystem;

namespace {

/// A "/" with the few files that tell a process its limits.
class Root {
 public:
  Root() {
    char name[] = "/tmp/mf-root-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
    put("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB\n");  // 16 GiB
  }
  ~Root() { fs::remove_all(path); }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  void put(const fs::path& file, const std::string& text) const {
    fs::create_directories((path / file).parent_path());
    std::ofstream(path / file) << text;
  }
  fs::path path;
};

constexpr std::uint64_t one_gib = 1ull << 30;

}  // namespace

TEST_CASE("container: without limits the machine counts") {
  const Root root;
  root.put("proc/self/cgroup", "0::/\n");
  root.put("sys/fs/cgroup/cpu.max", "max 100000\n");
  root.put("sys/fs/cgroup/memory.max", "max\n");
  const auto c = read_container(root.path, 8);
  CHECK(c.cpus == 8);
  CHECK(c.memory == 16 * one_gib);
  CHECK(c.cpus_from == "machine");
  CHECK(c.memory_from == "machine");
}

TEST_CASE("container: CPUs that the process may not run on don't count") {
  const Root root;
  cpu_set_t before, one;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  CPU_ZERO(&one);
  int first = 0;
  while (!CPU_ISSET(first, &before)) ++first;
  CPU_SET(first, &one);
  REQUIRE(sched_setaffinity(0, sizeof one, &one) == 0);
  const auto c = read_container(root.path);
  REQUIRE(sched_setaffinity(0, sizeof before, &before) == 0);
  CHECK(c.cpus == 1);
}

TEST_CASE("container: cgroup v2 gives quota and memory") {
  const Root root;
  root.put("proc/self/cgroup", "0::/\n");
  root.put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  root.put("sys/fs/cgroup/memory.max", "1073741824\n");
  const auto c = read_container(root.path, 8);
  CHECK(c.cpus == 1.5);
  CHECK(c.memory == one_gib);
  CHECK(c.cpus_from == "cgroup v2");
  CHECK(c.memory_from == "cgroup v2");
}

TEST_CASE("container: the lowest limit of our group and those around it counts") {
  const Root root;
  root.put("proc/self/cgroup", "0::/kubepods/pod1/app\n");
  root.put("sys/fs/cgroup/kubepods/pod1/app/cpu.max", "max 100000\n");
  root.put("sys/fs/cgroup/kubepods/pod1/cpu.max", "200000 100000\n");
  root.put("sys/fs/cgroup/kubepods/cpu.max", "700000 100000\n");
  root.put("sys/fs/cgroup/kubepods/pod1/app/memory.max", "2147483648\n");
  root.put("sys/fs/cgroup/kubepods/memory.max", "8589934592\n");
  const auto c = read_container(root.path, 8);
  CHECK(c.cpus == 2);
  CHECK(c.memory == 2 * one_gib);
}

TEST_CASE("container: cgroup v1 gives quota and memory, its own folder first") {
  const Root root;
  root.put("proc/self/cgroup", "5:memory:/docker/7f\n4:cpu,cpuacct:/docker/7f\n1:name=systemd:/\n");
  root.put("sys/fs/cgroup/cpu,cpuacct/docker/7f/cpu.cfs_quota_us", "200000\n");
  root.put("sys/fs/cgroup/cpu,cpuacct/docker/7f/cpu.cfs_period_us", "100000\n");
  root.put("sys/fs/cgroup/memory/docker/7f/memory.limit_in_bytes", "4294967296\n");
  root.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  const auto c = read_container(root.path, 8);
  CHECK(c.cpus == 2);
  CHECK(c.memory == 4 * one_gib);
  CHECK(c.cpus_from == "cgroup v1");
  CHECK(c.memory_from == "cgroup v1");
}

TEST_CASE("container: inside a container the group's folder is the mount itself") {
  const Root root;
  root.put("proc/self/cgroup", "5:memory:/docker/7f\n4:cpu,cpuacct:/docker/7f\n");
  root.put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
  root.put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  root.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "536870912\n");
  const auto c = read_container(root.path, 8);
  CHECK(c.cpus == 1);
  CHECK(c.memory == one_gib / 2);
}

TEST_CASE("container: a v1 quota of -1 and a huge memory limit are no limits") {
  const Root root;
  root.put("proc/self/cgroup", "5:memory:/\n4:cpu:/\n");
  root.put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  root.put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  root.put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  const auto c = read_container(root.path, 4);
  CHECK(c.cpus == 4);
  CHECK(c.memory == 16 * one_gib);
}

TEST_CASE("container: unreadable limits are no limits") {
  const Root root;
  root.put("proc/self/cgroup", "garbage\n0::/\n");
  root.put("sys/fs/cgroup/cpu.max", "lots\n");
  root.put("sys/fs/cgroup/memory.max", "\n");
  const auto c = read_container(root.path, 4);
  CHECK(c.cpus == 4);
  CHECK(c.memory == 16 * one_gib);
}

TEST_CASE("container: two cores make one gateway thread and two for actors") {
  const auto threads = [](double cpus) {
    Config config;
    fit(config, {.cpus = cpus, .memory = 4 * one_gib});
    return std::pair{config.gateway.threads, config.runtime.threads};
  };
  CHECK(threads(2) == std::pair{1, 2});
  CHECK(threads(0.5) == std::pair{1, 1});
  CHECK(threads(1.5) == std::pair{1, 1});
  CHECK(threads(4) == std::pair{1, 3});
  CHECK(threads(8) == std::pair{3, 5});
}

TEST_CASE("container: a quarter of the memory goes to storage, within bounds") {
  const auto storage = [](std::uint64_t memory) {
    Config config;
    fit(config, {.cpus = 2, .memory = memory});
    return config.storage.memory.count;
  };
  CHECK(storage(4 * one_gib) == one_gib);
  CHECK(storage(one_gib / 8) == std::size_t{64} * 1024 * 1024);
  CHECK(storage(1024 * one_gib) == 16 * one_gib);
}
