#pragma once
// What the planner's benchmark finds, a row per instance, and what the rows of a class come to.
// One summary serves the report on the terminal and the pages that are drawn later.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/table_file.hpp"

namespace mf::bench {

/// One published instance, solved once.
struct SetRow {
  std::string set, objective;
  double seconds = 0;
  std::string family;  ///< of instances: "R1", "RC2"
  std::string instance;
  std::size_t unserved = 0, vehicles = 0;
  std::optional<std::size_t> best_vehicles;
  double value = 0, best_value = 0;

  /// In percent of the best known. Where fewer vehicles come first, it says little unless their
  /// number is that of the best known plan.
  [[nodiscard]] double gap() const { return (value / best_value - 1) * 100; }

  [[nodiscard]] static Fields columns();
  [[nodiscard]] Fields fields() const;
  [[nodiscard]] static SetRow from(const Fields& fields);
};

/// Two decimals; never "-0.00", as best known values themselves are rounded.
[[nodiscard]] std::string format_gap(double percent);

struct SetSummary {
  std::size_t instances = 0, unserved = 0;
  std::size_t more_vehicles = 0, fewer_vehicles = 0;  ///< instances, against the best known
  double gaps = 0, worst_gap = -1e9;
  [[nodiscard]] double mean_gap() const { return gaps / static_cast<double>(instances); }
};
/// By class, and "all".
[[nodiscard]] std::map<std::string, SetSummary> summarize(std::span<const SetRow> rows);

/// One day on which visits became known one by one.
struct DynamicRow {
  std::string family;  ///< "R1", "RC2", with what was known in the morning: "R1 50 %"
  std::string instance;
  std::size_t visits = 0, revealed = 0, plans = 0, unserved = 0;
  std::size_t out_of_reach = 0;  ///< revealed too late for who is at home; some are served even so
  double distance = 0, best_distance = 0;  ///< the best known where all is known beforehand

  [[nodiscard]] double ratio() const { return distance / best_distance; }
  [[nodiscard]] double served() const {
    return 100 - 100 * static_cast<double>(unserved) / static_cast<double>(visits);
  }

  [[nodiscard]] static Fields columns();
  [[nodiscard]] Fields fields() const;
  [[nodiscard]] static DynamicRow from(const Fields& fields);
};

struct DynamicSummary {
  std::size_t days = 0, complete_days = 0, plans = 0, unserved = 0, out_of_reach = 0;
  double ratios = 0, complete_ratios = 0, served = 0, worst_served = 100;
  [[nodiscard]] double mean_ratio() const { return ratios / static_cast<double>(days); }
  /// Of the days on which everything was served: only their distances are comparable. NaN for none.
  [[nodiscard]] double mean_complete_ratio() const {
    return complete_ratios / static_cast<double>(complete_days);
  }
  [[nodiscard]] double mean_served() const { return served / static_cast<double>(days); }
};
/// By family, and "all".
[[nodiscard]] std::map<std::string, DynamicSummary> summarize(std::span<const DynamicRow> rows);

/// How a city of so many visits is planned.
struct GrowthRow {
  std::size_t visits = 0;
  double first_plan_ms = 0, iterations_per_second = 0, memory_mib = 0;
  std::size_t unserved = 0;

  [[nodiscard]] static Fields columns();
  [[nodiscard]] Fields fields() const;
  [[nodiscard]] static GrowthRow from(const Fields& fields);
};

template <typename Row>
[[nodiscard]] std::vector<Row> load_rows(const std::filesystem::path& file) {
  std::vector<Row> rows;
  for (const auto& fields : read_rows(file, Row::columns())) rows.push_back(Row::from(fields));
  return rows;
}

}  // namespace mf::bench
