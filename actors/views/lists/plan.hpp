#pragma once
// Which ranges of which index a list reads, and in which way. Pure but for the look at the words.
#include <string>
#include <vector>

#include "actors/entity/index_keys.hpp"
#include "actors/views/lists/meaning.hpp"
#include "actors/views/lists/merge.hpp"
#include "actors/views/lists/query.hpp"

namespace mf::views {

struct RangeOf {
  ShardId shard = 0;
  std::string prefix;  ///< of the storage key: shard, kind, index, what to filter by
  entity::Number index = entity::Number::created;
  /// Only entries of whom this term of the search means are hits, and there are too many of them
  /// for a range each; -1: every entry is one.
  int term = -1;
};

struct Plan {
  /// walk: the ranges are in the order asked for. gather: read them all, then sort.
  enum class Way { walk, gather };
  Way way = Way::walk;
  entity::Number index = entity::Number::created;
  std::vector<RangeOf> ranges;
  std::size_t sort_size = 8;  ///< of the sort part of places and cursors
  bool is_empty = false;      ///< nothing can match
};

/// Chooses the most selective index. `looks` is only used to compare search words.
[[nodiscard]] Plan make_plan(const views::ListQuery& query, const Search& search,
                             std::span<const ShardId> shards, Merge& looks, const Budget& budget);

/// Due and priority sorts without client, technician and words: the sorted index itself, for when
/// gathering by status would cost too much.
[[nodiscard]] Plan walk_sorted(const views::ListQuery& query, std::span<const ShardId> shards);

}  // namespace mf::views
