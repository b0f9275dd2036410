// ShardCore: how waiting proposals become one batch with all its changes.
#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/runtime/shard_core.hpp"
#include "base/assert.hpp"
#include "storage/records.hpp"

namespace mf::runtime {

using storage::Family;
namespace keys = storage::keys;

void ShardCore::assemble(Timestamp clock) {
  if (waiting_.empty() && !is_header_due(clock)) return;
  InFlight next;
  next.proposals = next_proposals();
  next.seq = seq_ + 1;
  next.time = time(clock);

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

  next.batch = std::make_shared<CommittedBatch>(
      CommittedBatch{shard_, next.seq, batch.era, next.time, {}});
  in_flight_ = std::move(next);
  std::uint32_t first_event = 0;
  for (auto& proposal : in_flight_->proposals) {
    in_flight_->batch->changes.push_back(change_of(proposal, first_event));
    add_changes(proposal, first_event, commit);
    first_event += static_cast<std::uint32_t>(proposal.events.size());
    batch.entries.push_back(std::move(proposal.entry));
    // What is needed once it is durable:
    proposal.entry.entity = batch.entries.back().entity;
    proposal.entry.trace = batch.entries.back().trace;
  }
  in_flight_->chain = storage::chain_hash(batch);
  effects_.commit = std::move(commit);
}

void ShardCore::add_changes(Proposal& proposal, std::uint32_t first_event,
                            storage::Commit& commit) {
  const auto& entry = proposal.entry;
  auto header = proposal.header;
  header.seq = in_flight_->seq;
  if (header.created_seq == 0) header.created_seq = header.seq;
  auto& changes = commit.changes;
  changes.push_back(
      {Family::state, keys::state(shard_, entry.entity), encode(header, proposal.state)});
  const auto first_version = entry.version - entry.events.size() + 1;
  for (std::size_t i = 0; i < entry.events.size(); ++i)
    changes.push_back(
        {Family::timeline, keys::timeline(shard_, entry.entity, first_version + i),
         encode(storage::EventPlace{header.seq, first_event + static_cast<std::uint32_t>(i)})});
  std::ranges::move(proposal.changes, std::back_inserter(changes));
  if (entry.origin != static_cast<std::uint8_t>(Origin::claim))
    changes.push_back({Family::meta, keys::dedup(shard_, entry.command),
                       encode(storage::OutcomeRecord{entry.origin, in_flight_->time,
                                                     entry.fingerprint, entry.version, header.seq,
                                                     entry.status})});
  count(proposal, commit);
}

/// The last change of a counter in a commit wins, so several proposals may count in the same one.
void ShardCore::count(const Proposal& proposal, storage::Commit& commit) {
  if (proposal.counter_before == proposal.counter_after) return;
  const auto add = [&](const std::string& name, int n) {
    if (name.empty()) return;
    const auto before = count_of(name);
    MF_ASSERT(n > 0 || before > 0, "counter " + name + " would be negative");
    const auto after = before + static_cast<std::uint64_t>(n);
    in_flight_->counters[name] = after;
    commit.changes.push_back(
        {Family::meta, keys::counter(shard_, name),
         after == 0 ? std::nullopt : std::optional(storage::encode_count(after))});
  };
  add(proposal.counter_before, -1);
  add(proposal.counter_after, 1);
}

std::uint64_t ShardCore::count_of(const std::string& name) {
  if (const auto now = in_flight_->counters.find(name); now != in_flight_->counters.end())
    return now->second;
  if (const auto known = counters_.find(name); known != counters_.end()) return known->second;
  const auto bytes = store_.get(Family::meta, keys::counter(shard_, name));
  const auto stored = bytes ? storage::decode_count(*bytes) : 0;
  MF_ASSERT(stored, "counter " + name + " is not readable");
  return counters_[name] = *stored;
}

Change ShardCore::change_of(const Proposal& proposal, std::uint32_t first_event) const {
  const auto& entry = proposal.entry;
  Change change{entry.entity, entry.version, proposal.after, proposal.before, proposal.concerns,
                {}};
  const auto first_version = entry.version - entry.events.size() + 1;
  const auto stem =
      "evt_" + std::to_string(shard_) + "-" + std::to_string(in_flight_->seq) + "-";
  for (std::size_t i = 0; i < proposal.events.size(); ++i)
    change.events.push_back({entry.entity, first_version + i,
                             stem + std::to_string(first_event + i), proposal.events[i],
                             in_flight_->time, entry.occurred_at, entry.device_time,
                             entry.principal, entry.role, entry.on_behalf_of,
                             entry.justification, to_hex(entry.command.view()), entry.cause,
                             entry.trace});
  return change;
}

}  // namespace mf::runtime
