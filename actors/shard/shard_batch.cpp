// ShardCore: how waiting proposals become one batch with all its changes.
#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/shard/entry_changes.hpp"
#include "actors/shard/shard_core.hpp"

namespace mf::shard {

void ShardCore::assemble(Timestamp clock) {
  if (waiting_.empty() && !is_header_due(clock)) return;
  InFlight next;
  next.seq = seq_ + 1;
  next.time = std::max(time_, now_);

  storage::Commit commit;
  auto& batch = commit.batch;
  batch.shard = shard_;
  batch.seq = next.seq;
  batch.epoch = epoch_;
  batch.era = store_.era();
  batch.time = next.time;
  batch.previous = chain_;
  batch.cursor = reactions_.cursor();
  commit.changes = reactions_.letters();
  reactions_.assembled();
  batch_clock_ = clock;
  is_epoch_due_ = false;

  next.batch =
      std::make_shared<CommittedBatch>(CommittedBatch{shard_, next.seq, batch.era, next.time, {}});
  in_flight_ = std::move(next);
  std::uint32_t first_event = 0;
  std::vector<std::string> went_below;
  const Counters counters{in_flight_->counters, [&](const auto& name) { return count_of(name); },
                          &went_below};
  for (auto& proposal : next_proposals()) {
    in_flight_->batch->changes.push_back(change_of(proposal, first_event));
    add_changes({shard_, in_flight_->seq, in_flight_->time, first_event}, proposal.entry,
                proposal.transition, counters, commit.changes);
    first_event += static_cast<std::uint32_t>(proposal.events.size());
    std::ranges::move(proposal.keys, std::back_inserter(commit.keys));
    in_flight_->entries.push_back({proposal.entry.entity, proposal.entry.command,
                                   proposal.entry.trace, std::move(proposal.transition.new_timers),
                                   std::move(proposal.reactions)});
    batch.entries.push_back(std::move(proposal.entry));
  }
  for (const auto& name : went_below)
    effects_.alarms.push_back({"counter-below-zero", name + ": repair with --rebuild"});
  in_flight_->chain = storage::chain_hash(batch);
  commit.chain = in_flight_->chain;
  effects_.commit = std::move(commit);
}

std::uint64_t ShardCore::count_of(const std::string& name) {
  if (const auto known = counters_.find(name); known != counters_.end()) return known->second;
  return counters_[name] = stored_count(store_, shard_, name);
}

Change ShardCore::change_of(Proposal& proposal, std::uint32_t first_event) const {
  const auto& entry = proposal.entry;
  Change change{entry.entity,    entry.version,     proposal.after,
                proposal.before, proposal.concerns, {}};
  const auto first_version = entry.version - entry.events.size() + 1;
  for (std::size_t i = 0; i < proposal.events.size(); ++i)
    change.events.push_back({entry.entity, first_version + i,
                             storage::event_id(shard_, in_flight_->seq, first_event + i),
                             std::move(proposal.events[i]), in_flight_->time, entry.occurred_at,
                             entry.device_time, entry.principal, entry.role, entry.on_behalf_of,
                             entry.justification, to_hex(entry.command.view()), entry.cause,
                             entry.trace});
  return change;
}

}  // namespace mf::shard
