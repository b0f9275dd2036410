#include "bench/days/lying_roads.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "actors/dispatch/road_asker.hpp"
#include "base/geo.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;

enum class Lie : std::uint8_t {
  none,
  negative,
  next_to_nothing,
  absurd,
  nothing_one_way,
  no_road,
  other_size,
  no_table,
  count
};

std::string cell(Lie lie, const dispatch::Spot& from, const dispatch::Spot& to) {
  const auto truth = distance_m({from.lat, from.lon}, {to.lat, to.lon}) * 1.4 / 7.5;
  switch (lie) {
    case Lie::negative: return "-600";
    case Lie::next_to_nothing: return "1";
    case Lie::absurd: return "90000";
    case Lie::nothing_one_way: return from.lon < to.lon ? "0" : fmt::format("{:.0f}", truth);
    case Lie::no_road: return from.lat < to.lat ? "null" : fmt::format("{:.0f}", truth);
    default: return fmt::format("{:.0f}", truth);
  }
}

std::string table(Lie lie, const dispatch::RoadCache::Question& question) {
  if (lie == Lie::no_table) return "<html>Bad Gateway</html>";
  std::string rows;
  for (const auto& from : question.from) {
    std::string row;
    for (const auto& to : question.to) row += (row.empty() ? "" : ",") + cell(lie, from, to);
    rows += fmt::format("{}[{}]", rows.empty() ? "" : ",", row);
  }
  if (lie == Lie::other_size) rows += ",[1]";
  return fmt::format(R"({{"code":"Ok","durations":[{}]}})", rows);
}

}  // namespace

LyingRoads::LyingRoads(const PureNode& node, std::uint64_t seed)
    : clock_(node),
      chance_(seed),
      cache_(std::make_shared<dispatch::RoadCache>(
          // Small questions: some places are lied about, others aren't.
          dispatch::RoadCache::Limits{.places_max = 6, .keep = 1h}, clock_)) {}

void LyingRoads::answer() {
  while (clock_.now() >= rests_until_) {
    const auto question = cache_->next();
    if (!question) return;
    const auto draw = chance_.unit("lie", std::to_string(++asked_));
    const auto lie = static_cast<Lie>(draw * static_cast<double>(Lie::count));
    const auto legs = dispatch::read_table(table(lie, *question), *question);
    if (legs) {
      ++believed_;
      cache_->answer(*question, *legs);
      continue;
    }
    ++refused_;
    cache_->fail();
    rests_until_ = clock_.now() + 1min;
  }
}

}  // namespace mf::bench
