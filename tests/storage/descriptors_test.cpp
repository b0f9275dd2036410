// Files and logs when the process has no descriptor left.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "storage/rocks/rocks_store.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

/// Takes every descriptor this process may have, as strangers' connections would.
class Hoarder {
 public:
  explicit Hoarder(rlim_t max) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit low{max, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &low);
    for (int opened = take(); opened >= 0; opened = take()) held_.push_back(opened);
  }
  ~Hoarder() {
    for (const int held : held_) ::close(held);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  Hoarder(const Hoarder&) = delete;
  Hoarder& operator=(const Hoarder&) = delete;

 private:
  static int take() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
  rlimit before_{};
  std::vector<int> held_;
};

}  // namespace

TEST_CASE("a process out of descriptors goes on committing, log after log") {
  test::TemporaryDirectory directory;
  std::atomic<int> stops{0};
  const auto open = [&] {
    return open_rocks({.data_dir = directory / "data",
                       .shard_count = 4,
                       .memory_bytes_max = 16u << 20,
                       .wal_bytes_max = 256u << 10,
                       .on_stopped = [&](const Error&) { ++stops; }});
  };
  auto store = open();
  REQUIRE(store);
  test::Committer committer(**store);
  REQUIRE(committer.commit(0).state == CommitState::committed);
  {
    const Hoarder hoarder(256);
    CHECK(::open("/dev/null", O_RDONLY) < 0);
    for (int i = 0; i < 60; ++i)
      REQUIRE(committer.commit(0, std::size_t{60} << 10).state == CommitState::committed);
  }
  CHECK(stops == 0);
  store->reset();
  store = open();
  REQUIRE(store);
  CHECK((*store)->applied(0).seq == 61);
}

}  // namespace mf::storage
