#include "storage/keys.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/storage/golden.hpp"
#include "tests/storage/samples.hpp"

namespace mf::storage {
namespace {

const EntityRef order{EntityKind::work_order, "ord_00000000000000000000000001"};
const EntityRef name{EntityKind::unique_name, "user:ana"};

TEST_CASE("keys: their bytes are pinned by a golden file") {
  const auto due = from_millis(1'790'000'000'000);
  std::string lines;
  const auto line = [&](std::string_view what, const std::string& key) {
    lines += std::string(what) + ' ' + to_hex(key) + '\n';
  };
  line("journal", keys::journal(5, 42));
  line("state", keys::state(5, order));
  line("state-of-name", keys::state(5, name));
  line("timeline", keys::timeline(5, order, 3));
  line("index", keys::index(5, EntityKind::work_order, 2, "NEW|", order.id));
  line("timer", keys::timer(5, due, order, "expire_offer"));
  line("applied", keys::applied(5));
  line("dedup", keys::dedup(5, test::command_id(7)));
  line("counter", keys::counter(5, "zon_1|NEW"));
  line("dead-letter", keys::dead_letter(5, 42, 1, 2));
  line("proof", keys::proof());
  line("node", keys::node());
  line("index-missing", keys::index_missing());
  line("to-wipe", keys::to_wipe(keys::state(5, order)));
  line("age", keys::age());
  line("person-keys", keys::person_keys());
  test::check_golden("keys.txt", lines);
}

TEST_CASE("keys: a journal key starts with its shard and ends with its sequence number") {
  CHECK(to_hex(keys::journal(0x0102, 0x0304)) == "01020000000000000304");
}

TEST_CASE("keys: a state's key is read back, and a kind that nobody knows is not one of ours") {
  const auto read = keys::parse_state(keys::state(5, order));
  REQUIRE(read);
  CHECK((read->shard == 5 && read->ref == order));
  auto state = keys::state(5, order), timer = keys::timer(5, from_millis(1), order, "x");
  state[2] = timer[10] = '\x63';
  CHECK_FALSE(keys::parse_state(state));
  CHECK_FALSE(keys::parse_timer(timer));
}

TEST_CASE("keys: journal keys sort by shard, then by number") {
  CHECK(rc::check([](std::uint16_t a, std::uint64_t m, std::uint16_t b, std::uint64_t n) {
    RC_ASSERT((keys::journal(a, m) < keys::journal(b, n)) == (std::pair(a, m) < std::pair(b, n)));
    RC_ASSERT(keys::parse_journal_seq(keys::journal(a, m)) == m);
  }));
}

TEST_CASE("keys: timers sort by due time, also before 1970, and are read back") {
  CHECK(rc::check([](std::int32_t a, std::int32_t b) {
    const auto first = keys::timer(1, from_millis(a), order, "x");
    const auto second = keys::timer(1, from_millis(b), order, "x");
    RC_ASSERT((first < second) == (a < b));
    const auto read = keys::parse_timer(first);
    RC_ASSERT(read.has_value());
    RC_ASSERT(read->due == from_millis(a));
    RC_ASSERT(read->ref == order);
    RC_ASSERT(read->name == "x");
  }));
  CHECK_FALSE(keys::parse_timer("short"));
  CHECK_FALSE(keys::parse_timer(keys::timer(1, from_millis(0), {EntityKind{200}, "x"}, "y")));
  CHECK_FALSE(keys::parse_journal_seq(keys::journal(1, 2) + "x"));
}

TEST_CASE("keys: the timeline of user:an does not contain that of user:ana") {
  const EntityRef shorter{EntityKind::unique_name, "user:an"};
  const auto begin = keys::timeline(1, shorter, 0);
  const auto end = keys::timeline(1, shorter, ~std::uint64_t{0});
  const auto other = keys::timeline(1, name, 7);
  CHECK((other < begin || other > end));
}

TEST_CASE("keys: the end of a prefix follows every key that starts with it") {
  CHECK(keys::end_of("ab") == "ac");
  CHECK(keys::end_of(std::string("a\xff\xff", 3)) == "b");
  CHECK(rc::check([](std::uint16_t shard, const std::string& rest) {
    RC_PRE(shard != 0xffff);
    const auto prefix = keys::shard_prefix(shard);
    RC_ASSERT(prefix + rest < keys::end_of(prefix));
    RC_ASSERT(keys::end_of(prefix) <= keys::shard_prefix(shard + 1));
  }));
}

TEST_CASE("keys: an id with a zero byte is never stored") {
  CHECK_THROWS_AS(keys::state(1, {EntityKind::unique_name, std::string("a\0b", 3)}),
                  std::logic_error);
}

}  // namespace
}  // namespace mf::storage
