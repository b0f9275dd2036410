// The planner's tables as a page that reads well on a code host.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "bench/planner/parts.hpp"
#include "bench/planner/rows.hpp"
#include "planning/drawing/drawing.hpp"
#include "planning/files/files.hpp"
#include "planning/objective.hpp"

namespace mf::bench {
namespace {

using planning_files::Line;

constexpr std::string_view introduction = R"(# What the planner reaches

Written by `./dev bench plan --draw` from the tables in this folder, which `./dev bench plan --long
--tables` fills. One core. Every plan was checked by the independent checker. A gap is what a plan
costs more than the best value known, in percent; best values under different conventions are never
mixed.
)";

/// Markdown: a header, then rows; all but the first `texts` columns are numbers.
class PageTable {
 public:
  PageTable(const Fields& header, std::size_t texts) {
    add(header);
    text_ += "|";
    for (std::size_t i = 0; i < header.size(); ++i) text_ += i < texts ? "---|" : "---:|";
    text_ += "\n";
  }
  void add(const Fields& row) {
    text_ += "|";
    for (const auto& field : row) text_ += fmt::format(" {} |", field);
    text_ += "\n";
  }
  [[nodiscard]] std::string text() const { return "\n" + text_; }

 private:
  std::string text_;
};

std::string picture(const std::filesystem::path& directory, const std::string& name,
                    const std::string& title, const std::string& svg) {
  if (auto done = planning_files::write_file(directory / name, svg); !done)
    throw std::runtime_error(done.error().message);
  return fmt::format("\n![{}]({})\n", title, name);
}

/// One set with all its budgets.
class SetSection {
 public:
  SetSection(std::string set, std::vector<SetRow> rows) : set_(std::move(set)) {
    std::map<double, std::vector<SetRow>> by_budget;
    for (auto& row : rows) by_budget[row.seconds].push_back(row);
    for (const auto& [seconds, of_budget] : by_budget) {
      sums_[seconds] = summarize(of_budget);
      for (const auto& [name, sum] : sums_[seconds]) families_.insert(name);
      for (const auto& row : of_budget) instances_[{row.family, row.instance}][seconds] = row;
    }
    const auto* objective = planning::find_objective(rows[0].objective);
    counts_vehicles_ = objective && objective->has(planning::Term::vehicles);
    objective_ = rows[0].objective;
  }

  std::string text(const std::filesystem::path& directory) const {
    auto page = fmt::format("\n## {}\n\nObjective `{}`.{}\n", set_, objective_, aims());
    if (sums_.size() > 1)
      page +=
          picture(directory, fmt::format("gap_{}.svg", set_), set_ + ": gap over time", chart());
    page += "\nMean and worst gap in percent, by seconds given to each instance:\n";
    page += by_family([](const SetSummary& sum) {
      return fmt::format("{}, {}", format_gap(sum.mean_gap()), format_gap(sum.worst_gap));
    });
    if (counts_vehicles_) page += vehicles();
    page += unserved();
    return page + instances();
  }

 private:
  std::string aims() const {
    std::string text;
    for (const auto& run : set_runs())
      if (run.set == set_ && !run.aim.empty())
        text += fmt::format(" Aim: {} with {} s.", run.aim, run.seconds);
    return text;
  }

  std::string chart() const {
    std::vector<Line> lines;
    for (const auto& family : families_) {
      auto& line = lines.emplace_back(Line{family, {}});
      for (const auto& [seconds, sums] : sums_)
        if (const auto sum = sums.find(family); sum != sums.end() && is_whole(*sum))
          line.points.push_back({seconds, sum->second.mean_gap()});
    }
    return planning_files::draw_lines(set_ + ": mean gap to the best known",
                                      "seconds given to each instance", "gap, %", lines,
                                      planning_files::Axis::logarithmic);
  }

  Fields budgets(Fields header) const {
    for (const auto& [seconds, sums] : sums_) header.push_back(fmt::format("{} s", seconds));
    return header;
  }

  /// A run that was cut off has fewer instances than others: its mean is another one's.
  bool is_whole(const std::pair<const std::string, SetSummary>& of_family) const {
    return std::ranges::none_of(sums_, [&](const auto& budget) {
      const auto other = budget.second.find(of_family.first);
      return other != budget.second.end() && other->second.instances > of_family.second.instances;
    });
  }

  template <typename Cell>
  std::string by_family(Cell cell) const {
    PageTable table(budgets({"class"}), 1);
    for (const auto& family : families_) {
      Fields row{family};
      for (const auto& [seconds, sums] : sums_) {
        const auto sum = sums.find(family);
        row.push_back(sum == sums.end() ? "" : cell(sum->second));
        if (sum != sums.end() && !is_whole(*sum))
          row.back() += fmt::format(" (of {} only)", sum->second.instances);
      }
      table.add(row);
    }
    return table.text();
  }

  std::string vehicles() const {
    return "\nInstances with more and with fewer vehicles than the best known plan. Only where the "
           "number is\nthe same does a gap compare like with like; with more vehicles the distance "
           "may well be shorter.\n" +
           by_family([](const SetSummary& sum) {
             return fmt::format("{}, {} of {}", sum.more_vehicles, sum.fewer_vehicles,
                                sum.instances);
           });
  }

  std::string unserved() const {
    std::size_t all = 0;
    for (const auto& [seconds, sums] : sums_) all += sums.at("all").unserved;
    if (all == 0) return "\nEvery plan serves everything.\n";
    return "\nVisits left unserved:\n" +
           by_family([](const SetSummary& sum) { return fmt::to_string(sum.unserved); });
  }

  std::string instances() const {
    PageTable table(budgets({"class", "instance", "best known"}), 2);
    for (const auto& [name, by_budget] : instances_) {
      Fields row{name.first, name.second, best(by_budget.begin()->second)};
      for (const auto& [seconds, sums] : sums_) {
        const auto found = by_budget.find(seconds);
        row.push_back(found == by_budget.end() ? "" : reached(found->second));
      }
      table.add(row);
    }
    return fmt::format(
        "\n<details><summary>Every instance: value{} and gap in percent</summary>\n{}"
        "\n</details>\n",
        counts_vehicles_ ? ", vehicles" : "", table.text());
  }

  std::string best(const SetRow& row) const {
    if (!counts_vehicles_ || !row.best_vehicles) return fmt::format("{:.2f}", row.best_value);
    return fmt::format("{:.2f}, {}", row.best_value, *row.best_vehicles);
  }

  std::string reached(const SetRow& row) const {
    auto text = fmt::format("{:.2f}", row.value);
    if (counts_vehicles_) text += fmt::format(", {}", row.vehicles);
    text += fmt::format(" ({})", format_gap(row.gap()));
    if (row.unserved > 0) text += fmt::format(", {} unserved", row.unserved);
    return text;
  }

  std::string set_, objective_;
  bool counts_vehicles_ = false;
  std::set<std::string> families_;
  std::map<double, std::map<std::string, SetSummary>> sums_;  ///< by budget and class
  std::map<std::pair<std::string, std::string>, std::map<double, SetRow>> instances_;
};

std::string dynamic_section(const std::vector<DynamicRow>& rows) {
  std::string page = R"(
## dynamic

Visits become known while vehicles are on their way; a new plan is made each time, in 0.2 s.
Distances are compared with the best known where everything is known beforehand, so 1 can't be
expected, and only days on which everything is served compare like with like. R1, R2, RC1, RC2:
Solomon's instances, half of the visits known in the morning, the others at a moment drawn before
they open and while somebody at home would still reach them. "10 % known": published files, in
which some visits become known when it is too late to come from home (out of reach); they count as
unserved like all others.
)";
  PageTable sums({"days", "number", "distance / best", "the same, all served", "served, %",
                  "served, worst day, %", "unserved", "out of reach", "plans made"},
                 1);
  for (const auto& [name, sum] : summarize(rows))
    sums.add({name, fmt::to_string(sum.days), fmt::format("{:.3f}", sum.mean_ratio()),
              sum.complete_days == 0
                  ? "–"
                  : fmt::format("{:.3f} ({})", sum.mean_complete_ratio(), sum.complete_days),
              fmt::format("{:.2f}", sum.mean_served()), fmt::format("{:.0f}", sum.worst_served),
              fmt::to_string(sum.unserved), fmt::to_string(sum.out_of_reach),
              fmt::to_string(sum.plans)});
  PageTable days({"days", "instance", "revealed", "plans made", "unserved", "out of reach",
                  "distance", "best known", "ratio"},
                 2);
  for (const auto& row : rows)
    days.add({row.family, row.instance, fmt::to_string(row.revealed), fmt::to_string(row.plans),
              fmt::to_string(row.unserved), fmt::to_string(row.out_of_reach),
              fmt::format("{:.2f}", row.distance), fmt::format("{:.2f}", row.best_distance),
              fmt::format("{:.3f}", row.ratio())});
  return page + sums.text() + "\n<details><summary>Every day</summary>\n" + days.text() +
         "\n</details>\n";
}

std::string growth_section(const std::filesystem::path& directory,
                           const std::vector<GrowthRow>& rows) {
  std::string page =
      "\n## growth\n\nA day in a city, objective `dispatch`: breaks, windows, two skills, one "
      "technician for six visits.\n";
  Line time{"first plan", {}}, memory{"memory", {}};
  PageTable table({"visits", "first plan, ms", "iterations per second", "memory, MiB", "unserved"},
                  0);
  for (const auto& row : rows) {
    const auto visits = static_cast<double>(row.visits);
    time.points.push_back({visits, row.first_plan_ms / 1000});
    memory.points.push_back({visits, row.memory_mib});
    table.add({fmt::to_string(row.visits), fmt::format("{:.0f}", row.first_plan_ms),
               fmt::format("{:.0f}", row.iterations_per_second),
               fmt::format("{:.1f}", row.memory_mib), fmt::to_string(row.unserved)});
  }
  const auto log = planning_files::Axis::logarithmic;
  page += picture(
      directory, "growth_time.svg", "Time until the first plan",
      planning_files::draw_lines("Time until the first plan", "visits", "seconds", {time}, log));
  page +=
      picture(directory, "growth_memory.svg", "Memory of the search",
              planning_files::draw_lines("Memory of the search", "visits", "MiB", {memory}, log));
  return page + table.text();
}

}  // namespace

void draw_planner_pages(const Options& options) {
  const auto& directory = options.draw;
  std::string page(introduction);
  for (const auto& set : planner_set_names()) {
    const auto file = directory / (set + ".csv");
    if (!std::filesystem::exists(file)) continue;
    if (set == "dynamic") page += dynamic_section(load_rows<DynamicRow>(file));
    else if (set == "growth") page += growth_section(directory, load_rows<GrowthRow>(file));
    else if (auto rows = load_rows<SetRow>(file); !rows.empty())
      page += SetSection(set, std::move(rows)).text(directory);
  }
  if (auto done = planning_files::write_file(directory / "README.md", page); !done)
    throw std::runtime_error(done.error().message);
}

}  // namespace mf::bench
