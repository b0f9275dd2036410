#include "planning/checker.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace mf::planning::checker_test {
namespace {

/// Places on a road: a metre in a second; ten metres are counted for each, to tell them apart.
class Road final : public Travel {
 public:
  explicit Road(std::vector<double> at) : at_(std::move(at)) {}
  Leg leg(std::size_t from, std::size_t to) const override {
    const double way = std::abs(at_[from] - at_[to]);
    return {way, 10 * way};
  }
  std::size_t size() const override { return at_.size(); }

 private:
  std::vector<double> at_;
};

enum : std::size_t { home, near, far, store };  // at 0, 100, 300 and 200

struct Case {
  Problem problem;
  Plan plan;
  Objective objective{.name = "any"};

  Technician& ana() { return problem.technicians[0]; }
  Shift& shift() { return ana().shifts[0]; }
  Visit& visit(std::size_t v) { return problem.visits[v]; }
  Route& route() { return plan.routes[0]; }
  Stop& stop(std::size_t s) { return route().stops[s]; }

  void place(Visit visit) {
    problem.visits.push_back(std::move(visit));
    plan.unserved.push_back(problem.visits.size() - 1);
  }
  void insert(std::size_t before, const Stop& stop) {
    route().stops.insert(route().stops.begin() + static_cast<std::ptrdiff_t>(before), stop);
  }
  double operator[](Term term) const { return check(problem, plan, objective).score[term]; }
};

/// What the checker finds wrong, a line for each; "" when the plan may be carried out.
std::string faults(const Case& c) {
  std::string text;
  for (const auto& [where, what] : check(c.problem, c.plan, c.objective).violations)
    text += (text.empty() ? "" : "\n") + where + ": " + what;
  return text;
}

/// ana leaves home at 1000, works near 1100–1700 (v0), far 2000–2300 (v1), is home at 2600.
Case two_visits() {
  Case c;
  c.problem.travel = std::make_shared<Road>(std::vector<double>{0, 100, 300, 200});
  c.problem.places.resize(4);
  c.problem.technicians = {{.id = "ana",
                            .start = home,
                            .end = home,
                            .shifts = {{.hours = {1000, 9000}, .overtime_max = 500}}}};
  c.problem.visits = {{.id = "v0", .place = near, .duration = 600},
                      {.id = "v1", .place = far, .duration = 300}};
  c.plan.routes = {
      {.departure = 1000,
       .end = 2600,
       .stops = {{StopKind::visit, 0, 1100, 1100, 1700}, {StopKind::visit, 1, 1900, 2000, 2300}}}};
  return c;
}

/// On the way from v0 to v1 ana loads at the store, 1800–1900.
Case with_restock() {
  auto c = two_visits();
  c.problem.depots = {{.id = "d", .place = store, .duration = 100, .hours = {1000, 5000}}};
  c.insert(1, {StopKind::restock, 0, 1800, 1800, 1900});
  c.stop(2).arrival = 2000;
  return c;
}

/// 100 s are owed, begun between 900 and 2500. None is taken yet.
Case with_break() {
  auto c = two_visits();
  c.shift().breaks = {{.start = {900, 2500}, .duration = 100}};
  return c;
}

/// v0 is under way since 500, before the shift; then v1.
Case under_way() {
  auto c = two_visits();
  c.visit(0).pin = Pin{.technician = "ana", .place = 0, .started = 500};
  c.route().departure = 500;
  c.stop(0) = {StopKind::visit, 0, 500, 500, 1100};
  return c;
}

/// Traffic is twice as slow from 3600 on.
SpeedProfile slow_second_hour() {
  std::array<double, 24> factors{};
  factors.fill(1);
  factors[1] = 2;
  return SpeedProfile(factors);
}

const std::string at_v0 = "route of ana (shift 0), stop 0, visit v0: ",
                  at_v1 = "route of ana (shift 0), stop 1, visit v1: ",
                  at_v1_third = "route of ana (shift 0), stop 2, visit v1: ",
                  at_depot = "route of ana (shift 0), stop 1, depot d: ",
                  at_break = "route of ana (shift 0), stop 1, break 0: ",
                  at_route = "route of ana (shift 0): ";

}  // namespace

TEST_CASE("checker: a plan that keeps every rule has no violation") {
  CHECK(faults(two_visits()) == "");
  CHECK(faults(with_restock()) == "");
  CHECK(faults(under_way()) == "");
}

TEST_CASE("checker: a route of what does not exist is not followed") {
  auto c = two_visits();
  c.route().technician = 1;
  CHECK(faults(c) == "route 0: there is no such technician");
  c = two_visits();
  c.route().shift = 1;
  CHECK(faults(c) == "route 0: there is no such shift");
  for (const auto kind : {StopKind::visit, StopKind::restock, StopKind::rest}) {
    c = two_visits();
    c.insert(2, {kind, 2, 2300, 2300, 2300});
    CHECK(faults(c) == "route 0: stop 2 does not exist");
  }
}

TEST_CASE("checker: every time is a finite number") {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    for (auto time : {&Stop::arrival, &Stop::start, &Stop::end}) {
      auto c = two_visits();
      c.stop(1).*time = bad;
      CHECK(faults(c) == "route 0: a time is not finite");
    }
    for (auto time : {&Route::departure, &Route::end}) {
      auto c = two_visits();
      c.route().*time = bad;
      CHECK(faults(c) == "route 0: a time is not finite");
    }
  }
}

TEST_CASE("checker: a visit is served at most once") {
  auto c = two_visits();
  c.insert(1, {StopKind::visit, 0, 1700, 1700, 2300});
  c.stop(2) = {StopKind::visit, 1, 2500, 2500, 2800};
  c.route().end = 3100;
  CHECK(faults(c) == "visit v0: is served 2 times");
}

TEST_CASE("checker: a visit is either served or listed as unserved") {
  auto c = two_visits();
  c.place({.id = "v2"});
  CHECK(faults(c) == "");
  c.plan.unserved.clear();
  CHECK(faults(c) == "visit v2: is neither served nor listed as unserved");
  c.plan.unserved = {1, 2};
  CHECK(faults(c) == "visit v1: is served and listed as unserved");
}

TEST_CASE("checker: the unserved visits are listed once each, ascending, and exist") {
  auto c = two_visits();
  c.place({.id = "v2"});
  c.place({.id = "v3"});
  CHECK(faults(c) == "");
  c.plan.unserved = {3, 2};
  CHECK(faults(c) == "unserved: is not ascending, or repeats a visit");
  c.plan.unserved = {2, 2, 3};
  CHECK(faults(c) == "unserved: is not ascending, or repeats a visit");
  c.plan.unserved = {2, 3, 4};
  CHECK(faults(c) == "unserved: there is no visit 4");
}

TEST_CASE("checker: a technician has at most one route in a shift") {
  auto c = two_visits();
  c.route() = {.departure = 1000, .end = 1800, .stops = {c.stop(0)}};
  c.plan.routes.push_back(
      {.departure = 1800, .end = 2700, .stops = {{StopKind::visit, 1, 2100, 2100, 2400}}});
  CHECK(faults(c) == "plan: technician 0 has two routes in shift 0");
  c.ana().shifts.push_back({.hours = {1500, 9000}});
  c.plan.routes[1].shift = 1;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a route has a visit") {
  auto c = two_visits();
  c.problem.technicians.push_back({.id = "ben", .shifts = {{.hours = {0, 100}}}});
  c.plan.routes.push_back({.technician = 1});
  CHECK(faults(c) == "route of ben (shift 0): has no visit");
  CHECK(c[Term::vehicles] == 1);
}

TEST_CASE("checker: there are no more routes than vehicles") {
  auto c = two_visits();
  c.problem.vehicles_max = 1;
  CHECK(faults(c) == "");
  c.problem.vehicles_max = 0;
  CHECK(faults(c) == "plan: has 1 routes, at most 0 may be");
}

TEST_CASE("checker: nobody departs before the shift begins") {
  auto c = two_visits();
  c.route().departure = 999;
  CHECK(faults(c) == at_route + "departs before the shift begins");
}

TEST_CASE("checker: nobody ends later than the overtime allows") {
  auto c = two_visits();
  c.shift() = {.hours = {1000, 2500}, .overtime_max = 100};
  CHECK(faults(c) == "");
  c.shift().overtime_max = 99;
  CHECK(faults(c) == at_route + "ends after the latest overtime");
}

TEST_CASE("checker: nobody arrives sooner than the way takes") {
  auto c = two_visits();
  c.stop(1).arrival = 1899;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c = two_visits();
  c.route().departure = 1001;
  CHECK(faults(c) == at_v0 + "arrives sooner than is possible");
  c = with_restock();
  c.stop(1).arrival = 1799;
  CHECK(faults(c) == at_depot + "arrives sooner than is possible");
  c = with_restock();
  c.stop(2).arrival = 1999;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
}

TEST_CASE("checker: the way there and the way back may differ") {
  auto c = two_visits();
  // The way home from far takes 50 s more than the way there.
  c.problem.travel = std::make_shared<MatrixTravel>(
      4, std::vector<double>{0, 100, 300, 0, 9, 0, 200, 0, 350, 9, 0, 0, 0, 0, 0, 0},
      std::vector<double>(16));
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2650;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a technician may wait before leaving or after arriving") {
  auto c = two_visits();
  for (const Seconds arrival : {1900, 1950, 2000}) {
    c.stop(1).arrival = arrival;
    CHECK(faults(c) == "");
    CHECK(c[Term::waiting] == 100);
  }
}

TEST_CASE("checker: a leg that runs into a slower hour takes longer") {
  auto c = two_visits();
  c.problem.profile = slow_second_hour();
  c.problem.technicians[0].end.reset();
  c.stop(1) = {StopKind::visit, 1, 3600, 3600, 3900};
  c.problem.visits[0].duration = 2400;
  c.stop(0).end = 3500;  // 100 of the 200 m are driven when the hour begins, 100 are slow
  c.route().end = 3900;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c.stop(1) = {StopKind::visit, 1, 3800, 3800, 4100};
  c.route().end = 4100;
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(100 + 300));
  CHECK(c[Term::distance] == Approx(3000));
  CHECK(c[Term::waiting] == Approx(0).margin(1e-6));
}

TEST_CASE("checker: work begins after the arrival") {
  auto c = two_visits();
  c.stop(1).arrival = 2001;
  CHECK(faults(c) == at_v1 + "work begins before the arrival");
  c = with_restock();
  c.stop(1).arrival = 1801;
  CHECK(faults(c) == at_depot + "work begins before the arrival");
}

TEST_CASE("checker: nobody sets out for a visit before its release") {
  auto c = two_visits();
  c.visit(1).release = 1700;
  CHECK(faults(c) == "");
  c.visit(1).release = 1701;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c = two_visits();
  c.visit(0).release = 1001;
  CHECK(faults(c) == at_v0 + "arrives sooner than is possible");
}

TEST_CASE("checker: a visit takes its duration at the technician's speed, loading does not") {
  auto c = with_restock();
  c.stop(2).end = 2299;
  c.route().end = 2599;
  CHECK(faults(c) == at_v1_third + "the work has another length");
  c = with_restock();
  c.stop(1).end = 1901;
  c.stop(2) = {StopKind::visit, 1, 2001, 2001, 2301};
  c.route().end = 2601;
  CHECK(faults(c) == at_depot + "the work has another length");
  c = with_restock();
  c.ana().speed = 2;
  c.stop(0).end = 1400;
  c.stop(2).end = 2150;
  c.route().end = 2450;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: work begins inside one of the visit's windows") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1000}, {2000, 2000}, {3000, 4000}};
  CHECK(faults(c) == "");
  c.visit(1).windows = {{0, 1999}, {2001, 4000}};
  CHECK(faults(c) == at_v1 + "work begins outside the visit's windows");
}

TEST_CASE("checker: loading begins inside the depot's hours") {
  auto c = with_restock();
  c.problem.depots[0].hours = {1800, 1800};
  CHECK(faults(c) == "");
  c.problem.depots[0].hours = {0, 1799};
  CHECK(faults(c) == at_depot + "loading begins outside the depot's hours");
  c.problem.depots[0].hours = {1801, 9000};
  CHECK(faults(c) == at_depot + "loading begins outside the depot's hours");
}

TEST_CASE("checker: a route ends at once at its end place, or with its last stop") {
  for (const Seconds end : {2599, 2601}) {
    auto c = two_visits();
    c.route().end = end;
    CHECK(faults(c) == at_route + "does not end when the technician is through");
  }
  auto c = two_visits();
  c.ana().end.reset();
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2300;
  CHECK(faults(c) == "");
  c.ana().end = near;
  c.route().end = 2500;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: times may be wrong by the tolerance") {
  auto c = two_visits();
  c.stop(1).arrival = 1899.5;
  c.visit(1).windows = {{2000.5, 3000}};
  c.route().end = 2600.5;
  CHECK(check(c.problem, c.plan, c.objective, 0.6).violations.empty());
  CHECK(check(c.problem, c.plan, c.objective, 0.4).violations.size() == 3);
}

TEST_CASE("checker: a break is owed unless the route ends before the last moment to begin it") {
  auto c = with_break();
  CHECK(faults(c) == at_route + "break 0 is missing");
  c.shift().breaks[0].start.to = 2600;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a rest that begins before the next arrival is taken before leaving") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1700, 1700, 1800});
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
  c.stop(2).arrival = 1999;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
  // Nobody rests at the wheel: the way begins after the rest.
  c.stop(1) = {StopKind::rest, 0, 1750, 1750, 1850};
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == at_v1_third + "arrives sooner than is possible");
}

TEST_CASE("checker: a rest that begins after the next arrival is taken there, before the work") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 2000});
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
  c.stop(1) = {StopKind::rest, 0, 1901, 1901, 2001};
  CHECK(faults(c) == at_v1_third + "work begins before a rest has ended");
}

TEST_CASE("checker: a rest at home before the departure is not working time") {
  auto c = with_break();
  c.insert(0, {StopKind::rest, 0, 900, 900, 1000});
  CHECK(faults(c) == "");
  CHECK(c[Term::working_time] == 1600);
  CHECK(c[Term::waiting] == 100);
  // Taken after the departure it delays leaving home.
  c.stop(0) = {StopKind::rest, 0, 1000, 1000, 1100};
  CHECK(faults(c) == "route of ana (shift 0), stop 1, visit v0: arrives sooner than is possible");
  c = with_break();
  c.insert(0, {StopKind::rest, 0, 1000, 1000, 1100});
  c.stop(1) = {StopKind::visit, 0, 1200, 1200, 1800};
  c.stop(2).arrival = 2000;
  CHECK(faults(c) == "");
  CHECK(c[Term::waiting] == 0);
}

TEST_CASE("checker: a rest after the last stop delays the route's end") {
  auto c = with_break();
  c.insert(2, {StopKind::rest, 0, 2300, 2300, 2400});
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2700;
  CHECK(faults(c) == "");
  c.ana().end.reset();
  c.route().end = 2300;
  c.shift().breaks[0].start.to = 2300;
  CHECK(faults(c) == at_route + "does not end when the technician is through");
  c.route().end = 2400;
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a rest is as the break wants it, and interrupts nothing") {
  auto c = with_break();
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 2000});
  auto broken = c;
  broken.shift().breaks[0].start = {900, 1899};
  CHECK(faults(broken) == at_break + "the rest begins outside its window");
  broken.shift().breaks[0].start = {1901, 2000};
  CHECK(faults(broken) == at_break + "the rest begins outside its window");
  broken = c;
  broken.stop(1).end = 1999;
  CHECK(faults(broken) == at_break + "the rest has another length");
  broken = c;
  broken.stop(1).arrival = 1899;
  CHECK(faults(broken) == at_break + "a rest's arrival is not its start");
  broken = c;
  broken.stop(1) = {StopKind::rest, 0, 1600, 1600, 1700};
  CHECK(faults(broken) == at_break + "the rest begins before the last stop has ended");
}

TEST_CASE("checker: breaks are taken in their order and once each, never two at a time") {
  auto c = with_break();
  c.shift().breaks = {{{1000, 1900}, 50}, {{1000, 2500}, 50}};
  c.insert(1, {StopKind::rest, 0, 1900, 1900, 1950});
  c.insert(2, {StopKind::rest, 1, 1950, 1950, 2000});
  CHECK(faults(c) == "");
  auto broken = c;
  broken.shift().breaks[0].start.to = 2500;
  std::swap(broken.stop(1).which, broken.stop(2).which);
  CHECK(faults(broken) ==
        "route of ana (shift 0), stop 2, break 0: breaks are not in their order, "
        "or taken twice");
  broken = c;
  broken.shift().breaks.pop_back();
  broken.shift().breaks[0].start.to = 2500;
  broken.stop(2).which = 0;
  CHECK(faults(broken) ==
        "route of ana (shift 0), stop 2, break 0: breaks are not in their order, "
        "or taken twice");
  broken = c;
  broken.stop(2) = {StopKind::rest, 1, 1949, 1949, 1999};
  CHECK(faults(broken) ==
        "route of ana (shift 0), stop 2, break 1: the rest begins before the last stop has ended");
  broken = c;
  broken.route().stops.erase(broken.route().stops.begin() + 1);
  CHECK(faults(broken) == at_route + "break 0 is missing");
}

TEST_CASE("checker: a visit needs every skill at its level") {
  auto c = two_visits();
  c.visit(1).skills = {{"fibre", 2}, {"heights", 1}};
  c.ana().skills = {{"fibre", 2}, {"heights", 5}};
  CHECK(faults(c) == "");
  c.ana().skills = {{"fibre", 1}, {"heights", 5}};
  CHECK(faults(c) == at_v1 + "needs the skill fibre at level 2");
  c.ana().skills = {{"fibre", 3}};
  CHECK(faults(c) == at_v1 + "needs the skill heights at level 1");
}

TEST_CASE("checker: a technician works in the own zones only; no zone is any zone") {
  auto c = two_visits();
  c.visit(1).zone = "north";
  CHECK(faults(c) == "");
  c.ana().zones = {"south", "north"};
  CHECK(faults(c) == "");
  c.ana().zones = {"south"};
  CHECK(faults(c) == at_v1 + "is outside the technician's zones");
}

TEST_CASE("checker: a visit is for the allowed technicians and not for the forbidden ones") {
  auto c = two_visits();
  c.visit(1).allowed = {"ben", "ana"};
  c.visit(1).forbidden = {"ben"};
  CHECK(faults(c) == "");
  c.visit(1).allowed = {"ben"};
  CHECK(faults(c) == at_v1 + "the technician is not among the allowed ones");
  c.visit(1).allowed.clear();
  c.visit(1).forbidden = {"ana"};
  CHECK(faults(c) == at_v1 + "the technician is forbidden");
}

TEST_CASE("checker: a tool is the technician's or comes from a depot earlier in the route") {
  auto c = with_restock();
  c.visit(0).tools = c.visit(1).tools = {"ladder"};
  CHECK(faults(c) == at_v0 + "the tool ladder is not in the van\n" + at_v1_third +
                         "the tool ladder is not in the van");
  c.problem.depots[0].tools = {"ladder"};
  CHECK(faults(c) == at_v0 + "the tool ladder is not in the van");
  c.problem.depots[0].tools.clear();
  c.ana().tools = {"ladder"};
  CHECK(faults(c) == "");
}

TEST_CASE("checker: materials last until a depot that has the item") {
  auto c = with_restock();
  c.ana().stock = {{"cable", 10}, {"plugs", 5}};
  c.visit(0).materials = {{"cable", 6}, {"plugs", 5}};
  c.visit(1).materials = {{"cable", 4}};
  CHECK(faults(c) == "");
  c.visit(1).materials = {{"cable", 4.5}};
  CHECK(faults(c) == at_v1_third + "the van has run out of cable");
  c.problem.depots[0].items = {"plugs"};
  CHECK(faults(c) == at_v1_third + "the van has run out of cable");
  c.problem.depots[0].items = {"cable"};
  c.visit(1).materials = {{"cable", 1000}};
  CHECK(faults(c) == "");
  c.visit(0).materials = {{"cable", 11}};
  CHECK(faults(c) == at_v0 + "the van has run out of cable");
  c.visit(0).materials = {{"glue", 1}};
  CHECK(faults(c) == at_v0 + "the van has run out of glue");
}

TEST_CASE("checker: the van's capacity holds between restocks, in every dimension") {
  auto c = two_visits();
  c.ana().capacity = {10, 5};
  c.visit(0).demand = {6, 5};
  c.visit(1).demand = {4};
  CHECK(faults(c) == "");
  c.visit(1).demand = {5};
  CHECK(faults(c) == at_v1 + "the van's capacity 0 is exceeded");
  c.visit(1).demand = {4, 1};
  CHECK(faults(c) == at_v1 + "the van's capacity 1 is exceeded");
  c.visit(1).demand = {1, 0, 1};
  CHECK(faults(c) == at_v1 + "the van's capacity 2 is exceeded");

  c.visit(0).demand = {11};  // told once, where it is exceeded
  CHECK(faults(c) ==
        at_v0 + "the van's capacity 0 is exceeded\n" + at_v1 + "the van's capacity 2 is exceeded");

  auto loaded = with_restock();
  loaded.ana().capacity = {10};
  loaded.visit(0).demand = loaded.visit(1).demand = {10};
  CHECK(faults(loaded) == "");
  loaded.visit(1).demand = {11};
  CHECK(faults(loaded) == at_v1_third + "the van's capacity 0 is exceeded");
}

TEST_CASE("checker: a pinned visit stays with its technician, shift and place") {
  auto c = two_visits();
  c.visit(1).pin = Pin{.technician = "ana", .place = 1};
  CHECK(faults(c) == "");
  c.visit(1).pin = Pin{.technician = "ben"};
  CHECK(faults(c) == at_v1 + "is pinned to another technician");
  c.visit(1).pin = Pin{.technician = "ana", .shift = 1};
  CHECK(faults(c) == at_v1 + "is pinned to another shift");
  c.visit(1).pin = Pin{.technician = "ana", .place = 0};
  CHECK(faults(c) == at_v1 + "is pinned to another place");
}

TEST_CASE("checker: pinned places count visits, not loading or rests") {
  auto c = with_restock();
  c.visit(1).pin = Pin{.technician = "ana", .place = 1};
  CHECK(faults(c) == "");
  c.visit(1).pin->place = 2;
  CHECK(faults(c) == at_v1_third + "is pinned to another place");
  c.visit(1).pin.reset();
  c.problem.visits.push_back(
      {.id = "v2", .place = home, .pin = Pin{.technician = "ana", .place = 2}});
  c.insert(3, {StopKind::visit, 2, 2600, 2600, 2600});
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a visit pinned to a place can't be left unserved, one without may") {
  auto c = two_visits();
  c.place({.id = "v2", .pin = Pin{.technician = "ana"}});
  CHECK(faults(c) == "");
  c.visit(2).pin->place = 2;
  CHECK(faults(c) == "visit v2: has a pinned place but is unserved");
  c.visit(2).pin = Pin{.technician = "ana", .started = 500};
  CHECK(faults(c) == "visit v2: has a pinned place but is unserved");
}

TEST_CASE("checker: a visit under way keeps its start, whatever windows, release and hours say") {
  auto c = under_way();
  c.visit(0).windows = {{5000, 6000}};
  c.visit(0).release = 3000;
  CHECK(faults(c) == "");
  c.visit(0).pin->started = 501;
  CHECK(faults(c) == at_v0 + "did not start when the pin says");
}

TEST_CASE("checker: a visit under way is the first stop, and what follows it is checked") {
  auto c = under_way();
  c.problem.depots = {{.id = "d", .place = near, .duration = 100, .hours = {0, 5000}}};
  c.insert(0, {StopKind::restock, 0, 300, 300, 400});
  c.route().departure = 200;
  CHECK(faults(c) ==
        "route of ana (shift 0), stop 1, visit v0: the visit is under way but not the "
        "route's first stop");
  c = under_way();
  c.stop(1).arrival = 1299;
  CHECK(faults(c) == at_v1 + "arrives sooner than is possible");
  c = under_way();
  c.stop(0).arrival = 501;
  CHECK(faults(c) == at_v0 + "work begins before the arrival");
  c = under_way();
  c.stop(0).end = 1101;
  CHECK(faults(c) == at_v0 + "the work has another length");
  c = under_way();
  c.shift().breaks = {{{400, 450}, 100}};
  c.insert(0, {StopKind::rest, 0, 400, 400, 500});
  CHECK(faults(c) == "");
  c.stop(0) = {StopKind::rest, 0, 401, 401, 501};
  CHECK(faults(c) ==
        "route of ana (shift 0), stop 1, visit v0: work begins before the last stop "
        "has ended");
}

TEST_CASE("checker: the way to a visit under way counts as driven, not as waiting") {
  auto c = under_way();
  CHECK(c[Term::distance] == 6000);
  CHECK(c[Term::travel] == 600);
  CHECK(c[Term::working_time] == 2100);
  CHECK(c[Term::waiting] == 700);  // 1300–2000
  c.route().departure = 400;
  CHECK(c[Term::working_time] == 2200);
  CHECK(c[Term::waiting] == 700);
}

TEST_CASE("checker: the terms of a plan are counted from its times") {
  auto c = with_restock();
  CHECK(c[Term::unserved] == 0);
  CHECK(c[Term::lateness] == 0);
  CHECK(c[Term::overtime] == 0);
  CHECK(c[Term::vehicles] == 1);
  CHECK(c[Term::distance] == 6000);
  CHECK(c[Term::travel] == 600);
  CHECK(c[Term::waiting] == 0);
  CHECK(c[Term::working_time] == 1600);
  CHECK(c[Term::tightness] == 0);
  CHECK(c[Term::unfairness] == Approx(0.04));  // (1600 / 8000)²
  CHECK(c[Term::instability] == 0);
}

TEST_CASE("checker: travel weighs the technician's cost, waiting and working time do not") {
  auto c = two_visits();
  c.ana().cost = 3;
  CHECK(c[Term::distance] == 18000);
  CHECK(c[Term::travel] == 1800);
  CHECK(c[Term::waiting] == 100);
  CHECK(c[Term::working_time] == 1600);
}

TEST_CASE("checker: what no route serves costs its value, listed or not") {
  auto c = two_visits();
  c.place({.id = "v2", .value = 5});
  c.place({.id = "v3", .value = 0.5});
  CHECK(c[Term::unserved] == 5.5);
  c.plan.unserved = {0};
  CHECK(c[Term::unserved] == 5.5);
}

TEST_CASE("checker: a second late counts the visit's weight, one early nothing") {
  auto c = two_visits();
  c.visit(0).due = 1701;
  c.visit(1).due = 2280;
  c.visit(1).lateness_weight = 3;
  CHECK(c[Term::lateness] == 60);
}

TEST_CASE("checker: overtime begins where the shift's hours end") {
  auto c = two_visits();
  c.shift().hours.to = 2600;
  CHECK(c[Term::overtime] == 0);
  c.shift().hours.to = 2570;
  CHECK(c[Term::overtime] == 30);
}

TEST_CASE("checker: tightness is what is missing to half an hour before the last window closes") {
  auto c = two_visits();
  c.visit(0).windows = {{0, 1000}, {1050, 2900}};  // 1800 left
  CHECK(c[Term::tightness] == 0);
  c.visit(0).windows[1].to = 2800;
  CHECK(c[Term::tightness] == 100);
  c.visit(1).windows = {{2000, 2000}};
  CHECK(c[Term::tightness] == 1900);
  c = under_way();
  c.visit(0).windows = {{0, 600}};
  CHECK(c[Term::tightness] == 0);
}

TEST_CASE(
    "checker: instability is the distance to the announced start, and an hour for a stranger") {
  auto c = two_visits();
  c.visit(0).announced = Announcement{"ana", 1130};
  c.visit(1).announced = Announcement{"ana", 1980};
  CHECK(c[Term::instability] == 50);
  c.visit(1).announced->technician = "ben";
  CHECK(c[Term::instability] == 3650);
  c.place({.id = "v2", .announced = Announcement{"ana", 99}});
  CHECK(c[Term::instability] == 3650);
}

TEST_CASE("checker: an objective may cut legs to one decimal, for their times too") {
  auto c = two_visits();
  c.problem.travel = std::make_shared<Road>(std::vector<double>{0, 100.19, 300.3, 200});
  CHECK(faults(c).starts_with(at_v0 + "arrives sooner than is possible"));
  c.objective.truncates_legs = true;
  c.stop(0) = {StopKind::visit, 0, 1100.1, 1100.1, 1700.1};
  c.stop(1) = {StopKind::visit, 1, 1900.2, 2000, 2300};
  c.route().end = 2600.3;
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(100.1 + 200.1 + 300.3));
  CHECK(c[Term::distance] == Approx(1001.9 + 2001.1 + 3003));
}

TEST_CASE("time_sequences: what has no window is begun as soon as it is reached") {
  auto c = two_visits();
  c.problem.visits.push_back({.id = "v2"});
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1000);
  CHECK(c.stop(0).start == 1100);
  CHECK(c.stop(1).start == 1900);
  CHECK(c.route().end == 2500);
  CHECK(c.plan.unserved == std::vector<std::size_t>{2});
  CHECK(c.plan.score[Term::working_time] == 1500);
  CHECK(c.plan.score[Term::unserved] == 1);
}

TEST_CASE("time_sequences: it waits at home, not before a closed window") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1899}, {2400, 2500}};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1500);
  CHECK(c.stop(0).arrival == 1600);
  CHECK(c.stop(0).start == 1600);
  CHECK(c.stop(1).start == 2400);
  CHECK(c.route().end == 3000);
  CHECK(c[Term::waiting] == 0);
}

TEST_CASE("time_sequences: leaving later makes no visit leave its window or end too late") {
  auto c = two_visits();
  c.visit(1).windows = {{2400, 2500}};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  c.visit(0).windows = {{1000, 1250}, {1400, 9000}};
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().departure == 1150);
  CHECK(c.stop(0).start == 1250);
  CHECK(c.stop(1).arrival == 2050);

  c.visit(0).windows.clear();
  c.visit(0).due = 1800;
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(c.stop(0).end == 1800);
  CHECK(c[Term::lateness] == 0);
  c.visit(0).due = 1600;  // late already: not later still
  c.plan = time_sequences(c.problem, both, c.objective);
  CHECK(c.stop(0).end == 1700);
  CHECK(c[Term::lateness] == 100);
}

TEST_CASE("time_sequences: starts stay early where the objective counts tightness or instability") {
  auto c = two_visits();
  c.visit(1).windows = {{2400, 9000}};
  c.visit(0).windows = {{1000, 3100}};
  c.visit(0).announced = Announcement{"ana", 1200};
  const std::vector<Sequence> both = {{.stops = {{.which = 0}, {.which = 1}}}};
  const auto start = [&] {
    return time_sequences(c.problem, both, c.objective).routes[0].stops[0].start;
  };
  CHECK(start() == 1600);
  c.objective.levels = {{Term::tightness, 1}};
  CHECK(start() == 1300);
  c.objective.levels = {{Term::instability, 1}};
  CHECK(start() == 1200);
}

TEST_CASE("time_sequences: nobody sets out before a release, and speed and loading are minded") {
  auto c = with_restock();
  c.visit(0).release = 1300;
  c.visit(1).release = 5000;
  c.ana().speed = 2;
  c.problem.depots[0].hours = {2500, 2600};
  c.plan = time_sequences(
      c.problem, {{.stops = {{.which = 0}, {StopKind::restock, 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c.stop(2).arrival == 5100);  // set out at 5000
  CHECK(c.stop(2).end == 5250);
  CHECK(c.route().end == 5550);
  CHECK(c.stop(1).start == 2600);  // as late as the depot is open
  CHECK(c.stop(0).start == 2200);  // 300 of work, 100 of way
  CHECK(c.route().departure == 2100);
}

TEST_CASE("time_sequences: the way home may be missing, slow, or cut to a decimal") {
  auto c = two_visits();
  const std::vector<Sequence> one = {{.stops = {{.which = 1}}}};
  c.ana().end.reset();
  CHECK(time_sequences(c.problem, one, c.objective).routes[0].end == 1600);
  c.ana().end = home;
  c.problem.profile = slow_second_hour();
  c.visit(1).windows = {{3700, 9000}};
  c.plan = time_sequences(c.problem, one, c.objective);
  c.plan.unserved = {0};
  CHECK(faults(c) == "");
  CHECK(c.route().departure == Approx(3350));  // 250 until the hour ends, 50 slow in 100
  CHECK(c.route().end == Approx(4600));
  c = two_visits();
  c.objective.truncates_legs = true;
  c.problem.travel = std::make_shared<Road>(std::vector<double>{0, 0, 300.19});
  CHECK(time_sequences(c.problem, one, c.objective).routes[0].end == Approx(1900.2));
}

TEST_CASE("checker: cutting a leg to one decimal leaves 99.9 alone, however it is rounded") {
  auto c = two_visits();
  c.objective.truncates_legs = true;
  c.problem.travel = std::make_shared<Road>(std::vector<double>{0, 100.1, 0.2});
  REQUIRE(c.problem.travel->leg(near, far).time < 99.9);
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == "");
  CHECK(c[Term::travel] == Approx(200.2));
}

TEST_CASE("time_sequences: a sequence that breaks rules is timed all the same; check says which") {
  auto c = two_visits();
  c.visit(1).windows = {{0, 1500}};
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == at_v1 + "work begins outside the visit's windows");
  CHECK(c.stop(1).start == 1900);
  c.visit(0).windows = {{0, 1050}};
  c.visit(1).windows = {{2400, 2500}};
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 0}, {.which = 1}}}}, c.objective);
  CHECK(faults(c) == at_v0 + "work begins outside the visit's windows");
  CHECK(c.stop(0).start == 1100);
  c.plan = time_sequences(c.problem, {Sequence{}}, c.objective);
  CHECK(faults(c) == at_route + "has no visit");
  c.plan = time_sequences(c.problem, {{.stops = {{.which = 7}}}, {.technician = 9}}, c.objective);
  CHECK(c.plan.unserved == std::vector<std::size_t>{0, 1});
  CHECK(faults(c) == "route 0: stop 0 does not exist\nroute 1: there is no such technician");
}

TEST_CASE("time_sequences: routes come by technician and shift") {
  auto c = two_visits();
  c.problem.technicians.push_back({.id = "ben", .shifts = {{.hours = {0, 9000}}}});
  c.plan = time_sequences(c.problem,
                          {{.technician = 1, .stops = {{.which = 1}}}, {.stops = {{.which = 0}}}},
                          c.objective);
  CHECK(faults(c) == "");
  CHECK(c.route().technician == 0);
  CHECK(c.plan.routes[1].technician == 1);
}

}  // namespace mf::planning::checker_test
