#pragma once
// What can be done with the zone from now on: its picture as a planning problem, kept in step.
//
// What is under way is a fact: its technician has time again when it should be over, and is then
// where it is. What has a time and a technician is a visit of that technician alone, which begins
// neither before its time nor later than it must by what is known now; so nothing that was promised
// is moved by what comes new. Breaks and absences are holes between shifts, as the technicians'
// own rules have them (actors/technician/duty.hpp): a visit lies inside one piece of duty.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/dispatch/search.hpp"
#include "actors/dispatch/work.hpp"

namespace mf::dispatch {

/// What a choice adds, in seconds.
struct Terms {
  double travel = 0;
  double lateness = 0;  ///< after the order's due time, by priority's weight
  double wait = 0;      ///< until the work begins
  /// As seconds on the road: being late outweighs any way; ten minutes sooner are worth one minute.
  static constexpr double per_second_late = 100, per_second_waited = 0.1;
  [[nodiscard]] double cost() const {
    return per_second_late * lateness + travel + per_second_waited * wait;
  }
};

/// Four orders of a priority weigh as much as one of the next.
[[nodiscard]] double weight_of(int priority);

/// One technician's best time for an order.
struct Choice {
  Id technician;
  Window slot;
  Terms adds;
  /// The technician is on duty with nothing to do, and nothing comes before it.
  bool is_next = false;
  int offers = 0;    ///< of other orders that wait for this technician's answer
  Id after, before;  ///< orders next to it on the technician's way (of each() alone)
};

/// Who may have the other's place: priority first, then whose clock runs out sooner. Of two orders
/// at most one is more urgent, so places are never taken back.
[[nodiscard]] bool is_more_urgent(const OrderRow& order, const OrderRow& than);

/// What becomes of an order that finds no better place.
struct Otherwise {
  double cost = 0;  ///< as Terms::cost
  Timestamp end{};  ///< of its work
};
/// A place that is there when others give way.
struct Room {
  Choice choice;
  std::vector<Id> out;  ///< orders that are planned with the choice's technician
  double saves = 0;     ///< expected, as Terms::cost: as if they took the place it has otherwise
};

/// One rule less, to see whether it is what stands in the way.
struct Relaxed {
  Duration overtime{};      ///< after each stretch of duty
  bool has_room = false;    ///< whatever the agenda may hold
  bool is_on_duty = false;  ///< also who is off
};

/// Who may not do an order that may be planned anew; nothing: it stays where it is.
using Movable = std::function<std::optional<std::set<Id>>(const OrderRow&)>;
/// A technician's day as it is expected to go.
struct Route {
  double travel = 0;  ///< s
  /// When the work begins of what has a time; none: it can't be done as it is planned.
  std::map<Id, std::optional<Timestamp>> begins;
};

/// How much after its due time an order would end, in seconds, by its priority's weight.
[[nodiscard]] double lateness_of(const OrderRow& order, Timestamp end);

/// Not for two threads at once. `picture` outlives it and is ready.
class Day {
 public:
  Day(const Picture& picture, Assumptions assumed, Timestamp now, Roads roads = {});
  Day(Day&&) noexcept;
  Day& operator=(Day&&) noexcept;
  ~Day();

  /// Takes over what changed. False: it is to be made anew (somebody new works here, an hour is
  /// over, there is no room left).
  [[nodiscard]] bool follow(const Picture::Changes& changes, Timestamp now);
  /// Looks again at whom time alone has changed: who is late or works longer. Cheap.
  void tick(Timestamp now);

  /// A command was sent: until it is seen on the board (or refused), the order counts as this
  /// technician's at that time; `technician` empty: as nobody's.
  void assume(const Id& order, const Id& technician, Window slot, bool is_offer, Timestamp now,
              std::optional<Spot> site = {});
  void forget(const Id& order, Timestamp now);
  [[nodiscard]] bool is_assumed(const Id& order) const;
  [[nodiscard]] const Assumptions& assumptions() const;

  /// Everybody's best time for it as it is now, best first, at most 8: whoever is in `except` is
  /// left out. It must have no place (assume() it nobody's).
  [[nodiscard]] std::vector<Choice> choices(const OrderRow& order, const std::set<Id>& except,
                                            Timestamp now);
  /// Places that it would have if planned orders gave way that `may_give_way` names: those that
  /// should save most, at most 4. It must have no place, as for choices().
  [[nodiscard]] std::vector<Room> rooms(const OrderRow& order, const std::set<Id>& except,
                                        const std::function<bool(const OrderRow&)>& may_give_way,
                                        const Otherwise& otherwise, Timestamp now);
  /// choices() of everybody (or of `only` one), by looking at each place of each day, not only at
  /// those that rank best: who isn't in it has no time. What technicians refuse, they refuse.
  [[nodiscard]] std::map<Id, Choice> each(const OrderRow& order, const Relaxed& relaxed,
                                          Timestamp now, const Id& only = {});
  [[nodiscard]] Route route(const Id& technician) const;
  /// Seconds from one place to another.
  [[nodiscard]] double way(const std::optional<Spot>& from, const std::optional<Spot>& to) const;
  /// When its work is expected to begin, of an order with time and technician: its own time, or
  /// later. nullopt: it can't be done as planned any more.
  [[nodiscard]] std::optional<Timestamp> expected(const OrderRow& order) const;
  /// May its time not be kept: is it expected more than `doubt_after` late, or not at all, or
  /// counted where it is not on the board? Of an order with a time and a technician of the zone;
  /// quick.
  [[nodiscard]] bool is_doubtful(const OrderRow& order) const;
  static constexpr Duration doubt_after = std::chrono::minutes(1);
  /// What it costs where it is now.
  [[nodiscard]] Terms cost_of(const OrderRow& order, Timestamp now) const;
  /// Is the technician on duty with nothing to do before this order?
  [[nodiscard]] bool is_next(const OrderRow& order, Timestamp now) const;
  /// Orders offered to the technician that wait for an answer, sent commands counted.
  [[nodiscard]] int offers_of(const Id& technician) const;
  [[nodiscard]] std::size_t technicians_on_duty(Timestamp now) const;

  /// The part of the day around a technician, or around an order nobody could do (one of both): who
  /// is nearest, what they have to do, and of `unplaced` what is near. What moves begins after
  /// `earliest`. nullopt: there is nothing to plan anew.
  [[nodiscard]] std::optional<SearchTask> part_around(const Id& technician, const OrderRow* order,
                                                      const std::vector<const OrderRow*>& unplaced,
                                                      const Movable& may_move, Timestamp earliest,
                                                      Timestamp now);
  /// Assumes all of the moves, if they are possible together: each at its time, by the rules for
  /// orders and technicians, and nothing else later by it. What that saves; nullopt: they aren't,
  /// and nothing is assumed.
  [[nodiscard]] std::optional<Terms> exchange(const std::vector<Move>& moves, Timestamp now);
  /// Another one when the technician has something else to do.
  [[nodiscard]] std::size_t mark_of(const Id& technician) const;
  [[nodiscard]] const std::vector<Id>& technicians() const;

 private:
  friend class Asked;
  friend class PartWriter;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mf::dispatch
