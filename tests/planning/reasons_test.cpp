// Where one visit fits, or which rules forbid it.
#include <catch2/catch.hpp>

#include "tests/planning/reasons_day.hpp"

namespace mf::planning::reasons_test {

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

}  // namespace mf::planning::reasons_test
