#include <fmt/format.h>

#include <stdexcept>

#include "bench/days/day_checker.hpp"
#include "bench/days/day_measures.hpp"
#include "bench/dispatch/parts.hpp"
#include "planning/drawing/drawing.hpp"
#include "planning/files/files.hpp"

namespace mf::bench {
namespace {

constexpr std::uint64_t seeds = 5;

const DayPlan kinds[] = {
    {.name = "quiet"}, {.name = "storm", .orders = 270}, {.name = "half_ill", .ill_of_ten = 5}};

/// Who finds technicians for the orders.
struct Player {
  std::string_view name, file;
  Rule rule = Rule::automatic;
  std::uint64_t search = 0;  ///< iterations of each search in spare time
};
constexpr Player players[] = {{"nearest first", "nearest", Rule::nearest},
                              {"automatic", "automatic"},
                              {"automatic, with search", "search", Rule::automatic, 200}};

/// The mean of days that differ by their seed alone.
struct Mean {
  DayFigures sum;
  double days = 0;

  void add(const DayFigures& f) {
    ++days;
    sum.orders += f.orders;
    sum.served += f.served;
    sum.unserved += f.unserved;
    sum.unserved_weight += f.unserved_weight;
    sum.breaches += f.breaches;
    sum.late_hours += f.late_hours;
    sum.travel_hours += f.travel_hours;
    sum.promises += f.promises;
    sum.moved += f.moved;
    sum.moved_silently += f.moved_silently;
    sum.behind_promise_min += f.behind_promise_min;
    sum.findings += f.findings;
  }
  [[nodiscard]] double of(auto value) const { return static_cast<double>(value) / days; }
  [[nodiscard]] double travel_per_order() const {
    return sum.travel_hours * 60 / static_cast<double>(sum.served);
  }
};

constexpr std::string_view introduction = R"(# Working days of the dispatcher

Written by `./dev bench dispatch --tables docs/benchmarks`. Twenty technicians of a city of twelve
kilometres, 90 orders (270 in the storm), a third of them known in the morning; real entities and
the real dispatcher in simulated time ([pure_node.hpp](../../bench/days/pure_node.hpp)), people who
decline one offer in twenty, drive and work faster or slower than planned, and cancel. "Nearest
first" is a supervisor who gives each order to whoever is there soonest and has at most one order
more to do; "with search" has a search of 200 iterations in spare time, at most one in 15 seconds. All
meet the same people and delays. Means of five seeds; the pictures are of the first.

- unserved: at 18:00, weighted by priority (four of one weigh as much as one of the next)
- late: hours by which clocks (arrive, resolve) were missed, until it was done or the day was over
- moved: times that were told to somebody and changed afterwards; each carries its reason, or it
  counts as silent
- behind: how much later than told the technician came, where that was later
- findings: what the independent checker ([day_checker.hpp](../../bench/days/day_checker.hpp)) found

| day | by | served | unserved, weighted | late, h | SLA breaches | travel per order, min | times told | moved | silently | behind, min | findings |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
)";

std::string row_of(const DayPlan& kind, const Player& player, const Mean& mean) {
  return fmt::format(
      "| {} | {} | {:.1f} | {:.1f}, {:.0f} | {:.1f} | {:.1f} | {:.1f} | {:.0f} | {:.1f} | {:.1f} | "
      "{:.1f} | {} |\n",
      kind.name, player.name, mean.of(mean.sum.served), mean.of(mean.sum.unserved),
      mean.of(mean.sum.unserved_weight), mean.of(mean.sum.late_hours), mean.of(mean.sum.breaches),
      mean.travel_per_order(), mean.of(mean.sum.promises), mean.of(mean.sum.moved),
      mean.of(mean.sum.moved_silently), mean.of(mean.sum.behind_promise_min), mean.sum.findings);
}

void write(const std::filesystem::path& file, const std::string& text) {
  if (auto done = planning_files::write_file(file, text); !done)
    throw std::runtime_error(done.error().message);
}

void complain(const PlayedDay& day, Report& report) {
  DayChecker checker;
  for (const auto& [order, place] : day.sites) checker.site(order, place);
  for (const auto& line : day.events) checker.take(line);
  if (day.rule == Rule::automatic) checker.waiting(day.reasons);
  std::size_t told = 0;
  for (const auto& finding : checker.findings())
    if (++told <= 5)
      report.note(fmt::format("{}, seed {}: {}", day.plan.name, day.plan.seed, describe(finding)));
  for (const auto& alarm : day.alarms) report.note(day.plan.name + ": alarm " + alarm);
}

}  // namespace

void measure_days(const Options& options, Report& report) {
  std::string page(introduction), pictures;
  for (const auto& kind : kinds) {
    double travel_nearest = 0;
    for (const auto& player : players) {
      Mean mean;
      double thinking_ms = 0;
      for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        auto plan = kind;
        plan.seed = seed;
        plan.search = player.search;
        const auto day = play(plan, player.rule);
        mean.add(measure(day));
        thinking_ms += day.thinking_ms;
        if (player.rule == Rule::automatic) complain(day, report);
        if (seed > 1 || options.tables.empty()) continue;
        const auto name = fmt::format("day_{}_{}.svg", kind.name, player.file);
        const auto drawn = as_plan(day);
        write(options.tables / name, planning_files::draw_svg(drawn.problem, drawn.plan));
        pictures += fmt::format("\n## {}, {}\n\n![{} {}]({})\n", kind.name, player.name, kind.name,
                                player.name, name);
      }
      const auto named = [&](const char* what) {
        return fmt::format("{}, {}: {}", kind.name, player.name, what);
      };
      const auto travel = mean.travel_per_order();
      if (player.rule == Rule::nearest) travel_nearest = travel;
      report.add("dispatch", named("served"), mean.of(mean.sum.served), "orders");
      report.add("dispatch", named("unserved, weighted"), mean.of(mean.sum.unserved_weight), "");
      report.add("dispatch", named("late"), mean.of(mean.sum.late_hours), "h");
      report.add("dispatch", named("SLA breaches"), mean.of(mean.sum.breaches), "");
      report.add("dispatch", named("travel per order"), travel, "min");
      report.add("dispatch", named("announced times moved"), mean.of(mean.sum.moved), "");
      if (player.rule == Rule::automatic) {
        report.add("dispatch", named("less travel than nearest first"),
                   100 * (1 - travel / travel_nearest), "%", ">= 25 %");
        report.add("dispatch", named("moved without a reason"), mean.of(mean.sum.moved_silently),
                   "", "0");
        report.add("dispatch", named("findings of the checker"),
                   static_cast<double>(mean.sum.findings), "", "0");
        report.add("dispatch", named("thinking, a whole day"), mean.of(thinking_ms), "ms");
      }
      page += row_of(kind, player, mean);
    }
  }
  if (!options.tables.empty()) write(options.tables / "dispatch.md", page + pictures);
}

}  // namespace mf::bench
