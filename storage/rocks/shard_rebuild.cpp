#include "storage/rocks/shard_rebuild.hpp"

#include <rocksdb/write_batch.h>

#include "storage/rocks/database_reader.hpp"
#include "storage/rocks/journal_proof.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

constexpr Family derived[] = {Family::state, Family::timeline, Family::index, Family::timers};
constexpr auto building = "building the rebuild", writing = "writing the rebuild";

Status clear(Database& database, ShardId shard, const Applied& kept, Meanwhile meanwhile,
             const NodeRecord* node) {
  const auto begin = keys::shard_prefix(shard), end = keys::end_of(begin);
  rocksdb::WriteBatch cut;
  auto status = cut.DeleteRange(database.family(Family::journal),
                                slice(keys::journal(shard, kept.seq + 1)), slice(end));
  for (const auto family : derived)
    if (status.ok()) status = cut.DeleteRange(database.family(family), slice(begin), slice(end));
  auto* meta = database.family(Family::meta);
  const auto first = meanwhile == Meanwhile::with_position ? begin + 'b' : begin;
  if (status.ok()) status = cut.DeleteRange(meta, slice(first), slice(begin + 'x'));
  if (status.ok()) status = cut.DeleteRange(meta, slice(begin + 'y'), slice(end));
  if (status.ok() && node) status = cut.Put(meta, slice(keys::node()), slice(encode(*node)));
  if (!status.ok()) return to_result(status, building);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return to_result(database.db().Write(synced, &cut), writing);
}

}  // namespace

Status rebuild_shard(Database& database, ShardId shard, const Applied& kept, const Rebuild& rebuild,
                     Meanwhile meanwhile, const NodeRecord* node) {
  if (auto cleared = clear(database, shard, kept, meanwhile, node); !cleared) return cleared;
  const DatabaseReader reader(database);
  for (std::uint64_t seq = 1; seq <= kept.seq; ++seq) {
    const auto batch = read_batch(database, shard, seq);
    if (!batch) return std::unexpected(batch.error());
    const auto changes = rebuild(reader, *batch);
    if (!changes) return std::unexpected(changes.error());
    rocksdb::WriteBatch all;
    for (const auto& change : *changes) {
      auto* family = database.family(change.family);
      const auto status = change.value ? all.Put(family, slice(change.key), slice(*change.value))
                                       : all.Delete(family, slice(change.key));
      if (!status.ok()) return to_result(status, building);
    }
    if (const auto status = database.db().Write(rocksdb::WriteOptions(), &all); !status.ok())
      return to_result(status, writing);
  }
  return database.put_synced(keys::applied(shard), encode(kept));
}

}  // namespace mf::storage
