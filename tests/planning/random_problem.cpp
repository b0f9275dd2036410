#include "tests/planning/random_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "planning/random.hpp"
#include "planning/search.hpp"

namespace mf::planning {
namespace {

constexpr Seconds minute = 60, hour = 3600, day = 24 * hour;

class Generator {
 public:
  Generator(std::uint64_t seed, const Features& features) : with_(features), random_(seed) {
    problem_.name = fmt::format("random {}", seed);
  }

  Problem run() {
    const auto technicians = between(with_.technicians_min, with_.technicians_max);
    const auto visits = between(with_.visits_min, with_.visits_max);
    const auto depots = with_.depots ? between(1, 3) : 0;
    lay_out(technicians + depots + visits);
    for (std::size_t t = 0; t < technicians; ++t) add_technician(t);
    for (std::size_t d = 0; d < depots; ++d) add_depot(technicians + d);
    for (std::size_t v = 0; v < visits; ++v) add_visit(technicians + depots + v);
    if (with_.front_pins || with_.under_way) pin_fronts();
    if (with_.vehicles_max) problem_.vehicles_max = between(1, duties());
    return std::move(problem_);
  }

 private:
  std::size_t below(std::size_t n) { return random_.below(static_cast<std::uint32_t>(n)); }
  std::size_t between(std::size_t min, std::size_t max) { return min + below(max - min + 1); }
  bool maybe(std::uint32_t percent) { return random_.below(100) < percent; }
  /// Whole minutes, so that ties happen.
  Seconds time(Seconds min, Seconds max) {
    return min +
           minute * static_cast<double>(below(static_cast<std::size_t>((max - min) / minute) + 1));
  }
  double real(double min, double max) { return min + (max - min) * random_.unit(); }
  std::size_t days() const { return with_.several_days ? 3 : 1; }
  std::size_t duties() const {
    std::size_t sum = 0;
    for (const auto& t : problem_.technicians) sum += t.shifts.size();
    return sum;
  }
  std::string skill() { return fmt::format("skill {}", below(3)); }
  std::string zone() { return fmt::format("zone {}", below(3)); }
  std::string item() { return fmt::format("item {}", below(3)); }
  std::string tool() { return fmt::format("tool {}", below(3)); }
  std::vector<Amount> amounts(double most) {
    std::vector<Amount> result;
    for (int i = 0; i < 3; ++i)
      if (maybe(40))
        result.push_back({fmt::format("item {}", i),
                          static_cast<double>(between(1, static_cast<std::size_t>(most)))});
    return result;
  }

  /// A town of half an hour's way across, some places twice.
  void lay_out(std::size_t count) {
    const bool on_the_globe = !with_.matrix && !with_.shortcuts && maybe(50);
    const double across = on_the_globe ? 0.12 : 1800;
    for (std::size_t p = 0; p < count; ++p) {
      auto place = Place{real(0, across), real(0, across)};
      if (p > 0 && maybe(5)) place = problem_.places[below(p)];
      problem_.places.push_back(place);
    }
    if (on_the_globe) problem_.travel = GreatCircleTravel(problem_.places);
    else if (!with_.matrix && !with_.shortcuts) problem_.travel = PlaneTravel(problem_.places);
    else problem_.travel = matrix();
    if (!with_.traffic) return;
    std::array<double, 24> factors{};
    for (auto& factor : factors) factor = real(0.5, 2.5);
    problem_.profile = SpeedProfile(factors, maybe(50) ? 0 : time(0, day));
  }

  Travel matrix() {
    const PlaneTravel plane(problem_.places);
    const auto size = plane.size();
    std::vector<double> times, distances;
    for (std::size_t from = 0; from < size; ++from)
      for (std::size_t to = 0; to < size; ++to) {
        const double way = plane.leg(from, to).time;
        times.push_back(way * (with_.matrix ? real(1, 1.4) : 1) *
                        (with_.shortcuts && maybe(50) ? real(0.3, 3) : 1));
        distances.push_back(with_.matrix ? way * real(5, 9) : times.back());
      }
    return MatrixTravel(size, std::move(times), std::move(distances));
  }

  void add_technician(std::size_t t) {
    Technician who{.id = fmt::format("technician {}", t), .start = maybe(80) ? t : 0};
    if (!with_.open_ends || maybe(50)) who.end = maybe(80) ? who.start : 0;
    for (std::size_t d = 0; d < days(); ++d)
      if (maybe(80) || d == 0) who.shifts.push_back(shift(static_cast<double>(d) * day));
    if (with_.skills)
      for (int s = 0; s < 3; ++s)
        if (maybe(60))
          who.skills.push_back({fmt::format("skill {}", s), static_cast<int>(between(1, 5))});
    if (with_.speeds) who.speed = real(0.5, 2);
    if (with_.zones && maybe(70)) who.zones = {zone(), zone()};
    if (with_.capacity) who.capacity = {static_cast<double>(between(5, 30)), real(0, 3)};
    if (with_.materials) who.stock = amounts(12);
    if (with_.tools && maybe(70)) who.tools = {tool(), tool()};
    if (with_.costs) who.cost = maybe(10) ? 0 : real(0.5, 2);
    problem_.technicians.push_back(std::move(who));
  }

  Shift shift(Seconds midnight) {
    Shift result;
    result.hours.from = midnight + time(6 * hour, 9 * hour);
    result.hours.to = result.hours.from + time(6 * hour, 9 * hour);
    if (with_.overtime) result.overtime_max = time(0, 3 * hour);
    if (!with_.breaks) return result;
    Seconds earliest = result.hours.from + time(0, 2 * hour);
    for (std::size_t b = 0; b < between(1, 2); ++b) {
      Break rest{.start = {earliest, earliest + time(0, 2 * hour)}, .duration = time(0, hour)};
      earliest = rest.start.to + rest.duration + time(0, 2 * hour);
      result.breaks.push_back(rest);
    }
    return result;
  }

  void add_depot(std::size_t place) {
    Depot depot{
        .id = fmt::format("depot {}", place), .place = place, .duration = time(0, 20 * minute)};
    depot.hours = {time(5 * hour, 11 * hour),
                   time(11 * hour, 20 * hour) + static_cast<double>(days() - 1) * day};
    depot.items = {item(), item()};
    depot.tools = {tool()};
    problem_.depots.push_back(std::move(depot));
  }

  void add_visit(std::size_t place) {
    Visit visit{
        .id = fmt::format("visit {}", place), .place = place, .duration = time(0, 100 * minute)};
    if (with_.windows || with_.several_windows) add_windows(visit);
    if (with_.skills) add_suitability(visit);
    if (with_.zones && maybe(60)) visit.zone = zone();
    visit.value = maybe(10) ? 0 : static_cast<double>(between(1, 5));
    if (with_.due_dates && maybe(70)) {
      visit.due = moment();
      visit.lateness_weight = maybe(10) ? 0 : real(0.5, 3);
    }
    if (with_.capacity && maybe(80))
      visit.demand = {static_cast<double>(between(0, 8)), real(0, 1)};
    if (maybe(10)) visit.demand.resize(std::min<std::size_t>(1, visit.demand.size()));
    if (with_.materials) visit.materials = amounts(4);
    if (with_.tools && maybe(40)) visit.tools = {tool()};
    if (with_.releases && maybe(40)) visit.release = moment();
    if (with_.announcements && maybe(60))
      visit.announced =
          Announcement{problem_.technicians[below(problem_.technicians.size())].id, moment()};
    if (with_.loyal_pins && maybe(15)) {
      const auto& who = problem_.technicians[below(problem_.technicians.size())];
      visit.pin = Pin{.technician = who.id, .shift = below(who.shifts.size())};
    }
    problem_.visits.push_back(std::move(visit));
  }

  Seconds moment() { return static_cast<double>(below(days())) * day + time(6 * hour, 18 * hour); }

  void add_windows(Visit& visit) {
    if (maybe(15)) return;
    Seconds from = moment() - 2 * hour;
    for (std::size_t w = 0; w < (with_.several_windows ? between(1, 3) : 1); ++w) {
      const Seconds to = from + (maybe(5) ? 0 : time(10 * minute, 5 * hour));
      visit.windows.push_back({from, to});
      from = to + time(minute, 4 * hour);
    }
  }

  void add_suitability(Visit& visit) {
    if (maybe(40)) visit.skills.push_back({skill(), static_cast<int>(between(1, 4))});
    const auto somebody = [&] {
      return problem_.technicians[below(problem_.technicians.size())].id;
    };
    if (maybe(10)) visit.allowed = {somebody(), somebody()};
    if (maybe(10)) visit.forbidden = {somebody()};
  }

  /// Visits that the technician could do, in the order of their windows.
  void pin_fronts() {
    std::vector<std::size_t> free(problem_.visits.size());
    std::iota(free.begin(), free.end(), 0U);
    for (const auto& who : problem_.technicians)
      for (std::size_t s = 0; s < who.shifts.size(); ++s) {
        if (!maybe(40)) continue;
        const auto pinned = std::min(free.size(), with_.front_pins ? between(1, 3) : 1);
        const bool is_under_way = with_.under_way && (!with_.front_pins || maybe(50));
        for (std::size_t p = 0; p < pinned; ++p) {
          const auto at = free.begin() + static_cast<std::ptrdiff_t>(below(free.size()));
          auto& visit = problem_.visits[*at];
          free.erase(at);
          visit.pin = Pin{.technician = who.id, .shift = s, .place = p};
          if (p == 0 && is_under_way)
            visit.pin->started =
                std::min(who.shifts[s].hours.to, who.shifts[s].hours.from + time(0, hour));
          if (maybe(95)) suit(visit, who, who.shifts[s]);
        }
      }
  }

  void suit(Visit& visit, const Technician& who, const Shift& shift) {
    if (missing_skill(who.skills, visit.skills)) visit.skills.clear();
    if (std::ranges::find(who.zones, visit.zone) == who.zones.end()) visit.zone.clear();
    visit.allowed.clear();
    visit.forbidden.clear();
    visit.materials.clear();
    visit.tools.clear();
    visit.demand.clear();
    visit.duration = std::min(visit.duration, 30 * minute);
    visit.release = std::min(visit.release, shift.hours.from);
    if (!visit.windows.empty()) visit.windows = {{shift.hours.from, shift.hours.from + 4 * hour}};
  }

  const Features with_;
  Random random_;
  Problem problem_;
};

}  // namespace

bool& Features::operator[](std::size_t feature) {
  bool* const all[count] = {&skills,       &zones,      &breaks,    &windows,     &several_windows,
                            &loyal_pins,   &front_pins, &under_way, &capacity,    &materials,
                            &tools,        &depots,     &matrix,    &shortcuts,   &traffic,
                            &several_days, &overtime,   &due_dates, &releases,    &announcements,
                            &open_ends,    &speeds,     &costs,     &vehicles_max};
  return *all[feature];
}

Features Features::all() { return some(0, 100); }

Features Features::some(std::uint64_t seed, std::uint32_t percent) {
  Random random(seed);
  Features result;
  for (std::size_t f = 0; f < count; ++f) result[f] = random.below(100) < percent;
  return result;
}

Problem random_problem_with_any_pins(std::uint64_t seed, const Features& features) {
  return Generator(seed, features).run();
}

Problem random_problem(std::uint64_t seed, const Features& features) {
  for (std::uint64_t attempt = 0;; ++attempt) {
    auto problem = random_problem_with_any_pins(seed + (attempt << 32), features);
    if (attempt == 100) return problem;  // whose tests will say what is wrong
    const auto plan = solve(problem, *find_objective("distance"), {.iterations = 0});
    if (plan && std::ranges::none_of(plan->unserved, [&](std::size_t v) {
          const auto& pin = problem.visits[v].pin;
          return pin && pin->place;
        }))
      return problem;
  }
}

}  // namespace mf::planning
