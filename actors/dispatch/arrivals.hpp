#pragma once
// When who is awaited will be there: of a zone's picture, whoever dispatches it. Pure.
//
//   position of who is EN_ROUTE ─► the way ─► eta ─► end of that work ─► the way ─► eta of the next
//
// Only what is news to the client becomes a command (actors/work_order/arrival.hpp says what is),
// and the order itself decides once more.
#include <map>
#include <vector>

#include "actors/dispatch/picture.hpp"
#include "actors/dispatch/roads.hpp"

namespace mf::dispatch {

/// An expected arrival that its order should hear of.
struct Estimate {
  Id order, visit;
  std::uint64_t version = 0;  ///< of the order's row it was made from
  Timestamp eta{};
};

class Arrivals {
 public:
  /// What is news now. Of one order at most every `work_order::eta_interval`, whatever became of
  /// the one before.
  [[nodiscard]] std::vector<Estimate> step(const Picture& picture, const Roads& roads,
                                           Timestamp now);

 private:
  std::map<Id, Timestamp> sent_;
};

}  // namespace mf::dispatch
