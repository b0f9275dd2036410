#include "storage/memory/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace mf::storage {
namespace {

class CopiedRange : public Scan {
 public:
  using Rows = std::vector<std::pair<std::string, std::string>>;
  explicit CopiedRange(Rows rows) : rows_(std::move(rows)) {}
  bool valid() const override { return at_ < rows_.size(); }
  void next() override { ++at_; }
  void seek(std::string_view key) override {
    at_ = static_cast<std::size_t>(
        std::ranges::lower_bound(rows_, key, {},
                                 [](const auto& r) -> std::string_view { return r.first; }) -
        rows_.begin());
  }
  std::string_view key() const override { return rows_[at_].first; }
  std::string_view value() const override { return rows_[at_].second; }

 private:
  Rows rows_;
  std::size_t at_ = 0;
};

}  // namespace

MemoryStore::MemoryStore(std::uint16_t shard_count, std::string era, Mode mode)
    : shard_count_(shard_count), era_(std::move(era)), mode_(mode) {}

void MemoryStore::on_results(Done done) { done_ = std::move(done); }

void MemoryStore::on_applied(std::function<void(const Commit&)> applied) {
  on_applied_ = std::move(applied);
}

void MemoryStore::on_older_than(std::function<std::uint64_t(ShardId, Duration)> older) {
  older_ = std::move(older);
}

std::uint64_t MemoryStore::older_than(ShardId shard, Duration age) const {
  return older_ ? older_(shard, age) : 0;
}

void MemoryStore::drop(Family family,
                       const std::function<bool(std::string_view, std::string_view)>& is_dropped) {
  std::scoped_lock lock(mutex_);
  std::erase_if(families_[static_cast<std::size_t>(family)],
                [&](const auto& row) { return is_dropped(row.first, row.second); });
}

void MemoryStore::commit(Commit commit) {
  if (mode_ == Mode::queued) {
    std::scoped_lock lock(mutex_);
    const auto shard = commit.batch.shard;
    const bool is_first = queued_.emplace(shard, std::move(commit)).second;
    MF_ASSERT(is_first, "two commits of shard " + std::to_string(shard) + " at once");
    return;
  }
  const auto result = apply(commit);
  if (done_) done_(std::span(&result, 1));
}

std::string MemoryStore::reason_to_refuse(const Batch& batch) const {
  std::scoped_lock lock(mutex_);
  if (const auto fence = fences_.find(batch.shard);
      fence != fences_.end() && batch.epoch < fence->second)
    return "another epoch owns the shard";
  const auto found = applied_.find(batch.shard);
  const auto applied = found == applied_.end() ? Applied{} : found->second;
  if (batch.seq != applied.seq + 1 || batch.previous != applied.chain)
    return "it does not continue the journal";
  return {};
}

CommitResult MemoryStore::apply(Commit& commit) {
  const auto& batch = commit.batch;
  CommitResult result{batch.shard, batch.seq, CommitState::committed, reason_to_refuse(batch)};
  if (result.why.empty())
    if (auto kept = keep_keys(commit); !kept) result.why = kept.error().message;
  if (!result.why.empty()) {
    result.state = CommitState::failed;
    return result;
  }
  std::scoped_lock lock(mutex_);
  for (auto& change : commit.changes) {
    auto& family = families_[static_cast<std::size_t>(change.family)];
    if (change.value) family.insert_or_assign(change.key, *change.value);
    else family.erase(change.key);
  }
  families_[static_cast<std::size_t>(Family::journal)][keys::journal(batch.shard, batch.seq)] =
      encode(batch);
  applied_[batch.shard] = {batch.seq, chain_hash(batch), batch.epoch, batch.time, batch.cursor};
  if (on_applied_) on_applied_(commit);
  return result;
}

Status MemoryStore::keep_keys(const Commit& commit) {
  if (commit.keys.empty()) return {};
  if (!keeper_) return fail(ErrorCode::unsupported, "there is nobody to keep keys of persons");
  if (auto staged = keeper_->stage(commit.keys); !staged) return staged;
  return keeper_->sync();
}

std::optional<std::string> MemoryStore::get(Family family, std::string_view key) const {
  std::scoped_lock lock(mutex_);
  const auto& rows = families_[static_cast<std::size_t>(family)];
  const auto found = rows.find(key);
  return found == rows.end() ? std::nullopt : std::optional(found->second);
}

std::unique_ptr<Scan> MemoryStore::scan(Family family, std::string begin, std::string end) const {
  std::scoped_lock lock(mutex_);
  const auto& rows = families_[static_cast<std::size_t>(family)];
  const auto first = rows.lower_bound(begin);
  const auto last = begin < end ? rows.lower_bound(end) : first;
  return std::make_unique<CopiedRange>(CopiedRange::Rows(first, last));
}

Applied MemoryStore::applied(ShardId shard) const {
  std::scoped_lock lock(mutex_);
  const auto found = applied_.find(shard);
  return found == applied_.end() ? Applied{} : found->second;
}

Result<Batch> MemoryStore::batch(ShardId shard, std::uint64_t seq) const {
  const auto bytes = get(Family::journal, keys::journal(shard, seq));
  if (!bytes) return fail(ErrorCode::not_found, "there is no batch " + std::to_string(seq));
  return decode_batch(*bytes);
}

std::vector<ShardId> MemoryStore::queued() const {
  std::scoped_lock lock(mutex_);
  std::vector<ShardId> shards;
  shards.reserve(queued_.size());
  for (const auto& [shard, commit] : queued_) shards.push_back(shard);
  return shards;
}

CommitResult MemoryStore::complete(ShardId shard, Fate fate) {
  auto commit = take_queued(shard);
  if (fate == Fate::committed) return apply(commit);
  if (fate == Fate::unknown_applied) static_cast<void>(apply(commit));
  return {shard, commit.batch.seq,
          fate == Fate::failed ? CommitState::failed : CommitState::unknown,
          fate == Fate::failed ? "the disk refused" : "the disk did not answer"};
}

Commit MemoryStore::take_queued(ShardId shard) {
  std::scoped_lock lock(mutex_);
  auto node = queued_.extract(shard);
  MF_ASSERT(!node.empty(), "nothing is queued for shard " + std::to_string(shard));
  return std::move(node.mapped());
}

void MemoryStore::crash(const std::function<bool(ShardId)>& survives) {
  for (const auto shard : queued()) {
    auto commit = take_queued(shard);
    if (survives(shard)) static_cast<void>(apply(commit));
    else static_cast<void>(keep_keys(commit));
  }
}

void MemoryStore::fence(ShardId shard, std::uint64_t epoch) {
  std::scoped_lock lock(mutex_);
  auto& fence = fences_[shard];
  fence = std::max(fence, epoch);
}

}  // namespace mf::storage
