// What is only proposed. A proposal stands for as long as its order's row is the one it was made
// for: with another version it goes, and what is proposed then is a new one. Its id is made of what
// it says, so whoever forgets it makes the same again.
#include <algorithm>
#include <chrono>
#include <tuple>

#include "actors/dispatch/dispatcher.hpp"
#include "base/hash.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;
using views::Hearer;
using views::HeldAs;
using views::Proposal;
using views::WhyProposed;

/// The hour goes on, and with it the first possible time: within this the same is proposed still.
constexpr Duration drift_max = 5min;
/// Terms that differ less are the same, in seconds.
constexpr double terms_differ = 60;
/// Between versions of rows, for what says that one has gone lies between them.
constexpr std::uint64_t stamp_step = 2;

WhyProposed why_of(const OrderRow& order, std::string_view did, std::string_view why) {
  if (order.technician.empty()) return WhyProposed::no_technician;
  if (did == "improved") return WhyProposed::better;
  if (did != "replanned") return WhyProposed::due;
  if (why == "refused") return WhyProposed::refused;
  if (why == "technician_silent") return WhyProposed::technician_silent;
  return why == "late" ? WhyProposed::late : WhyProposed::impossible;
}

/// A time is the client's to hear; a plan alone is nobody else's.
std::vector<Hearer> hearers_of(const OrderRow& order, const Choice& choice, bool is_offer) {
  std::vector<Hearer> hearers;
  if (!order.slot || order.slot->from != choice.slot.from) hearers.push_back(Hearer::client);
  if (is_offer) hearers.push_back(Hearer::technician);
  const bool is_visit = order.stage == Stage::offered || order.stage == Stage::accepted;
  if (is_visit && order.technician != choice.technician)
    hearers.push_back(Hearer::former_technician);
  return hearers;
}

Id id_of(const Proposal& p) {
  return derive_id("prp", p.order, std::to_string(p.order_version) + p.verb + p.technician,
                   format_rfc3339(p.slot.from) + format_rfc3339(p.slot.to));
}

Proposal::Terms terms_of(const Terms& terms) { return {terms.travel, terms.lateness, terms.wait}; }

bool says_the_same(const Proposal& a, const Proposal& b) {
  return std::tie(a.order_version, a.verb, a.technician, a.why) ==
             std::tie(b.order_version, b.verb, b.technician, b.why) &&
         std::chrono::abs(a.slot.from - b.slot.from) <= drift_max;
}
bool has_other_terms(const Proposal& a, const Proposal& b) {
  return std::abs(a.adds.travel - b.adds.travel) > terms_differ ||
         std::abs(a.adds.lateness - b.adds.lateness) > terms_differ;
}

}  // namespace

bool Dispatcher::propose(const OrderRow& order, std::string_view did, std::string_view why,
                         const std::string& verb, std::string body, const Choice& choice,
                         Timestamp now) {
  const bool is_offer = verb != "schedule";
  Proposal proposal{.order = order.id,
                    .order_version = order.version,
                    .code = order.code,
                    .priority = order.priority,
                    .verb = verb,
                    .body = std::move(body),
                    .technician = choice.technician,
                    .technician_name = name_of(choice.technician),
                    .slot = choice.slot,
                    .adds = terms_of(choice.adds),
                    .before = {},
                    .replaces = {},
                    .tells = hearers_of(order, choice, is_offer),
                    .why = why_of(order, did, why),
                    .made_at = now};
  const bool is_found = did == "improved";
  if (is_found) day_->forget(order.id, now);  // a search has moved it already
  if (order.slot && !order.technician.empty()) {
    const auto as = order.stage == Stage::planned   ? HeldAs::planned
                    : order.stage == Stage::offered ? HeldAs::offered
                                                    : HeldAs::accepted;
    proposal.replaces = {as, order.technician, name_of(order.technician), *order.slot};
    if (day_->expected(order)) proposal.before = terms_of(day_->cost_of(order, now));
  }
  if (is_found) {
    day_->assume(order.id, choice.technician, choice.slot, is_offer, now);
    auto moved = order;
    moved.technician = choice.technician;
    moved.slot = choice.slot;
    proposal.adds = terms_of(day_->cost_of(moved, now));
  }
  auto& known = proposals_[order.id];
  const bool is_known = known && says_the_same(*known, proposal);
  if (is_known) {
    proposal.slot = known->slot;
    proposal.body = known->body;
    proposal.made_at = known->made_at;
  }
  proposal.id = id_of(proposal);
  if (!is_known || has_other_terms(*known, proposal)) {
    last_stamp_ = std::max<std::uint64_t>(last_stamp_ + stamp_step, to_millis(now));
    proposal.version = last_stamp_;
    known = std::make_shared<const Proposal>(std::move(proposal));
  }
  day_->assume(order.id, known->technician, known->slot, is_offer, now);
  return !is_known;
}

/// Those of other versions, and of technicians who went meanwhile: these are looked at again.
void Dispatcher::drop_stale_proposals() {
  std::erase_if(proposals_, [&](const auto& item) {
    const auto* row = picture_.order(item.first);
    if (!row || row->version != item.second->order_version) return true;
    const auto* technician = picture_.technician(item.second->technician);
    const bool can_be = technician && !technician->is_disabled &&
                        (!technician->is_off || item.second->verb == "schedule");
    if (!can_be) memory_[item.first].is_done = false;
    return !can_be;
  });
}

/// What was found in spare time is looked at again as that. False: it is no such proposal.
bool Dispatcher::propose_better_again(const OrderRow& order, Timestamp now, Step& step) {
  const auto known = proposals_.find(order.id);
  if (known == proposals_.end() || known->second->why != WhyProposed::better) return false;
  if (!may_move_plan(order, now) || is_due(order, now)) return false;
  improve(order, now, step);
  if (!day_->is_assumed(order.id)) proposals_.erase(order.id);
  return true;
}

void Dispatcher::drop_proposal(const Id& order, Timestamp now) {
  if (proposals_.erase(order) > 0) day_->forget(order, now);
}

views::ProposalList Dispatcher::proposals() const {
  views::ProposalList list;
  for (const auto& [order, proposal] : proposals_) list.push_back(proposal);
  std::ranges::sort(list, {}, [](const views::ProposalPtr& p) {
    return std::tuple(p->priority, p->slot.from, std::string_view(p->id));
  });
  if (list.size() > views::proposals_max) list.resize(views::proposals_max);
  return list;
}

std::optional<views::ProposalList> Dispatcher::new_proposals() {
  auto list = proposals();
  if (list == told_proposals_) return {};
  std::set<Id> told;
  for (const auto& proposal : told_proposals_) told.insert(proposal->id);
  // One that is shown again has gone from boards before: it comes with a higher version.
  for (auto& proposal : list) {
    if (proposal->version > told_stamp_ || told.contains(proposal->id)) continue;
    auto again = *proposal;
    again.version = last_stamp_ += stamp_step;
    proposal = proposals_[proposal->order] = std::make_shared<const Proposal>(std::move(again));
  }
  told_stamp_ = last_stamp_;
  told_proposals_ = list;
  return list;
}

}  // namespace mf::dispatch
