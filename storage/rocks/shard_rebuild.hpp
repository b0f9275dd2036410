#pragma once
#include "storage/rebuild.hpp"
#include "storage/rocks/database.hpp"

namespace mf::storage {

/// What tells that a rebuild has not ended.
enum class Meanwhile : std::uint8_t {
  without_position,  ///< nothing opens the directory until it has
  with_position,     ///< somebody else repeats it: the journal is whole
};
/// Cuts the shard's journal behind `kept` and folds everything that derives from it anew. Dead
/// letters stay: they tell of answers, which no fold of the journal gives back.
/// `node`: the directory's record, written with the cut.
[[nodiscard]] Status rebuild_shard(Database& database, ShardId shard, const Applied& kept,
                                   const Rebuild& rebuild, Meanwhile meanwhile,
                                   const NodeRecord* node = nullptr);

}  // namespace mf::storage
