#include "storage/rocks/wiper.hpp"

#include <rocksdb/metadata.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

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
// Together, so that a thousand erasures are some passes over their tables and not a thousand.
constexpr std::size_t together_max = 1024;

metrics::Gauge& waiting_figure() {
  static auto& gauge = metrics::gauge("microflow_storage_erasures_waiting",
                                      "Erased persons whose words are still in files");
  return gauge;
}

/// What is written first when a range is rewritten, the newest tables, is left out.
std::vector<KeyRange> settled_tables(const Database& database, Family family) {
  rocksdb::ColumnFamilyMetaData about;
  database.db().GetColumnFamilyMetaData(database.family(family), &about);
  std::vector<KeyRange> tables;
  for (const auto& level : about.levels)
    for (const auto& file : level.files)
      if (level.level > 0) tables.push_back({file.smallestkey, file.largestkey});
  // All of it is in new tables yet: the first range takes them along.
  if (tables.empty()) tables.push_back({"", keys::shard_prefix(keys::node_wide)});
  return tables;
}

}  // namespace

std::vector<KeyRange> joined(std::vector<KeyRange> ranges, const std::vector<KeyRange>& tables) {
  std::ranges::sort(ranges);
  std::vector<KeyRange> found;
  for (auto& range : ranges) {
    const auto holds_both = [&](const KeyRange& table) {
      return table.begin <= found.back().end && range.begin <= table.end;
    };
    const bool is_same = !found.empty() && (range.begin <= found.back().end ||
                                            std::ranges::any_of(tables, holds_both));
    if (is_same) found.back().end = std::max(found.back().end, range.end);
    else found.push_back(std::move(range));
  }
  return found;
}

Wiper::Wiper(Database& database, const DiskGuard& guard)
    : database_(database), guard_(guard), waiting_(left()) {
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

/// The first of those that wait; behind `failed`, which lets the others go before.
std::vector<std::string> Wiper::choose(const std::string& failed, std::size_t most) const {
  auto next = waiting_.upper_bound(failed);
  if (next == waiting_.end()) next = waiting_.begin();
  std::vector<std::string> chosen;
  for (; next != waiting_.end() && chosen.size() < most; ++next) chosen.push_back(*next);
  return chosen;
}

void Wiper::run() {
  auto pause = pause_min;
  auto together = together_max;
  std::string failed;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    const auto chosen = choose(failed, together);
    lock.unlock();
    const auto done = guard_.has_room()
                          ? rewrite(chosen)
                          : Status(fail(ErrorCode::disk_full, "the disk is nearly full"));
    if (!done && !ending_)
      log::error(log::journal, "erased-not-wiped",
                 {{"why", done.error().message}, {"persons", chosen.size()}});
    lock.lock();
    if (done) {
      for (const auto& key : chosen) waiting_.erase(key);
      waiting_figure().set(static_cast<double>(waiting_.size()));
      pause = pause_min;
      together = std::min(together * 2, together_max);
      continue;
    }
    // The words are still in files: the figure says so until they are not.
    failed = chosen.front();
    together = 1;
    wake_.wait_for(lock, pause, [this] { return ending_.load(); });
    pause = std::min(pause * 2, pause_max);
  }
}

Status Wiper::rewrite(const std::vector<std::string>& state_keys) {
  std::vector<KeyRange> states, words;
  for (const auto& key : state_keys) {
    const auto parsed = keys::parse_state(key);
    if (!parsed) return fail(ErrorCode::corrupt, "an entity to wipe has no key of a state");
    states.push_back({key, key});
    // Words stand anywhere among those of the same kind.
    auto kind = keys::index(parsed->shard, parsed->ref.kind, 0, "", "");
    kind.pop_back();
    words.push_back({kind, keys::end_of(kind)});
  }
  if (auto ok = database_.flush(); !ok) return ok;
  if (auto ok = rewrite(Family::state, std::move(states)); !ok) return ok;
  if (auto ok = rewrite(Family::index, std::move(words)); !ok) return ok;
  rocksdb::WriteBatch gone;
  rocksdb::Status status;
  for (const auto& key : state_keys)
    if (status.ok()) status = gone.Delete(database_.family(Family::meta), keys::to_wipe(key));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (status.ok()) status = database_.db().Write(synced, &gone);
  if (!status.ok()) return to_result(status, "noting that erased persons are gone");
  // The list of files still names the bounds of the old ones, which are words: this begins a new
  // list (see max_manifest_file_size).
  return database_.flush();
}

Status Wiper::rewrite(Family family, std::vector<KeyRange> ranges) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.canceled = &ending_;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  for (const auto& range : joined(std::move(ranges), settled_tables(database_, family))) {
    const rocksdb::Slice begin(range.begin), end(range.end);
    const auto status =
        database_.db().CompactRange(options, database_.family(family), &begin, &end);
    if (!status.ok()) return to_result(status, "rewriting what an erased person had");
  }
  return {};
}

}  // namespace mf::storage
