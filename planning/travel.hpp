#pragma once
// How far it is and how long it takes. Seconds and metres are doubles, because published instances
// count in fractions; one unit of such an instance is one second and one metre.
#include <array>
#include <cstddef>
#include <vector>

namespace mf::planning {

using Seconds = double;  ///< a length of time, or a moment: since the horizon began
using Metres = double;

/// A point on the map: degrees, or x and y of a published instance (`longitude` is x).
struct Place {
  double latitude = 0, longitude = 0;
};

struct Leg {
  Seconds time = 0;
  Metres distance = 0;
};

/// Travel between places, given by index; not necessarily the same both ways. Pure: the same
/// question has the same answer, from any thread.
class Travel {
 public:
  virtual ~Travel() = default;
  [[nodiscard]] virtual Leg leg(std::size_t from, std::size_t to) const = 0;
  /// How many places it knows.
  [[nodiscard]] virtual std::size_t size() const = 0;
};

/// Square matrices, row by row: `time[from * size + to]`.
class MatrixTravel final : public Travel {
 public:
  /// Both have `size`² entries (validate() says so otherwise).
  MatrixTravel(std::size_t size, std::vector<double> time, std::vector<double> distance);
  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const override;
  [[nodiscard]] std::size_t size() const override { return size_; }
  /// False when a matrix has another number of entries than size².
  [[nodiscard]] bool is_square() const;

 private:
  std::size_t size_;
  std::vector<double> time_, distance_;
};

/// On a plane, a unit of distance in a second: published instances. Time and distance alike.
class PlaneTravel final : public Travel {
 public:
  explicit PlaneTravel(std::vector<Place> places) : places_(std::move(places)) {}
  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const override;
  [[nodiscard]] std::size_t size() const override { return places_.size(); }

 private:
  std::vector<Place> places_;
};

/// Great circle (haversine, mean radius 6,371,008.8 m) times a detour, at one speed.
class GreatCircleTravel final : public Travel {
 public:
  struct Road {
    double detour = 1.4;             ///< road metres per metre of the great circle
    double metres_per_second = 7.5;  ///< 27 km/h: a van in a Latin American city by day
  };
  explicit GreatCircleTravel(const std::vector<Place>& places)
      : GreatCircleTravel(places, Road{}) {}
  GreatCircleTravel(const std::vector<Place>& places, Road road);
  [[nodiscard]] Leg leg(std::size_t from, std::size_t to) const override;
  [[nodiscard]] std::size_t size() const override { return points_.size(); }
  [[nodiscard]] const Road& road() const { return road_; }

 private:
  struct Point {
    double x, y, z;  ///< on the unit sphere
  };
  Road road_;
  std::vector<Point> points_;
};

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
