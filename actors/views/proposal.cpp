#include "actors/views/proposal.hpp"

#include <utility>

namespace mf::views {

void ProposalBook::put(const Id& zone, const ProposalList& proposals) {
  const std::scoped_lock lock(mutex_);
  auto& known = zones_[zone];
  auto before = std::exchange(known.open, {});
  for (const auto& proposal : proposals) {
    before.erase(proposal->id);
    known.open[proposal->id] = proposal;
  }
  for (auto& [id, proposal] : before) {
    if (known.gone.insert_or_assign(id, std::move(proposal)).second) known.gone_order.push_back(id);
  }
  while (known.gone_order.size() > gone_max) {
    known.gone.erase(known.gone_order.front());
    known.gone_order.pop_front();
  }
}

ProposalPtr ProposalBook::find(const Id& zone, const Id& proposal) const {
  const std::scoped_lock lock(mutex_);
  const auto known = zones_.find(zone);
  if (known == zones_.end()) return nullptr;
  for (const auto* list : {&known->second.open, &known->second.gone})
    if (const auto found = list->find(proposal); found != list->end()) return found->second;
  return nullptr;
}

}  // namespace mf::views
