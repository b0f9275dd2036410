#pragma once
// What a list is asked, and its pages.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/entity/command.hpp"
#include "base/entity_ref.hpp"
#include "base/time.hpp"

namespace mf::views {

/// What a list asks of the indexes (actors/views/lists/). Empty filters match all.
struct ListQuery {
  enum class Sort : std::uint8_t { created_at, due, priority };
  EntityKind kind = EntityKind::work_order;
  std::vector<std::string> status;
  Id zone, technician, client;
  std::vector<Id> zones;  ///< a supervisor's limit: any of these
  std::optional<int> priority;
  std::string q;  ///< words, each matched as a prefix (entity/search_terms.hpp)
  std::optional<Timestamp> due_before;
  Sort sort = Sort::created_at;
  bool descending = true;
  int limit = 50;      ///< 1–100
  std::string cursor;  ///< opaque, from the previous page
};
struct ListReply {
  std::vector<std::string> rows;  ///< JSON objects with id and version
  std::string next_cursor;        ///< empty on the last page
  std::string position;
  /// The words of the search mean more clients or technicians than could be looked at:
  /// narrow it. Or rows that may belong here can't be read (logged).
  bool is_partial = false;
  std::optional<Rejection> no;  ///< a malformed cursor
  std::optional<entity::Fault> fault;
};

}  // namespace mf::views
