#include "bench/days/day_measures.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/json.hpp"
#include "bench/days/day_checker.hpp"
#include "planning/checker.hpp"

namespace mf::bench {
namespace {

using Json = nlohmann::json;

Timestamp time_of(const Json& json) { return parse_rfc3339(json.get<std::string>()).value(); }
double hours_of(Duration time) { return static_cast<double>(time.count()) / 3'600'000; }

/// One order's day.
struct Story {
  int priority = 3;
  Id technician;
  std::optional<Timestamp> promised, left, arrived, started, completed;
  std::map<std::string, Timestamp> broken;  ///< due times by clock
  bool is_cancelled = false;
  Duration duration{};
};

class Stories {
 public:
  explicit Stories(const PlayedDay& day) {
    for (const auto& line : day.events) {
      const auto event = parse_json(line);
      const auto entity = event.at("entity").get<std::string>();
      if (entity.starts_with("work_order/"))
        take(entity.substr(entity.find('/') + 1), event.at("type"), event.at("data"),
             time_of(event.at("recorded_at")));
    }
  }
  std::map<Id, Story> all;

 private:
  void take(const Id& id, const std::string& type, const Json& data, Timestamp at) {
    auto& story = all[id];
    if (type == "order.triaged") {
      if (data.contains("priority")) story.priority = data["priority"];
      if (data.contains("duration_ms")) story.duration = Duration(data["duration_ms"]);
    } else if (type == "order.scheduled" || type == "assignment.created" ||
               type == "assignment.reassigned") {
      story.promised = time_of(data.at("from"));
    } else if (type == "order.sla_breached") {
      story.broken[data.at("clock")] = time_of(data.at("due"));
    } else if (type == "order.cancelled") {
      story.is_cancelled = true;
    } else if (type == "tracking.travel_started") {
      story.technician = data.at("technician");
      story.left = at;
    } else if (type == "tracking.arrived") {
      story.arrived = at;
    } else if (type == "tracking.work_started") {
      story.started = at;
    } else if (type == "tracking.work_completed") {
      story.completed = at;
    }
  }
};

}  // namespace

DayFigures measure(const PlayedDay& day) {
  DayFigures figures;
  std::size_t behind = 0;
  for (const auto& [id, story] : Stories(day).all) {
    ++figures.orders;
    if (story.left && story.arrived) figures.travel_hours += hours_of(*story.arrived - *story.left);
    if (story.completed) {
      ++figures.served;
    } else if (story.is_cancelled) {
      ++figures.cancelled;
      continue;
    } else {
      ++figures.unserved;
      figures.unserved_weight += std::pow(4, 4 - story.priority);
    }
    for (const auto& [clock, due] : story.broken) {
      if (clock == "respond") continue;
      ++figures.breaches;
      const auto end = (clock == "arrive" ? story.arrived : story.completed).value_or(day.end);
      figures.late_hours += hours_of(std::max(Duration{0}, end - due));
    }
    if (story.promised && story.arrived && *story.arrived > *story.promised) {
      figures.behind_promise_min += hours_of(*story.arrived - *story.promised) * 60;
      ++behind;
    }
  }
  if (behind > 0) figures.behind_promise_min /= static_cast<double>(behind);
  if (figures.served > 0)
    figures.travel_min_per_order = figures.travel_hours * 60 / static_cast<double>(figures.served);
  DayChecker checker;
  for (const auto& [order, place] : day.sites) checker.site(order, place);
  for (const auto& line : day.events) checker.take(line);
  if (day.rule == Rule::automatic) checker.waiting(day.reasons);
  figures.promises = checker.promises();
  figures.moved = checker.moves();
  for (const auto& finding : checker.findings())
    figures.moved_silently += finding.kind == "moved_silently";
  figures.findings = checker.findings().size();
  return figures;
}

DrawnDay as_plan(const PlayedDay& day) {
  DrawnDay drawn;
  auto& problem = drawn.problem;
  problem.name = day.plan.name + ", " + std::string(to_string(day.rule));
  if (day.plan.search > 0) problem.name += " with search";
  const auto midnight = std::chrono::floor<std::chrono::days>(day.begin) + std::chrono::hours(5);
  const auto seconds = [&](Timestamp at) {
    return static_cast<double>((at - midnight).count()) / 1000;
  };
  const planning::Shift shift{.hours = {seconds(day.begin), seconds(day.end)}};
  std::map<Id, std::size_t> numbers;
  for (const auto& [id, home] : day.homes) {
    numbers[id] = problem.technicians.size();
    planning::Technician technician{.id = day.names.at(id), .start = problem.places.size()};
    technician.shifts = {shift};
    problem.places.push_back({home.lat, home.lon});
    problem.technicians.push_back(std::move(technician));
  }
  std::map<std::size_t, planning::Route> routes;
  for (const auto& [id, story] : Stories(day).all) {
    const auto number = problem.visits.size();
    planning::Visit visit{.id = order_code(id), .place = problem.places.size()};
    visit.duration = static_cast<double>(story.duration.count()) / 1000;
    visit.value = std::pow(4, 4 - story.priority);
    const auto& site = day.sites.at(id);
    problem.places.push_back({site.lat, site.lon});
    problem.visits.push_back(std::move(visit));
    if (!story.arrived || !story.started) {
      if (!story.is_cancelled) drawn.plan.unserved.push_back(number);
      continue;
    }
    auto& route = routes[numbers.at(story.technician)];
    if (route.stops.empty() || seconds(*story.left) < route.departure)
      route.departure = seconds(*story.left);
    route.stops.push_back({.kind = planning::StopKind::visit,
                           .which = number,
                           .arrival = seconds(*story.arrived),
                           .start = seconds(*story.started),
                           .end = seconds(story.completed.value_or(day.end))});
  }
  problem.travel = planning::GreatCircleTravel(problem.places);
  for (auto& [number, route] : routes) {
    route.technician = number;
    std::ranges::sort(route.stops, {}, &planning::Stop::arrival);
    route.end = route.stops.back().end;
    drawn.plan.routes.push_back(std::move(route));
  }
  drawn.plan.score =
      planning::check(problem, drawn.plan, *planning::find_objective("dispatch")).score;
  return drawn;
}

}  // namespace mf::bench
