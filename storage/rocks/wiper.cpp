#include "storage/rocks/wiper.hpp"

#include <rocksdb/options.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

constexpr std::chrono::milliseconds pause_min{500}, pause_max{300'000};

metrics::Gauge& waiting_figure() {
  static auto& gauge = metrics::gauge("microflow_storage_erasures_waiting",
                                      "Erased persons whose words are still in files");
  return gauge;
}

}  // namespace

Wiper::Wiper(Database& database) : database_(database), waiting_(left()) {
  waiting_figure().set(static_cast<double>(waiting_.size()));
  thread_ = std::thread([this] {
    name_thread("wiper");
    // What is left to wipe stands in the database: the next start goes on with it.
    static_cast<void>(guarded("wiper", [this] { run(); }));
  });
}

Wiper::~Wiper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Wiper::wipe(const std::string& state_key) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert(state_key);
    waiting_figure().set(static_cast<double>(waiting_.size()));
  }
  wake_.notify_one();
}

std::set<std::string> Wiper::left() const {
  std::set<std::string> found;
  const auto begin = keys::to_wipe(""), end = keys::end_of(begin);
  const rocksdb::Slice end_slice(end);
  const auto it = database_.iterate(Family::meta, end_slice, /*read_ahead=*/false);
  for (it->Seek(begin); it->Valid(); it->Next())
    found.emplace(view(it->key()).substr(begin.size()));
  return found;
}

void Wiper::run() {
  auto pause = pause_min;
  std::string failed;  // the others come before it is tried again
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const auto behind = waiting_.upper_bound(failed);
    const auto key = behind == waiting_.end() ? *waiting_.begin() : *behind;
    lock.unlock();
    const auto done = rewrite(key);
    if (!done && !ending_)
      log::error(log::journal, "erased-not-wiped", {{"why", done.error().message}});
    lock.lock();
    if (done) {
      waiting_.erase(key);
      waiting_figure().set(static_cast<double>(waiting_.size()));
      pause = pause_min;
      continue;
    }
    // The words are still in files: the figure says so until they are not.
    failed = key;
    wake_.wait_for(lock, pause, [this] { return ending_.load(); });
    pause = std::min(pause * 2, pause_max);
  }
}

Status Wiper::rewrite(const std::string& state_key) {
  const auto parsed = keys::parse_state(state_key);
  if (!parsed) return fail(ErrorCode::corrupt, "an entity to wipe has no key of a state");
  if (auto ok = database_.flush(); !ok) return ok;
  // Words stand anywhere among those of the same kind.
  const auto words = keys::index(parsed->shard, parsed->ref.kind, 0, "", "");
  const auto kind = words.substr(0, words.size() - 1), after_kind = keys::end_of(kind);
  const auto after_state = state_key + '\0';
  const std::pair<Family, std::pair<rocksdb::Slice, rocksdb::Slice>> ranges[] = {
      {Family::state, {state_key, after_state}}, {Family::index, {kind, after_kind}}};
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.canceled = &ending_;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (const auto& [family, range] : ranges) {
    const auto status =
        database_.db().CompactRange(options, database_.family(family), &range.first, &range.second);
    if (!status.ok()) return to_result(status, "rewriting what an erased person had");
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto status =
      database_.db().Delete(synced, database_.family(Family::meta), keys::to_wipe(state_key));
  if (!status.ok()) return to_result(status, "noting that an erased person is gone");
  // The list of files still names the bounds of the old ones, which are words: this begins a new
  // list (see max_manifest_file_size).
  return database_.flush();
}

}  // namespace mf::storage
