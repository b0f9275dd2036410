#pragma once
// The inside of Day, for day.cpp (keeping it in step) and day_choices.cpp (asking it) alone.
#include <unordered_map>

#include "actors/dispatch/day.hpp"
#include "actors/dispatch/work.hpp"
#include "planning/roster.hpp"

namespace mf::dispatch {

using planning::Seconds;

/// How much later than expected something promised may begin for the sake of something new.
inline constexpr Seconds tolerance = 60;

/// Seconds that an order which ends then is late, as its priority weighs them.
[[nodiscard]] double lateness_of(const OrderRow& order, Timestamp end);

struct Day::State {
  struct Member {
    std::size_t number = 0;  ///< among the problem's technicians
    bool is_made = false;
    std::optional<std::size_t> own_place;  ///< one that moves with who is on the road
    Work work;
    // Of each of `work.fixed`; nothing for what can't be done as it is planned:
    std::vector<std::optional<std::size_t>> visits;  ///< numbers in the roster
    std::vector<std::optional<Seconds>> expected;    ///< when the work begins
  };
  /// A visit of a route, in time.
  struct Timed {
    std::size_t visit = 0;
    Seconds start = 0, end = 0;
  };
  /// Where a route begins.
  struct Begin {
    std::size_t place = 0;
    Seconds at = 0, end = 0;
  };

  State(const Picture& picture, Assumptions assumed, Timestamp now, Roads roads);

  void index(const OrderRow& order);
  void unindex(const Id& order);
  /// The technician's routes as they are now; nothing happens when nothing changed.
  void sync(const Id& technician, Timestamp now);
  [[nodiscard]] static std::size_t prefix_of(const Work& before, const Work& now);
  void rebuild(const Id& technician, Member& member, std::size_t kept, Timestamp now);
  [[nodiscard]] bool move(const Id& technician, Member& member, const Work& work, Timestamp now);
  /// Where the technician's day begins.
  [[nodiscard]] std::size_t start_of(Member& member);
  [[nodiscard]] bool renew(const Id& technician, Member& member);
  void add_places(planning::Problem& problem);
  void put(const Id& technician, Member& member, const Fixed& fixed, Timestamp now);
  void relax(Work& work, const TechnicianRow& row, const Relaxed& relaxed, Timestamp now) const;
  [[nodiscard]] std::size_t place_of(const std::optional<Spot>& spot);

  /// An order that is asked about, as the planner needs it: for anybody but `except`, from now on.
  [[nodiscard]] planning::Visit visit_of(const OrderRow& order, const std::set<Id>& except,
                                         Timestamp now);
  /// What a technician's orders cost as they are planned.
  [[nodiscard]] Terms terms_of(const Member& member, Timestamp now) const;
  [[nodiscard]] Seconds seconds(Timestamp at) const;
  [[nodiscard]] Timestamp timestamp(Seconds at) const;
  /// Without traffic, which is what ways cost; and with it, which is what they take.
  [[nodiscard]] Seconds drive(std::size_t from, std::size_t to) const;
  [[nodiscard]] Seconds arrival(Seconds leaving, std::size_t from, std::size_t to) const;
  /// Of what is known now between all of them: a table where a road service knows ways.
  [[nodiscard]] planning::Travel travel_between(const std::vector<planning::Place>& all);
  [[nodiscard]] planning::Roster::Roads roads_to(const Spot& spot);
  /// Where the order stands among what somebody has to do.
  struct Standing {
    const Member* member = nullptr;
    std::size_t at = 0;
  };
  [[nodiscard]] std::optional<Standing> find(const OrderRow& order) const;
  [[nodiscard]] std::optional<std::size_t> piece_of(const Work& work, Timestamp at) const;
  [[nodiscard]] Begin begin_of(const Member& member, std::size_t piece, Timestamp now) const;
  /// When everything on a route happens if it happens as soon as it can; nullopt: not all of it
  /// can. What is promised is late if it must be; `asked` keeps its windows.
  [[nodiscard]] std::optional<std::vector<Timed>> times(const Begin& begin,
                                                        const std::vector<std::size_t>& visits,
                                                        std::size_t asked) const;

  const Picture& picture;
  const Roads roads;
  Timestamp base, made;
  std::optional<planning::Roster> roster;
  std::map<Id, Member> members;
  std::vector<Id> ids;  ///< of the problem's technicians
  std::map<std::int64_t, std::size_t> places;
  std::uint64_t generation = 0;  ///< of the road service's answers, when it was made
  bool lacks_roads = false;      ///< some weren't known then, or when a place was added
  OrdersOf orders_of;
  std::map<Id, Id> technician_of;  ///< by order, on the board
  std::unordered_map<Id, Standing> standings;
  std::set<Id> doubtful;  ///< orders of somebody's, by what is expected
  Assumptions assumed;
  bool is_full = false;     ///< no place more
  bool is_nowhere = false;  ///< no place is known: what is planned then rests on nothing
};

}  // namespace mf::dispatch
