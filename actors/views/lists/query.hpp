#pragma once
// Lists, filters and search over the indexes of many shards. Never wakes an actor:
// everything comes from one snapshot of what is durable here. Thread-safe; blocks on the disk.
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "actors/entity/kind.hpp"
#include "actors/views/list_query.hpp"
#include "storage/store.hpp"

namespace mf::views {

/// The most one page may cost. A page that reaches a bound ends early, with a cursor behind the
/// last entry that was looked at: it may hold fewer rows than asked for, even none.
struct Budget {
  int entries = 30'000;  ///< index entries read
  int states = 250;      ///< states read and decoded
  int gathered = 6'000;  ///< index entries read to be sorted; beyond, the sorted index is walked
  int ranges = 4'000;    ///< ranges merged (shards × words or clients)
  /// So many clients or technicians of a word are looked up by ranges of their own.
  std::size_t followed = 50;
  int owners = 30'000;  ///< entries read of the clients that a search means, and of technicians
};

/// One page.
///
/// Each sort has one direction, `descending` is not read: created_at newest first, due soonest
/// first, priority most urgent first (then newest). Sorted by due or priority a list has open
/// orders only, as has one with `due_before`. `q`: every word, in any notation (docs/search.md),
/// must be the beginning of a word of the order (id, code, title, description, tags), of its type's
/// or technician's name, or of its client (name, phones, document, e-mail, addresses, serials).
/// Clients find nothing by tags and technicians. `is_partial` says that more clients or technicians
/// are meant than `Budget::owners` allows to look at. Comments are not searched.
///
/// Pages stay right while writes go on: by created_at no row comes twice and none is skipped that
/// matched throughout; by due and priority the same holds for rows whose due and priority stay.
/// Rows carry the entity's version. Rejects with `bad_cursor` (malformed, or of another query),
/// `unsupported_sort`, `not_listable`, `too_broad` (a search or client in another sort than
/// created_at with more than `Budget::states` hits or `Budget::entries` entries to look at).
/// `position` is left to the caller.
[[nodiscard]] views::ListReply list(const storage::Reader& reader, const entity::Kinds& kinds,
                                    std::span<const ShardId> shards, const views::ListQuery& query,
                                    entity::Viewpoint as, const Budget& budget = {});

/// The sums of the counters whose name starts with `prefix`, by name: Entity::counter() says
/// which there are ("<zone>|<status>").
[[nodiscard]] std::map<std::string, std::int64_t> counts(const storage::Reader& reader,
                                                         std::span<const ShardId> shards,
                                                         const std::string& prefix = {});

}  // namespace mf::views
