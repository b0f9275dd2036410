// A technician's routes are made anew from the first visit that changed: a handful of visits, each
// put behind the one before. That is slower than moving what moved, and never wrong.
#include "actors/dispatch/day.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "actors/dispatch/day_state.hpp"
#include "base/assert.hpp"

namespace mf::dispatch {
namespace {

/// More places than that are planned with the great circle: a table of all their ways would take
/// longer to ask for than it is good.
constexpr std::size_t table_places_max = 600;
/// What is learned of roads that were missing is planned with as soon, and as often.
constexpr Duration roads_settle = std::chrono::minutes(2);

std::int64_t cell_of(const Spot& spot) {
  // 0.001 degrees are 111 m: places nearer to each other than that are one.
  return std::llround(spot.lat * 1000) * 1'000'000 + std::llround(spot.lon * 1000);
}

/// When work begins for who arrives then: at a whole minute where that is possible, for people.
Seconds begin_asked(const planning::Visit& visit, Seconds arrival) {
  const auto whole = std::ceil(arrival / 60) * 60;
  if (visit.windows.empty()) return whole;
  for (const auto& window : visit.windows) {
    if (arrival > window.to + planning::rounding) continue;
    const auto start = std::max(whole, window.from);
    return start <= window.to ? start : std::max(arrival, window.from);
  }
  return planning::infinity;
}

/// Where somebody is taken to be whose place nobody knows; nothing while no place is known at all.
std::optional<planning::Place> middle_of(const Picture& picture) {
  double lat = 0, lon = 0;
  int count = 0;
  const auto add = [&](const std::optional<Spot>& spot) {
    if (!spot) return;
    lat += spot->lat;
    lon += spot->lon;
    ++count;
  };
  for (const auto& [id, order] : picture.orders()) add(order.site);
  for (const auto& [id, technician] : picture.technicians()) add(technician.home);
  if (count == 0) return {};
  return planning::Place{lat / count, lon / count};
}

}  // namespace

Day::State::State(const Picture& p, Assumptions kept, Timestamp now, Roads r)
    : picture(p),
      roads(std::move(r)),
      base(std::chrono::floor<std::chrono::days>(now)),
      made(now),
      assumed(std::move(kept)) {
  for (const auto& [id, order] : picture.orders()) index(order);
  planning::Problem problem;
  problem.name = "zone";
  const auto middle = middle_of(picture);
  is_nowhere = !middle;
  problem.places.push_back(middle.value_or(planning::Place{}));
  for (const auto& [id, technician] : picture.technicians()) {
    planning::Technician who{.id = id, .start = 0, .end = {}};
    who.shifts.assign(pieces_max, planning::Shift{});
    members[id].number = problem.technicians.size();
    ids.push_back(id);
    problem.technicians.push_back(std::move(who));
  }
  add_places(problem);
  if (const auto* known = roads.known()) generation = known->generation();
  problem.travel = travel_between(problem.places);
  problem.profile = roads.profile(base);
  // Room for all of the board, so that nothing is rebuilt while it is taken over.
  const auto room = picture.orders().size() + picture.orders().size() / 4;
  auto empty =
      planning::Roster::create(std::move(problem), *planning::find_objective("dispatch"), {}, room);
  MF_ASSERT(empty, "a day without visits is no valid problem");
  roster.emplace(std::move(*empty));
  for (const auto& id : ids) sync(id, now);
}

void Day::State::add_places(planning::Problem& problem) {
  const auto add = [&](const std::optional<Spot>& spot) {
    if (!spot || problem.places.size() >= planning::ProblemLimits::places / 2) return;
    if (places.try_emplace(cell_of(*spot), problem.places.size()).second)
      problem.places.push_back({spot->lat, spot->lon});
  };
  for (const auto& [id, order] : picture.orders()) add(order.site);
  for (const auto& [id, technician] : picture.technicians()) {
    add(technician.home);
    if (!technician.position || places.contains(cell_of(*technician.position)) ||
        problem.places.size() >= planning::ProblemLimits::places / 2)
      continue;
    members.at(id).own_place = problem.places.size();
    problem.places.push_back({technician.position->lat, technician.position->lon});
  }
}

void Day::State::index(const OrderRow& order) {
  auto& had = technician_of[order.id];
  if (had == order.technician) return;
  if (!had.empty()) orders_of[had].erase(order.id);
  if (!order.technician.empty()) orders_of[order.technician].insert(order.id);
  had = order.technician;
}

void Day::State::unindex(const Id& order) {
  const auto had = technician_of.extract(order);
  if (had && !had.mapped().empty()) orders_of[had.mapped()].erase(order);
}

Seconds Day::State::seconds(Timestamp at) const {
  return static_cast<double>((at - base).count()) / 1000;
}
Timestamp Day::State::timestamp(Seconds at) const {
  return base + Duration(std::llround(at * 1000));
}
Seconds Day::State::drive(std::size_t from, std::size_t to) const {
  return planning::leg(roster->problem().travel, from, to).time;
}

Seconds Day::State::arrival(Seconds leaving, std::size_t from, std::size_t to) const {
  return roster->problem().profile.arrival(leaving, drive(from, to));
}

planning::Travel Day::State::travel_between(const std::vector<planning::Place>& all) {
  const planning::GreatCircleTravel circle(all, roads.road());
  if (!roads.known() || all.size() > table_places_max) return circle;
  std::vector<Spot> spots;
  std::vector<double> times, distances;
  for (const auto& place : all) spots.push_back({place.latitude, place.longitude});
  for (std::size_t from = 0; from < all.size(); ++from)
    for (std::size_t to = 0; to < all.size(); ++to) {
      const auto leg = circle.leg(from, to);
      times.push_back(leg.time);
      distances.push_back(leg.distance);
    }
  lacks_roads = roads.known()->fill(spots, times, distances) > 0;
  return planning::MatrixTravel(all.size(), std::move(times), std::move(distances));
}

planning::Roster::Roads Day::State::roads_to(const Spot& spot) {
  planning::Roster::Roads ways;
  if (!std::holds_alternative<planning::MatrixTravel>(roster->problem().travel)) return ways;
  for (const auto& place : roster->problem().places) {
    const Spot other{place.latitude, place.longitude};
    ways.to.push_back(roads.leg(other, spot));
    ways.from.push_back(roads.leg(spot, other));
  }
  lacks_roads = true;  // nobody has asked about a new place
  return ways;
}

std::size_t Day::State::place_of(const std::optional<Spot>& spot) {
  if (!spot) return 0;
  const auto cell = cell_of(*spot);
  if (const auto known = places.find(cell); known != places.end()) return known->second;
  const auto added = roster->add_place({spot->lat, spot->lon}, roads_to(*spot));
  if (!added) {
    is_full = true;
    return 0;
  }
  return places.emplace(cell, *added).first->second;
}

void Day::State::sync(const Id& id, Timestamp now) {
  const auto found = members.find(id);
  const auto* row = picture.technician(id);
  if (found == members.end() || !row) return;
  auto& member = found->second;
  auto work = work_of(*row, picture, orders_of, assumed, roads, now);
  if (member.is_made && (work == member.work || move(id, member, work, now))) return;
  const auto kept = member.is_made ? prefix_of(member.work, work) : 0;
  member.is_made = true;
  for (auto i = kept; i < member.work.fixed.size(); ++i) {
    const auto standing = standings.find(member.work.fixed[i].order);
    if (standing == standings.end() || standing->second.member != &member) continue;
    doubtful.erase(standing->first);
    standings.erase(standing);
  }
  member.work = std::move(work);
  for (auto i = kept; i < member.work.fixed.size(); ++i)
    standings[member.work.fixed[i].order] = {&member, i};
  rebuild(id, member, kept, now);
}

/// Whoever only is somewhere else, and does everything in time as before: most of what a board
/// tells. False: there is more to do.
bool Day::State::move(const Id& id, Member& member, const Work& work, Timestamp now) {
  // What has no place is taken to be where the day begins.
  const bool is_placed = std::ranges::all_of(
      member.work.fixed, [](const Fixed& fixed) { return fixed.site.has_value(); });
  if (work.start == member.work.start || !is_placed) return false;
  const auto before = std::exchange(member.work.start, work.start);
  const auto is_in_time = [&] {
    if (work != member.work || !renew(id, member)) return false;
    std::size_t i = 0;  // they are in their order: by time
    for (std::size_t piece = 0; piece < work.pieces.size(); ++piece) {
      const auto visits = roster->visits_of(member.number, piece);
      const auto route = times(begin_of(member, piece, now), visits, ~std::size_t{0});
      if (!route) return false;
      for (const auto& timed : *route) {
        if (i == member.visits.size() || member.visits[i] != timed.visit ||
            member.expected[i] != timed.start)
          return false;
        ++i;
      }
    }
    return i == member.visits.size();
  };
  if (std::ranges::all_of(member.visits, &std::optional<std::size_t>::has_value) && is_in_time())
    return true;
  member.work.start = before;
  return false;
}

/// So many visits at the front can stay as they are.
std::size_t Day::State::prefix_of(const Work& before, const Work& now) {
  if (before.pieces != now.pieces || before.start != now.start || before.skills != now.skills ||
      before.late_at != now.late_at)
    return 0;
  const auto [a, b] = std::ranges::mismatch(before.fixed, now.fixed);
  return static_cast<std::size_t>(a - before.fixed.begin());
}

void Day::State::rebuild(const Id& id, Member& member, std::size_t kept, Timestamp now) {
  for (auto i = kept; i < member.visits.size(); ++i)
    if (member.visits[i]) static_cast<void>(roster->cancel(*member.visits[i]));
  member.visits.resize(std::min(kept, member.visits.size()));
  member.expected.resize(member.visits.size());
  const bool is_renewed = kept > 0 || renew(id, member);
  for (auto i = member.visits.size(); i < member.work.fixed.size(); ++i) {
    member.visits.emplace_back();
    member.expected.emplace_back();
    const auto& fixed = member.work.fixed[i];
    if (is_renewed) put(id, member, fixed, now);
    const auto& expected = member.expected.back();
    if (expected && *expected <= seconds(fixed.slot.from + Day::doubt_after))
      doubtful.erase(fixed.order);
    else doubtful.insert(fixed.order);
  }
}

/// Who is seen somewhere new doesn't leave a place behind each time: the table of ways would grow
/// all day.
std::size_t Day::State::start_of(Member& member) {
  const auto& spot = member.work.start;
  if (!spot) return 0;
  if (const auto known = places.find(cell_of(*spot)); known != places.end()) return known->second;
  const planning::Place to{spot->lat, spot->lon};
  if (!member.own_place) {
    const auto added = roster->add_place(to, roads_to(*spot));
    if (added) member.own_place = *added;
    else is_full = true;
    return member.own_place.value_or(0);
  }
  const auto& from = roster->problem().places[*member.own_place];
  const bool is_there = cell_of({from.latitude, from.longitude}) == cell_of(*spot);
  if (!is_there && !roster->move_place(*member.own_place, to, roads_to(*spot))) return 0;
  return *member.own_place;
}

/// What is wrong about somebody is nobody else's: who can't be planned with keeps the last duty.
bool Day::State::renew(const Id& id, Member& member) {
  const auto start = start_of(member);
  planning::Technician who{.id = id, .start = start, .end = {}};
  who.skills = member.work.skills;
  who.shifts.assign(pieces_max, planning::Shift{});
  for (std::size_t i = 0; i < member.work.pieces.size(); ++i)
    who.shifts[i].hours = {seconds(member.work.pieces[i].from), seconds(member.work.pieces[i].to)};
  // Most of the cost is here: it is only paid for what is another.
  const auto& had = roster->problem().technicians[member.number];
  if (had.start == who.start && had.shifts == who.shifts && had.skills == who.skills) return true;
  return roster->change_technician(member.number, std::move(who)).has_value();
}

/// Behind what is there. What can't be done as it is planned has no route, and is not expected: it
/// costs a line (why it is so), never the rest.
void Day::State::put(const Id& id, Member& member, const Fixed& fixed, Timestamp now) {
  const auto piece = piece_of(member.work, fixed.slot.from);
  if (!piece) return;
  const auto place =
      fixed.site ? place_of(fixed.site) : roster->problem().technicians[member.number].start;
  const auto before = roster->visits_of(member.number, *piece);
  const auto begin = begin_of(member, *piece, now);
  const auto so_far = times(begin, before, ~std::size_t{0});
  if (!so_far) return;
  const auto leaves = so_far->empty() ? begin.at : so_far->back().end;
  const auto from = so_far->empty() ? begin.place : roster->problem().visits[before.back()].place;
  const auto start = std::max(seconds(fixed.slot.from), arrival(leaves, from, place));
  const auto length = seconds(fixed.slot.to) - seconds(fixed.slot.from);
  planning::Visit visit{.id = id + "/" + fixed.order, .place = place, .duration = length};
  visit.windows = {{seconds(fixed.slot.from), start + tolerance}};
  visit.allowed = {id};
  visit.announced = planning::Announcement{id, seconds(fixed.slot.from)};
  const auto added = roster->add(std::move(visit));
  if (!added) return;
  const planning::Placement placement{
      .technician = member.number, .shift = *piece, .position = before.size(), .change = {}};
  if (!roster->place(*added, placement)) {
    static_cast<void>(roster->cancel(*added));
    return;
  }
  member.visits.back() = *added;
  member.expected.back() = start;
}

std::optional<std::size_t> Day::State::piece_of(const Work& work, Timestamp at) const {
  for (std::size_t i = 0; i < work.pieces.size(); ++i)
    if (at < work.pieces[i].to) return i;
  return {};
}

Day::State::Begin Day::State::begin_of(const Member& member, std::size_t piece,
                                       Timestamp now) const {
  const auto& hours = member.work.pieces[piece];
  return {roster->problem().technicians[member.number].start, seconds(std::max(hours.from, now)),
          seconds(hours.to)};
}

std::optional<std::vector<Day::State::Timed>> Day::State::times(
    const Begin& begin, const std::vector<std::size_t>& visits, std::size_t asked) const {
  std::vector<Timed> route;
  route.reserve(visits.size());
  auto at = begin.at;
  auto place = begin.place;
  for (const auto number : visits) {
    const auto& visit = roster->problem().visits[number];
    at = arrival(std::max(at, visit.release), place, visit.place);
    const auto start =
        number == asked ? begin_asked(visit, at) : std::max(at, visit.windows.front().from);
    if (start == planning::infinity) return {};
    const auto end = start + visit.duration;
    if (end > begin.end + planning::rounding) return {};
    route.push_back({number, start, end});
    at = end;
    place = visit.place;
  }
  return route;
}

std::optional<Day::State::Standing> Day::State::find(const OrderRow& order) const {
  const auto found = standings.find(order.id);
  if (found == standings.end() || ids[found->second.member->number] != order.technician) return {};
  return found->second;
}

Day::Day(const Picture& picture, Assumptions assumed, Timestamp now, Roads roads)
    : state_(std::make_unique<State>(picture, std::move(assumed), now, std::move(roads))) {}
Day::Day(Day&&) noexcept = default;
Day& Day::operator=(Day&&) noexcept = default;
Day::~Day() = default;

bool Day::follow(const Picture::Changes& changes, Timestamp now) {
  auto& s = *state_;
  constexpr Duration kept = std::chrono::hours(1);
  if (changes.is_new || s.is_full || now < s.made || now - s.made >= kept) return false;
  if (s.is_nowhere && middle_of(s.picture)) return false;
  const auto* known = s.roads.known();
  if (s.lacks_roads && known->generation() != s.generation && now - s.made >= roads_settle)
    return false;
  std::set<Id> touched = changes.technicians;
  for (const auto& id : touched)
    if (s.members.contains(id) != (s.picture.technician(id) != nullptr)) return false;
  for (const auto& id : changes.orders) {
    if (const auto had = s.technician_of.find(id); had != s.technician_of.end())
      touched.insert(had->second);
    // Whoever it counts for now may have to go elsewhere.
    if (const auto assumed = s.assumed.find(id); assumed != s.assumed.end())
      touched.insert(assumed->second.technician);
    if (const auto* order = s.picture.order(id)) {
      s.index(*order);
      touched.insert(order->technician);
    } else {
      s.unindex(id);
      s.assumed.erase(id);
    }
  }
  for (const auto& id : touched) s.sync(id, now);
  return !s.is_full;
}

void Day::tick(Timestamp now) {
  for (const auto& id : state_->ids) state_->sync(id, now);
}

void Day::assume(const Id& order, const Id& technician, Window slot, bool is_offer, Timestamp now,
                 std::optional<Spot> site) {
  auto& s = *state_;
  std::set<Id> touched{technician};
  if (const auto before = s.assumed.find(order); before != s.assumed.end())
    touched.insert(before->second.technician);
  if (const auto had = s.technician_of.find(order); had != s.technician_of.end())
    touched.insert(had->second);
  s.assumed[order] = {technician, slot, is_offer, site};
  for (const auto& id : touched) s.sync(id, now);
}

void Day::forget(const Id& order, Timestamp now) {
  auto& s = *state_;
  const auto assumed = s.assumed.extract(order);
  if (!assumed) return;
  s.sync(assumed.mapped().technician, now);
  if (const auto had = s.technician_of.find(order); had != s.technician_of.end())
    s.sync(had->second, now);
}

bool Day::is_assumed(const Id& order) const { return state_->assumed.contains(order); }

const Assumptions& Day::assumptions() const { return state_->assumed; }

std::optional<Timestamp> Day::expected(const OrderRow& order) const {
  const auto found = state_->find(order);
  if (!found || !found->member->expected[found->at]) return {};
  return state_->timestamp(*found->member->expected[found->at]);
}

bool Day::is_doubtful(const OrderRow& order) const {
  const auto& s = *state_;
  return s.doubtful.contains(order.id) || s.assumed.contains(order.id);
}

int Day::offers_of(const Id& technician) const {
  const auto found = state_->members.find(technician);
  return found == state_->members.end() ? 0 : found->second.work.offers;
}

std::size_t Day::technicians_on_duty(Timestamp now) const {
  return static_cast<std::size_t>(std::ranges::count_if(state_->members, [&](const auto& member) {
    const auto& work = member.second.work;
    return work.is_running || (!work.pieces.empty() && work.pieces.front().from <= now);
  }));
}

}  // namespace mf::dispatch
