#include "bench/planner/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "planning/files/text_lines.hpp"

namespace mf::bench {
namespace {

double number(const std::string& field) {
  const auto value = planning_files::to_number(field);
  if (!value) throw std::runtime_error(fmt::format("\"{}\" in a table is not a number", field));
  return *value;
}

std::size_t count(const std::string& field) { return static_cast<std::size_t>(number(field)); }

}  // namespace

Fields SetRow::columns() {
  return {"set",      "objective",     "seconds", "class",      "instance",   "unserved",
          "vehicles", "best_vehicles", "value",   "best_value", "gap_percent"};
}

Fields SetRow::fields() const {
  return {set,
          objective,
          fmt::to_string(seconds),
          family,
          instance,
          fmt::to_string(unserved),
          fmt::to_string(vehicles),
          best_vehicles ? fmt::to_string(*best_vehicles) : "",
          fmt::format("{:.4f}", value),
          fmt::format("{:.4f}", best_value),
          fmt::format("{:.3f}", gap())};
}

SetRow SetRow::from(const Fields& f) {
  SetRow row{.set = f[0],
             .objective = f[1],
             .seconds = number(f[2]),
             .family = f[3],
             .instance = f[4],
             .unserved = count(f[5]),
             .vehicles = count(f[6]),
             .value = number(f[8]),
             .best_value = number(f[9])};
  if (!f[7].empty()) row.best_vehicles = count(f[7]);
  return row;
}

std::string format_gap(double percent) {
  return fmt::format("{:.2f}", std::abs(percent) < 0.005 ? 0.0 : percent);
}

std::map<std::string, SetSummary> summarize(std::span<const SetRow> rows) {
  std::map<std::string, SetSummary> all;
  for (const auto& row : rows)
    for (const auto& name : {row.family, std::string("all")}) {
      auto& sum = all[name];
      ++sum.instances;
      sum.unserved += row.unserved;
      sum.more_vehicles += row.best_vehicles && row.vehicles > *row.best_vehicles ? 1 : 0;
      sum.fewer_vehicles += row.best_vehicles && row.vehicles < *row.best_vehicles ? 1 : 0;
      sum.gaps += row.gap();
      sum.worst_gap = std::max(sum.worst_gap, row.gap());
    }
  return all;
}

Fields DynamicRow::columns() {
  return {"class",        "instance",       "visits",   "revealed",      "plans", "unserved",
          "out_of_reach", "served_percent", "distance", "best_distance", "ratio"};
}

Fields DynamicRow::fields() const {
  return {family,
          instance,
          fmt::to_string(visits),
          fmt::to_string(revealed),
          fmt::to_string(plans),
          fmt::to_string(unserved),
          fmt::to_string(out_of_reach),
          fmt::format("{:.1f}", served()),
          fmt::format("{:.4f}", distance),
          fmt::format("{:.4f}", best_distance),
          fmt::format("{:.4f}", ratio())};
}

DynamicRow DynamicRow::from(const Fields& f) {
  return {.family = f[0],
          .instance = f[1],
          .visits = count(f[2]),
          .revealed = count(f[3]),
          .plans = count(f[4]),
          .unserved = count(f[5]),
          .out_of_reach = count(f[6]),
          .distance = number(f[8]),
          .best_distance = number(f[9])};
}

std::map<std::string, DynamicSummary> summarize(std::span<const DynamicRow> rows) {
  std::map<std::string, DynamicSummary> all;
  for (const auto& row : rows)
    for (const auto& name : {row.family, std::string("all")}) {
      auto& sum = all[name];
      ++sum.days;
      sum.plans += row.plans;
      sum.unserved += row.unserved;
      sum.out_of_reach += row.out_of_reach;
      sum.ratios += row.ratio();
      sum.served += row.served();
      sum.worst_served = std::min(sum.worst_served, row.served());
      if (row.unserved > 0) continue;
      ++sum.complete_days;
      sum.complete_ratios += row.ratio();
    }
  return all;
}

Fields GrowthRow::columns() {
  return {"visits", "first_plan_ms", "iterations_per_second", "memory_mib", "unserved"};
}

Fields GrowthRow::fields() const {
  return {fmt::to_string(visits), fmt::format("{:.1f}", first_plan_ms),
          fmt::format("{:.1f}", iterations_per_second), fmt::format("{:.1f}", memory_mib),
          fmt::to_string(unserved)};
}

GrowthRow GrowthRow::from(const Fields& f) {
  return {.visits = count(f[0]),
          .first_plan_ms = number(f[1]),
          .iterations_per_second = number(f[2]),
          .memory_mib = number(f[3]),
          .unserved = count(f[4])};
}

}  // namespace mf::bench
