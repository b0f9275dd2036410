#include "storage/rocks/journal_thread.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"
#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

using std::chrono::steady_clock;

// All that are in a write wait for all of it, and it stands in memory once more. Without a bound 64
// shards with 4 MiB of changes each (ShardLimits) would be one write, four times the usual
// write-ahead log (storage.wal_bytes_max). One commit alone is always taken.
constexpr std::size_t cycle_bytes_max = 8u << 20;
// The largest frame, and with it the largest record of the journal. A shard keeps its batches below
// (ShardLimits), so whoever reaches it has a fault: the commit is refused, nothing is cut.
constexpr std::size_t batch_bytes_max = 256u << 10;
// How finely the proof mark can follow the flushes: a start reads again what was written since the
// last mark that a flush has passed. 64 marks are remembered (ProofTracker): 4 MiB apart they reach
// over four times the usual write-ahead log.
constexpr std::size_t note_every_bytes = 4u << 20;
constexpr auto note_last_every = std::chrono::seconds(1);
constexpr auto store_age_every = std::chrono::minutes(10);
// Whoever is not ready gets no work that would show that all is well again; so it is, after this.
constexpr auto keys_failure_tells_for = std::chrono::minutes(1);

double seconds_since(steady_clock::time_point start) {
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

struct Figures {
  metrics::Histogram& write =
      metrics::histogram("microflow_journal_write_seconds",
                         "One synced write of the journal thread", metrics::latency_buckets());
  metrics::Histogram& commit =
      metrics::histogram("microflow_journal_commit_seconds",
                         "From handing a batch over to its durability", metrics::latency_buckets());
  metrics::Histogram& batches = metrics::histogram("microflow_journal_cycle_batches",
                                                   "Batches in one write", metrics::size_buckets());
  metrics::Counter& bytes =
      metrics::counter("microflow_journal_bytes_total", "Bytes handed to the write-ahead log");
  metrics::Counter& failures =
      metrics::counter("microflow_journal_failures_total", "Writes that failed; the node stops");
  metrics::Counter& keys_not_kept =
      metrics::counter("microflow_personal_keys_failures_total",
                       "Commits that failed because their keys of persons could not be written");
  metrics::Gauge& queued =
      metrics::gauge("microflow_journal_queue_batches", "Batches that wait for the next write");
};

Figures& figures() {
  static Figures all;
  return all;
}

}  // namespace

Applied Positions::at(ShardId shard) const {
  const std::shared_lock lock(mutex_);
  MF_ASSERT(shard < applied_.size(), "no such shard");
  return applied_[shard];
}

void Positions::set(ShardId shard, Applied applied) {
  const std::unique_lock lock(mutex_);
  applied_[shard] = std::move(applied);
}

ProofMark Positions::mark(std::uint64_t cycle) const {
  const std::shared_lock lock(mutex_);
  ProofMark mark{cycle, {}};
  mark.shards.reserve(applied_.size());
  for (const auto& applied : applied_) mark.shards.push_back({applied.seq, applied.chain});
  return mark;
}

std::vector<std::uint64_t> Positions::seqs() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::uint64_t> seqs;
  seqs.reserve(applied_.size());
  for (const auto& applied : applied_) seqs.push_back(applied.seq);
  return seqs;
}

JournalThread::JournalThread(Database& database, Positions& positions,
                             std::shared_ptr<ProofTracker> tracker, LastCycle& last, Wiper& wiper,
                             std::uint64_t last_cycle, std::function<void(const Error&)> on_stopped)
    : database_(database),
      positions_(positions),
      tracker_(std::move(tracker)),
      last_(last),
      wiper_(wiper),
      on_stopped_(std::move(on_stopped)),
      in_flight_(positions.mark(0).shards.size()),
      cycle_(last_cycle),
      acknowledged_(last_cycle),
      lived_to_(steady_clock::now()),
      age_stored_(lived_to_) {
  note_last();
  thread_ = std::thread([this] {
    name_thread("journal");
    run();
  });
}

JournalThread::~JournalThread() { finish(); }

std::uint64_t JournalThread::finish() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  if (!thread_.joinable()) return cycle_;
  thread_.join();
  static_cast<void>(grow_older());
  return cycle_;
}

void JournalThread::on_results(Store::Done done) {
  const std::lock_guard lock(mutex_);
  done_ = std::move(done);
}

void JournalThread::keep_keys_with(KeyKeeper& keeper) {
  const std::lock_guard lock(mutex_);
  keeper_ = &keeper;
}

std::string JournalThread::reason_to_refuse(const Commit& commit, std::size_t bytes) const {
  const auto applied = positions_.at(commit.batch.shard);
  if (commit.batch.seq != applied.seq + 1)
    return "batch " + std::to_string(commit.batch.seq) + " does not follow " +
           std::to_string(applied.seq);
  if (commit.batch.previous != applied.chain)
    return "batch " + std::to_string(commit.batch.seq) + " is chained to another one";
  if (bytes > batch_bytes_max)
    return "a batch of " + std::to_string(bytes) + " bytes is over the limit";
  return {};
}

JournalThread::Queued JournalThread::prepare(Commit commit) const {
  const auto& batch = commit.batch;
  Queued queued;
  queued.shard = batch.shard;
  queued.since = steady_clock::now();
  queued.frame = commit.chain ? encode(batch, *commit.chain) : encode(batch);
  queued.applied = {batch.seq, chain_hash_of_frame(queued.frame), batch.epoch, batch.time,
                    batch.cursor};
  queued.refused = reason_to_refuse(commit, queued.frame.size());
  queued.bytes = queued.frame.size();
  for (const auto& change : commit.changes) {
    MF_ASSERT(change.family != Family::journal, "only the journal thread writes the journal");
    queued.bytes += change.key.size() + (change.value ? change.value->size() : 0);
  }
  queued.changes = std::move(commit.changes);
  if (std::ranges::any_of(commit.keys, [](const KeyChange& change) { return !change.key; }))
    for (const auto& entry : batch.entries)
      queued.wiped.push_back(keys::state(batch.shard, entry.entity));
  queued.keys = std::move(commit.keys);
  return queued;
}

void JournalThread::commit(std::vector<Commit> commits) {
  std::vector<Queued> prepared;
  prepared.reserve(commits.size());
  for (auto& commit : commits) prepared.push_back(prepare(std::move(commit)));
  {
    const std::lock_guard lock(mutex_);
    for (const auto& queued : prepared)
      MF_ASSERT(!in_flight_[queued.shard], "a shard has one commit in flight");
    queue_.reserve(queue_.size() + prepared.size());
    for (auto& queued : prepared) {
      in_flight_[queued.shard] = true;
      queue_.push_back(std::move(queued));
    }
  }
  wake_.notify_one();
}

std::optional<Error> JournalThread::stopped() const {
  const std::lock_guard lock(mutex_);
  return stopped_;
}

JournalThread::Cycle JournalThread::wait() {
  std::unique_lock lock(mutex_);
  const auto has_work = [this] { return ending_ || !queue_.empty(); };
  if (noted_ != acknowledged_ && !wake_.wait_until(lock, noted_at_ + note_last_every, has_work)) {
    lock.unlock();
    note_last();
    lock.lock();
  }
  wake_.wait(lock, has_work);
  std::size_t taken = 0, bytes = 0;
  while (taken < queue_.size() && (taken == 0 || bytes + queue_[taken].bytes <= cycle_bytes_max))
    bytes += queue_[taken++].bytes;
  Cycle cycle(std::make_move_iterator(queue_.begin()),
              std::make_move_iterator(queue_.begin() + static_cast<std::ptrdiff_t>(taken)));
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(taken));
  figures().queued.set(static_cast<double>(queue_.size()));
  return cycle;
}

void JournalThread::run() {
  const auto run_cycles = [this] {
    for (auto cycle = wait(); !cycle.empty(); cycle = wait()) run_cycle(std::move(cycle));
  };
  while (!guarded("journal", run_cycles)) {
    // Whether that cycle is durable, the next start reads; until then every later one is refused.
    if (stopped()) continue;
    const Error why{ErrorCode::internal, "the journal thread has failed, see thread-failed"};
    stop(why);
    if (on_stopped_) on_stopped_(why);
  }
  note_last();
}

void JournalThread::note_last() {
  noted_at_ = steady_clock::now();
  std::unique_ptr<rocksdb::LogFile> log;
  if (!database_.db().GetCurrentWalFile(&log).ok()) return;
  last_.write({acknowledged_, log->LogNumber()});
  noted_ = acknowledged_;
}

std::string JournalThread::why_no_keys() const {
  const std::lock_guard lock(mutex_);
  const bool is_recent = steady_clock::now() - no_keys_at_ < keys_failure_tells_for;
  return is_recent ? why_no_keys_ : std::string{};
}

/// Somebody has to see to it: the commits are tried again, but no retry makes room on a disk.
void JournalThread::say_keys_not_kept(const Error& why) {
  figures().keys_not_kept.add();
  log::error(log::journal, "keys-not-kept", {{"why", why.message}});
  const std::lock_guard lock(mutex_);
  why_no_keys_ = why.message;
  no_keys_at_ = steady_clock::now();
}

/// A commit whose keys can't be kept is certainly not made.
void JournalThread::keep_keys(Cycle& cycle) {
  KeyKeeper* keeper = nullptr;
  {
    const std::lock_guard lock(mutex_);
    keeper = keeper_;
  }
  bool is_any = false;
  for (auto& queued : cycle) {
    if (!queued.refused.empty() || queued.keys.empty()) continue;
    const auto staged =
        keeper ? keeper->stage(queued.keys)
               : Status(fail(ErrorCode::unsupported, "there is nobody to keep keys of persons"));
    is_any |= staged.has_value();
    if (staged) continue;
    queued.refused = "its keys of persons: " + staged.error().message;
    if (staged.error().code != ErrorCode::already_exists) say_keys_not_kept(staged.error());
  }
  if (!is_any) return;
  const auto synced = keeper->sync();
  if (synced) {
    key_mark_ = keeper->mark();
    return;
  }
  say_keys_not_kept(synced.error());
  for (auto& queued : cycle)
    if (queued.refused.empty() && !queued.keys.empty())
      queued.refused = "its keys of persons: " + synced.error().message;
}

void JournalThread::run_cycle(Cycle cycle) {
  const auto why = stopped();
  for (auto& queued : cycle)
    if (why && queued.refused.empty()) queued.refused = "storage has stopped: " + why->message;
  keep_keys(cycle);
  const auto batches =
      std::ranges::count_if(cycle, [](const Queued& queued) { return queued.refused.empty(); });
  if (batches == 0) return report(cycle, {});

  const auto start = steady_clock::now();
  const auto before = database_.db().GetLatestSequenceNumber();
  std::size_t bytes = 0;
  const auto written = write(cycle, static_cast<std::uint16_t>(batches), bytes);
  figures().write.observe(seconds_since(start));
  figures().batches.observe(static_cast<double>(batches));
  figures().bytes.add(static_cast<double>(bytes));
  if (!written) stop(written.error());
  else acknowledged_ = cycle_;
  report(cycle, written);
  if (written) {
    note_proof(before, bytes);
    if (steady_clock::now() - noted_at_ >= note_last_every) note_last();
  }
  if (!written && on_stopped_) on_stopped_(written.error());
}

Status JournalThread::write(Cycle& cycle, std::uint16_t batches, std::size_t& bytes) {
  rocksdb::WriteBatch all;
  const auto put = [&](Family family, std::string_view key, std::string_view value) {
    return all.Put(database_.family(family), slice(key), slice(value));
  };
  ++cycle_;
  rocksdb::Status status;
  for (auto& queued : cycle) {
    if (!queued.refused.empty()) continue;
    append_cycle(queued.frame, cycle_, batches);
    status = put(Family::journal, keys::journal(queued.shard, queued.applied.seq), queued.frame);
    if (status.ok())
      status = put(Family::meta, keys::applied(queued.shard), encode(queued.applied));
    for (const auto& key : queued.wiped)
      if (status.ok()) status = put(Family::meta, keys::to_wipe(key), "");
    for (const auto& change : queued.changes) {
      if (!status.ok()) break;
      status = change.value ? put(change.family, change.key, *change.value)
                            : all.Delete(database_.family(change.family), slice(change.key));
    }
  }
  if (const auto mark = std::exchange(key_mark_, {}); mark && status.ok())
    status = put(Family::meta, keys::person_keys(), encode(*mark));
  if (const auto mark = tracker_->take(); mark && status.ok())
    status = put(Family::meta, keys::proof(), encode(*mark));
  if (const auto age = grow_older(); age && status.ok())
    status = put(Family::meta, keys::age(), *age);
  if (!status.ok()) return to_result(status, "building a write");
  bytes = all.GetDataSize();
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return to_result(database_.db().Write(synced, &all), "writing the journal");
}

void JournalThread::report(const Cycle& cycle, const Status& written) {
  std::vector<CommitResult> results;
  results.reserve(cycle.size());
  for (const auto& queued : cycle) {
    CommitResult result{queued.shard, queued.applied.seq, CommitState::committed, {}};
    if (!queued.refused.empty()) {
      result.state = CommitState::failed;
      result.why = queued.refused;
    } else if (!written) {
      result.state = CommitState::unknown;
      result.why = written.error().message;
    } else {
      positions_.set(queued.shard, queued.applied);
      for (const auto& key : queued.wiped) wiper_.wipe(key);
      figures().commit.observe(seconds_since(queued.since));
    }
    results.push_back(std::move(result));
  }
  Store::Done done;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& queued : cycle) in_flight_[queued.shard] = false;
    done = done_;
  }
  if (done) done(results);
}

std::optional<std::string> JournalThread::grow_older() {
  const auto now = steady_clock::now();
  const auto passed = std::chrono::floor<Duration>(now - lived_to_);
  lived_to_ += passed;
  database_.age().live(passed, positions_.seqs());
  if (now - age_stored_ < store_age_every) return {};
  age_stored_ = now;
  return database_.age().encode();
}

void JournalThread::note_proof(std::uint64_t sequence_before, std::size_t bytes) {
  unnoted_bytes_ += bytes;
  if (unnoted_bytes_ < note_every_bytes) return;
  unnoted_bytes_ = 0;
  tracker_->note(sequence_before, positions_.mark(cycle_));
}

void JournalThread::stop(const Error& why) {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = why;
  }
  figures().failures.add();
  log::error(log::journal, "journal-stopped", {{"why", why.message}});
}

}  // namespace mf::storage
