#include "actors/dispatch/roads.hpp"

#include <cmath>

#include "base/geo.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr Duration bogota = -5h;  // all year
constexpr planning::Seconds unknown_way = 20 * 60;

}  // namespace

planning::Leg Roads::leg(const std::optional<Spot>& from, const std::optional<Spot>& to) const {
  const auto& road = settings_.road;
  if (!from || !to) return {unknown_way, unknown_way * road.metres_per_second};
  if (known_)
    if (const auto leg = known_->leg(*from, *to)) return *leg;
  const auto metres = distance_m({from->lat, from->lon}, {to->lat, to->lon}) * road.detour;
  return {metres / road.metres_per_second, metres};
}

std::optional<Timestamp> Roads::arrival(const std::optional<Spot>& from,
                                        const std::optional<Spot>& to, Timestamp leaving) const {
  const auto way = leg(from, to);
  if (way.is_no_road()) return {};
  const auto seconds = profile(leaving).arrival(0, way.time);
  return leaving + Duration(std::llround(seconds * 1000));
}

planning::SpeedProfile Roads::profile(Timestamp begin) const {
  if (!settings_.factors) return {};
  const auto local = begin + bogota;
  const auto since_midnight = local - std::chrono::floor<std::chrono::days>(local);
  return planning::SpeedProfile(*settings_.factors,
                                static_cast<double>(since_midnight.count()) / 1000);
}

}  // namespace mf::dispatch
