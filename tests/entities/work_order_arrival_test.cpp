// When a client may expect somebody, what is told of it, and what a phone at the site means.
#include "actors/work_order/arrival.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/json.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Timestamp nine = start_time;  // a slot's begin

TEST_CASE("arrival: the planned window is half an hour, and never beyond the client's own") {
  const Window slot{nine, nine + 1h};
  CHECK(arrival_window(slot, {}) == Window{nine, nine + 30min});
  CHECK(arrival_window(slot, {{nine - 1h, nine + 10min}}) == Window{nine, nine + 10min});
  CHECK(arrival_window(slot, {{nine - 1h, nine + 2h}}) == Window{nine, nine + 30min});
  // Forced outside of them: then they say nothing.
  CHECK(arrival_window(slot, {{nine + 2h, nine + 3h}}) == Window{nine, nine + 30min});
}

TEST_CASE("arrival: news is five minutes, or the first that is too late") {
  const Window planned{nine, nine + 30min};
  struct Row {
    std::optional<Duration> told;
    Duration eta;
    bool is_news;
  };
  const Row rows[] = {
      {{}, 0min, false},     {{}, 4min, false},     {{}, 5min, true},     {{}, -4min, false},
      {{}, -5min, true},     {20min, 24min, false}, {20min, 25min, true}, {20min, 15min, true},
      {28min, 30min, false}, {28min, 31min, true},   // breaks the window
      {31min, 33min, false},                         // is told already
      {31min, 36min, true},  {31min, 29min, false},  // in time again, by little
      {31min, 26min, true},
  };
  for (const auto& row : rows) {
    INFO((row.told ? row.told->count() / 60'000 : -1) << " → " << row.eta.count() / 60'000);
    const auto known = nine + row.told.value_or(0min);
    CHECK(is_news(planned, known, nine + row.eta) == row.is_news);
  }
}

/// On the way, with a visit whose time is known.
Then traveling() {
  auto then = given_in(Status::EN_ROUTE);
  REQUIRE(then.order().slot);
  return then;
}
Estimate estimate(const World& world, Duration after) {
  return {world.order.visits.back().id, world.order.slot->from + after};
}

TEST_CASE("order: an expected arrival is told once, with what was told before") {
  auto then = traveling();
  then.when(estimate(then.world, 20min), the_system).happens<EtaChanged>();
  CHECK_FALSE(then.event<EtaChanged>().before);
  CHECK_FALSE(then.event<EtaChanged>().breaks_window);
  CHECK(then.order().status == Status::EN_ROUTE);
  then.when(estimate(then.world, 20min), the_system).is_rejected("eta_is_known");
  then.after(3min).when(estimate(then.world, 22min), the_system).is_rejected("eta_is_known");
  then.when(estimate(then.world, 26min), the_system).happens<EtaChanged>();
  CHECK(then.event<EtaChanged>().before == then.order().slot->from + 20min);
}

TEST_CASE("order: news of an arrival come two minutes apart, but for the first that is too late") {
  auto then = traveling();
  then.when(estimate(then.world, 10min), the_system).happens<EtaChanged>();
  then.when(estimate(then.world, 20min), the_system).is_rejected("eta_is_known");
  then.when(estimate(then.world, 45min), the_system).happens<EtaChanged>();
  CHECK(then.event<EtaChanged>().breaks_window);
  then.when(estimate(then.world, 60min), the_system).is_rejected("eta_is_known");
}

TEST_CASE("order: of one visit so many are told, whatever somebody estimates") {
  auto then = traveling();
  int told = 0;
  for (int i = 0; i < 200; ++i) {
    then.after(3min).when(estimate(then.world, i % 2 == 0 ? 20min : 5min), the_system);
    told += then.world.last.has_value();
  }
  CHECK(told == eta_times_max);
}

TEST_CASE("order: only the system estimates, and only of the visit that is awaited") {
  auto then = traveling();
  for (const auto& by : {ana, sofia, clara, root})
    then.when(estimate(then.world, 1h), by).is_hidden();
  then.when(Estimate{"vis_other", nine + 9h}, the_system).is_rejected("visit_is_over");
  then.when(Arrive{}, ana).leads_to(Status::ON_SITE);
  then.when(estimate(then.world, 1h), the_system).is_rejected("order_is_on_site");
  CHECK_FALSE(arrival_of(then.order()));
}

TEST_CASE("order: another time or another technician makes what was told void") {
  auto then = given_in(Status::ACCEPTED);
  then.when(estimate(then.world, 20min), the_system).happens<EtaChanged>();
  then.when(Reassign{assign_to(ben)}, sofia).leads_to(Status::ASSIGNED);
  CHECK_FALSE(then.order().visits.back().eta);
  CHECK_FALSE(then.order().visits.front().eta);
}

TEST_CASE("order: the client sees the window and the expected arrival, and no technician's place") {
  auto then = traveling();
  then.when(estimate(then.world, 20min), the_system);
  const auto expected = format_rfc3339(then.order().slot->from + 20min);
  const auto link = parse_json(link_view_of(then.order(), then.world.policy));
  CHECK(link.at("eta") == expected);
  CHECK(link.at("arrival").at("from") == format_rfc3339(then.order().slot->from));
  for (const auto as : {Viewpoint::staff, Viewpoint::client})
    CHECK(parse_json(row_of(then.order(), as)).at("eta") == expected);
  CHECK(parse_json(row_of(then.order(), {Viewpoint::technician, ana.technician})).at("eta") ==
        expected);
  Viewer by_link(Viewpoint::client);
  by_link.is_by_link = true;
  const Event event = then.event<EtaChanged>();
  for (const auto& viewer : {by_link, Viewer(Viewpoint::client)}) {
    const auto seen = parse_json(*view_of(event, viewer));
    CHECK(seen.size() == 2);
    CHECK(seen.at("eta") == expected);
    CHECK(seen.at("breaks_window") == false);
  }
  CHECK_FALSE(view_of(event, {Viewpoint::technician, ben.technician}));
  const auto planned = parse_json(link_view_of(given_in(Status::SCHEDULED).order(), {}));
  CHECK(planned.contains("arrival"));
  CHECK_FALSE(planned.contains("eta"));
}

ReachSite at_site(const World& world, double lat = 6.2443) {
  return {world.order.visits.back().id, lat, -75.5812, world.now};
}

TEST_CASE("order: a phone at the site proposes the arrival once, and the technician says so") {
  auto then = traveling();
  then.when(at_site(then.world), the_system).happens<ArrivalProposed>();
  CHECK(then.event<ArrivalProposed>().distance_m == 11);
  CHECK(then.order().status == Status::EN_ROUTE);
  const auto row = parse_json(row_of(then.order(), {Viewpoint::technician, ana.technician}));
  CHECK(row.at("arrival_proposed_at") == format_rfc3339(then.world.now));
  CHECK_FALSE(parse_json(row_of(then.order(), Viewpoint::client)).contains("arrival_proposed_at"));
  const Event event = then.event<ArrivalProposed>();
  CHECK_FALSE(view_of(event, Viewpoint::client));
  CHECK(view_of(event, {Viewpoint::technician, ana.technician}));
  then.when(at_site(then.world), the_system).is_rejected("already_done");
  then.when(Arrive{.lat = 6.2443, .lon = -75.5812}, ana).leads_to(Status::ON_SITE);
  CHECK_FALSE(parse_json(row_of(then.order(), {Viewpoint::technician, ana.technician}))
                  .contains("arrival_proposed_at"));
}

TEST_CASE("order: where it is configured so, a phone at the site is the arrival") {
  auto then = traveling();
  then.world.policy.at_site = AtSite::arrive;
  then.when(at_site(then.world), the_system).leads_to(Status::ON_SITE);
  CHECK(then.event<Arrived>().distance_m == 11);
  CHECK_FALSE(then.event<Arrived>().unverified);
  CHECK(then.order().flags.empty());
  CHECK(then.world.held.size() == 1);  // the travel's claim is released
  then.when(at_site(then.world), the_system).is_rejected("order_is_on_site");
}

TEST_CASE("order: what says nothing about the arrival changes nothing") {
  auto then = traveling();
  then.when(at_site(then.world, 6.2542), the_system).is_rejected("outside_geofence");
  then.when(ReachSite{"vis_other", 6.2442, -75.5812, then.world.now}, the_system)
      .is_rejected("visit_is_over");
  for (const auto& by : {ana, sofia, root}) then.when(at_site(then.world), by).is_hidden();
  then.world.policy.at_site = AtSite::nothing;
  then.when(at_site(then.world), the_system).is_rejected("already_done");
  // A clock that was ahead doesn't put it into the future, nor one behind before the departure.
  auto later = traveling();
  auto reach = at_site(later.world);
  reach.at = later.world.now + 1h;
  later.when(reach, the_system).happens<ArrivalProposed>();
  CHECK(later.event<ArrivalProposed>().at == later.world.now);
  auto earlier = traveling();
  reach = at_site(earlier.world);
  reach.at = earlier.world.now - 24h;
  earlier.when(reach, the_system).happens<ArrivalProposed>();
  CHECK(earlier.event<ArrivalProposed>().at == earlier.order().visits.back().last_at);
}

}  // namespace
}  // namespace mf::work_order::test
