#include "planning/travel.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/geo.hpp"

namespace mf::planning {
namespace {

constexpr Seconds hour = 3600, day = 24 * hour;

bool says_no_road(double value) { return value == -1 || value > number_max; }

}  // namespace

MatrixTravel::MatrixTravel(std::size_t size, std::vector<double> time, std::vector<double> distance)
    : size_(size),
      stride_(size),
      has_distances_(true),
      is_square_(time.size() == size * size && distance.size() == size * size),
      time_(std::move(time)),
      distance_(std::move(distance)) {
  if (!is_square_) return;
  for (std::size_t from = 0; from < size; ++from)
    for (std::size_t to = 0; to < size; ++to) put(from, to, leg(from, to));
}

MatrixTravel::MatrixTravel(std::size_t size, std::vector<double> time)
    : size_(size),
      stride_(size),
      has_distances_(false),
      is_square_(time.size() == size * size),
      time_(std::move(time)) {
  if (!is_square_) return;
  for (std::size_t from = 0; from < size; ++from)
    for (std::size_t to = 0; to < size; ++to) put(from, to, {time_[from * size + to], 0});
}

void MatrixTravel::put(std::size_t from, std::size_t to, Leg leg) {
  if (says_no_road(leg.time) || says_no_road(leg.distance))
    leg = from == to ? Leg{} : Leg{no_road, no_road};
  time_[from * stride_ + to] = leg.time;
  if (has_distances_) distance_[from * stride_ + to] = leg.distance;
}

void MatrixTravel::widen(std::size_t stride) {
  for (auto* table : {&time_, &distance_}) {
    if (table->empty()) continue;
    std::vector<double> wider(stride * stride);
    for (std::size_t from = 0; from < size_; ++from)
      std::copy_n(table->begin() + static_cast<std::ptrdiff_t>(from * stride_), size_,
                  wider.begin() + static_cast<std::ptrdiff_t>(from * stride));
    *table = std::move(wider);
  }
  if (size_ == 0) {
    time_.resize(stride * stride);
    if (has_distances_) distance_.resize(stride * stride);
  }
  stride_ = stride;
}

void MatrixTravel::add(std::span<const Leg> to, std::span<const Leg> from) {
  // An eighth more, so that a day's new addresses don't copy everything each.
  if (size_ == stride_) widen(size_ + std::max<std::size_t>(8, size_ / 8));
  const auto place = size_++;
  put(place, place, {});
  move(place, to, from);
}

void MatrixTravel::move(std::size_t place, std::span<const Leg> to, std::span<const Leg> from) {
  for (std::size_t other = 0; other < to.size(); ++other) {
    if (other == place) continue;
    put(other, place, to[other]);
    put(place, other, from[other]);
  }
}

Leg PlaneTravel::leg(std::size_t from, std::size_t to) const {
  const auto& a = places_[from];
  const auto& b = places_[to];
  // sqrt, not hypot: published values were computed so.
  const double dx = a.longitude - b.longitude, dy = a.latitude - b.latitude;
  const double distance = std::sqrt(dx * dx + dy * dy);
  return {distance, distance};
}

GreatCircleTravel::GreatCircleTravel(const std::vector<Place>& places, Road road) : road_(road) {
  points_.reserve(places.size());
  for (const auto& place : places) add(place);
}

GreatCircleTravel::Point GreatCircleTravel::point_of(const Place& place) {
  const double latitude = place.latitude * std::numbers::pi / 180,
               longitude = place.longitude * std::numbers::pi / 180;
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
          std::sin(latitude)};
}

void GreatCircleTravel::add(const Place& place) { points_.push_back(point_of(place)); }

void GreatCircleTravel::move(std::size_t which, const Place& place) {
  points_[which] = point_of(place);
}

// The haversine through the chord between the two points: one root and one arcsine a leg.
Leg GreatCircleTravel::leg(std::size_t from, std::size_t to) const {
  const auto& a = points_[from];
  const auto& b = points_[to];
  const double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
  const double half_chord = std::min(std::sqrt(dx * dx + dy * dy + dz * dz) / 2, 1.0);
  const Metres metres = 2 * earth_radius_m * std::asin(half_chord) * road_.detour;
  return {metres / road_.metres_per_second, metres};
}

Leg leg(const Travel& travel, std::size_t from, std::size_t to) {
  return std::visit([&](const auto& kind) { return kind.leg(from, to); }, travel);
}

std::size_t size(const Travel& travel) {
  return std::visit([](const auto& kind) { return kind.size(); }, travel);
}

SpeedProfile::SpeedProfile(const std::array<double, 24>& factors, Seconds time_of_day)
    : flat_(false), factors_(factors), time_of_day_(time_of_day) {
  for (std::size_t h = 0; h < 24; ++h) progress_[h + 1] = progress_[h] + hour / factors[h];
}

double SpeedProfile::progress_at(Seconds moment) const {
  const Seconds since_midnight = moment + time_of_day_;
  if (!std::isfinite(since_midnight)) return since_midnight;  // never stays never
  const double days = std::floor(since_midnight / day);
  const Seconds clock = std::clamp(since_midnight - days * day, 0.0, day);
  const auto h = std::min<std::size_t>(23, static_cast<std::size_t>(clock / hour));
  return days * progress_[24] + progress_[h] +
         (clock - static_cast<double>(h) * hour) / factors_[h];
}

Seconds SpeedProfile::moment_of(double progress) const {
  if (!std::isfinite(progress)) return progress;
  const double days = std::floor(progress / progress_[24]);
  const double rest = progress - days * progress_[24];
  const auto next = std::upper_bound(progress_.begin() + 1, progress_.end() - 1, rest);
  const auto h = static_cast<std::size_t>(next - progress_.begin()) - 1;
  return days * day + static_cast<double>(h) * hour + (rest - progress_[h]) * factors_[h] -
         time_of_day_;
}

}  // namespace mf::planning
