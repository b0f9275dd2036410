#pragma once
// A zone's board as followers receive it.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/entity/command.hpp"
#include "base/id.hpp"

namespace mf::views {

/// Open rows of one zone as boards show them.
struct BoardRow {
  std::string id;  ///< of the order or technician
  std::uint64_t version = 0;
  std::shared_ptr<const std::string> json;  ///< with "id", "version", "kind"
};
struct BoardReply {
  std::vector<BoardRow> rows;
  std::uint64_t at = 0;         ///< deltas continue after this number
  std::string counts;           ///< {"NEW":3,…} as JSON
  std::size_t left_out = 0;     ///< rows that found no room or could not be read
  std::optional<Rejection> no;  ///< there is no such zone
  std::optional<entity::Fault> fault;
};
/// How soon whoever watches a board hears of changes; what comes meanwhile is told together.
enum class Pace : std::uint8_t {
  screens,  ///< at most 10 deltas a second
  prompt    ///< at most 200: for who answers, as dispatchers
};

/// What changed on one board since the last delta of that pace.
struct BoardDelta {
  Id zone;
  std::uint64_t at = 0;
  std::vector<BoardRow> rows;
  struct Gone {
    std::string id;
    std::uint64_t version = 0;
  };
  std::vector<Gone> gone;
  /// Changes are missing: what was built from earlier ones is void, a new snapshot is right again.
  bool is_lost = false;
};

}  // namespace mf::views
