// Who may do what, with what is in the van, and what is pinned.
#include <catch2/catch.hpp>

#include "tests/planning/checker_case.hpp"

namespace mf::planning::checker_test {

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
  c.visit(0).pin = Pin{.technician = "ana", .place = 0};
  c.visit(1).pin = Pin{.technician = "ana", .place = 1};
  CHECK(faults(c) == "");
  c.visit(1).pin = Pin{.technician = "ben"};
  CHECK(faults(c) == at_v1 + "is pinned to another technician");
  c.visit(1).pin = Pin{.technician = "ana", .shift = 1};
  CHECK(faults(c) == at_v1 + "is pinned to another shift");
  c.visit(1).pin = Pin{.technician = "ana", .place = 1};
  c.visit(0).pin->place = 2;
  CHECK(faults(c) == at_v1 + "is pinned to another place");
  c.visit(0).pin.reset();  // what isn't pinned to a place comes behind what is
  CHECK(faults(c) == at_v1 + "is pinned to another place");
}

TEST_CASE("checker: pinned places count visits, not loading or rests") {
  auto c = with_restock();
  c.visit(0).pin = Pin{.technician = "ana", .place = 0};
  c.visit(1).pin = Pin{.technician = "ana", .place = 1};
  CHECK(faults(c) == "");
  c.visit(0).pin->place = 2;
  CHECK(faults(c) == at_v1_third + "is pinned to another place");
  c.visit(0).pin->place = 0;
  c.visit(1).pin->place = 7;  // a gap changes only the order
  CHECK(faults(c) == "");
}

TEST_CASE("checker: a visit under way can't be left unserved, one that is merely pinned may") {
  auto c = two_visits();
  c.place({.id = "v2", .pin = Pin{.technician = "ana"}});
  CHECK(faults(c) == "");
  c.visit(2).pin->place = 2;
  CHECK(faults(c) == "");
  c.visit(2).pin = Pin{.technician = "ana", .started = 500};
  CHECK(faults(c) == "visit v2: is under way but unserved");
  c.visit(2).pin->technician = "zoe";  // who has left
  CHECK(faults(c) == "");
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

}  // namespace mf::planning::checker_test
