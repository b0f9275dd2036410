#pragma once
// Who lives and works in a played day: the zone, its technicians, and what clients will ask for.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/principal.hpp"
#include "base/window.hpp"
#include "bench/days/played_day.hpp"
#include "bench/days/pure_node.hpp"

namespace mf::bench {

/// Chance that is the same whatever was drawn before: from the seed and a name.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed) {}
  /// [0, 1)
  [[nodiscard]] double unit(std::string_view what, std::string_view whose = {}) const;
  [[nodiscard]] double between(double low, double high, std::string_view what,
                               std::string_view whose) const {
    return low + (high - low) * unit(what, whose);
  }

 private:
  std::uint64_t seed_;
};

struct Worker {
  Id id;
  std::string name;
  Point home;
  std::vector<std::string> skills;
  Timestamp from{}, to{};  ///< the shift
  Timestamp break_from{}, break_to{};
};

/// An order that somebody will ask for.
struct Wish {
  Id id, client, site;
  Point place;
  Timestamp at{};
  std::optional<Timestamp> cancelled_at;
  int priority = 3;
  Duration duration{};
  std::string skill;
  std::optional<Window> window;
};

class PlayedCompany {
 public:
  /// 07:00 to 18:00 of a Monday in Bogota.
  explicit PlayedCompany(const DayPlan& plan);

  /// The catalogue, technicians and clients are made.
  void found(PureNode& node) const;
  void ask(PureNode& node, const Wish& wish) const;

  Timestamp begin{}, end{};
  Id zone, type;
  Principal admin, supervisor;
  std::vector<Worker> workers;
  std::vector<Wish> wishes;  ///< by time

 private:
  void make_workers(const DayPlan& plan);
  void make_wishes(const DayPlan& plan);
  Chance chance_;
};

}  // namespace mf::bench
