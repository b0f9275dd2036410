#pragma once
// An independent judge of a working day: reads nothing but its events, as `microflow journal
// export` prints them, and finds what must never happen. It shares no rule with entities,
// dispatcher or planner; what it knows of shifts, skills, offers and ways is written here once
// more, on purpose.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/geo.hpp"
#include "base/id.hpp"
#include "base/time.hpp"

namespace mf::bench {

/// What is wrong, with whom, when.
///
///   skill_missing wrong_zone off_duty outside_window overlap   a promised time breaks a hard rule
///   no_time_for_way      the dispatcher leaves no time for the way between two times of a
///   technician two_places           at two sites sooner than anybody drives, or two visits under
///   way at once offered_twice        an order has two visits at once too_many_offers      offered
///   by the dispatcher after it was escalated to people too_many_at_once     more offers wait for
///   one technician than may asked_again          the same technician, the same day, for what was
///   declined or taken away moved_silently       a promised time moved, and no reason was given
///   no_reason            an order nobody has, and nobody can tell why
struct Finding {
  std::string kind;
  Id order, technician;
  Timestamp at{};
  std::string detail;
};

class DayChecker {
 public:
  struct Limits {
    int offers_per_technician = 2;  ///< dispatch.offers_per_technician
    double drive_m_per_s = 7.5;     ///< along the great circle: so fast no road of a city is
    double person_m_per_s = 33;     ///< 120 km/h, for what really happened
    Duration grain{90'000};         ///< of promised ways: places nearer than 111 m count as one
  };
  explicit DayChecker(Limits limits);
  DayChecker() : DayChecker(Limits{}) {}
  ~DayChecker();
  DayChecker(const DayChecker&) = delete;

  /// Where an order's site is: sealed in exports. Ways between others are not judged.
  void site(const Id& order, Point place);
  /// The next event, in the order they were recorded. Those of other kinds are passed over. Throws
  /// std::runtime_error for what is no event.
  void take(std::string_view line);
  /// What the dispatcher says of orders that wait: its reasons by order. Each order that nobody has
  /// at this moment must be among them.
  void waiting(const std::map<Id, std::string>& reasons);

  [[nodiscard]] const std::vector<Finding>& findings() const;
  /// So many promised times, and changes of those, were judged: a day without any proves nothing.
  [[nodiscard]] std::size_t promises() const;
  [[nodiscard]] std::size_t moves() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] std::string describe(const Finding& finding);

}  // namespace mf::bench
