#include "storage/directory_lock.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::storage {

bool VerifyReport::is_whole() const {
  for (const auto& shard : shards)
    if (!shard.problem.empty()) return false;
  return cycles_problem.empty() && log_problem.empty();
}

Result<VerifyReport> verify_journal(const std::filesystem::path& data_dir,
                                    std::optional<ShardId> shard) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  if (!has_database(data_dir))
    return fail(ErrorCode::not_found, "there is no data in " + data_dir.string());
  VerifyReport report;
  const auto missing = log_missing(data_dir);
  const auto database = Database::open({.data_dir = data_dir, .access = Access::read_only});
  if (!database) {
    if (database.error().code != ErrorCode::corrupt) return std::unexpected(database.error());
    report.log_problem = database.error().message;
    return report;
  }
  const auto node = (*database)->node();
  if (!node) return std::unexpected(node.error());
  if (!*node) return fail(ErrorCode::corrupt, "the record of the directory's era is gone");
  report.era = (*node)->era;
  report.shard_count = (*node)->shard_count;
  if (shard && *shard >= report.shard_count)
    return fail(ErrorCode::invalid_argument,
                "there are shards 0 to " + std::to_string(report.shard_count - 1));

  const auto mark = (*database)->proof(report.shard_count);
  if (!mark) return std::unexpected(mark.error());
  const auto proof = prove_journal(**database, *mark, ProofScope::all, shard);
  if (!proof) return std::unexpected(proof.error());
  report.cycles_problem = proof->cycles_problem;
  report.log_problem = missing.empty() ? loss_noted(data_dir, proof->cycle) : missing;
  for (const auto& found : proof->shards)
    report.shards.push_back({found.shard, found.applied, found.proven.seq, found.records,
                             found.problem, found.is_in_the_middle});
  return report;
}

}  // namespace mf::storage
