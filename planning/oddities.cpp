// Slips of those who write a day down: each costs what it says, and a line here, but not the day.
//
// How the plan does without them is the instance's: fill_duty() keeps shifts apart and leaves out
// breaks, united() windows. This only finds and tells them.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "planning/problem.hpp"

namespace mf::planning {
namespace {

bool is_reversed(const Window& window) { return window.to < window.from; }

class Oddities {
 public:
  explicit Oddities(const Problem& problem) : problem_(problem) {}

  std::vector<std::string> run() {
    for (std::size_t t = 0; t < problem_.technicians.size(); ++t)
      for (std::size_t s = 0; s < problem_.technicians[t].shifts.size(); ++s) shift(t, s);
    for (std::size_t d = 0; d < problem_.depots.size(); ++d)
      if (is_reversed(problem_.depots[d].hours))
        say(fmt::format("depots.{}.hours", d), "end before they begin; nobody loads there");
    for (std::size_t v = 0; v < problem_.visits.size(); ++v) windows(v);
    return std::move(lines_);
  }

 private:
  void say(std::string_view field, std::string_view what) {
    lines_.push_back(fmt::format("{}: {}", field, what));
  }

  void shift(std::size_t t, std::size_t s) {
    const auto& shift = problem_.technicians[t].shifts[s];
    const auto at = fmt::format("technicians.{}.shifts.{}", t, s);
    if (is_reversed(shift.hours))
      return say(at + ".hours", "end before they begin; nobody works then");
    neighbours(t, s, at);
    for (std::size_t b = 0; b < shift.breaks.size(); ++b) {
      const auto& start = shift.breaks[b].start;
      const auto field = fmt::format("{}.breaks.{}.start", at, b);
      if (is_reversed(start)) say(field, "ends before it begins; the break is left out");
      else if (start.to < shift.hours.from)
        say(field, "is over before the shift begins; the break is left out");
    }
  }

  /// The shift before it takes from its hours, the one behind it from its overtime.
  void neighbours(std::size_t t, std::size_t s, const std::string& at) {
    const auto& shifts = problem_.technicians[t].shifts;
    const auto key = [&](std::size_t i) {
      return std::tuple(shifts[i].hours.from, shifts[i].hours.to, i);
    };
    const auto& shift = shifts[s];
    if (shift.hours.from == shift.hours.to) return;
    for (std::size_t other = 0; other < shifts.size(); ++other) {
      const auto& hours = shifts[other].hours;
      if (hours.to <= hours.from) continue;
      if (key(other) < key(s) && shift.hours.from < hours.to)
        say(at + ".hours",
            shift.hours.to <= hours.to
                ? fmt::format("lie within those of shift {}; nobody works then", other)
                : fmt::format("overlap those of shift {}; this one begins when that ends", other));
      if (key(s) < key(other) && shift.hours.to <= hours.from &&
          hours.from < shift.hours.to + shift.overtime_max)
        say(at + ".overtime_max", fmt::format("ends where shift {} begins", other));
    }
  }

  void windows(std::size_t v) {
    const auto& windows = problem_.visits[v].windows;
    const bool is_hopeless = std::ranges::all_of(windows, is_reversed);
    for (std::size_t w = 0; w < windows.size(); ++w)
      if (is_reversed(windows[w]))
        say(fmt::format("visits.{}.windows.{}", v, w),
            is_hopeless ? "ends before it begins; nobody can come then"
                        : "ends before it begins; it is left out");
  }

  const Problem& problem_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> oddities(const Problem& problem) { return Oddities(problem).run(); }

}  // namespace mf::planning
