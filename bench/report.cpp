#include "bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/json.hpp"

namespace mf::bench {

void Report::add(std::string part, std::string name, double value, std::string unit,
                 std::string aim) {
  fmt::print("{:<12} {:<52} {:>12.{}f} {:<8} {}\n", part, name, value,
             value >= 1000 ? 0
             : value >= 10 ? 1
                           : 3,
             unit, aim.empty() ? "" : "aim " + aim);
  std::fflush(stdout);
  figures_.push_back({std::move(part), std::move(name), value, std::move(unit), std::move(aim)});
}

void Report::note(std::string text) {
  fmt::print("# {}\n", text);
  std::fflush(stdout);
  notes_.push_back(std::move(text));
}

const Figure* Report::find(std::string_view part, std::string_view name) const {
  const auto found = std::ranges::find_if(
      figures_, [&](const Figure& f) { return f.part == part && f.name == name; });
  return found == figures_.end() ? nullptr : &*found;
}

std::string Report::json() const {
  nlohmann::ordered_json out{{"notes", notes_}, {"figures", nlohmann::ordered_json::array()}};
  for (const auto& f : figures_)
    out["figures"].push_back(
        {{"part", f.part}, {"name", f.name}, {"value", f.value}, {"unit", f.unit}, {"aim", f.aim}});
  return to_text(out, 1) + "\n";
}

double Latencies::at(double quantile) {
  if (values_.empty()) return 0;
  const auto n = static_cast<std::size_t>(quantile * static_cast<double>(values_.size() - 1));
  std::ranges::nth_element(values_, values_.begin() + static_cast<std::ptrdiff_t>(n));
  return static_cast<double>(values_[n]) / 1000;
}

void Latencies::report(Report& to, const std::string& part, const std::string& name,
                       const std::string& p99_aim) {
  to.add(part, name + ", p50", at(0.5), "us");
  to.add(part, name + ", p90", at(0.9), "us");
  to.add(part, name + ", p99", at(0.99), "us", p99_aim);
  to.add(part, name + ", p99.9", at(0.999), "us");
  to.add(part, name + ", worst", at(1), "us");
}

}  // namespace mf::bench
