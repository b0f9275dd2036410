#include "actors/views/boards/zone_view.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/views/toy.hpp"

namespace mf::views::zone_view_test {
using namespace entity;
using namespace shard;
namespace {

using toy::Thing;
using namespace std::chrono_literals;

Id zone(int n) { return toy::make_id("zon", n); }

/// Id → JSON, as a client keeps it.
using Board = std::map<std::string, std::string>;

struct World {
  toy::Store store;
  entity::Kinds kinds = toy::all_kinds();
  std::map<Id, Thing> things;
  std::map<ShardId, std::uint64_t> seqs;

  shard::CommittedBatch put(Thing after) {
    const auto before = things.find(after.id);
    ++after.version;
    shard::Change change{.entity = after.ref(), .version = after.version};
    if (before != things.end()) change.before = toy::concerns_of(before->second);
    change.concerns = toy::concerns_of(after);
    change.after = toy::entity_of(after);
    store.put(after);
    const auto shard = shard_of(after.ref(), toy::shard_count);
    things[after.id] = std::move(after);
    return {.shard = shard, .seq = ++seqs[shard], .changes = {std::move(change)}};
  }

  Board truth(const Id& of) const {
    Board board;
    for (const auto& [id, t] : things) {
      const auto on = boards_of(t.kind, toy::concerns_of(t));
      if (std::ranges::find(on, of) == on.end()) continue;
      const std::string kind = t.kind == EntityKind::work_order ? "order" : "technician";
      board[id] = "{\"id\":\"" + id + "\",\"kind\":\"" + kind +
                  "\",\"version\":" + std::to_string(t.version) + ",\"status\":\"" + t.status +
                  "\",\"name\":\"" + t.title + "\",\"zone\":\"" + t.zone + "\"}";
    }
    return board;
  }
};

Thing random_thing(const World& world) {
  const int number = *rc::gen::inRange(0, 12);
  const bool is_technician = number < 3;
  Thing t;
  t.kind = is_technician ? EntityKind::technician : EntityKind::work_order;
  t.id = toy::make_id(is_technician ? "tec" : "ord", number);
  if (const auto known = world.things.find(t.id); known != world.things.end())
    t.version = known->second.version;
  t.title = std::to_string(*rc::gen::inRange(0, 100));
  if (is_technician) {
    for (int z = 0; z < 3; ++z)
      if (*rc::gen::inRange(0, 2)) t.zones.push_back(zone(z));
  } else {
    t.zone = zone(*rc::gen::inRange(0, 3));
    t.status = *rc::gen::elementOf(std::vector<std::string>{"NEW", "ASSIGNED", "CLOSED"});
  }
  return t;
}

/// Views with the disk beside them, loading what is looked at at once.
struct Looking {
  const World& world;
  ZoneViews views;
  Timestamp now{};
  explicit Looking(const World& w, Limits limits = {}) : world(w), views(limits) {}

  LoadedZone on_disk(const Id& of) const {
    const auto shards = toy::all_shards();
    return load_zone(world.store, world.kinds, shards, of, 20'000);
  }
  bool look(const Id& of) {
    if (views.state(of) == ZoneViews::State::ready) return true;
    const auto load = views.begin_loading(of, now);
    return load && views.loaded(of, *load, on_disk(of));
  }
  views::BoardReply snapshot(const Id& of) {
    REQUIRE(look(of));
    return views.snapshot(of, now);
  }
  void watch(const Id& of) {
    views.watch(of);
    REQUIRE(look(of));
  }
};

Board board_of(const views::BoardReply& reply) {
  Board board;
  for (const auto& row : reply.rows) board[row.id] = *row.json;
  return board;
}

TEST_CASE("zone view: a board is what a fold from scratch gives") {
  CHECK(rc::check("board equals the fold", [] {
    World world;
    Looking looking(world);
    const int changes = *rc::gen::inRange(0, 60);
    const int first_look = *rc::gen::inRange(0, 60);
    for (int i = 0; i < changes; ++i) {
      if (i == first_look)
        for (int z = 0; z < 3; ++z) static_cast<void>(looking.snapshot(zone(z)));
      looking.views.apply(world.put(random_thing(world)));
    }
    for (int z = 0; z < 3; ++z)
      RC_ASSERT(board_of(looking.snapshot(zone(z))) == world.truth(zone(z)));
  }));
}

TEST_CASE("zone view: deltas on a snapshot give the truth, whenever it was taken") {
  CHECK(rc::check("snapshot and deltas equal the truth", [] {
    World world;
    Looking looking(world);
    auto& views = looking.views;
    std::vector<shard::CommittedBatch> late;  // durable, not yet followed
    Timestamp now{1s};
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i)
      late.push_back(world.put(random_thing(world)));

    views.watch(zone(0));
    views.watch(zone(0), Pace::prompt);
    struct Watcher {
      Pace pace;
      Board board;
      std::map<std::string, std::uint64_t> versions;
      std::uint64_t at = 0;
    };
    Watcher watchers[] = {{Pace::screens, {}, {}}, {Pace::prompt, {}, {}}};
    const auto start = looking.snapshot(zone(0));
    for (auto& watcher : watchers) {
      watcher.board = board_of(start);
      for (const auto& row : start.rows) watcher.versions[row.id] = row.version;
      watcher.at = start.at;
    }
    const auto flush = [&] {
      for (auto& watcher : watchers)
        for (const auto& delta : views.flush(now, watcher.pace)) {
          RC_ASSERT(delta->zone == zone(0));
          RC_ASSERT(delta->at > watcher.at);
          watcher.at = delta->at;
          for (const auto& row : delta->rows) {
            RC_ASSERT(row.version > watcher.versions[row.id]);
            watcher.versions[row.id] = row.version;
            watcher.board[row.id] = *row.json;
          }
          for (const auto& gone : delta->gone) watcher.board.erase(gone.id);
        }
    };
    for (const auto& batch : late) {
      views.apply(batch);
      now += 100ms;
      flush();
    }
    for (int i = *rc::gen::inRange(0, 60); i > 0; --i) {
      views.apply(world.put(random_thing(world)));
      now += std::chrono::milliseconds(*rc::gen::inRange(0, 60));
      flush();
    }
    now += 100ms;
    flush();
    for (const auto& watcher : watchers) RC_ASSERT(watcher.board == world.truth(zone(0)));
  }));
}

Thing order(int number, const char* status, int in_zone = 0) {
  Thing t;
  t.id = toy::make_id("ord", number);
  t.status = status;
  t.zone = zone(in_zone);
  return t;
}

TEST_CASE("zone view: many changes of one row are one row, ten times a second at most") {
  World world;
  Looking looking(world);
  auto& views = looking.views;
  looking.watch(zone(0));
  Timestamp now{10s};
  views.apply(world.put(order(1, "NEW")));
  REQUIRE(views.flush(now).size() == 1);
  for (int i = 0; i < 5; ++i) views.apply(world.put(world.things.at(toy::make_id("ord", 1))));
  CHECK(views.flush(now + 99ms).empty());
  CHECK(views.next_flush() == now + 100ms);
  const auto deltas = views.flush(now + 100ms);
  REQUIRE(deltas.size() == 1);
  REQUIRE(deltas[0]->rows.size() == 1);
  CHECK(deltas[0]->rows[0].version == 6);
  CHECK_FALSE(views.next_flush());
}

TEST_CASE("zone view: who watches promptly doesn't wait for what screens have seen") {
  World world;
  Looking looking(world);
  auto& views = looking.views;
  looking.watch(zone(0));
  views.watch(zone(0), Pace::prompt);
  Timestamp now{10s};
  views.apply(world.put(order(1, "NEW")));
  REQUIRE(views.flush(now).size() == 1);
  REQUIRE(views.flush(now, Pace::prompt).size() == 1);
  const auto change = [&] {
    auto again = world.things.at(toy::make_id("ord", 1));
    views.apply(world.put(again));
  };
  change();
  CHECK(views.next_flush() == now + 5ms);
  CHECK(views.flush(now + 5ms).empty());
  REQUIRE(views.flush(now + 5ms, Pace::prompt).size() == 1);
  CHECK(views.flush(now + 100ms).size() == 1);
  views.unwatch(zone(0), now, Pace::prompt);
  change();
  CHECK(views.flush(now + 200ms, Pace::prompt).empty());
  CHECK(views.flush(now + 200ms).size() == 1);
}

TEST_CASE("zone view: an order that moves leaves one board and enters the other") {
  World world;
  Looking looking(world);
  auto& views = looking.views;
  views.apply(world.put(order(1, "NEW", 0)));
  looking.watch(zone(0));
  looking.watch(zone(1));
  auto moved = world.things.at(toy::make_id("ord", 1));
  moved.zone = zone(1);
  views.apply(world.put(moved));
  const auto deltas = views.flush(Timestamp{1s});
  REQUIRE(deltas.size() == 2);
  REQUIRE(deltas[0]->gone.size() == 1);
  CHECK(deltas[0]->gone[0].version == 2);
  CHECK(deltas[1]->rows.size() == 1);
}

TEST_CASE("zone view: orders are counted by status, technicians are not") {
  World world;
  Looking looking(world);
  auto& views = looking.views;
  views.apply(world.put(order(1, "NEW")));
  static_cast<void>(looking.snapshot(zone(0)));
  views.apply(world.put(order(2, "NEW")));
  views.apply(world.put(order(3, "ASSIGNED")));
  views.apply(world.put(order(4, "CLOSED")));
  Thing technician{.kind = EntityKind::technician, .id = toy::make_id("tec", 1)};
  technician.zones = {zone(0)};
  views.apply(world.put(technician));
  CHECK(looking.snapshot(zone(0)).counts == R"({"ASSIGNED":1,"NEW":2})");
  CHECK(looking.snapshot(zone(0)).rows.size() == 4);
}

TEST_CASE("zone view: rows beyond the bound are left out, and the board says so") {
  World world;
  Looking looking(world, {.rows_max = 2});
  for (int i = 0; i < 3; ++i) looking.views.apply(world.put(order(i, "NEW")));
  const auto board = looking.snapshot(zone(0));
  CHECK(board.rows.size() == 2);
  CHECK(board.left_out == 1);
  CHECK(looking.views.left_out() == 1);
  // The same one again is no other one; once it has gone, nothing is missing.
  for (const char* status : {"ASSIGNED", "CLOSED"})
    for (int i = 0; i < 3; ++i) looking.views.apply(world.put(order(i, status)));
  CHECK(looking.snapshot(zone(0)).left_out == 0);
}

TEST_CASE("zone view: of too many zones the longest unused goes, and none that is watched") {
  World world;
  Looking looking(world, {.zones_max = 2});
  looking.watch(zone(0));
  looking.now = Timestamp{1s};
  REQUIRE(looking.look(zone(1)));
  REQUIRE(looking.look(zone(2)));
  CHECK(looking.views.state(zone(1)) == ZoneViews::State::absent);
  CHECK(looking.views.state(zone(0)) == ZoneViews::State::ready);
  looking.watch(zone(2));
  CHECK_FALSE(looking.look(zone(1)));
}

TEST_CASE("zone view: a zone that nobody watches or asks for is forgotten after a while") {
  World world;
  Looking looking(world, {.kept_unused = 5min});
  REQUIRE(looking.look(zone(0)));
  looking.watch(zone(1));
  looking.views.sweep(Timestamp{4min});
  CHECK(looking.views.zones() == 2);
  looking.now = Timestamp{4min};
  static_cast<void>(looking.snapshot(zone(0)));
  looking.views.sweep(Timestamp{8min});
  CHECK(looking.views.zones() == 2);
  looking.views.sweep(Timestamp{9min});
  CHECK(looking.views.state(zone(0)) == ZoneViews::State::absent);
  CHECK(looking.views.state(zone(1)) == ZoneViews::State::ready);
}

TEST_CASE("zone view: what changes while a zone is being loaded is on its board") {
  CHECK(rc::check("a slow load gives the truth", [] {
    World world;
    Looking looking(world);
    const auto change = [&] { return world.put(random_thing(world)); };
    std::vector<shard::CommittedBatch> late;  // durable, and followed while the load is under way
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) late.push_back(change());
    const auto load = looking.views.begin_loading(zone(0), Timestamp{}).value();
    const auto found = looking.on_disk(zone(0));
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) late.push_back(change());
    for (const auto& batch : late) looking.views.apply(batch);
    RC_ASSERT(looking.views.loaded(zone(0), load, found));
    RC_ASSERT(board_of(looking.snapshot(zone(0))) == world.truth(zone(0)));
  }));
}

BoardRow proposal(int number, std::uint64_t version) {
  const auto id = toy::make_id("prp", number);
  return {id, version, std::make_shared<const std::string>("{\"id\":\"" + id + "\"}")};
}

TEST_CASE("zone view: proposals are rows beside the others, in snapshots and deltas") {
  World world;
  Looking looking(world);
  auto& views = looking.views;
  views.apply(world.put(order(1, "TRIAGED")));
  views.propose(zone(0), {proposal(1, 5)});  // before anybody looks
  looking.watch(zone(0));
  CHECK(looking.snapshot(zone(0)).rows.size() == 2);
  CHECK(looking.snapshot(zone(0)).counts == R"({"TRIAGED":1})");

  views.propose(zone(0), {proposal(1, 5), proposal(2, 6)});
  CHECK(views.next_flush());
  auto deltas = views.flush(Timestamp{1s});
  REQUIRE(deltas.size() == 1);
  REQUIRE(deltas[0]->rows.size() == 1);
  CHECK(deltas[0]->rows[0].id == toy::make_id("prp", 2));
  CHECK_FALSE(views.next_flush());

  // Other terms are a higher version; what is gone says so, past any version it had.
  views.propose(zone(0), {proposal(2, 9)});
  deltas = views.flush(Timestamp{2s});
  REQUIRE(deltas.size() == 1);
  REQUIRE(deltas[0]->rows.size() == 1);
  CHECK(deltas[0]->rows[0].version == 9);
  REQUIRE(deltas[0]->gone.size() == 1);
  CHECK(deltas[0]->gone[0].id == toy::make_id("prp", 1));
  CHECK(deltas[0]->gone[0].version > 5);

  views.propose(zone(0), {proposal(2, 9)});
  CHECK_FALSE(views.next_flush());
  views.drop_all();
  CHECK(looking.snapshot(zone(0)).rows.size() == 2);
  views.propose(zone(0), {});
  CHECK(looking.snapshot(zone(0)).rows.size() == 1);
}

TEST_CASE("zone view: a load that began before everything was dropped does not count") {
  World world;
  Looking looking(world);
  const auto stale = looking.views.begin_loading(zone(0), Timestamp{}).value();
  looking.views.drop_all();
  const auto fresh = looking.views.begin_loading(zone(0), Timestamp{}).value();
  CHECK_FALSE(looking.views.loaded(zone(0), stale, {}));
  CHECK(looking.views.state(zone(0)) == ZoneViews::State::loading);
  CHECK(looking.views.loaded(zone(0), fresh, {}));
}

}  // namespace
}  // namespace mf::views::zone_view_test
