// Why nobody can, and what a plan costs.
#include <catch2/catch.hpp>

#include "tests/planning/reasons_day.hpp"

namespace mf::planning::reasons_test {

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
                     ReasonCode::never_open,       ReasonCode::skill_missing,
                     ReasonCode::skill_level,      ReasonCode::outside_zone,
                     ReasonCode::no_shift,         ReasonCode::no_road,
                     ReasonCode::no_road_home,     ReasonCode::outside_shift,
                     ReasonCode::tool_missing,     ReasonCode::material_missing,
                     ReasonCode::over_capacity,    ReasonCode::no_vehicle_left,
                     ReasonCode::route_broken,     ReasonCode::break_impossible,
                     ReasonCode::overlaps_pinned,  ReasonCode::delays_other,
                     ReasonCode::window_missed,    ReasonCode::shift_overrun};
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
      "la ventana de la visita termina antes de empezar (de 00:00 a 01:00); "
      "a 2 les falta la habilidad X (nivel 3); 2 tienen X por debajo del nivel 3; "
      "2 no atienden la zona X; 2 no tienen turno; "
      "no hay camino a X para 2; no hay camino de vuelta desde X para 2; "
      "2 no están de turno a esa hora; "
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
        "the visit's window ends before it begins (00:00 to 01:00); "
        "2 lack the skill X (level 3); 2 have X below level 3; 2 do not serve zone X; "
        "2 have no shift; there is no road to X for 2; there is no road home from X for 2; "
        "2 are not on shift then; 2 vans lack the tool X; 2 vans lack X; "
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

}  // namespace mf::planning::reasons_test
