#pragma once
// What the parts of the benchmark found, as a table for people and as JSON.
#include <cstdint>
#include <string>
#include <vector>

namespace mf::bench {

struct Figure {
  std::string part, name;
  double value = 0;
  std::string unit;
  std::string aim;  ///< as the issue states it; empty: none
};

class Report {
 public:
  /// Printed at once, so that a long run shows what it has.
  void add(std::string part, std::string name, double value, std::string unit,
           std::string aim = {});
  /// A remark that belongs to the numbers: machine, load, what was compared.
  void note(std::string text);
  /// Null when there is none of this name.
  [[nodiscard]] const Figure* find(std::string_view part, std::string_view name) const;
  [[nodiscard]] std::string json() const;

 private:
  std::vector<Figure> figures_;
  std::vector<std::string> notes_;
};

/// Times in microseconds, as the latency distributions of all parts are given.
class Latencies {
 public:
  void add(std::int64_t nanoseconds) { values_.push_back(nanoseconds); }
  void clear() { values_.clear(); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// 0.5: the median. 0 when nothing was measured.
  [[nodiscard]] double at(double quantile);
  /// p50, p90, p99, p99.9 and the worst.
  void report(Report& to, const std::string& part, const std::string& name,
              const std::string& p99_aim = {});

 private:
  std::vector<std::int64_t> values_;
};

}  // namespace mf::bench
