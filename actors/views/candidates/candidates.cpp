#include "actors/views/candidates/candidates.hpp"

#include <algorithm>
#include <tuple>

namespace mf::views {
namespace {

constexpr double detour = 1.4, speed_m_per_s = 22'000.0 / 3600;
/// Where somebody whose place is unknown is taken to be: behind everybody in the same city.
constexpr double unknown_distance_m = 50'000;

Duration travel_over(double metres) {
  return Duration(static_cast<std::int64_t>(metres * detour / speed_m_per_s * 1000));
}

Candidate weigh(const Wanted& wanted, CandidateFacts facts, Timestamp now) {
  Candidate c{.facts = std::move(facts)};
  if (wanted.site && c.facts.place) c.distance = distance_m(*wanted.site, *c.facts.place);
  c.travel = travel_over(c.distance.value_or(unknown_distance_m));
  c.waiting = std::max(Duration{0}, c.facts.from - now);
  if (!c.distance) c.reasons.emplace_back("distance_unknown");
  else if (c.facts.is_placed_by_home) c.reasons.emplace_back("placed_by_home");
  c.reasons.emplace_back(c.waiting == Duration{0} ? "free_now" : "busy_before");
  if (c.facts.availability == "break") c.reasons.emplace_back("on_break");
  if (c.facts.in_agenda == 0) c.reasons.emplace_back("empty_agenda");
  c.reasons.emplace_back("has_skills");
  c.reasons.emplace_back("works_in_zone");
  return c;
}

}  // namespace

Ranking rank_candidates(const Wanted& wanted, std::vector<CandidateFacts> technicians,
                        Timestamp now) {
  Ranking ranking{.order = wanted.order};
  for (auto& facts : technicians) {
    if (!facts.no && facts.id == wanted.technician)
      facts.no = Rejection{RejectionKind::conflict, "has_it_already", "the order is theirs"_en, {}};
    if (facts.no) ranking.out.push_back(std::move(facts));
    else ranking.candidates.push_back(weigh(wanted, std::move(facts), now));
  }
  std::ranges::sort(ranking.candidates, [](const Candidate& a, const Candidate& b) {
    const auto in_a = a.waiting + a.travel, in_b = b.waiting + b.travel;
    return std::tie(in_a, a.facts.in_agenda, a.facts.id) <
           std::tie(in_b, b.facts.in_agenda, b.facts.id);
  });
  const auto nearer = [](const Candidate& a, const Candidate& b) {
    return a.distance.value_or(unknown_distance_m) < b.distance.value_or(unknown_distance_m);
  };
  const auto nearest = std::ranges::min_element(ranking.candidates, nearer);
  if (nearest != ranking.candidates.end() && nearest->distance)
    nearest->reasons.insert(nearest->reasons.begin(), "nearest");
  std::ranges::sort(ranking.out, [](const auto& a, const auto& b) {
    return std::tie(a.name, a.id) < std::tie(b.name, b.id);
  });
  return ranking;
}

}  // namespace mf::views
