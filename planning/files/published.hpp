#pragma once
// Published instances of vehicle and technician routing, the solutions printed for them and the
// best values known. Texts of other people: nothing in them is trusted. What is malformed is
// ErrorCode::invalid_argument and names the line; a text above 64 MiB is ErrorCode::limit.
// Whether the numbers make sense together is for planning::validate().
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "planning/plan.hpp"
#include "planning/problem.hpp"

namespace mf::planning_files {

/// Solomon's and Gehring & Homberger's text: a name, VEHICLE with number and capacity, CUSTOMER
/// with rows of number, x, y, demand, ready time, due date, service time. Customer 0 is the depot
/// and place 0. Technicians "t1", "t2" … for the vehicles; a visit's id is its customer number.
[[nodiscard]] Result<planning::Problem> read_solomon(std::string_view text);

/// Pillac's technician routing text: CREW COUNT and numbers of skills, tools and spare parts, then
/// rows of id, x, y, window, service, [skills] [tools] [parts]: row 0 the depot, 1 … N the
/// technicians, the rest requests. Ids are the row numbers. Skills become "s0" …, tools "tool0" …,
/// parts "part0" …. Matrices DISTANCES and TRAVEL TIMES (`;`) at the end replace the plane. The
/// depot is there only where tools or parts are.
[[nodiscard]] Result<planning::Problem> read_trsp(std::string_view text);

/// A problem whose visits become known one by one.
struct DynamicProblem {
  planning::Problem problem;
  std::vector<planning::Seconds> revealed;  ///< when, per visit; 0: from the start
};

/// `instance` is Solomon's text, `times` has a line "customer time" for every customer, in any
/// order; a time of 0 or less means known from the start.
[[nodiscard]] Result<DynamicProblem> read_dynamic(std::string_view instance,
                                                  std::string_view times);

/// Routes of a solution, in three notations:
///  - "Route n : visit visit …", a line each; the k-th line is driven by technician k
///  - route_lists(): "Route n (technician): visit R(depot) visit …", "(technician/shift)"
///  - Pillac's "<t,…|t,…>" with row numbers: t a technician, then requests, visits to the depot
///    (0 or beyond all homes) and technician t's home. Of several in a text, the one on the line
///    that begins with the problem's name up to its first '.'.
/// Routes without a visit are left out. What comes in two routes, or twice, is not noticed.
/// `dropped`: takes a line for each thing that the problem doesn't know, which is then left out of
/// the first two notations, and no error.
[[nodiscard]] Result<std::vector<planning::Sequence>> read_routes(
    std::string_view text, const planning::Problem& problem,
    std::vector<std::string>* dropped = nullptr);

/// A row of a table of best known values.
struct BestKnown {
  std::string set, instance;
  std::string objective, precision;  ///< in the table's words
  std::optional<std::size_t> vehicles;
  double cost = 0;
  bool recomputed = false;  ///< from the stored routes: not only printed somewhere
  std::string note;
};

/// Comma-separated (RFC 4180) with a header line that names the columns: set, instance, objective,
/// precision, vehicles, cost, recomputed_from_routes, note, in any order, others ignored.
[[nodiscard]] Result<std::vector<BestKnown>> read_best_known(std::string_view csv);

/// The least value known of the problem, found by its name, under an objective, in the convention
/// the objective names (they are never mixed); nullptr where the table has none.
[[nodiscard]] const BestKnown* find_best_known(const std::vector<BestKnown>& table,
                                               const planning::Problem& problem,
                                               const planning::Objective& objective);

/// Begins like a JSON object or list.
[[nodiscard]] bool looks_like_json(std::string_view text);

/// A problem in any format known here: JSON (problem_json.hpp), Solomon's or Pillac's text.
[[nodiscard]] Result<planning::Problem> read_problem(std::string_view text);

}  // namespace mf::planning_files
