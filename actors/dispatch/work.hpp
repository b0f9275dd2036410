#pragma once
// What one technician has to do from now on, and when there is time for more.
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "actors/dispatch/picture.hpp"
#include "actors/dispatch/roads.hpp"

namespace mf::dispatch {

/// So much ahead is planned, and so many stretches of duty in it.
inline constexpr Duration horizon = std::chrono::hours(36);
inline constexpr std::size_t pieces_max = 6;

/// Something with a time that the technician does and nobody else.
struct Fixed {
  Id order;
  std::optional<Spot> site;  ///< none: unknown, as of another zone's orders
  Window slot;
  bool operator==(const Fixed&) const = default;
};

/// A command that was sent and is not seen on the board yet.
struct Assumed {
  Id technician;  ///< empty: nobody's
  Window slot;
  bool is_offer = false;
  std::optional<Spot> site = {};  ///< of an order that the board doesn't show yet
};
using Assumptions = std::map<Id, Assumed>;

struct Work {
  /// Stretches of duty, ascending; of the first one what is left after the work under way. None for
  /// who is off.
  std::vector<technician::Interval> pieces;
  std::optional<Spot> start;  ///< where the first one begins
  std::vector<Fixed> fixed;   ///< by time
  std::map<Id, Window> busy;  ///< the agenda by order, also of what is under way
  std::vector<Skill> skills;
  std::size_t room = 0;  ///< so many orders more the agenda may hold
  int offers = 0;        ///< that wait for an answer
  bool is_running = false;
  std::int64_t late_at = 0;  ///< when it was looked at, of who is late
  bool operator==(const Work&) const = default;
};

/// Orders by the technician who has them on the board.
using OrdersOf = std::map<Id, std::set<Id>>;

[[nodiscard]] Work work_of(const TechnicianRow& technician, const Picture& picture,
                           const OrdersOf& orders, const Assumptions& assumed, const Roads& roads,
                           Timestamp now);

/// When who is on the way to the order will be there, from where its technician was last seen;
/// nullopt: nobody has seen it of late, or no road leads there.
[[nodiscard]] std::optional<Timestamp> eta_of(const OrderRow& order,
                                              const TechnicianRow& technician, const Roads& roads,
                                              Timestamp now);
/// When work that is under way, or travelled to, should be over.
[[nodiscard]] Timestamp end_of(const OrderRow& order, const TechnicianRow& technician,
                               const Roads& roads, Timestamp now);

}  // namespace mf::dispatch
