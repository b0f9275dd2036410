// Published days through the product, beside the planner on the same problem and time. What the
// product doesn't know (vans that fill up, the way home) the planner beside it doesn't know either.
//
// Solomon's planes are laid on the earth; Praxedo's days (real ones, without places) on a grid,
// with a road service that answers from their tables.
#include <fmt/format.h>

#include <chrono>
#include <numbers>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>

#include "base/geo.hpp"
#include "bench/dispatch/published_day.hpp"
#include "bench/parts.hpp"
#include "planning/checker.hpp"
#include "planning/files/files.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

constexpr const char* solomon[] = {"R101", "R103", "R105", "R109", "RC101", "RC103"};
constexpr const char* praxedo[] = {"R1", "R2", "R3"};
/// What both are judged by, and the planner looks for.
const planning::Objective objective{
    .name = "road", .levels = {{planning::Term::unserved, 1e-6}, {planning::Term::travel, 1e-5}}};

/// The times of an instance as seconds of the product's day.
void scale(planning::Problem& problem, double unit_s, double begin) {
  const auto window = [&](planning::Window& w) {
    w = {(w.from - begin) * unit_s, (w.to - begin) * unit_s};
  };
  for (auto& technician : problem.technicians) {
    technician.end.reset();
    technician.capacity.clear();
    for (auto& shift : technician.shifts) window(shift.hours);
  }
  for (auto& visit : problem.visits) {
    visit.duration *= unit_s;
    visit.demand.clear();
    for (auto& one : visit.windows) window(one);
  }
}

/// A unit of the plane is two minutes on the road.
planning::Problem on_earth(planning::Problem problem) {
  constexpr planning::GreatCircleTravel::Road road;
  constexpr double unit_s = 120;
  const auto degrees =
      unit_s * road.metres_per_second / road.detour / earth_radius_m * 180 / std::numbers::pi;
  // Across the equator, where a degree is a degree both ways.
  for (auto& place : problem.places)
    place = {(place.latitude - 50) * degrees, -75 + (place.longitude - 50) * degrees};
  problem.travel = planning::GreatCircleTravel(problem.places);
  scale(problem, unit_s, 0);
  return problem;
}

/// Minutes of the day; places as near to each other as the product tells them apart.
planning::Problem on_grid(planning::Problem problem) {
  constexpr double minute = 60, morning = 6 * 60, step = 0.001;
  constexpr std::size_t columns = 12;
  const auto size = problem.places.size();
  std::vector<double> times, distances;
  for (std::size_t from = 0; from < size; ++from)
    for (std::size_t to = 0; to < size; ++to) {
      const auto leg = planning::leg(problem.travel, from, to);
      times.push_back(leg.time * minute);
      distances.push_back(leg.distance);
    }
  problem.travel = planning::MatrixTravel(size, std::move(times), std::move(distances));
  for (std::size_t i = 0; i < size; ++i)
    problem.places[i] = {4.6 + step * static_cast<double>(i / columns),
                         -74.1 + step * static_cast<double>(i % columns)};
  scale(problem, minute, morning);
  return problem;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

planning::Problem load(const std::filesystem::path& file) {
  auto loaded = planning_files::load_problem(file);
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return std::move(*loaded);
}

/// Seconds on the road, of both.
struct Roads {
  double product = 0, planner = 0;
  [[nodiscard]] double gap() const { return 100 * (product / planner - 1); }
};

Roads compare(PublishedDay& day, const std::string& name, const Options& options, Report& report) {
  const planning::SolveOptions budget{.time = options.seconds, .clock = seconds_now};
  const auto& problem = day.problem();
  day.begin();
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
  const auto plan = day.plan(objective);
  const auto planned = planning::solve(problem, objective, budget);
  if (!planned) throw std::runtime_error(planned.error().message);
  const auto ours = planning::check(problem, plan, objective);
  const Roads roads{ours.score[planning::Term::travel],
                    planning::check(problem, *planned, objective).score[planning::Term::travel]};
  report.note(fmt::format("{}: {} broken rules; nobody for {} visits, {} by the planner", name,
                          ours.violations.size(), plan.unserved.size(), planned->unserved.size()));
  report.add("published", name + " through the product, beside the planner", roads.gap(), "%",
             "<= 1 %");
  return roads;
}

void measure_set(const std::string& set, const std::string& folder,
                 std::span<const char* const> names, const Options& options, Report& report) {
  if (!std::filesystem::is_directory(options.instances / folder))
    return report.note("published: no instances in " + (options.instances / folder).string());
  Roads sum;
  for (const std::string name : names) {
    auto problem = load(options.instances / folder / (name + ".txt"));
    const bool has_table = std::holds_alternative<planning::MatrixTravel>(problem.travel);
    problem = has_table ? on_grid(std::move(problem)) : on_earth(std::move(problem));
    Settings settings{options.binary, options.directory / name, {}};
    std::optional<RoadStub> stub;
    if (has_table) {
      stub.emplace(problem.places, problem.travel);
      settings.arguments = {fmt::format("--travel.service=http://127.0.0.1:{}", stub->port())};
    }
    const ServerProcess server(settings);
    PublishedDay day(server, std::move(problem));
    if (stub) day.ask_for_roads(*stub);
    const auto roads = compare(day, set + " " + name, options, report);
    sum.product += roads.product;
    sum.planner += roads.planner;
  }
  report.add("published", set + ", all", sum.gap(), "%", "<= 1 %");
}

}  // namespace

void measure_published_days(const Options& options, Report& report) {
  measure_set("Solomon", "solomon_100", solomon, options, report);
  measure_set("Praxedo", "praxedo", praxedo, options, report);
}

}  // namespace mf::bench
