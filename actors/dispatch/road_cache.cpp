#include "actors/dispatch/road_cache.hpp"

#include <cmath>

namespace mf::dispatch {
namespace {

constexpr double cells_per_degree = 1000;
constexpr std::int64_t row = 1'000'000;

std::int64_t cell_of(const Spot& spot) {
  return std::llround(spot.lat * cells_per_degree) * row +
         std::llround(spot.lon * cells_per_degree);
}
/// The middle of the cell.
Spot spot_of(std::int64_t cell) {
  const auto lat = std::llround(static_cast<double>(cell) / static_cast<double>(row));
  return {static_cast<double>(lat) / cells_per_degree,
          static_cast<double>(cell - lat * row) / cells_per_degree};
}

}  // namespace

std::size_t RoadCache::Hash::operator()(const Pair& pair) const {
  // The finalizer of splitmix64 (Steele, Lea, Flood 2014) over both.
  auto x = static_cast<std::uint64_t>(pair.from) * 0x9e3779b97f4a7c15ULL +
           static_cast<std::uint64_t>(pair.to);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

void RoadCache::put(const Pair& pair, Known known) {
  if (young_.size() >= limits_.legs_max / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_[pair] = known;
}

/// What is unknown or old is wanted from now on.
const RoadCache::Known* RoadCache::find(const Pair& pair, Timestamp now) {
  auto found = young_.find(pair);
  if (found == young_.end()) {
    if (const auto used = old_.extract(pair)) {
      put(pair, used.mapped());
      found = young_.find(pair);
    }
  }
  const bool is_known = found != young_.end();
  const bool is_fresh = is_known && now - found->second.at < limits_.keep;
  if (!is_fresh && wanted_count_ < limits_.wanted_max)
    wanted_count_ += wanted_[pair.from].insert(pair.to).second;
  return is_known ? &found->second : nullptr;
}

std::optional<planning::Leg> RoadCache::leg(const Spot& from, const Spot& to) {
  const Pair pair{cell_of(from), cell_of(to)};
  if (pair.from == pair.to) return {};
  const std::scoped_lock lock(mutex_);
  const auto* known = find(pair, clock_.now());
  if (!known) return {};
  return planning::Leg{known->time, known->distance};
}

std::size_t RoadCache::fill(const std::vector<Spot>& places, std::vector<double>& times,
                            std::vector<double>& distances) {
  std::vector<std::int64_t> cells;
  for (const auto& place : places) cells.push_back(cell_of(place));
  std::size_t unknown = 0;
  const auto now = clock_.now();
  const std::scoped_lock lock(mutex_);
  for (std::size_t from = 0; from < cells.size(); ++from)
    for (std::size_t to = 0; to < cells.size(); ++to) {
      if (cells[from] == cells[to]) continue;
      const auto* known = find({cells[from], cells[to]}, now);
      unknown += !known;
      if (!known) continue;
      times[from * cells.size() + to] = known->time;
      distances[from * cells.size() + to] = known->distance;
    }
  return unknown;
}

std::uint64_t RoadCache::generation() const {
  const std::scoped_lock lock(mutex_);
  return generation_;
}

std::string_view RoadCache::state() const {
  const std::scoped_lock lock(mutex_);
  return is_down_ ? "service_down" : "service";
}

std::size_t RoadCache::size() const {
  const std::scoped_lock lock(mutex_);
  return young_.size() + old_.size();
}

/// The ways from one place, and of others to the same places.
std::optional<RoadCache::Question> RoadCache::next() {
  const std::scoped_lock lock(mutex_);
  if (wanted_.empty()) return {};
  std::vector<std::int64_t> from, to;
  for (const auto cell : wanted_.begin()->second)
    if (to.size() < limits_.places_max) to.push_back(cell);
  for (auto at = wanted_.begin(); at != wanted_.end() && from.size() < limits_.places_max;) {
    std::size_t met = 0;
    for (const auto cell : to) met += at->second.erase(cell);
    if (met > 0) from.push_back(at->first);
    wanted_count_ -= met;
    at = at->second.empty() ? wanted_.erase(at) : std::next(at);
  }
  Question question;
  for (const auto cell : from) question.from.push_back(spot_of(cell));
  for (const auto cell : to) question.to.push_back(spot_of(cell));
  return question;
}

void RoadCache::answer(const Question& question, const std::vector<planning::Leg>& legs) {
  const auto now = clock_.now();
  const std::scoped_lock lock(mutex_);
  is_down_ = false;
  for (std::size_t from = 0; from < question.from.size(); ++from)
    for (std::size_t to = 0; to < question.to.size(); ++to) {
      const auto& leg = legs[from * question.to.size() + to];
      put({cell_of(question.from[from]), cell_of(question.to[to])},
          {static_cast<float>(leg.time), static_cast<float>(leg.distance), now});
    }
  ++generation_;
}

void RoadCache::fail() {
  const std::scoped_lock lock(mutex_);
  is_down_ = true;
  wanted_.clear();
  wanted_count_ = 0;
}

}  // namespace mf::dispatch
