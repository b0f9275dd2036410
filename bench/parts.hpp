#pragma once
// The parts of the benchmark; each measures ours, and where there is one, the limit beside it.
#include <filesystem>
#include <string>
#include <vector>

#include "bench/report.hpp"

namespace mf::bench {

struct Options {
  std::string binary;
  std::filesystem::path directory;  ///< a temporary one; each part makes a folder
  double seconds = 8;               ///< of each measurement, after a fifth of it to warm up
  std::vector<int> callers{64, 256};
  bool is_alone = false;  ///< transitions: without the peer and the raw limit
  std::size_t stored_orders = 1'000'000;
  std::size_t subscribers = 5'000;
  std::filesystem::path instances = "../shared/data/vrp";  ///< published ones, for the planner
  bool is_long = false;           ///< the planner on every set with every budget: 3.5 hours
  std::vector<std::string> sets;  ///< of planner_set_names(), with every budget; none: a few
  std::vector<double> budgets;    ///< of the sets: only these seconds; none: all
  std::filesystem::path tables;   ///< rows of planner and days go there; empty: nowhere
  std::filesystem::path draw;     ///< tables to draw, instead of measuring the planner
};

/// Durable transitions per second over WebSocket and HTTP, with where the CPU goes; then the same
/// write batches by one thread alone, and PostgreSQL with the same transition.
void measure_transitions(const Options& options, Report& report);

/// The write batches that are in the write-ahead log of a killed server's directory, written again
/// by one thread with one synced write each.
struct RawLimit {
  double commands_per_second = 0, commands_per_write = 0, bytes_per_command = 0,
         keys_per_command = 0;
};
[[nodiscard]] RawLimit write_again(const std::filesystem::path& data_dir,
                                   const std::filesystem::path& scratch, double seconds);

/// PostgreSQL 15 in a private cluster: update of the order and insert of its event in one
/// statement and transaction, prepared, synchronous_commit on.
struct Peer {
  struct Transition {
    double per_second = 0, mean_ms = 0;
  };
  Transition comment;       ///< the state alone changes
  Transition set_priority;  ///< and two columns that are indexed
};
[[nodiscard]] Peer measure_postgresql(const std::filesystem::path& scratch, int connections,
                                      double seconds);

/// From the HTTP request of a command to the WebSocket frame with its event, at 1,000 a second.
void measure_push(const Options& options, Report& report);
/// One board change to all subscribers; memory of idle connections.
void measure_fan_out(const Options& options, Report& report);
/// Memory of an awake, idle order.
void measure_idle_entities(const Options& options, Report& report);
/// Start, memory, lists and searches with very many stored orders.
void measure_stored_orders(const Options& options, Report& report);

/// Orders that find their technician: whole days against a supervisor's, the time it takes.
void measure_dispatch(const Options& options, Report& report);
/// Published instances through the product, beside the planner on the same problem and time.
void measure_published_days(const Options& options, Report& report);

/// The planner on one core: gaps to the best known values, days that change, insertions into a big
/// plan, growth.
void measure_planner(const Options& options, Report& report);
/// What Options::sets may name.
[[nodiscard]] std::vector<std::string> planner_set_names();

}  // namespace mf::bench
