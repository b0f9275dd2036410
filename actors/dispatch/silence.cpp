#include "actors/dispatch/silence.hpp"

#include <algorithm>

namespace mf::dispatch {

std::map<Id, Timestamp> silent_until(const Picture& picture) {
  struct Signs {
    Timestamp seen{};
    std::vector<Timestamp> unanswered;
  };
  std::map<Id, Signs> signs;
  for (const auto& [id, order] : picture.orders())
    for (const auto& lost : order.lost)
      if (lost.has_expired) signs[lost.technician].unanswered.push_back(lost.at);
  std::map<Id, Timestamp> silent;
  if (signs.empty()) return silent;
  const auto see = [&](const Id& technician, Timestamp at) {
    if (const auto found = signs.find(technician); found != signs.end())
      found->second.seen = std::max(found->second.seen, at);
  };
  for (const auto& [id, order] : picture.orders()) {
    // What was accepted was touched since; that somebody else may have done it only helps them.
    if (order.stage == Stage::accepted || is_running(order.stage))
      see(order.technician, order.updated_at);
    for (const auto& lost : order.lost)
      if (lost.has_declined) see(lost.technician, lost.at);
  }
  for (auto& [id, about] : signs) {
    const auto* row = picture.technician(id);
    if (!row) continue;
    if (row->position) see(id, row->position_at);
    const auto since =
        std::ranges::count_if(about.unanswered, [&](Timestamp at) { return at > about.seen; });
    if (static_cast<std::size_t>(since) >= unanswered_max)
      silent[id] = std::ranges::max(about.unanswered) + silence_lasts;
  }
  return silent;
}

}  // namespace mf::dispatch
