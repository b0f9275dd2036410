#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

#include "planning/files/clock.hpp"
#include "planning/files/json_fields.hpp"
#include "planning/files/json_text.hpp"
#include "planning/files/problem_json.hpp"

namespace mf::planning_files {

using planning::Plan;
using planning::Problem;
using planning::Route;
using planning::Seconds;
using planning::Stop;
using planning::StopKind;

namespace {

class PlanWriter {
 public:
  explicit PlanWriter(const Problem& problem)
      : problem_(problem), begin_(clock_at_begin(problem)) {}

  std::string write(const Plan& plan) const {
    JsonObject object(",\n  ");
    object.text("problem", problem_.name)
        .member("score", score(plan.score))
        .member("routes",
                json_list(
                    plan.routes, [&](const Route& r) { return "\n    " + route(r); }, ","))
        .member("unserved", json_list(plan.unserved, [&](std::size_t visit) {
                  return json_quoted(problem_.visits[visit].id);
                }));
    return object.closed() + "\n";
  }

 private:
  static std::string score(const planning::Score& score) {
    JsonObject object;
    for (std::size_t i = 0; i < planning::term_count; ++i)
      object.number(to_string(static_cast<planning::Term>(i)), score.values[i]);
    return object.closed();
  }

  void moment(JsonObject& object, std::string_view name, Seconds time) const {
    object.number(name, time);
    object.text(fmt::format("{}_at", name), format_clock(time + begin_));
  }

  std::string route(const Route& route) const {
    JsonObject object;
    object.text("technician", problem_.technicians[route.technician].id)
        .member("shift", std::to_string(route.shift));
    moment(object, "departure", route.departure);
    moment(object, "end", route.end);
    object.member("stops",
                  json_list(route.stops, [&](const Stop& s) { return "\n      " + stop(s); }, ","));
    return object.closed();
  }

  std::string stop(const Stop& stop) const {
    JsonObject object;
    switch (stop.kind) {
      case StopKind::visit: object.text("visit", problem_.visits[stop.which].id); break;
      case StopKind::restock: object.text("restock", problem_.depots[stop.which].id); break;
      case StopKind::rest: object.member("rest", std::to_string(stop.which)); break;
    }
    moment(object, "arrival", stop.arrival);
    moment(object, "start", stop.start);
    moment(object, "end", stop.end);
    return object.closed();
  }

  const Problem& problem_;
  Seconds begin_;
};

class PlanReader {
 public:
  /// `dropped`: takes a line for each thing that is gone, which is then left out; without it that
  /// is a complaint.
  explicit PlanReader(const Problem& problem, std::vector<std::string>* dropped = nullptr)
      : problem_(problem), begin_(clock_at_begin(problem)), dropped_(dropped) {
    add_ids(technicians_, problem.technicians);
    add_ids(visits_, problem.visits);
    add_ids(depots_, problem.depots);
  }

  /// What can't be read keeps its default, and the document has the complaint.
  Plan read(const JsonField& root) const {
    root.allow({"problem", "score", "routes", "unserved"});
    Plan plan;
    std::set<std::pair<std::size_t, std::size_t>> taken;
    for (const auto& item : root["routes"].required().items()) {
      auto read = route(item);
      if (!read) continue;
      const auto& added = plan.routes.emplace_back(std::move(*read));
      if (!taken.emplace(added.technician, added.shift).second)
        item.complain("this technician's shift has a route already");
    }
    std::ranges::sort(plan.routes, {},
                      [](const Route& r) { return std::tie(r.technician, r.shift); });
    plan.unserved = unserved(root["unserved"], plan);
    plan.score = score(root["score"]);
    return plan;
  }

 private:
  using Ids = std::unordered_map<std::string_view, std::size_t>;

  template <class Things>
  static void add_ids(Ids& ids, const Things& things) {
    for (std::size_t i = 0; i < things.size(); ++i) ids.emplace(things[i].id, i);
  }

  /// nullopt: it is to be left out.
  std::optional<std::size_t> index(const JsonField& field, const Ids& ids,
                                   std::string_view kind) const {
    const auto id = field.text();
    if (const auto found = ids.find(id); found != ids.end()) return found->second;
    return gone(field, fmt::format("there is no {} \"{}\"", kind, id));
  }

  std::optional<std::size_t> gone(const JsonField& field, const std::string& what) const {
    if (dropped_) {
      dropped_->push_back(fmt::format("{}: {}", field.path(), what));
      return {};
    }
    field.complain(what);
    return 0;
  }

  /// Who changes one of the two by hand should hear that it counts.
  Seconds moment(const JsonField& object, std::string_view name) const {
    const auto number = object[name], text = object[fmt::format("{}_at", name)];
    if (!text.is_present()) return number.required().number();
    const auto clock = parse_clock(text.text());
    if (!clock) text.complain("must be a time like \"08:15:00\"");
    const auto time = clock.value_or(begin_) - begin_;
    if (!number.is_present()) return time;
    if (std::abs(number.number() - time) > 1)
      text.complain(fmt::format("says something else than {}", name));
    return number.number();
  }

  std::optional<Route> route(const JsonField& field) const {
    field.allow({"technician", "shift", "departure", "departure_at", "end", "end_at", "stops"});
    Route route;
    const auto who = index(field["technician"].required(), technicians_, "technician");
    if (!who) return {};
    route.technician = *who;
    route.shift = field["shift"].count();
    if (route.technician < problem_.technicians.size() &&
        route.shift >= problem_.technicians[route.technician].shifts.size() &&
        !gone(field["shift"], "this technician has no such shift"))
      return {};
    route.departure = moment(field, "departure");
    route.end = moment(field, "end");
    for (const auto& item : field["stops"].required().items())
      if (const auto known = stop(item, route)) route.stops.push_back(*known);
    if (std::ranges::find(route.stops, StopKind::visit, &Stop::kind) == route.stops.end()) {
      if (dropped_ && !dropped_->empty()) return {};
      field["stops"].complain("must have a visit");
    }
    return route;
  }

  std::optional<Stop> stop(const JsonField& field, const Route& route) const {
    field.allow({"visit", "restock", "rest", "arrival", "arrival_at", "start", "start_at", "end",
                 "end_at"});
    const auto visit = field["visit"], restock = field["restock"], rest = field["rest"];
    if (visit.is_present() + restock.is_present() + rest.is_present() != 1)
      field.complain("must have one of visit, restock, rest");
    Stop stop{.arrival = moment(field, "arrival"),
              .start = moment(field, "start"),
              .end = moment(field, "end")};
    std::optional<std::size_t> which;
    if (restock.is_present()) {
      stop.kind = StopKind::restock;
      which = index(restock, depots_, "depot");
    } else if (rest.is_present()) {
      stop.kind = StopKind::rest;
      which = break_of(rest, route);
    } else {
      which = index(visit, visits_, "visit");
    }
    if (!which) return {};
    stop.which = *which;
    return stop;
  }

  std::optional<std::size_t> break_of(const JsonField& field, const Route& route) const {
    const auto number = field.count();
    if (route.technician < problem_.technicians.size()) {
      const auto& shifts = problem_.technicians[route.technician].shifts;
      if (route.shift < shifts.size() && number < shifts[route.shift].breaks.size()) return number;
    }
    return gone(field, "the shift has no such break");
  }

  std::vector<std::size_t> unserved(const JsonField& field, const Plan& plan) const {
    std::set<std::size_t> visits;
    if (field.is_present())
      for (const auto& item : field.items())
        if (const auto visit = index(item, visits_, "visit")) visits.insert(*visit);
    // Since an old plan was made visits may have come, and routes gone.
    if (!field.is_present() || dropped_) {
      for (std::size_t v = 0; v < problem_.visits.size(); ++v) visits.insert(v);
      for (const auto& route : plan.routes)
        for (const auto& stop : route.stops)
          if (stop.kind == StopKind::visit) visits.erase(stop.which);
    }
    return {visits.begin(), visits.end()};
  }

  static planning::Score score(const JsonField& field) {
    planning::Score score;
    std::array<std::string_view, planning::term_count> names;
    for (std::size_t i = 0; i < names.size(); ++i) {
      names[i] = to_string(static_cast<planning::Term>(i));
      score.values[i] = field[names[i]].number();
    }
    field.allow(names);
    return score;
  }

  const Problem& problem_;
  Seconds begin_;
  std::vector<std::string>* dropped_;
  Ids technicians_, visits_, depots_;
};

}  // namespace

std::string to_json(const Problem& problem, const Plan& plan) {
  return PlanWriter(problem).write(plan);
}

Result<Plan> read_plan(std::string_view text, const Problem& problem) {
  const auto document = JsonDocument::parse(text);
  if (!document) return std::unexpected(document.error());
  auto plan = PlanReader(problem).read(document->root());
  if (auto status = document->status(); !status) return std::unexpected(std::move(status).error());
  return plan;
}

Result<KnownPart> read_known_part(std::string_view text, const Problem& problem) {
  const auto document = JsonDocument::parse(text);
  if (!document) return std::unexpected(document.error());
  KnownPart known;
  known.plan = PlanReader(problem, &known.dropped).read(document->root());
  if (auto status = document->status(); !status) return std::unexpected(std::move(status).error());
  return known;
}

}  // namespace mf::planning_files
