#pragma once
// How long ways take. Whoever plans asks here and is answered at once: with what a road service
// has said before, where one is configured, else with the great circle times a detour. Traffic
// comes on top of both: a factor for the hour of the day in America/Bogota.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "planning/travel.hpp"

namespace mf::dispatch {

struct Spot {
  double lat = 0, lon = 0;
  bool operator==(const Spot&) const = default;
};

/// Legs that somebody else knows, without traffic. Thread-safe; every call returns at once.
class KnownRoads {
 public:
  virtual ~KnownRoads() = default;
  /// nullopt: not known (yet); it is found out. May be planning::no_road.
  [[nodiscard]] virtual std::optional<planning::Leg> leg(const Spot& from, const Spot& to) = 0;
  /// From each to each, row by row. What isn't known is left as it is; how much that is.
  virtual std::size_t fill(const std::vector<Spot>& places, std::vector<double>& times,
                           std::vector<double>& distances) = 0;
  /// Grows when more is known: what was planned before might be planned better.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
  /// A word for the zone's report: `service`, or `service_down` while the great circle stands in.
  [[nodiscard]] virtual std::string_view state() const = 0;
};

struct RoadSettings {
  planning::GreatCircleTravel::Road road;
  std::optional<std::array<double, 24>> factors;  ///< of travel times, by hour; none: 1
};

/// Plain data but for what it asks; may be copied and shared.
class Roads {
 public:
  Roads() = default;
  explicit Roads(RoadSettings settings, std::shared_ptr<KnownRoads> known = {})
      : settings_(settings), known_(std::move(known)) {}

  /// Without traffic. Where a place is unknown: twenty minutes.
  [[nodiscard]] planning::Leg leg(const std::optional<Spot>& from,
                                  const std::optional<Spot>& to) const;
  /// When who leaves then is there; nullopt: no road leads there.
  [[nodiscard]] std::optional<Timestamp> arrival(const std::optional<Spot>& from,
                                                 const std::optional<Spot>& to,
                                                 Timestamp leaving) const;
  [[nodiscard]] const planning::GreatCircleTravel::Road& road() const { return settings_.road; }
  /// For a plan whose horizon begins then.
  [[nodiscard]] planning::SpeedProfile profile(Timestamp begin) const;
  [[nodiscard]] KnownRoads* known() const { return known_.get(); }
  [[nodiscard]] std::string_view state() const {
    return known_ ? known_->state() : std::string_view("great_circle");
  }

 private:
  RoadSettings settings_;
  std::shared_ptr<KnownRoads> known_;
};

}  // namespace mf::dispatch
