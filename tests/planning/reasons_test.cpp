#include "planning/reasons.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "planning/timing.hpp"

namespace mf::planning::reasons_test {
namespace {

constexpr Seconds minutes(double count) { return 60 * count; }
constexpr Seconds oclock(double hour, double minute = 0) { return 3600 * hour + 60 * minute; }

/// Places on a road, told in minutes from its begin; a minute's way is a kilometre.
class MinuteRoad final : public Travel {
 public:
  explicit MinuteRoad(std::vector<double> at) : at_(std::move(at)) {}
  Leg leg(std::size_t from, std::size_t to) const override {
    const double way = std::abs(at_[from] - at_[to]);
    return {60 * way, 1000 * way};
  }
  std::size_t size() const override { return at_.size(); }

 private:
  std::vector<double> at_;
};

enum : std::size_t { at_0, at_10, at_20, at_30, at_37, at_40, at_192 };
enum : std::size_t { v12, v7, v9 };

/// Ana leaves home at 08:00, does V12 08:10–08:40 and V7 09:00–09:30 and is home at 10:00. V9,
/// 20 min of work at minute 20, is the visit in question.
struct Day {
  Problem problem;
  Objective objective = *find_objective("dispatch");
  Plan plan;

  Day() {
    const std::vector<double> places = {0, 10, 20, 30, 37, 40, 192};
    problem.travel = std::make_shared<MinuteRoad>(places);
    problem.places.resize(places.size());
    add_technician("Ana");
    problem.visits = {{.id = "V12", .place = at_10, .duration = minutes(30)},
                      {.id = "V7", .place = at_30, .duration = minutes(30)},
                      {.id = "V9", .place = at_20, .duration = minutes(20)}};
    plan.routes = {{.stops = {{StopKind::visit, v12}, {StopKind::visit, v7}}}};
  }

  void add_technician(std::string id) {
    problem.technicians.push_back({.id = std::move(id),
                                   .start = at_0,
                                   .end = at_0,
                                   .shifts = {{.hours = {oclock(8), oclock(17)}}}});
  }
  /// The whole problem has one technician only and nothing planned yet.
  void forget_plan() { plan.routes.clear(); }

  Technician& ana() { return problem.technicians[0]; }
  Shift& shift() { return ana().shifts[0]; }
  Visit& visit(std::size_t v) { return problem.visits[v]; }

  std::vector<Option> options(std::size_t v = v9) const {
    auto result = explain_visit(problem, objective, plan, v);
    if (!result) FAIL(result.error().message);
    return std::move(*result);
  }
  Option only() const {
    auto all = options();
    REQUIRE(all.size() == 1);
    return all[0];
  }
  std::string spanish() const { return say(problem, only(), Language::spanish); }
  std::string english() const { return say(problem, only(), Language::english); }
  Explanation nobody() const { return why_nobody(problem, v9, options()); }
};

std::vector<ReasonCode> codes(const Option& option) {
  std::vector<ReasonCode> result;
  for (const auto& reason : option.reasons) result.push_back(reason.code);
  return result;
}

std::string name_of(const Day& day, const Option& option) {
  return day.problem.technicians[option.technician].id;
}

using Codes = std::vector<ReasonCode>;

}  // namespace

TEST_CASE("reasons: what fits says between which visits, when, and what it adds") {
  Day day;
  day.visit(v9).place = at_37;
  day.visit(v9).windows = {{oclock(10, 40), oclock(11)}};
  day.visit(v7).windows = {{oclock(11), oclock(12)}};
  const auto option = day.only();
  REQUIRE(option.is_feasible);
  CHECK(option.reasons.empty());
  CHECK(option.position == 1);
  CHECK(option.start == oclock(10, 40));
  CHECK(option.previous->which == v12);
  CHECK(option.next->which == v7);
  CHECK(option.change[Term::travel] == Approx(minutes(14)));
  CHECK(option.change[Term::unserved] == 0);
  CHECK(option.change[Term::vehicles] == 0);
  CHECK(day.spanish() == "Cabe entre V12 y V7, empieza 10:40; añade 14 min de viaje");
  CHECK(day.english() == "Fits between V12 and V7, starts 10:40; adds 14 min of travel");
}

TEST_CASE("reasons: a place at either end of a route, or alone in it, is said so") {
  Day day;
  day.visit(v9).windows = {{oclock(8), oclock(8, 25)}};
  CHECK(day.spanish() == "Cabe de primera, antes de V12, empieza 08:20; añade 20 min de viaje");
  CHECK(day.english() == "Fits first, before V12, starts 08:20; adds 20 min of travel");
  day.visit(v9).windows = {{oclock(9, 40), oclock(12)}};
  day.visit(v7).windows = {{oclock(8), oclock(9, 30)}};
  CHECK(day.spanish() == "Cabe al final, después de V7, empieza 09:40");
  CHECK(day.english() == "Fits last, after V7, starts 09:40");
  day.forget_plan();
  CHECK(day.spanish() ==
        "Cabe como única visita, empieza 09:40; añade 40 min de viaje; abre una ruta más");
  CHECK(day.english() ==
        "Fits as the only visit, starts 09:40; adds 40 min of travel; opens one more route");
}

TEST_CASE(
    "reasons: what is added and what is saved is listed, the least of it as less than 1 min") {
  Day day;
  auto option = day.only();
  option.change = {};
  option.change[Term::travel] = minutes(65);
  option.change[Term::lateness] = 30;
  option.change[Term::overtime] = minutes(120);
  option.change[Term::instability] = -90;
  CHECK(say(day.problem, option, Language::spanish) ==
        "Cabe entre V12 y V7, empieza 08:50; añade 1 h 5 min de viaje, menos de 1 min de retraso y "
        "2 h de horas extra; ahorra 2 min de cambios a lo avisado");
  CHECK(say(day.problem, option, Language::english) ==
        "Fits between V12 and V7, starts 08:50; adds 1 h 5 min of travel, less than 1 min of "
        "lateness and 2 h of overtime; saves 2 min of changes to what was announced");
}

TEST_CASE("reasons: moments of later days say their day") {
  Day day;
  day.forget_plan();
  day.shift().hours = {oclock(24 + 8), oclock(24 + 17)};
  day.visit(v9).windows = {{oclock(24 + 10), oclock(24 + 11)}};
  CHECK(
      day.spanish() ==
      "Cabe como única visita, empieza 10:00 del día 1; añade 40 min de viaje; abre una ruta más");
  CHECK(day.english().starts_with("Fits as the only visit, starts 10:00 on day 1;"));
}

TEST_CASE("reasons: a skill that is missing, and one held at too low a level") {
  Day day;
  day.visit(v9).skills = {{"fibra", 2}, {"cobre", 1}};
  day.ana().skills = {{"fibra", 1}};
  const auto option = day.only();
  CHECK_FALSE(option.is_feasible);
  CHECK(codes(option) == Codes{ReasonCode::skill_missing, ReasonCode::skill_level});
  CHECK(option.reasons[1].needed == 2);
  CHECK(option.reasons[1].held == 1);
  CHECK(day.spanish() ==
        "A Ana le falta la habilidad cobre (nivel 1). "
        "A Ana le falta la habilidad fibra (nivel 2; tiene 1)");
  CHECK(day.english() ==
        "Ana lacks the skill cobre (level 1). Ana lacks the skill fibra (level 2; has 1)");
}

TEST_CASE("reasons: lists of technicians and zones forbid") {
  Day day;
  day.add_technician("Beto");
  day.visit(v9).allowed = {"Beto"};
  day.visit(v9).forbidden = {"Ana"};
  day.visit(v9).zone = "norte";
  day.ana().zones = {"sur"};
  const auto options = day.options();
  CHECK(name_of(day, options[0]) == "Beto");
  CHECK(options[0].is_feasible);
  CHECK(codes(options[1]) ==
        Codes{ReasonCode::forbidden, ReasonCode::not_allowed, ReasonCode::outside_zone});
  CHECK(say(day.problem, options[1], Language::spanish) ==
        "La visita excluye a Ana. No está entre los técnicos que la visita admite. "
        "No atiende la zona norte");
  CHECK(say(day.problem, options[1], Language::english) ==
        "The visit excludes Ana. Is not among the technicians the visit allows. "
        "Does not serve zone norte");
}

TEST_CASE("reasons: a pin leaves one shift of one technician") {
  Day day;
  day.add_technician("Beto");
  day.ana().shifts.push_back({.hours = {oclock(24 + 8), oclock(24 + 17)}});
  day.visit(v9).pin = Pin{.technician = "Ana", .shift = 0};
  const auto options = day.options();
  REQUIRE(options.size() == 3);
  CHECK(options[0].is_feasible);
  CHECK(options[0].shift == 0);
  CHECK(codes(options[1]) == Codes{ReasonCode::pinned_to_other_shift});
  CHECK(codes(options[2]) == Codes{ReasonCode::pinned_elsewhere});
  const auto in = [&](std::size_t o, Language l) { return say(day.problem, options[o], l); };
  CHECK(in(1, Language::spanish) == "La visita está fija en otro turno de Ana");
  CHECK(in(1, Language::english) == "The visit is pinned to another shift of Ana");
  CHECK(in(2, Language::spanish) == "La visita está fija con Ana");
  CHECK(in(2, Language::english) == "The visit is pinned to Ana");
}

TEST_CASE("reasons: what is pinned to a place has that place only") {
  Day day;
  day.visit(v9).pin = Pin{.technician = "Ana", .shift = 0, .place = 1};
  day.visit(v12).pin = Pin{.technician = "Ana", .shift = 0, .place = 0};
  day.plan.routes[0].stops.insert(day.plan.routes[0].stops.begin() + 1, {StopKind::visit, v9});
  CHECK(day.only().position == 1);
  // At V7's other side it would save the way back, but there it may not be.
  day.visit(v9).place = at_0;
  CHECK(day.only().position == 1);
  CHECK(day.only().change[Term::travel] == Approx(minutes(20)));
}

TEST_CASE("reasons: a window outside the shift, in all of its parts") {
  Day day;
  day.visit(v9).windows = {{oclock(6), oclock(7, 30)}, {oclock(19), oclock(20)}};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::outside_shift});
  CHECK(option.reasons[0].amount == minutes(30));
  CHECK(day.spanish() == "No está de turno a esa hora (trabaja de 08:00 a 17:00)");
  CHECK(day.english() == "Is not on shift then (works from 08:00 to 17:00)");
  day.visit(v9).windows = {};
  day.visit(v9).release = oclock(18);
  CHECK(day.only().reasons.at(0).amount == minutes(60));
}

TEST_CASE("reasons: a missed window says by how much at the nearest place") {
  Day day;
  day.visit(v9).place = at_192;  // 11:12 when first, later otherwise
  day.visit(v9).windows = {{oclock(9), oclock(9, 30)}, {oclock(10), oclock(11)}};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::window_missed});
  CHECK(option.reasons[0].amount == Approx(minutes(12)));
  CHECK(option.reasons[0].window == Window{oclock(10), oclock(11)});
  CHECK(day.spanish() == "Llegaría 12 min tarde a la ventana (cierra a las 11:00)");
  CHECK(day.english() == "Would arrive 12 min late for the window (it closes at 11:00)");
  day.visit(v9).windows = {{oclock(10), oclock(11, 11) + 59}};
  CHECK(day.spanish() == "Llegaría menos de 1 min tarde a la ventana (cierra a las 11:12)");
}

TEST_CASE("reasons: a later visit that would miss its window is named") {
  Day day;
  day.visit(v7).windows = {{oclock(8), oclock(9, 10)}};  // 09:20 with V9 before it
  day.visit(v9).windows = {{oclock(8), oclock(9, 20)}};  // 09:40 behind V7
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::delays_other});
  CHECK(option.reasons[0].amount == Approx(minutes(10)));
  CHECK(day.spanish() == "Llegaría 10 min tarde a V7 (cierra a las 09:10)");
  CHECK(day.english() == "Would reach V7 10 min late (it closes at 09:10)");
}

TEST_CASE("reasons: of a place, what breaks first and what breaks most are told") {
  Day day;
  day.visit(v7).windows = {{oclock(8), oclock(9, 10)}};
  day.visit(v9).windows = {{oclock(8), oclock(8, 45)}};  // 08:50 behind V12
  CHECK(day.spanish() ==
        "Llegaría 5 min tarde a la ventana (cierra a las 08:45). "
        "Llegaría 10 min tarde a V7 (cierra a las 09:10)");
}

TEST_CASE("reasons: a shift that would end too late, overtime counted") {
  Day day;
  day.shift().hours.to = oclock(10);
  day.shift().overtime_max = minutes(10);
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::shift_overrun});
  CHECK(option.reasons[0].amount == Approx(minutes(10)));
  CHECK(day.spanish() == "Terminaría la ruta 10 min después del límite del turno (10:10)");
  CHECK(day.english() == "Would end the route 10 min past the shift's limit (10:10)");
  day.shift().overtime_max = minutes(20);
  CHECK(day.spanish() == "Cabe entre V12 y V7, empieza 08:50; añade 20 min de horas extra");
}

TEST_CASE("reasons: a break that no longer has a place") {
  Day day;
  day.shift().hours.to = oclock(11);
  // Behind V7, V9 ends at 10:00; after the rest she is home at 11:20. Owed only with V9.
  day.shift().breaks = {{.start = {oclock(10), oclock(10, 5)}, .duration = minutes(60)}};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::break_impossible});
  CHECK(option.reasons[0].amount == Approx(minutes(20)));
  CHECK(day.spanish() ==
        "No alcanzaría a tomar el descanso (debe empezar entre las 10:00 y las 10:05; faltan 20 "
        "min)");
  CHECK(day.english() ==
        "Could not take the break (it must begin between 10:00 and 10:05; 20 min short)");
}

TEST_CASE("reasons: a break is blamed at the place where the least time is lacking") {
  Day day;
  day.shift() = {.hours = {oclock(8), oclock(11)},
                 .breaks = {{.start = {oclock(10), oclock(10, 5)}, .duration = minutes(60)}}};
  day.visit(v9).place = at_10;
  day.visit(v9).duration = minutes(25);
  // Before V7: V7 ends 09:55, rest, home 11:30. Behind it: rest on arrival, V9 till 11:25, 11:35.
  CHECK(day.only().reasons.at(0).amount == Approx(minutes(30)));

  day.shift() = {.hours = {oclock(8), oclock(10, 30)},
                 .breaks = {{.start = {oclock(8, 30), oclock(8, 50)}, .duration = minutes(30)}}};
  day.visit(v9).place = at_30;
  day.visit(v9).duration = minutes(5);
  // V12 till 08:40, rest there, for at minute 30 it would be too late for it; home 10:35.
  CHECK(codes(day.only()) == Codes{ReasonCode::break_impossible});
  CHECK(day.only().reasons.at(0).amount == Approx(minutes(5)));
}

TEST_CASE("reasons: a pinned visit that stands before what could be done straight from home") {
  Day day;
  day.visit(v12).pin = Pin{.technician = "Ana", .shift = 0, .place = 0};
  day.visit(v9).windows = {{oclock(8), oclock(8, 40)}};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::overlaps_pinned});
  CHECK(option.reasons[0].amount == Approx(minutes(10)));
  CHECK(day.spanish() == "Tiene fija V12 a esa hora (llegaría 10 min tarde)");
  CHECK(day.english() == "Has V12 pinned then (would arrive 10 min late)");
  day.visit(v9).windows = {{oclock(8), oclock(8, 19)}};  // straight from home it's too far, too
  CHECK(codes(day.only()) == Codes{ReasonCode::window_missed});
}

TEST_CASE("reasons: what the van lacks, by the visit alone or with the rest of its route") {
  Day day;
  day.visit(v9).materials = {{"ONT", 1}};
  CHECK(codes(day.only()) == Codes{ReasonCode::material_missing});
  CHECK(day.spanish() == "A la camioneta le falta ONT ×1");
  CHECK(day.english() == "The van lacks ONT ×1");
  // Names must be the ones the supplies have: the cable comes first, and there is enough of it.
  day.visit(v12).materials = {{"cable", 5}, {"ONT", 1.5}};
  day.ana().stock = {{"ONT", 2}, {"cable", 50}};
  CHECK(day.spanish() == "A la camioneta le falta ONT ×0,5");
  CHECK(day.english() == "The van lacks ONT ×0.5");
  day.visit(v9).tools = {"escalera"};
  CHECK(codes(day.only()) == Codes{ReasonCode::tool_missing});
  CHECK(day.spanish() == "A la camioneta le falta la herramienta escalera");
  CHECK(day.english() == "The van lacks the tool escalera");
}

TEST_CASE("reasons: a load the van has no room for") {
  Day day;
  day.ana().capacity = {5};
  day.visit(v12).demand = {2};
  day.visit(v9).demand = {4};
  CHECK(codes(day.only()) == Codes{ReasonCode::over_capacity});
  CHECK(day.spanish() == "La carga no cabe en la camioneta (sobra 1)");
  day.visit(v9).demand = {7.5};
  CHECK(day.spanish() == "La carga no cabe en la camioneta (sobra 2,5)");
  CHECK(day.english() == "The load does not fit in the van (2.5 too much)");
}

TEST_CASE("reasons: a depot on the way mends what the van lacks, if there is time for it") {
  Day day;
  day.visit(v9).materials = {{"ONT", 1}};
  day.problem.depots = {{.id = "Bodega",
                         .place = at_40,
                         .duration = minutes(10),
                         .hours = {oclock(8), oclock(12)},
                         .items = {"ONT"}}};
  // V12, the depot 09:10–09:20, V7 09:30–10:00, V9: 80 min of way.
  auto option = day.only();
  REQUIRE(option.is_feasible);
  CHECK(option.restock == 0);
  CHECK(option.position == 3);
  CHECK(day.spanish() ==
        "Cabe al final, después de V7, empieza 10:10, cargando antes en Bodega; añade 20 min de "
        "viaje");
  CHECK(day.english() ==
        "Fits last, after V7, starts 10:10, loading at Bodega first; adds 20 min of travel");

  // Loading first of all, she would reach it at 09:10; without loading at 08:20.
  day.visit(v9).windows = {{oclock(8), oclock(9)}};
  option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::material_missing, ReasonCode::window_missed});
  CHECK(day.spanish() ==
        "A la camioneta le falta ONT ×1. "
        "Llegaría 10 min tarde a la ventana (cierra a las 09:00), cargando antes en Bodega");
  CHECK(day.english() ==
        "The van lacks ONT ×1. "
        "Would arrive 10 min late for the window (it closes at 09:00), loading at Bodega first");
  day.problem.depots[0].items = {};
  CHECK(codes(day.only()) == Codes{ReasonCode::material_missing});
}

TEST_CASE("reasons: behind a depot of the route nothing is lacking, and its load is gone") {
  Day day;
  day.problem.depots = {
      {.id = "Bodega", .place = at_40, .hours = {oclock(8), oclock(12)}, .items = {"ONT"}}};
  auto& stops = day.plan.routes[0].stops;
  stops.insert(stops.begin() + 1, {StopKind::restock, 0});
  day.visit(v9).windows = {{oclock(8), oclock(9)}};
  day.visit(v9).materials = {{"ONT", 1}};
  day.visit(v7).materials = {{"ONT", 1}};
  // Behind the depot V9 is reached at 09:30; with another one first of all at 09:00.
  CHECK(day.only().is_feasible);
  day.visit(v9).windows = {{oclock(8), oclock(8, 50)}};
  CHECK(codes(day.only()) == Codes{ReasonCode::window_missed});
  CHECK(day.only().reasons[0].amount == Approx(minutes(10)));

  day.visit(v9).materials = {};
  day.ana().capacity = {5};
  day.visit(v12).demand = day.visit(v7).demand = {4};
  day.visit(v9).demand = {3};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::over_capacity, ReasonCode::window_missed});
  CHECK(option.reasons[0].quantity == Approx(2));
}

TEST_CASE("reasons: a tool from a depot is told by its name when nothing helps") {
  Day day;
  day.visit(v9).tools = {"escalera"};
  day.problem.depots = {
      {.id = "Bodega", .place = at_40, .hours = {oclock(6), oclock(7)}, .tools = {"escalera"}}};
  const auto option = day.only();
  CHECK(codes(option) == Codes{ReasonCode::tool_missing, ReasonCode::delays_other});
  CHECK(option.reasons[0].subject == "escalera");
  CHECK(option.reasons[1].subject == "Bodega");
  CHECK(option.reasons[1].amount == Approx(minutes(100)));  // first of all: 08:40
}

TEST_CASE("reasons: with all vehicles out, an idle technician stays so") {
  Day day;
  day.add_technician("Beto");
  day.problem.vehicles_max = 1;
  const auto options = day.options();
  CHECK(codes(options[1]) == Codes{ReasonCode::no_vehicle_left});
  CHECK(say(day.problem, options[1], Language::spanish) ==
        "No puede salir: ya salen todas las camionetas permitidas (1)");
  CHECK(say(day.problem, options[1], Language::english) ==
        "Can't go out: all vans allowed are out (1)");
  // Taken out of a route of its own, the visit leaves a vehicle.
  day.plan.routes[0].stops = {{StopKind::visit, v9}};
  CHECK(day.options()[1].is_feasible);
}

TEST_CASE("reasons: a route that can't be driven anyway says so, not what a visit would do to it") {
  Day day;
  day.visit(v7).windows = {{oclock(8), oclock(8, 50)}};
  CHECK(codes(day.only()) == Codes{ReasonCode::route_broken});
  CHECK(day.spanish() == "La ruta ya no se puede cumplir, ni sin esta visita");
  CHECK(day.english() == "The route can't be kept any more, even without this visit");
}

TEST_CASE("reasons: who may not come is told about time, too, but not where it is pointless") {
  Day day;
  day.visit(v9).skills = {{"fibra", 1}};
  CHECK(codes(day.only()) == Codes{ReasonCode::skill_missing});
  day.visit(v9).place = at_192;
  day.visit(v9).windows = {{oclock(8), oclock(11)}};
  CHECK(codes(day.only()) == Codes{ReasonCode::skill_missing, ReasonCode::window_missed});
  day.visit(v9).windows = {{oclock(5), oclock(6)}};
  CHECK(codes(day.only()) == Codes{ReasonCode::skill_missing, ReasonCode::outside_shift});
}

TEST_CASE("reasons: a planned visit is taken out before it is asked where it fits") {
  Day day;
  const auto options = day.options(v7);
  REQUIRE(options[0].is_feasible);
  CHECK(options[0].change[Term::travel] == Approx(minutes(40)));
  CHECK(options[0].position == 1);
  CHECK(options[0].start == oclock(9));
  CHECK_FALSE(options[0].next);
}

TEST_CASE("reasons: a planned visit's depot goes with it and counts as its cost") {
  Day day;
  day.visit(v7).materials = {{"ONT", 1}};
  day.problem.depots = {
      {.id = "Bodega", .place = at_40, .hours = {oclock(8), oclock(12)}, .items = {"ONT"}}};
  auto& stops = day.plan.routes[0].stops;
  stops = {
      {StopKind::visit, v12}, {StopKind::restock, 0}, {StopKind::rest, 0}, {StopKind::visit, v7}};
  const auto options = day.options(v7);
  REQUIRE(options[0].is_feasible);
  CHECK(options[0].change[Term::travel] == Approx(minutes(60)));
  CHECK(options[0].position == 2);
  CHECK(options[0].previous->kind == StopKind::restock);
}

TEST_CASE("reasons: feasible options are ranked by the objective, the others by nearness") {
  Day day;
  for (const auto* id : {"Beto", "Caro", "Dora", "Elsa", "Fito"}) day.add_technician(id);
  auto& people = day.problem.technicians;
  day.visit(v9).skills = {{"fibra", 1}};
  for (auto& who : people) who.skills = {{"fibra", 1}};
  day.visit(v9).windows = {{oclock(8), oclock(9)}};
  people[1].start = at_192;                                 // 172 min away: 112 late
  people[2].skills = {};                                    // lacks the skill
  people[3].shifts[0].hours = {oclock(8, 55), oclock(17)};  // 09:15: 15 late
  people[4].shifts[0].hours = {oclock(9, 30), oclock(17)};  // not on shift
  people[5].end = at_20;                                    // drives 20 min more, Ana none
  std::string order;
  for (const auto& option : day.options()) order += name_of(day, option)[0];
  CHECK(order == "AFDBEC");

  // What is within a level's tolerance is decided by the next one.
  day.objective.levels = {{Term::travel, minutes(30)}, {Term::working_time, 1}};
  day.visit(v12).duration = minutes(5);
  people[0].speed = 0.25;  // Ana: 80 min of work for V9, Fito 20 min and 20 of way
  order.clear();
  for (const auto& option : day.options()) order += name_of(day, option)[0];
  CHECK(order.substr(0, 2) == "FA");
}

TEST_CASE("reasons: nobody can: each technician counts once, under the hardest rule") {
  Day day;
  auto& people = day.problem.technicians;
  for (int t = 0; t < 12; ++t) day.add_technician("S" + std::to_string(t));
  for (int t = 0; t < 3; ++t) day.add_technician("Z" + std::to_string(t));
  day.add_technician("Gil");
  day.visit(v9).skills = {{"fibra", 2}};
  day.visit(v9).zone = "norte";
  day.visit(v9).place = at_192;
  day.visit(v9).windows = {{oclock(8), oclock(11)}};
  for (auto& who : people)
    if (who.id[0] != 'S') who.skills = {{"fibra", 2}};
  for (auto& who : people)
    if (who.id[0] == 'Z') who.zones = {"sur"};
  people.back().shifts.clear();
  const auto nobody = day.nobody();
  REQUIRE(nobody.groups.size() == 4);
  CHECK(nobody.possible.empty());
  CHECK(nobody.groups[0].technicians == 12);
  CHECK(nobody.groups[0].nearest.code == ReasonCode::skill_missing);
  CHECK(say(day.problem, nobody, Language::spanish) ==
        "Nadie puede atender V9: a 12 les falta la habilidad fibra (nivel 2); "
        "3 no atienden la zona norte; "
        "Ana llegaría 12 min tarde a la ventana (cierra a las 11:00); Gil no tiene turno");
  CHECK(say(day.problem, nobody, Language::english) ==
        "Nobody can serve V9: 12 lack the skill fibra (level 2); 3 do not serve zone norte; "
        "Ana would arrive 12 min late for the window (it closes at 11:00); Gil has no shift");
}

TEST_CASE("reasons: nobody can: of those who come late the nearest is named") {
  Day day;
  day.add_technician("Beto");
  day.add_technician("Caro");
  day.visit(v9).windows = {{oclock(7), oclock(8, 5)}};
  day.problem.technicians[1].start = at_10;  // 08:10
  day.problem.technicians[2].start = at_40;
  CHECK(say(day.problem, day.nobody(), Language::spanish) ==
        "Nadie puede atender V9: 3 llegarían tarde a la ventana (quien menos, Beto: 5 min)");
  CHECK(say(day.problem, day.nobody(), Language::english) ==
        "Nobody can serve V9: 3 would arrive late for the window (the least, Beto: 5 min)");
}

TEST_CASE("reasons: nobody can: one sentence for who can after all, and for nobody at all") {
  Day day;
  CHECK(say(day.problem, day.nobody(), Language::spanish) ==
        "V9 sí cabe con Ana: entre V12 y V7, empieza 08:50");
  CHECK(say(day.problem, day.nobody(), Language::english) ==
        "V9 does fit with Ana: between V12 and V7, starts 08:50");
  day.forget_plan();
  day.problem.technicians.clear();
  CHECK(say(day.problem, day.nobody(), Language::spanish) ==
        "Nadie puede atender V9: no hay técnicos");
  CHECK(say(day.problem, day.nobody(), Language::english) ==
        "Nobody can serve V9: there are no technicians");
}

TEST_CASE("reasons: every code has words for one and for several in both languages") {
  Day day;
  const Codes all = {ReasonCode::pinned_elsewhere, ReasonCode::pinned_to_other_shift,
                     ReasonCode::forbidden,        ReasonCode::not_allowed,
                     ReasonCode::skill_missing,    ReasonCode::skill_level,
                     ReasonCode::outside_zone,     ReasonCode::no_shift,
                     ReasonCode::outside_shift,    ReasonCode::tool_missing,
                     ReasonCode::material_missing, ReasonCode::over_capacity,
                     ReasonCode::no_vehicle_left,  ReasonCode::route_broken,
                     ReasonCode::break_impossible, ReasonCode::overlaps_pinned,
                     ReasonCode::delays_other,     ReasonCode::window_missed,
                     ReasonCode::shift_overrun};
  REQUIRE(all.size() == reason_code_count);
  CHECK(to_string(ReasonCode::pinned_elsewhere) == "pinned_elsewhere");
  CHECK(to_string(ReasonCode::outside_shift) == "outside_shift");
  CHECK(to_string(ReasonCode::shift_overrun) == "shift_overrun");
  Explanation explanation{.visit = v9};
  for (const auto code : all)
    explanation.groups.push_back(
        {2, {.code = code, .subject = "X", .needed = 3, .amount = 120, .window = {0, 3600}}});
  CHECK(
      say(day.problem, explanation, Language::spanish) ==
      "Nadie puede atender V9: la visita está fija con X; la visita está fija en otro turno; "
      "la visita excluye a 2; 2 no están entre los técnicos que la visita admite; "
      "a 2 les falta la habilidad X (nivel 3); 2 tienen X por debajo del nivel 3; "
      "2 no atienden la zona X; 2 no tienen turno; 2 no están de turno a esa hora; "
      "a 2 camionetas les falta la herramienta X; a 2 camionetas les falta X; "
      "la carga no cabe en 2 camionetas; "
      "2 no pueden salir: ya salen todas las camionetas permitidas (3); "
      "2 rutas ya no se pueden cumplir, ni sin esta visita; 2 no alcanzarían a tomar el descanso; "
      "2 tienen otra visita fija a esa hora; "
      "2 llegarían tarde a otra visita (quien menos, Ana: 2 min a X); "
      "2 llegarían tarde a la ventana (quien menos, Ana: 2 min); "
      "2 terminarían la ruta después del límite del turno (quien menos, Ana: 2 min)");
  CHECK(say(day.problem, explanation, Language::english) ==
        "Nobody can serve V9: the visit is pinned to X; the visit is pinned to another shift; "
        "the visit excludes 2; 2 are not among the technicians the visit allows; "
        "2 lack the skill X (level 3); 2 have X below level 3; 2 do not serve zone X; "
        "2 have no shift; 2 are not on shift then; 2 vans lack the tool X; 2 vans lack X; "
        "the load does not fit in 2 vans; 2 can't go out: all vans allowed are out (3); "
        "2 routes can't be kept any more, even without this visit; 2 could not take the break; "
        "2 have another visit pinned then; "
        "2 would reach another visit late (the least, Ana: X by 2 min); "
        "2 would arrive late for the window (the least, Ana: 2 min); "
        "2 would end the route past the shift's limit (the least, Ana: 2 min)");
}

TEST_CASE("reasons: a plan's terms say what they cost and which visits drive them") {
  Day day;
  day.visit(v9).value = 2;
  day.objective.levels = {{Term::unserved, 0}, {Term::overtime, 0}, {Term::vehicles, 0},
                          {Term::travel, 0},   {Term::distance, 0}, {Term::working_time, 0}};
  const auto explained = explain_plan(day.problem, day.objective, day.plan);
  REQUIRE(explained);
  REQUIRE(explained->terms.size() == 6);
  using Driver = TermShare::Driver;
  CHECK(explained->terms[0].value == 2);
  CHECK(explained->terms[0].drivers == std::vector<Driver>{{v9, 2}});
  CHECK(explained->terms[2].value == 1);
  CHECK(explained->terms[2].drivers.empty());  // either visit alone needs the vehicle
  CHECK(explained->terms[5].value == Approx(minutes(120)));
  REQUIRE(explained->terms[5].drivers.size() == 2);
  CHECK(explained->terms[5].drivers[0].visit == v7);
  CHECK(explained->terms[5].drivers[0].amount == Approx(minutes(70)));
  CHECK(say(day.problem, *explained, Language::spanish) ==
        "Visitas sin atender: prioridad 2; pesa más V9 (2)\n"
        "Rutas: 1\n"
        "Viaje: 1 h; pesa más V7 (40 min)\n"
        "Distancia: 60,0 km; pesa más V7 (40,0 km)\n"
        "Jornadas: 2 h; pesan más V7 (1 h 10 min) y V12 (30 min)");
  CHECK(say(day.problem, *explained, Language::english) ==
        "Unserved visits: priority 2; driven by V9 (2)\n"
        "Routes: 1\n"
        "Travel: 1 h; driven by V7 (40 min)\n"
        "Distance: 60.0 km; driven by V7 (40.0 km)\n"
        "Working time: 2 h; driven by V7 (1 h 10 min) and V12 (30 min)");
  CHECK(say(day.problem, explained->terms[1], Language::spanish) == "Horas extra: nada");
  CHECK(say(day.problem, explained->terms[1], Language::english) == "Overtime: nothing");
}

TEST_CASE("reasons: a term names its five largest drivers") {
  Day day;
  day.forget_plan();
  for (int i = 0; i < 4; ++i) {
    auto visit = day.visit(v9);
    visit.id = "N" + std::to_string(i);
    visit.value = 3 + i;
    day.problem.visits.push_back(visit);
  }
  const auto explained = explain_plan(day.problem, day.objective, day.plan);
  REQUIRE(explained);
  CHECK(say(day.problem, explained->terms[0], Language::spanish) ==
        "Visitas sin atender: prioridad 21; pesan más N3 (6), N2 (5), N1 (4), N0 (3) y V12 (1)");
}

TEST_CASE("reasons: a plan's route that can't be driven any more is told apart") {
  Day day;
  day.visit(v7).windows = {{oclock(8), oclock(8, 50)}};
  auto explained = explain_plan(day.problem, day.objective, day.plan);
  REQUIRE(explained);
  REQUIRE(explained->broken.size() == 1);
  CHECK(explained->broken[0].code == ReasonCode::delays_other);
  CHECK(say(day.problem, *explained, Language::spanish) ==
        "Visitas sin atender: prioridad 1; pesa más V9 (1)\n"
        "La ruta ya no se puede cumplir: Ana llegaría 10 min tarde a V7 (cierra a las 08:50)");
  CHECK(say(day.problem, *explained, Language::english) ==
        "Unserved visits: priority 1; driven by V9 (1)\n"
        "A route can't be kept any more: Ana would reach V7 10 min late (it closes at 08:50)");
  day.visit(v7).windows = {};
  day.visit(v7).materials = {{"ONT", 2}};
  explained = explain_plan(day.problem, day.objective, day.plan);
  CHECK(explained->broken.at(0).code == ReasonCode::material_missing);
  // The ladder she gets on the way.
  day.visit(v7).tools = {"escalera"};
  day.problem.depots = {
      {.id = "Bodega", .place = at_40, .hours = {oclock(8), oclock(12)}, .tools = {"escalera"}}};
  auto& stops = day.plan.routes[0].stops;
  stops.insert(stops.begin() + 1, {StopKind::restock, 0});
  explained = explain_plan(day.problem, day.objective, day.plan);
  CHECK(explained->broken.at(0).code == ReasonCode::material_missing);
  day.visit(v7).materials = {};
  day.visit(v7).tools = {};
  stops.erase(stops.begin() + 1);
  day.shift() = {.hours = {oclock(8), oclock(10)},
                 .breaks = {{.start = {oclock(9), oclock(9, 10)}, .duration = minutes(30)}}};
  explained = explain_plan(day.problem, day.objective, day.plan);
  CHECK(explained->broken.at(0).code == ReasonCode::break_impossible);
  day.problem.visits.pop_back();
  day.shift().breaks.clear();
  day.objective.levels = {{Term::lateness, 0}};
  explained = explain_plan(day.problem, day.objective, day.plan);
  CHECK(say(day.problem, *explained, Language::spanish) == "El plan no cuesta nada");
  CHECK(say(day.problem, *explained, Language::english) == "The plan costs nothing");
}

TEST_CASE("reasons: a plan of another problem is refused") {
  const auto complaint = [](const Day& day, std::size_t visit = v9) {
    const auto result = explain_visit(day.problem, day.objective, day.plan, visit);
    return result ? std::string("none") : result.error().message;
  };
  Day day;
  CHECK(complaint(day, 3) == "there is no visit 3, there are 3");
  day.plan.routes.push_back(day.plan.routes[0]);
  CHECK(complaint(day) == "routes.1: another route is of the same shift");
  day.plan.routes[1].shift = 1;
  CHECK(complaint(day) == "routes.1: there is no such shift");
  day.plan.routes.pop_back();
  day.plan.routes[0].stops[1].which = v12;
  CHECK(complaint(day) == "routes.0: a visit is in the plan twice");
  day.plan.routes[0].stops[1] = {StopKind::restock, 0};
  CHECK(complaint(day) == "routes.0: there is no such stop");
  CHECK_FALSE(explain_plan(day.problem, day.objective, day.plan));
  day.problem.places.pop_back();
  CHECK(complaint(day).starts_with("travel"));
}

namespace {

/// Small days with everything that decides about time, from a seed.
Day random_day(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned n) { return random() % n; };
  Day day;
  day.problem.visits.clear();
  day.plan.routes.clear();
  for (const auto* id : {"Beto", "Caro"}) day.add_technician(id);
  for (auto& who : day.problem.technicians) {
    who.start = below(6);
    if (below(3) == 0) who.end.reset();
    who.shifts[0].hours = {oclock(8), oclock(11 + below(3))};
    if (below(2) == 0)
      who.shifts[0].breaks = {
          {.start = {oclock(9), oclock(10) + minutes(below(30))}, .duration = minutes(30)}};
  }
  for (unsigned v = 0; v < 10; ++v) {
    Visit visit{
        .id = "V" + std::to_string(v), .place = below(6), .duration = minutes(10 + below(30))};
    if (below(2) == 0) {
      const auto from = oclock(8) + minutes(below(120));
      visit.windows = {{from, from + minutes(20 + below(60))}};
    }
    day.problem.visits.push_back(visit);
  }
  const Instance instance(day.problem, day.objective);
  Timing timing(instance);
  for (std::uint32_t d = 0; d < 3; ++d) {
    std::vector<std::uint32_t> nodes;
    Route route{.technician = d};
    for (std::uint32_t v = d * 3; v < d * 3 + 3; ++v) {
      nodes.push_back(v);
      if (Score score; timing.evaluate(d, nodes, score))
        route.stops.push_back({StopKind::visit, v});
      else nodes.pop_back();
    }
    if (!route.stops.empty()) day.plan.routes.push_back(route);
  }
  return day;
}

}  // namespace

TEST_CASE(
    "reasons: an option is feasible exactly when some place is, and changes what timing says") {
  std::size_t feasible = 0, infeasible = 0, for_breaks = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const auto day = random_day(seed);
    const Instance instance(day.problem, day.objective);
    Timing timing(instance);
    const auto options = explain_visit(instance, day.plan, 9);
    REQUIRE(options);
    for (const auto& option : *options) {
      std::vector<std::uint32_t> base;
      for (const auto& route : day.plan.routes)
        for (const auto& stop : route.stops)
          if (route.technician == option.technician)
            base.push_back(static_cast<std::uint32_t>(stop.which));
      const auto duty = static_cast<std::uint32_t>(option.technician);
      Score before;
      if (!base.empty()) REQUIRE(timing.timeline(duty, base, before));
      bool is_possible = false;
      for (std::size_t at = 0; at <= base.size(); ++at) {
        auto nodes = base;
        nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(at), 9);
        Score change;
        if (!timing.timeline(duty, nodes, change)) continue;
        is_possible = true;
        change -= before;
        CHECK_FALSE(is_better(change, option.change, day.objective));
        if (at == option.position) CHECK(change.values == option.change.values);
      }
      CHECK(option.is_feasible == is_possible);
      CHECK(option.reasons.empty() == is_possible);
      ++(is_possible ? feasible : infeasible);
      if (!is_possible && option.reasons[0].code == ReasonCode::break_impossible) {
        ++for_breaks;
        CHECK(option.reasons[0].amount > 0);
      }
    }
  }
  CHECK(feasible > 100);
  CHECK(infeasible > 100);
  CHECK(for_breaks > 5);
}

}  // namespace mf::planning::reasons_test
