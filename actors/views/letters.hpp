#pragma once
// Dead letters (storage/dead_letter.hpp) of a running node, for whoever looks after it.
#include <span>

#include "actors/views/list_query.hpp"
#include "base/shown.hpp"
#include "storage/store.hpp"

namespace mf::views {

struct LettersQuery {
  int limit = 50;      ///< 1–100
  std::string cursor;  ///< opaque, from the previous page
};

/// {"letter","cause","target","verb","why"}, by shard and event: what
/// `microflow journal letters` tells of them. Throws ReadFailed; `no` for a malformed cursor.
[[nodiscard]] ListReply read_letters(const storage::Reader& reader, std::span<const ShardId> shards,
                                     const LettersQuery& query);

/// Of one of them.
[[nodiscard]] Shown form_of_letter();

}  // namespace mf::views
