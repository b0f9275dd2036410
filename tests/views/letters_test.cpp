#include "actors/views/letters.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "storage/dead_letter.hpp"
#include "tests/views/toy.hpp"

using namespace mf;
using namespace mf::views;

namespace {

void put(toy::Store& store, ShardId shard, std::uint64_t seq, const std::string& why) {
  const storage::DeadLetter letter{.key = {shard, seq, 0, 1},
                                   .target = {EntityKind::technician, "tec_1"},
                                   .verb = "release",
                                   .why = why,
                                   .command = {}};
  store.set(storage::Family::meta, storage::keys::dead_letter(shard, seq, 0, 1), encode(letter));
}

std::vector<std::string> names(const ListReply& reply) {
  std::vector<std::string> out;
  out.reserve(reply.rows.size());
  for (const auto& row : reply.rows) out.push_back(parse_json(row)["letter"]);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("letters: each says what it is, why it is there and what caused it") {
  toy::Store store;
  put(store, 2, 42, "technician_off the technician is off duty");
  const auto reply = read_letters(store, toy::all_shards(), {});
  REQUIRE(reply.rows.size() == 1);
  const auto row = parse_json(reply.rows[0]);
  CHECK(row["letter"] == "2-42-0-1");
  CHECK(row["target"] == "technician/tec_1");
  CHECK(row["verb"] == "release");
  CHECK(row["why"] == "technician_off the technician is off duty");
  CHECK(row["cause"] == storage::cause_of({2, 42, 0, 1}));
  CHECK(reply.next_cursor.empty());
}

TEST_CASE("letters: pages follow each other over all shards, none twice and none left out") {
  toy::Store store;
  CHECK(read_letters(store, toy::all_shards(), {}).rows.empty());
  for (const ShardId shard : {0, 1, 3})
    for (const std::uint64_t seq : {2, 9, 10}) put(store, shard, seq, "no");
  LettersQuery query{.limit = 4};
  Names all;
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = read_letters(store, toy::all_shards(), query);
    for (auto& name : names(page)) all.push_back(std::move(name));
    query.cursor = page.next_cursor;
    if (query.cursor.empty()) break;
  }
  CHECK(all == Names{"0-2-0-1", "0-9-0-1", "0-10-0-1", "1-2-0-1", "1-9-0-1", "1-10-0-1", "3-2-0-1",
                     "3-9-0-1", "3-10-0-1"});
  CHECK(read_letters(store, toy::all_shards(), {.limit = 9}).next_cursor.empty());
}

TEST_CASE("letters: one that can't be read does not hide the others") {
  toy::Store store;
  put(store, 0, 1, "no");
  store.set(storage::Family::meta, storage::keys::dead_letter(0, 2, 0, 0), "nonsense");
  put(store, 0, 3, "no");
  const auto reply = read_letters(store, toy::all_shards(), {});
  CHECK(names(reply) == Names{"0-1-0-1", "0-3-0-1"});
  CHECK(reply.is_partial);
}

TEST_CASE("letters: a cursor that is none of ours is refused") {
  toy::Store store;
  for (const auto* cursor :
       {"x", "1-2-3", "1-2-3-4-5", "1-2-3-", "-1-2-3-4", "70000-1-0-0", "1--2-3"}) {
    const auto reply = read_letters(store, toy::all_shards(), {.cursor = cursor});
    INFO(cursor);
    REQUIRE(reply.no);
    CHECK(reply.no->field == "cursor");
  }
}
