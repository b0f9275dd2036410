#include <fmt/format.h>

#include <cmath>

#include "planning/files/clock.hpp"
#include "planning/files/json_text.hpp"
#include "planning/files/problem_json.hpp"

namespace mf::planning_files {

using planning::GreatCircleTravel;
using planning::Place;
using planning::Problem;
using planning::Window;

namespace {

constexpr std::string_view between_lines = ",\n    ";

std::string texts_json(const std::vector<std::string>& list) {
  return json_list(list, [](const auto& text) { return json_quoted(text); });
}
std::string numbers_json(const auto& list) { return json_list(list, json_number); }
std::string lines_json(const auto& list, auto write) {
  if (list.empty()) return "[]";
  auto text = json_list(list, write, between_lines);
  return text.insert(1, "\n    ");
}

std::string window_json(const Window& window) {
  return JsonObject().number("from", window.from).number("to", window.to).closed();
}

std::string skills_json(const std::vector<Skill>& skills) {
  return json_list(skills, [](const Skill& skill) {
    if (skill.level == 1) return json_quoted(skill.skill);
    return JsonObject().text("skill", skill.skill).number("level", skill.level).closed();
  });
}

std::string amounts_json(const std::vector<planning::Amount>& amounts) {
  return json_list(amounts, [](const planning::Amount& amount) {
    return JsonObject().text("item", amount.item).number("quantity", amount.quantity).closed();
  });
}

std::string shift_json(const planning::Shift& shift) {
  JsonObject object;
  object.member("hours", window_json(shift.hours));
  if (shift.overtime_max != 0) object.number("overtime_max", shift.overtime_max);
  if (!shift.breaks.empty())
    object.member("breaks", json_list(shift.breaks, [](const planning::Break& rest) {
                    return JsonObject()
                        .member("start", window_json(rest.start))
                        .number("duration", rest.duration)
                        .closed();
                  }));
  return object.closed();
}

/// Adds what differs from a default.
class Sparse {
 public:
  void number(std::string_view name, double value, double otherwise) {
    if (value != otherwise) object.number(name, value);
  }
  void count(std::string_view name, std::size_t value) {
    object.member(name, std::to_string(value));
  }
  void list(std::string_view name, const auto& values, auto write) {
    if (!values.empty()) object.member(name, write(values));
  }
  JsonObject object;
};

std::string technician_json(const planning::Technician& who) {
  Sparse sparse;
  sparse.object.text("id", who.id);
  sparse.count("start", who.start);
  if (who.end) sparse.count("end", *who.end);
  sparse.object.member("shifts", json_list(who.shifts, shift_json));
  sparse.list("skills", who.skills, skills_json);
  sparse.number("speed", who.speed, 1);
  sparse.list("zones", who.zones, texts_json);
  sparse.list("capacity", who.capacity, [](const auto& list) { return numbers_json(list); });
  sparse.list("stock", who.stock, amounts_json);
  sparse.list("tools", who.tools, texts_json);
  sparse.number("cost", who.cost, 1);
  return sparse.object.closed();
}

std::string pin_json(const planning::Pin& pin) {
  Sparse sparse;
  sparse.object.text("technician", pin.technician);
  sparse.count("shift", pin.shift);
  if (pin.place) sparse.count("place", *pin.place);
  if (pin.started) sparse.object.number("started", *pin.started);
  return sparse.object.closed();
}

std::string visit_json(const planning::Visit& visit) {
  Sparse sparse;
  sparse.object.text("id", visit.id);
  sparse.count("place", visit.place);
  sparse.object.number("duration", visit.duration);
  sparse.list("windows", visit.windows,
              [](const auto& windows) { return json_list(windows, window_json); });
  sparse.list("skills", visit.skills, skills_json);
  if (!visit.zone.empty()) sparse.object.text("zone", visit.zone);
  sparse.number("value", visit.value, 1);
  if (visit.due) sparse.object.number("due", *visit.due);
  sparse.number("lateness_weight", visit.lateness_weight, 1);
  sparse.list("demand", visit.demand, [](const auto& list) { return numbers_json(list); });
  sparse.list("materials", visit.materials, amounts_json);
  sparse.list("tools", visit.tools, texts_json);
  sparse.list("allowed", visit.allowed, texts_json);
  sparse.list("forbidden", visit.forbidden, texts_json);
  sparse.number("release", visit.release, 0);
  if (visit.pin) sparse.object.member("pin", pin_json(*visit.pin));
  if (visit.announced)
    sparse.object.member("announced", JsonObject()
                                          .text("technician", visit.announced->technician)
                                          .number("start", visit.announced->start)
                                          .closed());
  return sparse.object.closed();
}

std::string depot_json(const planning::Depot& depot) {
  Sparse sparse;
  sparse.object.text("id", depot.id);
  sparse.count("place", depot.place);
  sparse.number("duration", depot.duration, 0);
  sparse.object.member("hours", window_json(depot.hours));
  sparse.list("items", depot.items, texts_json);
  sparse.list("tools", depot.tools, texts_json);
  return sparse.object.closed();
}

std::string matrix_json(const planning::MatrixTravel& travel, double planning::Leg::* part) {
  std::string text = "[";
  for (std::size_t from = 0; from < travel.size(); ++from) {
    text += from == 0 ? "\n    [" : ",\n    [";
    for (std::size_t to = 0; to < travel.size(); ++to) {
      if (to > 0) text += ", ";
      const auto leg = travel.leg(from, to);
      text += leg.is_no_road() ? "null" : json_number(leg.*part);
    }
    text += ']';
  }
  return text + "]";
}

std::string travel_json(const planning::PlaneTravel&) {
  return JsonObject().text("kind", "plane").closed();
}
std::string travel_json(const GreatCircleTravel& circle) {
  // Twelve digits: 27 km/h, not 27.000000000000004.
  return JsonObject()
      .text("kind", "great_circle")
      .number("detour", circle.road().detour)
      .member("kmh", fmt::format("{:.12g}", circle.road().metres_per_second * 3.6))
      .closed();
}
std::string travel_json(const planning::MatrixTravel& matrix) {
  JsonObject object;
  object.text("kind", "matrix").member("time_s", matrix_json(matrix, &planning::Leg::time));
  if (matrix.has_distances())
    object.member("distance_m", matrix_json(matrix, &planning::Leg::distance));
  return object.closed();
}

std::string traffic_json(const Problem& problem) {
  return JsonObject()
      .member("factors", numbers_json(problem.profile.factors()))
      .number("starts_at", clock_at_begin(problem))
      .closed();
}

std::string places_json(const Problem& problem) {
  const bool in_degrees = std::holds_alternative<GreatCircleTravel>(problem.travel);
  return lines_json(problem.places, [&](const Place& place) {
    return JsonObject()
        .number(in_degrees ? "lat" : "x", in_degrees ? place.latitude : place.longitude)
        .number(in_degrees ? "lon" : "y", in_degrees ? place.longitude : place.latitude)
        .closed();
  });
}

}  // namespace

std::string to_json(const Problem& problem) {
  JsonObject object(",\n  ");
  object.text("name", problem.name)
      .member("travel",
              std::visit([](const auto& kind) { return travel_json(kind); }, problem.travel));
  if (!problem.profile.is_flat()) object.member("traffic", traffic_json(problem));
  object.member("places", places_json(problem))
      .member("technicians", lines_json(problem.technicians, technician_json))
      .member("visits", lines_json(problem.visits, visit_json));
  if (!problem.depots.empty()) object.member("depots", lines_json(problem.depots, depot_json));
  if (problem.vehicles_max) object.member("vehicles_max", std::to_string(*problem.vehicles_max));
  return object.closed() + "\n";
}

}  // namespace mf::planning_files
