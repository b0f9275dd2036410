#include <catch2/catch.hpp>

#include "storage/journal_age.hpp"
#include "storage/records.hpp"
#include "storage/rocks/database.hpp"
#include "tests/storage/samples.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;
using namespace std::chrono_literals;
using storage::JournalAge;
using Seqs = std::vector<std::uint64_t>;

TEST_CASE("journal age: batches grow old by what was lived since, an hour late at most") {
  JournalAge age(2);
  for (std::uint64_t hour = 0; hour <= 100; ++hour)
    age.live(hour == 0 ? 0h : 1h, Seqs{hour, 2 * hour});
  CHECK(age.lived() == 100h);
  CHECK(age.older_than(96h) == Seqs{4, 8});
  CHECK(age.older_than(96h + 1ms) == Seqs{3, 6});
  CHECK(age.older_than(101h) == Seqs{0, 0});
}

TEST_CASE("journal age: time in which nobody lived makes nothing older") {
  JournalAge age(1);
  age.live(0h, Seqs{1});
  age.live(-24h, Seqs{2});
  for (int i = 0; i < 95; ++i) age.live(1h, Seqs{3});
  CHECK(age.older_than(storage::people_remembered) == Seqs{0});
  age.live(1h, Seqs{3});
  CHECK(age.older_than(storage::people_remembered) == Seqs{1});
}

TEST_CASE("journal age: is the same after a restart, and small after years") {
  JournalAge age(3);
  for (std::uint64_t hour = 1; hour < 20'000; ++hour) age.live(1h, Seqs{hour, 0, hour});
  const auto bytes = age.encode();
  CHECK(bytes.size() < 4000);
  const auto again = JournalAge::decode(bytes, 3);
  REQUIRE(again);
  CHECK(again->encode() == bytes);
  CHECK(again->older_than(storage::others_remembered) == Seqs{19'999 - 168, 0, 19'999 - 168});
  CHECK_FALSE(JournalAge::decode(bytes.substr(1), 3));
  CHECK_FALSE(JournalAge::decode(bytes, 4));
}

TEST_CASE("journal age: numbers that come again after a cut are young") {
  JournalAge age(1);
  age.live(0h, Seqs{50});
  for (int i = 0; i < 100; ++i) age.live(1h, Seqs{60});
  CHECK(age.older_than(96h) == Seqs{60});
  CHECK(age.cut(Seqs{40}));
  CHECK(age.older_than(96h) == Seqs{40});
  CHECK_FALSE(age.cut(Seqs{45}));
}

TEST_CASE("journal age: a compaction drops what is old by it, whatever time its batch has") {
  using namespace mf::storage;
  const test::TemporaryDirectory root;
  const auto database =
      Database::open({.data_dir = root / "data", .create_if_missing = true}).value();
  const auto put = [&](std::uint8_t number, std::uint8_t origin, std::uint64_t seq,
                       Timestamp time) {
    const OutcomeRecord outcome{.origin = origin, .time = time, .seq = seq, .status = "NEW"};
    REQUIRE(database->put_synced(keys::dedup(0, test::command_id(number)), encode(outcome)));
  };
  const auto is_known = [&](std::uint8_t number) {
    return database->get(Family::meta, keys::dedup(0, test::command_id(number)))
        .value()
        .has_value();
  };
  const auto compact = [&] {
    REQUIRE(database->flush());
    REQUIRE(database->db().CompactRange({}, database->family(Family::meta), nullptr, nullptr).ok());
  };
  constexpr std::uint8_t person = 0, reaction = 1;
  put(1, person, 5, Timestamp::max());
  put(2, person, 6, Timestamp{});
  put(3, reaction, 5, Timestamp{});
  compact();
  CHECK((is_known(1) && is_known(2) && is_known(3)));  // nothing is old before its age is known
  JournalAge age(1);
  age.live(0h, Seqs{5});
  for (int hour = 0; hour < 96; ++hour) age.live(1h, Seqs{9});
  REQUIRE(database->put_synced(keys::age(), age.encode()));
  REQUIRE(database->load_age(Seqs{9}));
  put(4, person, 8, Timestamp{});
  compact();
  CHECK_FALSE(is_known(1));
  CHECK((is_known(2) && is_known(3) && is_known(4)));
}
