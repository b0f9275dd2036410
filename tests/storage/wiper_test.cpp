#include "storage/rocks/wiper.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/metrics.hpp"
#include "tests/storage/closed_directory.hpp"

namespace mf::storage {
namespace {

using namespace std::chrono_literals;
using Ranges = std::vector<KeyRange>;

TEST_CASE("erasure: ranges that overlap, or lie in one table, are rewritten together") {
  CHECK(joined({}, {{"a", "z"}}).empty());
  const Ranges apart = {{"b", "c"}, {"f", "g"}, {"m", "n"}};
  CHECK(joined(apart, {}) == apart);
  CHECK(joined({{"m", "n"}, {"b", "c"}, {"f", "g"}}, {}) == apart);
  CHECK(joined({{"b", "f"}, {"c", "d"}, {"f", "g"}}, {}) == Ranges{{"b", "g"}});
  CHECK(joined(apart, {{"a", "d"}, {"e", "k"}, {"l", "z"}}) == apart);
  CHECK(joined(apart, {{"a", "d"}, {"e", "z"}}) == Ranges{{"b", "c"}, {"f", "n"}});
  CHECK(joined(apart, {{"a", "z"}}) == Ranges{{"b", "n"}});
}

EntityRef client(int number) {
  return {EntityKind::client, "cli_0000000000000000000000" + std::to_string(1000 + number)};
}

/// A directory in which so many erasures wait.
struct Waiting : test::ClosedDirectory {
  explicit Waiting(int erasures) {
    const auto database = Database::open({.data_dir = data}).value();
    for (int i = 0; i < erasures; ++i)
      REQUIRE(database->put_synced(keys::to_wipe(keys::state(i % 3, client(i))), ""));
  }
  /// The number of the newest file: each rewriting makes some.
  [[nodiscard]] int newest_file() const {
    int newest = 0;
    for (const auto& [name, bytes] : test::everything_in(data / "db"))
      newest = std::max(newest, std::atoi(name.c_str()));
    return newest;
  }
};

/// Whether none waits any more, after a while.
bool is_done() {
  const auto& waiting = metrics::gauge("microflow_storage_erasures_waiting", "");
  for (int tries = 0; tries < 600 && waiting.value() > 0; ++tries)
    std::this_thread::sleep_for(50ms);
  return waiting.value() == 0;
}

TEST_CASE("erasure: all that wait are rewritten together") {
  const Waiting few(1), many(60);
  const auto files_for = [](const Waiting& directory) {
    const auto before = directory.newest_file();
    auto store = directory.open();
    CHECK(is_done());
    store.reset();  // whose files come and go
    return directory.newest_file() - before;
  };
  const auto one = files_for(few);
  CHECK(files_for(many) < 5 * one);
}

/// No file of this process may grow beyond so many bytes while it lives: as on a full disk.
class NoRoom {
 public:
  explicit NoRoom(std::uint64_t bytes) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit low{bytes, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  }
  ~NoRoom() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  NoRoom(const NoRoom&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("erasure: without room it waits instead of filling the disk, and is done once there is") {
  const Waiting directory(3);
  const auto row = keys::to_wipe(keys::state(0, client(0)));
  auto no_room = std::make_unique<NoRoom>(64u << 20);
  const auto store = open_rocks({.data_dir = directory.data,
                                 .memory_bytes_max = 16u << 20,
                                 .free_bytes_min = 65u << 20,
                                 .free_percent_min = 0})
                         .value();
  CHECK_FALSE(store->has_room());
  std::this_thread::sleep_for(1500ms);  // time for a wrong program to go wrong
  CHECK(store->get(Family::meta, row));
  CHECK(metrics::gauge("microflow_storage_erasures_waiting", "").value() == 3);
  no_room.reset();
  CHECK(is_done());
  CHECK_FALSE(store->get(Family::meta, row));
}

}  // namespace
}  // namespace mf::storage
