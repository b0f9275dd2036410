#pragma once
// How far it is and how long it takes. Seconds and metres are doubles, because published instances
// count in fractions; one unit of such an instance is one second and one metre.
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <variant>
#include <vector>

namespace mf::planning {

using Seconds = double;  ///< a length of time, or a moment: since the horizon began
using Metres = double;

/// A point on the map: degrees, or x and y of a published instance (`longitude` is x).
struct Place {
  double latitude = 0, longitude = 0;
};

/// The time of a leg that can't be driven: an island, a gap in the map.
inline constexpr Seconds no_road = std::numeric_limits<Seconds>::infinity();
/// Thirty years in seconds: sums up to it stay exact to a microsecond. No leg is longer.
inline constexpr double number_max = 1e9;

struct Leg {
  Seconds time = 0;
  Metres distance = 0;
  [[nodiscard]] bool is_no_road() const { return time == no_road; }
};

/// Square matrices, row by row: `time[from * size + to]`. Routers say "there is no road" in many
/// ways: what is infinite, −1 or above number_max (INT_MAX, UINT32_MAX), as a time or a distance,
/// is `no_road` here; from a place to itself it is no way at all.
class MatrixTravel {
 public:
  /// A van in a Latin American city by day: what times are worth in metres where nobody measured.
  static constexpr double metres_per_second = 7.5;

  MatrixTravel(std::size_t size, std::vector<double> time, std::vector<double> distance);
  /// Distances are what metres_per_second makes of the times.
  MatrixTravel(std::size_t size, std::vector<double> time);

  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const {
    const auto at = from * stride_ + to;
    return {time_[at], has_distances_ ? distance_[at] : time_[at] * metres_per_second};
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool has_distances() const { return has_distances_; }
  /// False when a matrix had another number of entries than size² (validate() says so).
  [[nodiscard]] bool is_square() const { return is_square_; }

  /// One place more: the legs from each place to it, and from it to each; both size() long.
  void add(std::span<const Leg> to, std::span<const Leg> from);
  /// That place is somewhere else: its legs, as add() takes them, but its own.
  void move(std::size_t place, std::span<const Leg> to, std::span<const Leg> from);

 private:
  void widen(std::size_t stride);
  void put(std::size_t from, std::size_t to, Leg leg);

  std::size_t size_, stride_;  ///< rows are longer than they must be once places were added
  bool has_distances_, is_square_;
  std::vector<double> time_, distance_;
};

/// On a plane, a unit of distance in a second: published instances. Time and distance alike.
class PlaneTravel {
 public:
  PlaneTravel() = default;
  explicit PlaneTravel(std::vector<Place> places) : places_(std::move(places)) {}
  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const;
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  void add(const Place& place) { places_.push_back(place); }
  void move(std::size_t which, const Place& place) { places_[which] = place; }

 private:
  std::vector<Place> places_;
};

/// Great circle (haversine, mean radius 6,371,008.8 m) times a detour, at one speed.
class GreatCircleTravel {
 public:
  struct Road {
    double detour = 1.4;  ///< road metres per metre of the great circle
    double metres_per_second = MatrixTravel::metres_per_second;  ///< 27 km/h
  };
  explicit GreatCircleTravel(const std::vector<Place>& places)
      : GreatCircleTravel(places, Road{}) {}
  GreatCircleTravel(const std::vector<Place>& places, Road road);
  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const;
  [[nodiscard]] std::size_t size() const { return points_.size(); }
  [[nodiscard]] const Road& road() const { return road_; }
  void add(const Place& place);
  void move(std::size_t which, const Place& place);

 private:
  struct Point {
    double x, y, z;  ///< on the unit sphere
  };
  [[nodiscard]] static Point point_of(const Place& place);
  Road road_;
  std::vector<Point> points_;
};

/// Travel between places, given by index; not necessarily the same both ways. Plain data: a copy
/// of it is another one.
using Travel = std::variant<PlaneTravel, GreatCircleTravel, MatrixTravel>;

[[nodiscard]] Leg leg(const Travel& travel, std::size_t from, std::size_t to);
/// How many places it knows.
[[nodiscard]] std::size_t size(const Travel& travel);

/// Traffic by hour of the day: a leg takes `factor` times its time while it lasts. A leg that runs
/// into the next hour goes on at that hour's speed (Ichoua, Gendreau, Potvin 2003), so who leaves
/// later never arrives earlier.
class SpeedProfile {
 public:
  SpeedProfile() = default;  ///< no hour is slower
  /// `factors[h]` > 0 for each hour of the day; the horizon begins at `time_of_day` (seconds after
  /// midnight).
  explicit SpeedProfile(const std::array<double, 24>& factors, Seconds time_of_day = 0);

  [[nodiscard]] bool is_flat() const { return flat_; }
  [[nodiscard]] const std::array<double, 24>& factors() const { return factors_; }
  [[nodiscard]] Seconds time_of_day() const { return time_of_day_; }
  /// When who leaves at `departure` on a leg of `time` seconds arrives.
  [[nodiscard]] Seconds arrival(Seconds departure, Seconds time) const {
    return flat_ ? departure + time : moment_of(progress_at(departure) + time);
  }
  /// The latest departure that arrives by `arrival`.
  [[nodiscard]] Seconds departure(Seconds arrival, Seconds time) const {
    return flat_ ? arrival - time : moment_of(progress_at(arrival) - time);
  }

 private:
  /// Seconds of free travel that fit between the horizon's begin and `moment`, and back.
  [[nodiscard]] double progress_at(Seconds moment) const;
  [[nodiscard]] Seconds moment_of(double progress) const;

  bool flat_ = true;
  std::array<double, 24> factors_{};
  std::array<double, 25> progress_{};  ///< at each full hour of a day
  Seconds time_of_day_ = 0;
};

}  // namespace mf::planning
