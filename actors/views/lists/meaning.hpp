#pragma once
// What the words of a search mean: of an order each may be its own word, or one of its type, its
// technician or its client.
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/entity/search_terms.hpp"
#include "actors/views/lists/query.hpp"

namespace mf::views {

struct Search {
  /// More clients or technicians than are followed, as the orders refer to them (reference_word).
  struct Many {
    std::unordered_set<std::string> clients, technicians;
    [[nodiscard]] bool is_empty() const { return clients.empty() && technicians.empty(); }
  };
  /// Of orders: with the words of the few clients, technicians and types that are meant.
  entity::Terms terms;
  std::vector<Many> many;   ///< by term
  bool is_partial = false;  ///< more clients or technicians are meant than were looked at

  [[nodiscard]] bool is_met_by(const std::vector<std::string>& words) const;
};

/// Of more than `Budget::followed` of a term the orders are read in the order of the list and asked
/// whose they are. Reads at most `Budget::owners` entries for clients, and as many for technicians.
/// `lacks_rows`: set when what had to be read could not be.
[[nodiscard]] Search meaning_of(const storage::Reader& reader, const entity::Kinds& kinds,
                                std::span<const ShardId> shards, const ListQuery& query,
                                entity::Viewpoint as, const Budget& budget, bool& lacks_rows);

}  // namespace mf::views
