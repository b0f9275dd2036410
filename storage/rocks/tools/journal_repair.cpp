// A repair may be interrupted anywhere and must leave nothing that passes for whole. The order:
//
//   look      read-only, unless the loss is accepted: the report says what would be cut
//   begin     the file REPAIRING keeps the directory from starting, before the first byte is lost;
//             a later repair that finds it knows of the loss, even if all looks whole by then
//   aside     what will be cut is copied to cut/<time> and synced, with the names on the way down:
//             the log byte by byte, a shard's batches raw, as nobody may be able to decode them
//   journal   a family with a damaged table can't be cut, as a deletion leaves the bad block where
//             it is: all that is proven goes to a file, REPAIRING names it, the family is dropped
//             and filled again. A later repair fills it from that file once more
//   derived   families with a damaged table are emptied the same way, and every shard rebuilt
//   cut       the log by RocksDB (salvage), a shard behind the last batch that is proven
//   rebuild   what derives from a shard that was cut: its states have seen what is gone. Its
//             position is written last (shard_rebuild.cpp): cut off, it is no whole shard
//   mark      the proof mark moves to where the journal stands now, so that the next start does not
//             miss the writes that were lost before it
//   prove     journal and tables are read again: only what is whole was repaired
//   end       `last` goes (it may name what is gone), then REPAIRING
//
// What can't be repaired is found before any of it: the list of tables, a table that is gone, and
// `meta`, which no journal gives back. Behind a table that does not open the others are read by way
// of an empty one that stands in for it (stand_ins.hpp); its family is then dropped as any damaged
// one.
//
// A log that RocksDB can't open is cut first, because only then there is a database to read; all
// else is proven before anything of it is touched.
//
// A loss begins a new era. The numbers of what was cut come again for something else, and whoever
// holds a position or a reaction's id of the old history must not meet the new one with it. The
// record with the era travels with the first cut, in one write. A rebuild that loses nothing keeps
// the era: the journal is the same.
#include <algorithm>
#include <fstream>

#include "base/log.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/repair_note.hpp"
#include "storage/rocks/shard_rebuild.hpp"
#include "storage/rocks/table_check.hpp"
#include "storage/rocks/tools/derived_check.hpp"
#include "storage/rocks/tools/journal_salvage.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "storage/rocks/tools/stand_ins.hpp"

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

class JournalRepair {
 public:
  JournalRepair(fs::path data_dir, const RepairOptions& options)
      : data_dir_(std::move(data_dir)), options_(options) {
    report_.kept_in = data_dir_ / "cut" / time_of_day();
  }

  Result<RepairReport> run() {
    before_ = read_repair_note(data_dir_);
    if (before_ && before_->loses) report_.log_problem = "an earlier repair did not end";
    else report_.log_problem = log_missing(data_dir_);
    if (before_ && !before_->loses)
      report_.derived_problems.emplace_back("an earlier rebuild did not end");
    if (auto ok = examine(); !ok) return std::unexpected(ok.error());
    const bool writes = options_.accepts_loss || options_.rebuilds_all;
    if (!writes || !(options_.accepts_loss || before_)) {
      if (auto ok = look(); !ok) return std::unexpected(ok.error());
      if (!writes || !report_.was_whole) return std::move(report_);
    }
    if (auto ok = open(); !ok) return std::unexpected(ok.error());
    if (!database_) return std::move(report_);
    if (auto ok = repair(); !ok) return std::unexpected(ok.error());
    return std::move(report_);
  }

 private:
  /// What can't be repaired ends here, and which tables are damaged is known. No write anywhere.
  Status examine() {
    unopened_ = unopened_tables(database_path(data_dir_));
    if (!unopened_.empty()) {
      auto files = with_stand_ins(unopened_);
      if (!files) return std::unexpected(files.error());
      files_ = *std::move(files);
    }
    const auto database = Database::open(settings(Access::look_past_log));
    if (!database) {
      // A family that an earlier repair dropped may not be back yet.
      if (before_ && database.error().code == ErrorCode::invalid_argument) return {};
      auto error = database.error();
      if (error.code == ErrorCode::corrupt)
        error.message +=
            "; the list of the table files is damaged, or one of them is gone, which can't be "
            "repaired. Nothing was changed: restore a backup";
      return std::unexpected(std::move(error));
    }
    auto damaged = damaged_tables(**database, nullptr, unopened_);
    if (!damaged) return std::unexpected(damaged.error());
    damaged_ = *std::move(damaged);
    for (const auto& table : damaged_) {
      if (table.family == Family::meta)
        return fail(ErrorCode::corrupt, table.describe() +
                                            ". No journal gives back what stands there, so it "
                                            "can't be repaired. Nothing was changed: restore a "
                                            "backup");
      report_.derived_problems.push_back(table.describe());
    }
    return {};
  }

  [[nodiscard]] DatabaseSettings settings(Access access) const {
    return {.data_dir = data_dir_, .access = access, .is_repair = true, .file_system = files_};
  }

  [[nodiscard]] std::vector<DamagedTable> damaged(bool of_journal) const {
    std::vector<DamagedTable> found;
    for (const auto& table : damaged_)
      if ((table.family == Family::journal) == of_journal) found.push_back(table);
    return found;
  }

  /// Says what is wrong, without a write anywhere.
  Status look() {
    auto database = Database::open(settings(Access::read_only));
    if (!database && (database.error().code == ErrorCode::corrupt || before_)) {
      report_.log_problem = database.error().message;
      return {};
    }
    if (!database) return std::unexpected(database.error());
    database_ = *std::move(database);
    const auto proof = prove();
    const auto checked = check_values();
    database_.reset();
    if (!proof) return std::unexpected(proof.error());
    describe(*proof);
    return checked;
  }

  /// Once: what a look found is what the repair mends.
  Status check_values() {
    if (!options_.check || are_values_checked_) return {};
    are_values_checked_ = true;
    const auto damaged = damaged_values(*database_, options_.check);
    if (!damaged) return std::unexpected(damaged.error());
    has_damaged_values_ = !damaged->empty();
    auto& told = report_.derived_problems;
    told.insert(told.end(), damaged->begin(), damaged->end());
    return {};
  }

  Result<JournalProof> prove() {
    auto node = database_->node();
    if (!node) return std::unexpected(node.error());
    if (!*node) return fail(ErrorCode::corrupt, "the record of the directory's era is gone");
    node_ = **node;
    auto mark = database_->proof(node_.shard_count);
    if (!mark) return std::unexpected(mark.error());
    mark_ = *std::move(mark);
    auto proof = prove_journal(*database_, mark_, ProofScope::all);
    if (proof && report_.log_problem.empty())
      report_.log_problem = loss_noted(data_dir_, proof->cycle);
    return proof;
  }

  void describe(const JournalProof& proof) {
    report_.cuts.clear();
    report_.cycles_problem = proof.cycles_problem;
    report_.was_whole = proof.is_whole() && report_.log_problem.empty();
    for (const auto& shard : proof.shards)
      if (!shard.problem.empty())
        report_.cuts.push_back({shard.shard, shard.proven.seq, 0, 0, shard.problem});
  }

  /// Leaves no database when that needs a loss which nobody accepted.
  Status open() {
    auto database = Database::open(settings(Access::read_write));
    if (!database) {
      if (database.error().code != ErrorCode::corrupt) return std::unexpected(database.error());
      report_.log_problem = database.error().message;
      if (!options_.accepts_loss) return {};
      note_ = before_.value_or(RepairNote{});
      note_.loses = true;
      if (auto ok = write_repair_note(data_dir_, note_); !ok) return ok;
      if (auto ok = set_log_aside(data_dir_, report_.kept_in); !ok) return ok;
      if (auto ok = sync_names(data_dir_, report_.kept_in); !ok) return ok;
      report_.changed = true;
      database = Database::open(settings(Access::salvage));
      if (!database) return std::unexpected(database.error());
    }
    database_ = *std::move(database);
    return {};
  }

  Status repair() {
    if (before_ && !before_->journal.empty()) {
      if (auto ok = refill_journal(*database_, data_dir_ / before_->journal); !ok) return ok;
      std::erase_if(damaged_, [](const auto& table) { return table.family == Family::journal; });
      filled_from_ = data_dir_ / before_->journal;
    }
    const auto proof = prove();
    if (!proof) return std::unexpected(proof.error());
    describe(*proof);
    if (auto ok = check_values(); !ok) return ok;
    const bool loses = !report_.was_whole;
    if (loses && !options_.accepts_loss) return {};
    const bool rebuilds = options_.rebuilds_all || (before_ && before_->rebuilds) ||
                          has_damaged_values_ || !damaged(/*of_journal=*/false).empty();
    if ((!report_.cuts.empty() || rebuilds) && !options_.rebuild)
      return fail(ErrorCode::unsupported,
                  "what derives from the journal has to be rebuilt, which this program can't do");
    const bool works = loses || rebuilds || before_ || !damaged_.empty();
    // What was cut is done again under the same numbers: nobody may take it for the old.
    if (loses) node_.era = to_hex(random_bytes(16));
    note_ = {.loses = loses, .rebuilds = rebuilds, .journal = {}};
    if (works)
      if (auto ok = write_repair_note(data_dir_, note_); !ok) return ok;
    if (auto ok = save(*proof); !ok) return ok;
    if (auto ok = make_anew(*proof); !ok) return ok;
    report_.changed |= works;
    if (auto ok = note(*proof); !ok) return ok;
    if (!works) return {};
    if (auto ok = prove_repaired(); !ok) return ok;
    return end(loses);
  }

  /// What will be cut, and what stays of a journal that has to be dropped.
  Status save(const JournalProof& proof) {
    if (report_.cuts.empty() && damaged_.empty()) return {};
    const auto& kept_in = report_.kept_in;
    std::error_code error;
    fs::create_directories(kept_in, error);
    for (auto& cut : report_.cuts) {
      const auto& shard = proof.shards[cut.shard];
      const auto known_to = std::max(shard.applied, mark_.shards[cut.shard].seq);
      const auto found = set_aside(*database_, shard, known_to, kept_in);
      if (!found) return std::unexpected(found.error());
      cut.records = found->records;
      // Also those that no key tells of: they were in a table that does not open.
      const auto known = known_to - std::min(known_to, shard.proven.seq);
      cut.unreadable = std::max(found->unreadable, known - std::min(known, found->records));
    }
    if (auto ok = keep_tables(damaged_, kept_in); !ok) return ok;
    if (damaged(/*of_journal=*/true).empty()) return sync_names(data_dir_, kept_in);
    filled_from_ = kept_in / "journal.jsonl";
    if (auto ok = write_proven(*database_, proof, filled_from_); !ok) return ok;
    return sync_names(data_dir_, kept_in);
  }

  Status make_anew(const JournalProof& proof) {
    if (!damaged(/*of_journal=*/true).empty()) {
      note_.journal = filled_from_.lexically_relative(data_dir_);
      if (auto ok = write_repair_note(data_dir_, note_); !ok) return ok;
      if (auto ok = refill_journal(*database_, filled_from_); !ok) return ok;
    }
    if (note_.rebuilds)
      for (const auto family : {Family::state, Family::timeline, Family::index, Family::timers})
        if (auto ok = database_->empty(family); !ok) return ok;
    if (auto ok = database_->merge_tables(); !ok) return ok;
    for (const auto& cut : report_.cuts)
      if (auto ok = rebuild_shard(*database_, cut.shard, proof.shards[cut.shard].proven,
                                  options_.rebuild, Meanwhile::without_position, &node_);
          !ok)
        return ok;
    return note_.rebuilds ? rebuild_whole_shards(proof) : Status{};
  }

  Status rebuild_whole_shards(const JournalProof& proof) {
    for (const auto& shard : proof.shards) {
      if (!shard.problem.empty() || shard.proven.seq == 0) continue;
      if (auto ok = rebuild_shard(*database_, shard.shard, shard.proven, options_.rebuild,
                                  Meanwhile::with_position, &node_);
          !ok)
        return ok;
      report_.rebuilt.push_back(shard.shard);
    }
    return {};
  }

  Status prove_repaired() {
    const auto proof = prove();
    if (!proof) return std::unexpected(proof.error());
    auto whole = proof->is_whole() ? check_tables(*database_)
                                   : Status(fail(ErrorCode::corrupt, proof->summary()));
    if (!whole)
      whole.error().message +=
          ". This is what the repair left, so nothing starts: restore a backup";
    return whole;
  }

  Status end(bool loses) {
    std::error_code error;
    // What was acknowledged last is what is there now.
    if (loses) fs::remove(LastCycle::path(data_dir_), error);
    fs::remove(unfinished_repair(data_dir_), error);
    if (error) return fail(ErrorCode::io, "ending the repair: " + error.message());
    if (auto ok = sync_directory(data_dir_); !ok) return ok;
    // Nothing of it was cut.
    if (!filled_from_.empty()) fs::remove(filled_from_, error);
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
  std::optional<RepairNote> before_;  ///< what an earlier repair left
  RepairNote note_;
  UnopenedTables unopened_;
  std::shared_ptr<rocksdb::FileSystem> files_;  ///< with stand-ins for those; null without any
  std::vector<DamagedTable> damaged_;
  bool are_values_checked_ = false, has_damaged_values_ = false;
  fs::path filled_from_;  ///< all that stays of the journal, if it had to be dropped
  ProofMark mark_;
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
