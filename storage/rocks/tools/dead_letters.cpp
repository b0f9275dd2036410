#include <rocksdb/write_batch.h>

#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/rocks_status.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::storage {
namespace {

Status read_letters(const Database& database, ShardId shard, std::vector<DeadLetter>& to) {
  const auto begin = keys::dead_letters(shard);
  const auto end = keys::end_of(begin);
  const auto end_slice = slice(end);
  const auto it = database.iterate(Family::meta, end_slice, /*read_ahead=*/false);
  for (it->Seek(begin); it->Valid(); it->Next()) {
    auto letter = decode_dead_letter(view(it->key()), view(it->value()));
    if (!letter) return std::unexpected(std::move(letter.error()));
    to.push_back(std::move(*letter));
  }
  return to_result(it->status(), "reading dead letters");
}

}  // namespace

Result<std::vector<DeadLetter>> dead_letters(const std::filesystem::path& data_dir) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  if (!has_database(data_dir))
    return fail(ErrorCode::not_found, "there is no data in " + data_dir.string());
  const auto database = Database::open({.data_dir = data_dir, .access = Access::read_only});
  if (!database) return std::unexpected(database.error());
  const auto node = (*database)->node();
  if (!node) return std::unexpected(node.error());
  std::vector<DeadLetter> letters;
  for (ShardId shard = 0; *node && shard < (*node)->shard_count; ++shard)
    if (auto ok = read_letters(**database, shard, letters); !ok) return std::unexpected(ok.error());
  return letters;
}

Status forget_dead_letters(const std::filesystem::path& data_dir,
                           const std::vector<keys::DeadLetterKey>& letters) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  const auto database = Database::open({.data_dir = data_dir});
  if (!database) return std::unexpected(database.error());
  rocksdb::WriteBatch gone;
  for (const auto& at : letters) {
    const auto key = keys::dead_letter(at.shard, at.seq, at.event, at.reaction);
    if (const auto status = gone.Delete((*database)->family(Family::meta), slice(key));
        !status.ok())
      return to_result(status, "forgetting dead letters");
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return to_result((*database)->db().Write(synced, &gone), "forgetting dead letters");
}

}  // namespace mf::storage
