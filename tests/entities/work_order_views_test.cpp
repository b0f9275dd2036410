// What of an order and of its events is shown to whom.
#include <set>

#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/described_json.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

using Json = nlohmann::json;

std::unique_ptr<entity::Kind> kind_with_links() {
  return make_work_order_kind({.tracking_key = std::string(32, 'k')});
}

Json view(const Order& order, const Viewer& viewer) {
  return parse_json(view_of(order, viewer, {.tracking_key = std::string(32, 'k')}));
}
constexpr Viewpoint all_viewpoints[] = {Viewpoint::staff, Viewpoint::technician, Viewpoint::client,
                                        Viewpoint::former};
std::set<std::string> names(const Json& object) {
  std::set<std::string> result;
  for (const auto& [name, value] : object.items()) result.insert(name);
  return result;
}

TEST_CASE("order views: staff see visits, clocks and flags; no eyes see tokens or hashes") {
  for (const auto status : all_statuses) {
    const auto world = given_in(status).world;
    const auto& order = world.order;
    for (const auto as : all_viewpoints) {
      const Viewer eyes{as, ana};
      const auto text = view_of(order, eyes, {});
      for (const auto& token : world.held) CHECK(text.find(token) == text.npos);
      if (!order.tracking_hash.empty()) CHECK(text.find(order.tracking_hash) == text.npos);
      CHECK(text.find(order.created_by) == text.npos);
      CHECK(parse_json(text)["id"] == the_order);
      CHECK(parse_json(row_of(order, eyes))["status"] == parse_json(text)["status"]);
    }
  }
  auto then = given_in(Status::PAUSED);
  const auto staff = view(then.order(), Viewpoint::staff);
  CHECK(staff["visits"][0]["technician"] == ana.technician);
  CHECK(staff["visits"][0]["time"].size() == 1);
  CHECK(staff["sla"]["resolve"]["limit_ms"] == 28'800'000);
  CHECK(staff["technician"] == ana.technician);
  CHECK(staff["lat"] == 6.2442);
}

TEST_CASE("order views: the client's is the public part and no more") {
  const auto order = given(created(), triaged(), assigned_to(ana), departed()).order();
  const auto seen = view(order, Viewpoint::client);
  CHECK(names(seen) == std::set<std::string>{"id",
                                             "code",
                                             "status",
                                             "type",
                                             "type_name",
                                             "title",
                                             "client",
                                             "site",
                                             "site_name",
                                             "address",
                                             "neighbourhood",
                                             "technician",
                                             "technician_name",
                                             "arrival",
                                             "slot",
                                             "created_at",
                                             "updated_at",
                                             "description",
                                             "lat",
                                             "lon",
                                             "departed_at",
                                             "tracking"});
  CHECK(seen["technician_name"] == "Ana");
  CHECK_FALSE(view(given_in(Status::ON_SITE).order(), Viewpoint::client).contains("technician"));
}

TEST_CASE("order views: technicians see no supervision and no other technician's visits") {
  auto then = given(created(), triaged(), assigned_to(ben), does(sofia, Unassign{.reason = "x"}),
                    assigned_to(ana));
  const auto seen = view(then.order(), {Viewpoint::technician, ana});
  CHECK(seen["visits"].size() == 1);
  for (const auto* name : {"flags", "rating", "tracking", "plan", "requested_priority"})
    CHECK_FALSE(seen.contains(name));
  CHECK(view(then.order(), Viewpoint::staff)["visits"].size() == 2);
}

TEST_CASE("order views: rows show the desk what to look at, and nobody else") {
  auto order = given(created(), triaged(), assigned_to(ana)).order();
  order.flags = {Flag::plan_broken};
  const auto row = [&](Viewpoint as) { return parse_json(row_of(order, {as, ana})); };
  CHECK(row(Viewpoint::staff)["flags"] == nlohmann::json{"plan_broken"});
  CHECK_FALSE(row(Viewpoint::technician).contains("flags"));
  CHECK_FALSE(row(Viewpoint::client).contains("flags"));
}

TEST_CASE("order views: whose visit has ended sees that visit, and nothing later") {
  auto then = given(created(), triaged(), assigned_to(ana), departed(), failed(),
                    does(sofia, Retry{.reason = "x"}), assigned_to(ben));
  const auto seen = view(then.order(), {Viewpoint::former, ana});
  CHECK(names(seen) == std::set<std::string>{"id", "code", "status", "type", "type_name", "title",
                                             "technician", "technician_name", "visit", "slot",
                                             "visits"});
  CHECK(seen["status"] == "FAILED");
  CHECK(seen["visits"].size() == 1);
  CHECK(to_text(seen).find(ben.technician) == std::string::npos);
  const auto bens = view(then.order(), {Viewpoint::technician, ben});
  CHECK(to_text(bens).find(ana.technician) == std::string::npos);
  // A list that was asked for as a technician shows no more than the visit did.
  CHECK(row_of(then.order(), {Viewpoint::technician, ana}) ==
        row_of(then.order(), {Viewpoint::former, ana}));
}

TEST_CASE("order events: a technician reads no other technician's, whose visit is over only own") {
  auto then = given(created(), triaged(), assigned_to(ana), departed(), failed(),
                    does(sofia, Comment{.text = "she was rude"}), does(sofia, Retry{.reason = "x"}),
                    assigned_to(ben), does(ben, Depart{}), does(ben, Arrive{.confirmed = true}),
                    does(ben, Start{}), does(ben, Complete{}));
  const auto seen_by = [&](Viewpoint as, const Principal& by) {
    std::vector<std::string> seen;
    for (const auto& event : then.world.happened)
      if (auto text = view_of(event, {as, by})) seen.push_back(*std::move(text));
    return seen;
  };
  // Assigned, left, failed: her own.
  CHECK(seen_by(Viewpoint::former, ana).size() == 3);
  for (const auto& [as, by, other] : {std::tuple{Viewpoint::former, ana, ben},
                                      {Viewpoint::technician, ben, ana},
                                      {Viewpoint::technician, ana, ben}})
    for (const auto& text : seen_by(as, by))
      CHECK(text.find(other.technician) == std::string::npos);
  CHECK(seen_by(Viewpoint::technician, ben).size() > 5);
  const Event moved =
      Reassigned{{.visit = "v2", .technician = ben.technician}, "v1", ana.technician};
  CHECK(view_of(moved, {Viewpoint::technician, ben})->find(ana.technician) == std::string::npos);
  CHECK_FALSE(view_of(moved, {Viewpoint::former, ana}));
  CHECK_FALSE(view_of(Event(TimeEdited{.visit = "v1"}), {Viewpoint::technician, ben}));
  CHECK(view_of(Event(TimeEdited{.visit = "v1", .technician = ben.technician}),
                {Viewpoint::technician, ben}));
}

TEST_CASE("order events: internal comments and supervision are hidden from the client") {
  const Event internal = Commented{.text = "difficult", .visibility = Visibility::internal};
  const Event open = Commented{.text = "hola",
                               .visibility = Visibility::client,
                               .author = "acc_x",
                               .author_as = Viewpoint::staff};
  CHECK_FALSE(view_of(internal, Viewpoint::client));
  CHECK(view_of(internal, Viewpoint::technician));
  CHECK(*view_of(open, Viewpoint::client) == R"({"comment":"","text":"hola","author_as":"staff"})");
  for (const Event& event : {Event(Pinned{}), Event(SlaBreached{}), Event(Escalated{}),
                             Event(PriorityChanged{}), Event(TimeEdited{})})
    CHECK_FALSE(view_of(event, Viewpoint::client));
  CHECK_FALSE(view_of(Event(Escalated{}), Viewpoint::technician));
  CHECK(*view_of(Event(Declined{.reason = "rude client"}), Viewpoint::client) == "{}");
  const Event forced = Assigned{{.technician = "t",
                                 .token = "secret",
                                 .override_ = true,
                                 .reason = "favour",
                                 .released = {{"t", "old"}}}};
  CHECK(view_of(forced, Viewpoint::staff)->find("favour") != std::string::npos);
  CHECK(view_of(forced, {Viewpoint::technician, "t"})->find("favour") == std::string::npos);
  for (const auto eyes : all_viewpoints)
    for (const auto* secret : {"secret", "old"})
      CHECK(view_of(forced, {eyes, "t"})->find(secret) == std::string::npos);
}

TEST_CASE("tracking: who has the link's secret sees the public view, until an hour after the end") {
  const auto kind = kind_with_links();
  auto then = given_in(Status::CLOSED);
  const auto entity = kind->decode(the_order, json::to_text(then.order()));
  const auto token =
      parse_json((*entity)->view(Viewpoint::client))["tracking"]["token"].get<std::string>();
  REQUIRE(token.starts_with("trk_" + the_order + "."));
  const auto hash = to_hex(blake2b_256(token.substr(token.find('.') + 1)).view());
  const auto track = [&](const std::string& by, Timestamp now) {
    return (*entity)->answer("track", "{\"secret_hash\":\"" + by + "\"}", Principal{}, now);
  };
  const auto end = *then.order().ended_at;
  const auto shown = parse_json(track(hash, end + 1h).value());
  CHECK(shown["status"] == "CLOSED");
  CHECK(shown["technician_name"] == "Ana");
  for (const auto* name :
       {"client", "site", "type", "description", "lat", "tracking", "technician"})
    CHECK_FALSE(shown.contains(name));
  CHECK_FALSE(track(hash, end + 1h + 1ms));
  CHECK_FALSE(track(std::string(64, '0'), end));
  CHECK_FALSE(track("", end));
}

TEST_CASE("tracking: a withdrawn link is dead, and another stands in its place") {
  const auto kind = kind_with_links();
  auto then = given_in(Status::ASSIGNED);
  const auto shown = [&] {
    return parse_json(
               view_of(then.order(), Viewpoint::staff, then.world.policy))["tracking"]["token"]
        .get<std::string>();
  };
  const auto is_good = [&](const std::string& token) {
    const auto entity = kind->decode(the_order, json::to_text(then.order()));
    const auto hash = to_hex(blake2b_256(token.substr(token.find('.') + 1)).view());
    return (*entity)
        ->answer("track", "{\"secret_hash\":\"" + hash + "\"}", Principal{}, start_time)
        .has_value();
  };
  const auto first = shown();
  CHECK(is_good(first));
  then.when(WithdrawTracking{}, sofia).happens<TrackingWithdrawn>();
  CHECK(view_of(Event(then.event<TrackingWithdrawn>()), Viewpoint::staff)->find("hash") ==
        std::string::npos);
  const auto second = shown();
  CHECK(second != first);
  CHECK_FALSE(is_good(first));
  CHECK(is_good(second));
  then.when(WithdrawTracking{}, sofia);
  CHECK_FALSE(is_good(second));
  then.when(WithdrawTracking{}, ana).is_forbidden();
  then.when(WithdrawTracking{}, clara).is_forbidden();
}

TEST_CASE("tracking: an installation without a key gives no links") {
  World world;
  world.policy.tracking_key.clear();
  REQUIRE(world.send(create_body(), clara));
  CHECK(world.order.tracking_hash.empty());
  CHECK_FALSE(
      parse_json(view_of(world.order, Viewpoint::client, world.policy)).contains("tracking"));
}

}  // namespace
}  // namespace mf::work_order::test
