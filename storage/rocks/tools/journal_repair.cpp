// A repair may be interrupted anywhere and must leave nothing that passes for whole. The order:
//
//   look      read-only, unless the loss is accepted: the report says what would be cut
//   begin     the file REPAIRING keeps the directory from starting, before the first byte is lost;
//             a later repair that finds it knows of the loss, even if all looks whole by then
//   aside     what will be cut is copied to cut/<time> and synced, with the names on the way down:
//             the log byte by byte, a shard's batches raw, as nobody may be able to decode them
//   cut       the log by RocksDB (salvage), a shard behind the last batch that is proven
//   rebuild   what derives from a shard that was cut: its states have seen what is gone. Its
//             position is written last (shard_rebuild.cpp): cut off, it is no whole shard
//   mark      the proof mark moves to where the journal stands now, so that the next start does not
//             miss the writes that were lost before it
//   end       `last` goes (it may name what is gone), then REPAIRING
//
// A log that RocksDB can't open is cut first, because only then there is a database to read; all
// else is proven before anything of it is touched.
//
// A loss begins a new era. The numbers of what was cut come again for something else, and whoever
// holds a position or a reaction's id of the old history must not meet the new one with it. The
// record with the era travels with the first cut, in one write. A rebuild that loses nothing keeps
// the era: the journal is the same.
#include <fstream>

#include "base/log.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/shard_rebuild.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;

std::string time_of_day() {
  auto text = format_rfc3339(system_clock().now());
  std::erase(text, ':');
  return text;
}

/// Copies the write-ahead log aside, byte by byte, before it is cut.
Status set_log_aside(const fs::path& data_dir, const fs::path& kept_in) {
  std::error_code error;
  fs::create_directories(kept_in / "log", error);
  for (const auto& entry : fs::directory_iterator(database_path(data_dir), error)) {
    if (entry.path().extension() != ".log") continue;
    const auto copy = kept_in / "log" / entry.path().filename();
    fs::copy_file(entry.path(), copy, error);
    if (error) break;
    if (auto ok = sync_file(copy); !ok) return ok;
  }
  if (error) return fail(ErrorCode::io, "setting the log aside: " + error.message());
  return sync_directory(kept_in / "log");
}

/// The names on the way down to what is kept, before anything is cut.
Status sync_names(const fs::path& data_dir, const fs::path& kept_in) {
  for (const auto& directory : {kept_in, kept_in.parent_path(), data_dir})
    if (auto ok = sync_directory(directory); !ok) return ok;
  return {};
}

class ShardRepair {
 public:
  /// `node`: the directory's record, written with the cut.
  ShardRepair(Database& database, const ShardProof& proof, const Rebuild& rebuild,
              const NodeRecord& node)
      : database_(database),
        node_(node),
        shard_(proof.shard),
        kept_(proof.proven),
        rebuild_(rebuild),
        begin_(keys::shard_prefix(shard_)),
        end_(keys::end_of(begin_)) {}

  /// Lines of {"key":…,"value":…} in hex; gives their number.
  Result<std::uint64_t> set_aside(const fs::path& kept_in) const {
    std::uint64_t records = 0;
    const auto path = kept_in / ("shard-" + std::to_string(shard_) + ".jsonl");
    std::ofstream out(path, std::ios::binary);
    const auto end_slice = slice(end_);
    const auto it = database_.iterate(Family::journal, end_slice, /*read_ahead=*/true);
    for (it->Seek(first_cut()); it->Valid(); it->Next(), ++records)
      out << "{\"key\":\"" << to_hex(view(it->key())) << "\",\"value\":\""
          << to_hex(view(it->value())) << "\"}\n";
    out.close();
    if (!out) return fail(ErrorCode::io, "writing " + path.string());
    if (auto ok = sync_file(path); !ok) return std::unexpected(ok.error());
    // What can't be read any more can't be set aside either; it is cut all the same.
    if (!it->status().ok()) log::warn(log::journal, "record-unreadable", {{"shard", shard_}});
    return records;
  }

  Status run() {
    return rebuild_shard(database_, shard_, kept_, rebuild_, Meanwhile::without_position, &node_);
  }

 private:
  [[nodiscard]] std::string first_cut() const { return keys::journal(shard_, kept_.seq + 1); }

  Database& database_;
  const NodeRecord& node_;
  ShardId shard_;
  Applied kept_;
  const Rebuild& rebuild_;
  std::string begin_, end_;
};

class JournalRepair {
 public:
  JournalRepair(fs::path data_dir, const RepairOptions& options)
      : data_dir_(std::move(data_dir)), options_(options) {
    report_.kept_in = data_dir_ / "cut" / time_of_day();
  }

  Result<RepairReport> run() {
    std::error_code error;
    report_.log_problem = fs::exists(unfinished_repair(data_dir_), error)
                              ? "an earlier repair did not end"
                              : log_missing(data_dir_);
    if (!options_.accepts_loss) {
      if (auto ok = look(); !ok) return std::unexpected(ok.error());
      if (!report_.was_whole || !options_.rebuilds_all) return std::move(report_);
    }
    auto database = open();
    if (!database) return std::unexpected(database.error());
    database_ = *std::move(database);
    auto proof = prove();
    if (!proof) return std::unexpected(proof.error());
    if (auto ok = repair(*proof); !ok) return std::unexpected(ok.error());
    return std::move(report_);
  }

 private:
  /// Says what is wrong, without a write anywhere.
  Status look() {
    auto database = Database::open({.data_dir = data_dir_, .access = Access::read_only});
    if (!database && database.error().code == ErrorCode::corrupt) {
      report_.log_problem = database.error().message;
      return {};
    }
    if (!database) return std::unexpected(database.error());
    database_ = *std::move(database);
    const auto proof = prove();
    database_.reset();
    if (!proof) return std::unexpected(proof.error());
    describe(*proof);
    return {};
  }

  Result<JournalProof> prove() {
    auto node = database_->node();
    if (!node) return std::unexpected(node.error());
    if (!*node) return fail(ErrorCode::corrupt, "the record of the directory's era is gone");
    node_ = **node;
    const auto mark = database_->proof(node_.shard_count);
    if (!mark) return std::unexpected(mark.error());
    auto proof = prove_journal(*database_, *mark, ProofScope::all);
    if (proof && report_.log_problem.empty())
      report_.log_problem = loss_noted(data_dir_, proof->cycle);
    return proof;
  }

  void describe(const JournalProof& proof) {
    report_.cycles_problem = proof.cycles_problem;
    report_.was_whole = proof.is_whole() && report_.log_problem.empty();
    for (const auto& shard : proof.shards)
      if (!shard.problem.empty())
        report_.cuts.push_back({shard.shard, shard.proven.seq, 0, shard.problem});
  }

  Result<std::unique_ptr<Database>> open() {
    auto database = Database::open({.data_dir = data_dir_, .is_repair = true});
    if (database || database.error().code != ErrorCode::corrupt) return database;
    report_.log_problem = database.error().message;
    if (auto ok = begin_loss(); !ok) return std::unexpected(ok.error());
    if (auto ok = set_log_aside(data_dir_, report_.kept_in); !ok)
      return std::unexpected(ok.error());
    if (auto ok = sync_names(data_dir_, report_.kept_in); !ok) return std::unexpected(ok.error());
    report_.changed = true;
    return Database::open({.data_dir = data_dir_, .access = Access::salvage, .is_repair = true});
  }

  /// From here on the directory starts only after a repair that has given it a new era, wherever
  /// this one may be interrupted.
  Status begin_loss() {
    const auto mark = unfinished_repair(data_dir_);
    std::ofstream(mark) << "see docs/storage-layout.md\n";
    if (auto ok = sync_file(mark); !ok) return ok;
    return sync_directory(data_dir_);
  }

  Status end_loss() {
    // What was acknowledged last is what is there now.
    std::error_code error;
    fs::remove(LastCycle::path(data_dir_), error);
    fs::remove(unfinished_repair(data_dir_), error);
    if (error) return fail(ErrorCode::io, "ending the repair: " + error.message());
    return sync_directory(data_dir_);
  }

  Status repair(const JournalProof& proof) {
    describe(proof);
    const bool loses = !report_.was_whole;
    if ((!report_.cuts.empty() || options_.rebuilds_all) && !options_.rebuild)
      return fail(ErrorCode::unsupported,
                  "what derives from the journal has to be rebuilt, which this program can't do");
    if (loses) {
      // What was cut is done again under the same numbers: nobody may take it for the old.
      node_.era = to_hex(random_bytes(16));
      if (auto ok = begin_loss(); !ok) return ok;
    }
    for (auto& cut : report_.cuts)
      if (auto ok = repair_shard(proof.shards[cut.shard], cut); !ok) return ok;
    if (options_.rebuilds_all)
      if (auto ok = rebuild_whole_shards(proof); !ok) return ok;
    report_.changed |= loses || !report_.rebuilt.empty();
    if (auto ok = note(proof); !ok) return ok;
    return loses ? end_loss() : Status{};
  }

  Status repair_shard(const ShardProof& proof, RepairReport::Cut& cut) {
    std::error_code error;
    fs::create_directories(report_.kept_in, error);
    ShardRepair shard(*database_, proof, options_.rebuild, node_);
    const auto records = shard.set_aside(report_.kept_in);
    if (!records) return std::unexpected(records.error());
    cut.records = *records;
    if (auto ok = sync_names(data_dir_, report_.kept_in); !ok) return ok;
    return shard.run();
  }

  Status rebuild_whole_shards(const JournalProof& proof) {
    for (const auto& shard : proof.shards) {
      if (!shard.problem.empty() || shard.proven.seq == 0) continue;
      if (auto ok = ShardRepair(*database_, shard, options_.rebuild, node_).run(); !ok) return ok;
      report_.rebuilt.push_back(shard.shard);
    }
    return {};
  }

  /// From here on the next start has to look, and no missing cycle before it counts any more.
  Status note(const JournalProof& proof) {
    if (auto ok = database_->put_synced(keys::node(), encode(node_)); !ok) return ok;
    if (auto ok = database_->flush(); !ok) return ok;
    ProofMark mark{proof.cycle, {}};
    for (const auto& shard : proof.shards)
      mark.shards.push_back({shard.proven.seq, shard.proven.chain});
    return database_->put_synced(keys::proof(), encode(mark));
  }

  fs::path data_dir_;
  const RepairOptions& options_;
  std::unique_ptr<Database> database_;
  NodeRecord node_;
  RepairReport report_;
};

}  // namespace

Result<RepairReport> repair_journal(const fs::path& data_dir, const RepairOptions& options) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  if (!has_database(data_dir))
    return fail(ErrorCode::not_found, "there is no data in " + data_dir.string());
  return JournalRepair(data_dir, options).run();
}

}  // namespace mf::storage
