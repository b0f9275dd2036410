#include "storage/rocks/journal_proof.hpp"

#include <algorithm>

#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

/// Which of the cycles behind the mark have all their batches.
class Cycles {
 public:
  explicit Cycles(std::uint64_t mark) : mark_(mark) {}

  void saw(std::uint64_t cycle, std::uint16_t batches) {
    if (cycle <= mark_) return;
    const auto at = static_cast<std::size_t>(cycle - mark_ - 1);
    // Numbers are contiguous: one this far off is damage, reported as a missing cycle below.
    if (at > counts_.size() + gap_max) {
      far_off_ = cycle;
      return;
    }
    if (at >= counts_.size()) counts_.resize(at + 1);
    counts_[at].expected = batches;
    ++counts_[at].seen;
  }

  [[nodiscard]] std::uint64_t last() const { return mark_ + counts_.size(); }

  [[nodiscard]] std::string problem() const {
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      const auto& count = counts_[at];
      if (count.seen == count.expected && count.seen > 0) continue;
      return "write cycle " + std::to_string(mark_ + at + 1) +
             (count.seen == 0 ? " is missing"
                              : " has " + std::to_string(count.seen) + " of " +
                                    std::to_string(count.expected) + " batches");
    }
    return far_off_ == 0 ? "" : "write cycle " + std::to_string(far_off_) + " is out of order";
  }

 private:
  static constexpr std::size_t gap_max = 1u << 24;
  struct Count {
    std::uint16_t expected = 0, seen = 0;
  };
  std::uint64_t mark_;
  std::uint64_t far_off_ = 0;
  std::vector<Count> counts_;
};

class ShardWalk {
 public:
  ShardWalk(const Database& database, ShardId shard, const ProofMark::Position& from,
            Cycles& cycles)
      : database_(database), from_(from), cycles_(cycles) {
    proof_.shard = shard;
  }

  ShardProof run(const Applied& applied) {
    proof_.applied = applied.seq;
    const auto end = keys::end_of(keys::shard_prefix(proof_.shard));
    const rocksdb::Slice end_slice(end);
    const auto it = database_.iterate(Family::journal, end_slice, /*read_ahead=*/true);
    // The batch at the mark is read again: it must still be there and be the one we proved.
    it->Seek(keys::journal(proof_.shard, std::max<std::uint64_t>(from_.seq, 1)));
    for (; it->Valid() && proof_.problem.empty(); it->Next())
      look_at(view(it->key()), view(it->value()));
    if (!it->status().ok() && proof_.problem.empty())
      proof_.problem = to_error(it->status(), "reading the journal").message;
    if (proof_.problem.empty()) compare(applied);
    else proof_.is_in_the_middle = it->Valid() && readable_behind(*it);
    return std::move(proof_);
  }

 private:
  void look_at(std::string_view key, std::string_view value) {
    ++proof_.records;
    const auto seq = keys::parse_journal_seq(key);
    const bool is_first = proof_.records == 1 && from_.seq > 0;
    const auto expected = is_first ? from_.seq : proof_.proven.seq + 1;
    if (seq != expected) return broken("batch " + std::to_string(expected) + " is missing");
    const auto parts = split_journal(value);
    const auto batch = parts ? decode_batch(parts->frame) : std::unexpected(parts.error());
    if (!batch) return broken("batch " + std::to_string(expected) + ": " + batch.error().message);
    const auto chain = chain_hash_of_frame(parts->frame);
    if (is_first && chain != from_.chain)
      return broken("batch " + std::to_string(expected) + " is not the one that was proven before");
    if (!is_first && batch->previous != proof_.proven.chain)
      return broken("batch " + std::to_string(expected) + " does not follow the one before it");
    if (batch->shard != proof_.shard || batch->seq != expected)
      return broken("batch " + std::to_string(expected) + " belongs elsewhere");
    proof_.proven = {batch->seq, chain, batch->epoch, batch->time, batch->cursor};
    cycles_.saw(parts->cycle, parts->batches);
  }

  void compare(const Applied& applied) {
    if (proof_.proven.seq < from_.seq)
      return broken("batch " + std::to_string(from_.seq) + " is missing");
    if (applied.seq > proof_.proven.seq)
      return broken("batches " + std::to_string(proof_.proven.seq + 1) + " to " +
                    std::to_string(applied.seq) + " are missing");
    if (applied.seq < proof_.proven.seq)
      return broken("the states stand at " + std::to_string(applied.seq) +
                    ", the journal goes on to " + std::to_string(proof_.proven.seq));
    if (applied.chain != proof_.proven.chain)
      broken("the states and the journal differ at " + std::to_string(applied.seq));
  }

  bool readable_behind(rocksdb::Iterator& it) const {
    const auto parts = split_journal(view(it.value()));
    if (parts && decode_batch(parts->frame)) return true;
    it.Next();
    return it.Valid();
  }

  void broken(std::string what) { proof_.problem = std::move(what); }

  const Database& database_;
  ProofMark::Position from_;
  Cycles& cycles_;
  ShardProof proof_;
};

}  // namespace

bool JournalProof::is_whole() const {
  return cycles_problem.empty() &&
         std::ranges::all_of(shards, [](const ShardProof& shard) { return shard.problem.empty(); });
}

std::string JournalProof::summary() const {
  std::string text;
  std::size_t broken = 0;
  for (const auto& shard : shards) {
    if (shard.problem.empty() || ++broken > 1) continue;
    text = "shard " + std::to_string(shard.shard) + ": " + shard.problem;
  }
  if (broken > 1) text += " (and " + std::to_string(broken - 1) + " more shards)";
  return text.empty() ? cycles_problem : text;
}

Result<JournalProof> prove_journal(const Database& database, const ProofMark& mark,
                                   ProofScope scope, std::optional<ShardId> only) {
  JournalProof proof;
  Cycles cycles(mark.cycle);
  const auto end = static_cast<ShardId>(mark.shards.size());
  for (ShardId shard = 0; shard < end; ++shard) {
    if (only && *only != shard) continue;
    const auto applied = database.applied(shard);
    if (!applied) return std::unexpected(applied.error());
    const auto from = scope == ProofScope::tail ? mark.shards[shard] : ProofMark::Position{};
    proof.shards.push_back(ShardWalk(database, shard, from, cycles).run(*applied));
  }
  proof.cycle = cycles.last();
  if (!only) proof.cycles_problem = cycles.problem();
  return proof;
}

}  // namespace mf::storage
