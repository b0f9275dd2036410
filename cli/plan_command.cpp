#include "cli/plan_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <optional>
#include <span>

#include "base/text.hpp"
#include "planning/checker.hpp"
#include "planning/drawing/drawing.hpp"
#include "planning/files/files.hpp"
#include "planning/files/problem_json.hpp"
#include "planning/files/published.hpp"
#include "planning/files/text_lines.hpp"
#include "planning/reasons.hpp"
#include "planning/roster.hpp"
#include "planning/search.hpp"

namespace mf::cli {
namespace {

using planning::Objective;
using planning::Plan;
using planning::Problem;
using planning::Score;
using planning::Term;

struct PlanArguments {
  std::string problem, plan, objective = "dispatch", output, format = "json";
  std::optional<double> time;
  std::optional<std::uint64_t> iterations;
  std::uint64_t seed = 1;
  std::vector<std::string> files;
  std::string best, visit, language = "es";
  std::size_t most = 10;
};

std::atomic<bool> is_interrupted{false};

int complain(const Error& error) {
  fmt::print(stderr, "microflow: {}\n", error.message);
  return 1;
}

/// "unserved 0, vehicles 10, distance 828.94": the terms that the objective compares.
std::string terms(const Score& score, const Objective& objective) {
  std::string text;
  for (const auto& level : objective.levels)
    text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ", to_string(level.term),
                        score[level.term]);
  return text;
}

const Objective& objective_of(const PlanArguments& arguments) {
  return *planning::find_objective(arguments.objective);  // CLI11 lets only known names through
}

planning::Language language_of(const PlanArguments& arguments) {
  return arguments.language == "en" ? planning::Language::english : planning::Language::spanish;
}

planning::SolveOptions options_of(const PlanArguments& arguments) {
  planning::SolveOptions options{
      .time = arguments.time, .iterations = arguments.iterations, .seed = arguments.seed};
  options.clock = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  options.is_cancelled = [] { return is_interrupted.load(std::memory_order_relaxed); };
  return options;
}

/// One line that is written over on a terminal; nothing elsewhere.
std::function<void(const planning::Progress&)> progress_line(const Objective& objective) {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [&objective](const planning::Progress& progress) {
    fmt::print(stderr, "\r\033[K{:6.1f} s  {:>9} iterations  {}", progress.elapsed,
               progress.iterations, terms(progress.best, objective));
    std::fflush(stderr);
  };
}

/// Says on the way what the problem can't mean.
Result<Problem> load_problem(const std::string& path) {
  auto problem = planning_files::load_problem(path);
  if (problem)
    for (const auto& line : planning::oddities(*problem)) fmt::print(stderr, "{}\n", line);
  return problem;
}

/// A line for each visit that nobody does: why.
void tell_unserved(const Problem& problem, const Plan& plan, const Objective& objective,
                   planning::Language language) {
  constexpr std::size_t most = 20;
  if (plan.unserved.empty()) return;
  const planning::Instance instance(problem, objective);
  for (const auto visit : std::span(plan.unserved).first(std::min(most, plan.unserved.size())))
    if (const auto options = planning::explain_visit(instance, plan, visit))
      fmt::print(stderr, "{}\n", say(problem, why_nobody(problem, visit, *options), language));
  if (plan.unserved.size() > most) fmt::print(stderr, "…\n");
}

/// Prints the rules that the checker finds broken; true when the plan may be carried out.
bool judge(const planning::Verdict& verdict) {
  for (const auto& violation : verdict.violations)
    fmt::print(stderr, "{}: {}\n", violation.where, violation.what);
  return verdict.violations.empty();
}

std::string written(const Problem& problem, const Plan& plan, const std::string& format) {
  if (format == "routes") return planning_files::route_lists(problem, plan);
  if (format == "svg") return planning_files::draw_svg(problem, plan);
  return planning_files::to_json(problem, plan) + "\n";
}

int solve(const PlanArguments& arguments) {
  const auto& objective = objective_of(arguments);
  const auto problem = load_problem(arguments.problem);
  if (!problem) return complain(problem.error());
  auto options = options_of(arguments);
  std::optional<Plan> start;
  if (!arguments.plan.empty()) {
    auto known = planning_files::load_known_part(arguments.plan, *problem, objective);
    if (!known) return complain(known.error());
    for (const auto& line : known->dropped)
      fmt::print(stderr, "{}: {}; left out\n", arguments.plan, line);
    start = std::move(known->plan);
    options.warm_start = &*start;
  }
  options.on_progress = progress_line(objective);
  std::signal(SIGINT, [](int) { is_interrupted = true; });
  const auto plan = planning::solve(*problem, objective, options);
  if (options.on_progress) fmt::print(stderr, "\n");
  if (!plan) return complain(plan.error());
  if (!judge(planning::check(*problem, *plan, objective)))
    return 1;  // never seen; better no plan than a wrong one
  fmt::print(stderr, "{}; {} visits unserved\n", terms(plan->score, objective),
             plan->unserved.size());
  tell_unserved(*problem, *plan, objective, language_of(arguments));
  const auto status =
      planning_files::write_file(arguments.output, written(*problem, *plan, arguments.format));
  return status ? 0 : complain(status.error());
}

int check(const PlanArguments& arguments) {
  const auto& objective = objective_of(arguments);
  const auto problem = load_problem(arguments.problem);
  if (!problem) return complain(problem.error());
  const auto plan = planning_files::load_plan(arguments.plan, *problem, objective);
  if (!plan) return complain(plan.error());
  const auto verdict = planning::check(*problem, *plan, objective);
  const bool is_fine = judge(verdict);
  for (std::size_t i = 0; i < planning::term_count; ++i) {
    const auto term = static_cast<Term>(i);
    fmt::print("{:<13} {:.4f}\n", to_string(term), verdict.score[term]);
  }
  fmt::print("{}\n", is_fine ? "every rule is kept" : "the plan breaks rules, named above");
  return is_fine ? 0 : 1;
}

std::optional<std::size_t> visit_number(const Problem& problem, const std::string& id) {
  const auto found = std::ranges::find(problem.visits, id, &planning::Visit::id);
  if (found == problem.visits.end()) {
    fmt::print(stderr, "microflow: there is no visit \"{}\"\n", id);
    return {};
  }
  return static_cast<std::size_t>(found - problem.visits.begin());
}

struct Loaded {
  Problem problem;
  Plan plan;
};

/// Problem and plan of a command; nullopt after saying what is wrong.
std::optional<Loaded> load(const PlanArguments& arguments) {
  auto problem = load_problem(arguments.problem);
  if (!problem) {
    complain(problem.error());
    return {};
  }
  auto plan = planning_files::load_plan(arguments.plan, *problem, objective_of(arguments));
  if (!plan) {
    complain(plan.error());
    return {};
  }
  return Loaded{std::move(*problem), std::move(*plan)};
}

/// Prints where the visit would go, best first, and with --output puts it into the best place.
int insert(const PlanArguments& arguments) {
  const auto& objective = objective_of(arguments);
  const auto loaded = load(arguments);
  if (!loaded) return 1;
  const auto visit = visit_number(loaded->problem, arguments.visit);
  if (!visit) return 1;
  auto roster = planning::Roster::create(loaded->problem, objective, loaded->plan);
  if (!roster) return complain(roster.error());
  if (auto status = roster->take_out(*visit); !status) return complain(status.error());
  const auto ranked = roster->rank(*visit, arguments.most);
  for (std::size_t i = 0; i < ranked.size(); ++i)
    fmt::print(stderr, "{:>3}. {} (shift {}), place {}: {}\n", i + 1,
               loaded->problem.technicians[ranked[i].technician].id, ranked[i].shift,
               ranked[i].position, terms(ranked[i].change, objective));
  if (ranked.empty()) {
    fmt::print(stderr, "nobody can; \"microflow plan explain\" with --visit says why\n");
    return 1;
  }
  if (arguments.output.empty()) return 0;
  if (auto status = roster->place(*visit, ranked[0]); !status) return complain(status.error());
  const auto status = planning_files::write_file(
      arguments.output, written(loaded->problem, roster->plan(), arguments.format));
  return status ? 0 : complain(status.error());
}

int explain(const PlanArguments& arguments) {
  const auto& objective = objective_of(arguments);
  const auto language = language_of(arguments);
  const auto loaded = load(arguments);
  if (!loaded) return 1;
  const auto& problem = loaded->problem;
  if (arguments.visit.empty()) {
    const auto explanation = planning::explain_plan(problem, objective, loaded->plan);
    if (!explanation) return complain(explanation.error());
    fmt::print("{}\n", say(problem, *explanation, language));
    return 0;
  }
  const auto visit = visit_number(problem, arguments.visit);
  if (!visit) return 1;
  const auto options = planning::explain_visit(problem, objective, loaded->plan, *visit);
  if (!options) return complain(options.error());
  if (std::ranges::none_of(*options, &planning::Option::is_feasible))
    fmt::print("{}\n", say(problem, why_nobody(problem, *visit, *options), language));
  for (const auto& option : std::span(*options).first(std::min(arguments.most, options->size())))
    fmt::print("{}: {}\n", problem.technicians[option.technician].id,
               say(problem, option, language));
  return 0;
}

struct Gaps {
  double sum = 0, worst = -1e9;
  int count = 0, more_vehicles = 0;
};

int bench(const PlanArguments& arguments) {
  const auto& objective = objective_of(arguments);
  std::vector<planning_files::BestKnown> best;
  if (!arguments.best.empty()) {
    const auto text = planning_files::read_file(arguments.best);
    if (!text) return complain(text.error());
    auto table = planning_files::read_best_known(*text);
    if (!table) return complain(table.error());
    best = std::move(*table);
  }
  const auto main_term = objective.levels.back().term;
  fmt::print("{:<22} {:>8} {:>8} {:>12} {:>12} {:>8}\n", "instance", "unserved", "vehicles",
             to_string(main_term), "best known", "gap");
  Gaps gaps;
  for (const auto& file : arguments.files) {
    const auto problem = load_problem(file);
    if (!problem) return complain(problem.error());
    const auto plan = planning::solve(*problem, objective, options_of(arguments));
    if (!plan) return complain(plan.error());
    if (!judge(planning::check(*problem, *plan, objective))) return 1;
    const auto& score = plan->score;
    fmt::print("{:<22} {:>8} {:>8} {:>12.2f}", problem->name, plan->unserved.size(),
               score[Term::vehicles], score[main_term]);
    if (const auto* known = planning_files::find_best_known(best, *problem, objective)) {
      const double gap = (score[main_term] / known->cost - 1) * 100;
      gaps.sum += gap;
      gaps.worst = std::max(gaps.worst, gap);
      ++gaps.count;
      fmt::print(" {:>12.2f} {:>7.2f}%", known->cost, gap);
      if (known->vehicles && objective.has(Term::vehicles) &&
          score[Term::vehicles] != static_cast<double>(*known->vehicles)) {
        ++gaps.more_vehicles;
        fmt::print("  (with {} vehicles)", *known->vehicles);
      }
    }
    fmt::print("\n");
    std::fflush(stdout);
    if (is_interrupted) break;
  }
  if (gaps.count > 0)
    fmt::print("mean gap {:.3f} %, worst {:.2f} %, {} with another number of vehicles\n",
               gaps.sum / gaps.count, gaps.worst, gaps.more_vehicles);
  return 0;
}

void add_objective(CLI::App& command, PlanArguments& arguments) {
  std::vector<std::string> names;
  for (const auto& objective : planning::ready_made_objectives()) names.push_back(objective.name);
  command.add_option("--objective", arguments.objective, "What makes a plan better")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
}

void add_format(CLI::App& command, PlanArguments& arguments) {
  command
      .add_option("--format", arguments.format,
                  "json, routes, or svg: a map and a strip per technician")
      ->check(CLI::IsMember({"json", "routes", "svg"}))
      ->capture_default_str();
}

void add_language(CLI::App& command, PlanArguments& arguments) {
  command.add_option("--language", arguments.language, "Of the reasons: es or en")
      ->check(CLI::IsMember({"es", "en"}))
      ->capture_default_str();
}

void add_budget(CLI::App& command, PlanArguments& arguments) {
  command
      .add_option_function<std::string>(
          "--time",
          [&arguments](const std::string& text) {
            const auto length = parse_length(text);
            if (!length)
              throw CLI::ValidationError(
                  "--time", "a time looks like 400ms, 0.4s, 30 or 2m, not \"" + text + "\"");
            arguments.time = std::chrono::duration<double>(*length).count();
          },
          "How long to search: 400ms, 0.4s, 30 (seconds), 2m (10s if no bound is given)")
      ->type_name("TIME");
  command.add_option("--iterations", arguments.iterations,
                     "Iterations to search; alone, the plan is the same on every machine");
  command.add_option("--seed", arguments.seed, "Another seed is another search")
      ->capture_default_str();
}

constexpr const char* problem_help =
    "The problem: JSON (docs/planning.md), Solomon's or Pillac's text; \"-\" reads standard input";

}  // namespace

void add_plan_command(CLI::App& app, int& result) {
  auto* plan = app.add_subcommand(
      "plan", "plan technicians' days from files: solve, insert, explain, check, bench");
  plan->require_subcommand(1);
  const auto arguments = std::make_shared<PlanArguments>();

  auto* solving =
      plan->add_subcommand("solve", "find a plan; Ctrl-C ends the search with the best so far");
  solving->add_option("problem", arguments->problem, problem_help)->required();
  add_objective(*solving, *arguments);
  add_budget(*solving, *arguments);
  solving->add_option("--warm-start", arguments->plan,
                      "A plan to begin with; the result is never worse, its times included. What "
                      "is gone since is left out of it");
  solving->add_option("--output,-o", arguments->output,
                      "Write the plan here instead of standard output");
  add_language(*solving, *arguments);
  add_format(*solving, *arguments);
  solving->callback([arguments, &result] { result = solve(*arguments); });

  auto* checking =
      plan->add_subcommand("check", "is every rule kept, and what does each term cost?");
  checking->add_option("problem", arguments->problem, problem_help)->required();
  checking->add_option("--plan", arguments->plan, "The plan: JSON, or bare routes")->required();
  add_objective(*checking, *arguments);
  checking->callback([arguments, &result] { result = check(*arguments); });

  auto* inserting =
      plan->add_subcommand("insert", "where would one more visit go? Best places first");
  inserting->add_option("problem", arguments->problem, problem_help)->required();
  inserting->add_option("--plan", arguments->plan, "The plan as it is")->required();
  inserting->add_option("--visit", arguments->visit, "Its id; taken out of the plan if it is there")
      ->required();
  inserting->add_option("--most", arguments->most, "So many places")->capture_default_str();
  inserting->add_option("--output,-o", arguments->output,
                        "Write the plan with the best of them here");
  add_format(*inserting, *arguments);
  add_objective(*inserting, *arguments);
  inserting->callback([arguments, &result] { result = insert(*arguments); });

  auto* explaining = plan->add_subcommand(
      "explain", "why this technician, why nobody, and what the plan's costs come from");
  explaining->add_option("problem", arguments->problem, problem_help)->required();
  explaining->add_option("--plan", arguments->plan, "The plan: JSON, or bare routes")->required();
  explaining->add_option("--visit", arguments->visit, "This visit, technician by technician");
  explaining->add_option("--most", arguments->most, "So many technicians")->capture_default_str();
  add_language(*explaining, *arguments);
  add_objective(*explaining, *arguments);
  explaining->callback([arguments, &result] { result = explain(*arguments); });

  auto* measuring =
      plan->add_subcommand("bench", "solve many instances and compare with the best known");
  measuring->add_option("problems", arguments->files, "Files of instances")->required();
  measuring->add_option("--best", arguments->best, "Table of best known values (CSV)");
  add_objective(*measuring, *arguments);
  add_budget(*measuring, *arguments);
  measuring->callback([arguments, &result] { result = bench(*arguments); });
}

}  // namespace mf::cli
