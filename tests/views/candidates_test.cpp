#include "actors/views/candidates/candidates.hpp"
#include "base/json.hpp"

#include <catch2/catch.hpp>

#include "actors/views/candidates/technicians.hpp"
#include "tests/views/toy.hpp"

namespace mf::views {
using namespace entity;
using namespace shard;
namespace {

using namespace std::chrono_literals;
constexpr Timestamp now{1000h};
constexpr Point poblado{6.2097, -75.5686}, laureles{6.2465, -75.5885};

CandidateFacts technician(const char* id, std::optional<Point> place) {
  return {.id = id, .name = id, .availability = "available", .from = now, .place = place};
}
Wanted order_at(Point site) { return {.order = "ord_1", .site = site}; }

std::vector<Id> ids(const Ranking& ranking) {
  std::vector<Id> out;
  out.reserve(ranking.candidates.size());
  for (const auto& c : ranking.candidates) out.push_back(c.facts.id);
  return out;
}

TEST_CASE("candidates: El Poblado and Laureles are 4.6 km apart") {
  // By hand: 0.0368° of latitude = 4092 m, 0.0199° of longitude × cos 6.228° = 2200 m.
  CHECK(distance_m(poblado, laureles) == Approx(4646).margin(10));
  CHECK(distance_m(poblado, poblado) == 0);
}

TEST_CASE("candidates: the nearest of those free comes first, one of unknown place last") {
  const auto ranking = rank_candidates(
      order_at(poblado),
      {technician("nowhere", {}), technician("far", laureles), technician("near", poblado)}, now);
  CHECK(ids(ranking) == std::vector<Id>{"near", "far", "nowhere"});
  CHECK(ranking.candidates[0].reasons[0] == "nearest");
  CHECK(ranking.candidates[2].reasons[0] == "distance_unknown");
}

TEST_CASE("candidates: who is near but busy comes behind who can be there sooner") {
  auto near = technician("near", poblado);
  near.from = now + 2h;
  const auto ranking = rank_candidates(order_at(poblado), {near, technician("far", laureles)}, now);
  CHECK(ids(ranking) == std::vector<Id>{"far", "near"});
  CHECK(ranking.candidates[1].waiting == 2h);
  // 4646 m × 1.4 at 22 km/h: 17.7 minutes.
  CHECK(ranking.candidates[0].travel > 17min);
  CHECK(ranking.candidates[0].travel < 18min + 30s);
}

TEST_CASE("candidates: whoever may not have it is out, with the reason") {
  auto off = technician("off", poblado);
  off.no = Rejection{RejectionKind::conflict, "technician_off", {}, {}};
  auto wanted = order_at(poblado);
  wanted.technician = "has";
  const auto ranking = rank_candidates(wanted, {off, technician("has", poblado)}, now);
  CHECK(ranking.candidates.empty());
  REQUIRE(ranking.out.size() == 2);
  CHECK(ranking.out[0].no->code == "has_it_already");
  CHECK(ranking.out[1].no->code == "technician_off");
}

TEST_CASE("candidates: an order's dispatchers get the list, others do not") {
  toy::Store store;
  const auto kinds = toy::all_kinds();
  toy::Thing order{.id = toy::make_id("ord", 1), .version = 3};
  order.zone = "zon_A";
  order.client = "cli_A";
  store.put(order);
  const auto add_technician = [&](const char* status, const char* name, const char* zone) {
    toy::Thing t{.kind = EntityKind::technician, .version = 1, .status = status, .title = name};
    t.id = toy::make_id("tec", name[0]);
    t.zone = zone;
    store.put(t);
  };
  add_technician("available", "ana", "zon_A");
  add_technician("technician_off", "ben", "zon_A");
  add_technician("available", "carl", "zon_B");
  add_technician("wrong_zone", "dora", "zon_B");
  const auto shards = toy::all_shards();
  const auto technicians = load_technicians(store, kinds, shards, 100).rows;
  const auto candidates = [&](const Id& of, const Principal& by) {
    const auto shard = shard_of({EntityKind::work_order, of}, toy::shard_count);
    return candidates_for(store, kinds, shard, of, by, technicians, now, say_in_english);
  };
  const Principal supervisor{.account = "acc_1", .roles = {Role::supervisor}, .zones = {"zon_A"}};
  const Principal client{.account = "acc_2", .roles = {Role::client}, .client = "cli_A"};
  const Principal stranger{.account = "acc_3", .roles = {Role::supervisor}, .zones = {"zon_B"}};

  const auto reply = candidates(order.id, supervisor);
  REQUIRE_FALSE(reply.no);
  CHECK(reply.version == 3);
  const auto json = parse_json(reply.json);
  REQUIRE(json["candidates"].size() == 1);
  CHECK(json["candidates"][0]["name"] == "ana");
  REQUIRE(json["out"].size() == 1);
  CHECK(json["out"][0]["code"] == "technician_off");

  // Whom the dispatcher may not see is not listed, not even as out.
  const Principal root{.account = "acc_0", .roles = {Role::administrator}};
  const auto all = parse_json(candidates(order.id, root).json);
  CHECK(all["candidates"].size() == 2);
  CHECK(all["out"].size() == 2);

  CHECK(candidates(order.id, client).no->kind == RejectionKind::forbidden);
  CHECK(candidates(order.id, stranger).no->kind == RejectionKind::not_found);
  CHECK(candidates(toy::make_id("ord", 2), supervisor).no->kind == RejectionKind::not_found);
}

}  // namespace
}  // namespace mf::views
