#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <limits>

#include "planning/problem.hpp"

namespace mf::planning::validate_test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();
constexpr std::size_t many = 20'000, a_million = 1'000'000;

/// Two technicians, two visits, a depot, three places; everything is filled in, and valid.
Problem good() {
  Problem p;
  p.places.resize(3);
  p.travel = MatrixTravel(3, std::vector<double>(9, 60), std::vector<double>(9, 500));
  std::array<double, 24> factors{};
  factors.fill(1.5);
  p.profile = SpeedProfile(factors, 3600);
  p.technicians = {{.id = "ana",
                    .start = 0,
                    .end = 1,
                    .shifts = {{.hours = {0, 30000},
                                .overtime_max = 600,
                                .breaks = {{{9000, 10000}, 600}, {{10600, 20000}, 60}}},
                               {.hours = {86400, 110000}}},
                    .skills = {{"gas", 3}},
                    .capacity = {10, 2.5},
                    .stock = {{"pipe", 3}, {"tap", 1}}},
                   {.id = "ben", .shifts = {{.hours = {0, 30000}}}}};
  p.visits = {{.id = "v0",
               .place = 2,
               .duration = 900,
               .windows = {{0, 5000}, {6000, 7000}},
               .skills = {{"gas", 1}},
               .due = 9000,
               .demand = {1, 0.5},
               .materials = {{"pipe", 1}, {"tap", 1}},
               .allowed = {"ana"},
               .forbidden = {"ben"},
               .pin = Pin{.technician = "ana", .place = 0, .started = 100},
               .announced = Announcement{"ana", 100}},
              {.id = "v1", .place = 1, .pin = Pin{.technician = "ana", .place = 1}}};
  p.depots = {{.id = "d", .place = 1, .hours = {0, 9000}, .items = {"pipe"}}};
  return p;
}

/// What validate() says of the good problem once it is changed; "" when it stays valid.
std::string complaint(const std::function<void(Problem&)>& change) {
  auto problem = good();
  change(problem);
  const auto status = validate(problem);
  if (status) return "";
  CHECK(status.error().code == ErrorCode::invalid_argument);
  return status.error().message;
}

/// Every change of a number that is neither finite nor within bounds names the field.
void check_number(const std::string& field, const std::function<double&(Problem&)>& get,
                  double min) {
  INFO(field);
  for (const double bad : {nan, infinite, -infinite, 1e300, min - 1})
    CHECK_THAT(complaint([&](Problem& p) { get(p) = bad; }), Catch::StartsWith(field + ": "));
}

void check_window(const std::string& field, const std::function<Window&(Problem&)>& get) {
  check_number(field + ".from", [&](Problem& p) -> double& { return get(p).from; }, -1e9);
  check_number(field + ".to", [&](Problem& p) -> double& { return get(p).to; }, -1e9);
  // It costs a line, not the day.
  auto odd = good();
  get(odd).to = get(odd).from - 1;
  CHECK(validate(odd));
  const auto lines = oddities(odd);
  CHECK(std::ranges::count_if(lines, [&](const auto& l) { return l.starts_with(field + ": "); }) ==
        1);
}

Technician& ana(Problem& p) { return p.technicians[0]; }
Shift& shift(Problem& p) { return ana(p).shifts[0]; }
Visit& visit(Problem& p) { return p.visits[0]; }
Depot& depot(Problem& p) { return p.depots[0]; }

}  // namespace

TEST_CASE("validate: a good problem is valid, and so is an empty one") {
  CHECK(complaint([](Problem&) {}) == "");
  CHECK(oddities(good()).empty());
  Problem empty;
  CHECK(validate(empty).has_value());
}

TEST_CASE("validate: what is far too big is refused at once") {
  Problem big = good();
  std::string field;
  SECTION("visits") { big.visits.resize(a_million), field = "visits"; }
  SECTION("technicians") { big.technicians.resize(many), field = "technicians"; }
  SECTION("places") { big.places.resize(many), field = "places"; }
  SECTION("depots") { big.depots.resize(many), field = "depots"; }
  SECTION("shifts") { ana(big).shifts.resize(many), field = "technicians.0.shifts"; }
  SECTION("breaks") { shift(big).breaks.resize(many), field = "technicians.0.shifts.0.breaks"; }
  SECTION("windows") { visit(big).windows.resize(many), field = "visits.0.windows"; }
  SECTION("demand") { visit(big).demand.resize(many), field = "visits.0.demand"; }
  SECTION("capacity") { ana(big).capacity.resize(many), field = "technicians.0.capacity"; }
  const auto begun = std::chrono::steady_clock::now();
  const auto status = validate(big);
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::milliseconds(100));
  REQUIRE_FALSE(status);
  CHECK_THAT(status.error().message,
             Catch::StartsWith(field + ": ") && Catch::Contains("0000 are too many, at most "));
}

TEST_CASE("validate: there are bounds to the kinds of items and tools") {
  const auto add = [](std::size_t count, auto&& one) {
    return complaint([&](Problem& p) {
      for (std::size_t i = 0; i < count; ++i) one(p, std::to_string(i));
    });
  };
  const auto tool = [](Problem& p, const std::string& name) {
    auto& list = name.size() % 2 == 0 ? ana(p).tools
                 : name.size() == 1   ? visit(p).tools
                                      : depot(p).tools;
    list.push_back(name);
  };
  CHECK(add(ProblemLimits::tools, tool) == "");
  CHECK(add(ProblemLimits::tools + 1, tool) == "tools: 257 are too many, at most 256");
  const auto item = [](Problem& p, const std::string& name) {
    if (name.size() == 1) depot(p).items.push_back(name);
    else (name.size() == 2 ? ana(p).stock : visit(p).materials).push_back({name, 1});
  };
  CHECK(add(ProblemLimits::items - 2, item) == "");  // pipe and tap are there
  CHECK(add(ProblemLimits::items - 1, item) == "items: 201 are too many, at most 200");
}

TEST_CASE("validate: places and the travel between them must fit") {
  SECTION("travel is missing") {
    CHECK(complaint([](Problem& p) { p.travel = {}; }) == "travel: knows 0 places, there are 3");
  }
  SECTION("matrices of the wrong size") {
    for (const auto& [times, distances] : {std::pair{8, 9}, {9, 8}, {10, 9}, {0, 0}, {9, 12}})
      CHECK(complaint([&](Problem& p) {
              p.travel = MatrixTravel(3, std::vector<double>(static_cast<std::size_t>(times)),
                                      std::vector<double>(static_cast<std::size_t>(distances)));
            }) == "travel: the matrices must have 3 × 3 entries");
  }
  SECTION("travel between other places") {
    CHECK(complaint([](Problem& p) { p.places.resize(2); }) ==
          "travel: knows 3 places, there are 2");
    CHECK(complaint([](Problem& p) { p.travel = PlaneTravel(std::vector<Place>(4)); }) ==
          "travel: knows 4 places, there are 3");
  }
  SECTION("a leg") {
    for (const double bad : {nan, -infinite, -2.0, -0.5}) {
      std::vector<double> good_one(9, 1), bad_one(9, 1);
      bad_one[5] = bad;
      CHECK_THAT(complaint([&](Problem& p) { p.travel = MatrixTravel(3, bad_one, good_one); }),
                 Catch::StartsWith("travel.1.2.time: "));
      CHECK_THAT(complaint([&](Problem& p) { p.travel = MatrixTravel(3, good_one, bad_one); }),
                 Catch::StartsWith("travel.1.2.distance: "));
    }
  }
  SECTION("a place") {
    check_number("places.1", [](Problem& p) -> double& { return p.places[1].latitude; }, -1e9);
    check_number("places.1", [](Problem& p) -> double& { return p.places[1].longitude; }, -1e9);
  }
  SECTION("the places that computed travel was made of") {
    for (const double bad : {nan, infinite})
      for (std::size_t at = 0; at < 3; ++at) {
        std::vector<Place> places(3);
        places[at].longitude = bad;
        CHECK_THAT(complaint([&](Problem& p) { p.travel = PlaneTravel(places); }),
                   Catch::StartsWith("travel.0."));
        CHECK_THAT(complaint([&](Problem& p) { p.travel = GreatCircleTravel(places); }),
                   Catch::StartsWith("travel.0."));
      }
  }
  SECTION("the road of computed travel") {
    const std::vector<Place> places = {{0, 0}, {0, 1}, {1, 0}};
    for (const auto& road : {GreatCircleTravel::Road{.detour = nan},
                             {.detour = -1},
                             {.metres_per_second = 0},
                             {.metres_per_second = -5},
                             {.metres_per_second = nan}})
      CHECK_THAT(complaint([&](Problem& p) { p.travel = GreatCircleTravel(places, road); }),
                 Catch::StartsWith("travel.0."));
  }
  SECTION("traffic by hour") {
    for (const double bad : {nan, infinite, -1.0, 0.0, 1e300}) {
      std::array<double, 24> factors{};
      factors.fill(1);
      factors[7] = bad;
      CHECK_THAT(complaint([&](Problem& p) { p.profile = SpeedProfile(factors); }),
                 Catch::StartsWith("profile.factors.7: "));
    }
  }
  SECTION("the time of day at which the horizon begins") {
    std::array<double, 24> factors{};
    factors.fill(1);
    for (const double bad : {nan, infinite, -infinite, 1e300})
      CHECK_THAT(complaint([&](Problem& p) { p.profile = SpeedProfile(factors, bad); }),
                 Catch::StartsWith("profile.time_of_day: "));
    CHECK(complaint([&](Problem& p) { p.profile = SpeedProfile(factors, -7200); }) == "");
  }
}

TEST_CASE("validate: a technician's wrong field is named") {
  SECTION("id") {
    CHECK(complaint([](Problem& p) { p.technicians[1].id = ""; }) ==
          "technicians.1.id: must be named");
    CHECK(complaint([](Problem& p) { p.technicians[1].id = "ana"; }) ==
          "technicians.1.id: \"ana\" is there twice");
  }
  SECTION("start") {
    CHECK(complaint([](Problem& p) { ana(p).start = 3; }) ==
          "technicians.0.start: there is no place 3, there are 3");
    CHECK_THAT(complaint([](Problem& p) { ana(p).start = ~std::size_t{0}; }),
               Catch::StartsWith("technicians.0.start: "));
  }
  SECTION("end") {
    CHECK(complaint([](Problem& p) { ana(p).end = 3; }) ==
          "technicians.0.end: there is no place 3, there are 3");
  }
  SECTION("skills") {
    CHECK(complaint([](Problem& p) { ana(p).skills[0].skill = ""; }) ==
          "technicians.0.skills.0.skill: must be named");
    for (const int level : {0, 6, -1})
      CHECK(complaint([&](Problem& p) { ana(p).skills[0].level = level; }) ==
            "technicians.0.skills.0.level: must be between 1 and 5");
  }
  SECTION("speed") {
    check_number("technicians.0.speed", [](Problem& p) -> double& { return ana(p).speed; }, 0.05);
  }
  SECTION("cost") {
    check_number("technicians.0.cost", [](Problem& p) -> double& { return ana(p).cost; }, 0);
  }
  SECTION("capacity") {
    check_number(
        "technicians.0.capacity.1", [](Problem& p) -> double& { return ana(p).capacity[1]; }, 0);
  }
  SECTION("stock") {
    check_number(
        "technicians.0.stock.1.quantity",
        [](Problem& p) -> double& { return ana(p).stock[1].quantity; }, 0);
    CHECK(complaint([](Problem& p) { ana(p).stock[1].item = "pipe"; }) ==
          "technicians.0.stock.1.item: \"pipe\" is there twice");
    CHECK(complaint([](Problem& p) { ana(p).stock[1].item = ""; }) ==
          "technicians.0.stock.1.item: must be named");
  }
}

TEST_CASE("validate: a shift's wrong field is named") {
  SECTION("hours") {
    check_window("technicians.0.shifts.0.hours",
                 [](Problem& p) -> Window& { return shift(p).hours; });
    CHECK(complaint([](Problem& p) { shift(p).hours = {500, 500}; }) == "");  // nobody works then
  }
  SECTION("overlapping hours") {
    CHECK(complaint([](Problem& p) { ana(p).shifts[1].hours.from = 29999; }) == "");
    CHECK(complaint([](Problem& p) { std::swap(ana(p).shifts[0], ana(p).shifts[1]); }) == "");
    CHECK(complaint([](Problem& p) { ana(p).shifts[1].hours.from = 30600; }) ==
          "");  // with overtime
  }
  SECTION("overtime_max") {
    check_number(
        "technicians.0.shifts.0.overtime_max",
        [](Problem& p) -> double& { return shift(p).overtime_max; }, 0);
  }
  SECTION("breaks' start") {
    check_window("technicians.0.shifts.0.breaks.1.start",
                 [](Problem& p) -> Window& { return shift(p).breaks[1].start; });
  }
  SECTION("breaks' duration") {
    check_number(
        "technicians.0.shifts.0.breaks.1.duration",
        [](Problem& p) -> double& { return shift(p).breaks[1].duration; }, 0);
  }
  SECTION("overlapping breaks") {
    CHECK(complaint([](Problem& p) { shift(p).breaks[1].start = {9500, 9600}; }) == "");
  }
}

TEST_CASE("validate: a depot's wrong field is named") {
  SECTION("id") {
    CHECK(complaint([](Problem& p) { depot(p).id = ""; }) == "depots.0.id: must be named");
    CHECK(complaint([](Problem& p) { p.depots.push_back(depot(p)); }) ==
          "depots.1.id: \"d\" is there twice");
  }
  SECTION("place") {
    CHECK(complaint([](Problem& p) { depot(p).place = 9; }) ==
          "depots.0.place: there is no place 9, there are 3");
  }
  SECTION("duration") {
    check_number("depots.0.duration", [](Problem& p) -> double& { return depot(p).duration; }, 0);
  }
  SECTION("hours") {
    check_window("depots.0.hours", [](Problem& p) -> Window& { return depot(p).hours; });
  }
}

TEST_CASE("validate: a visit's wrong field is named") {
  SECTION("id") {
    CHECK(complaint([](Problem& p) { p.visits[1].id = ""; }) == "visits.1.id: must be named");
    CHECK(complaint([](Problem& p) { p.visits[1].id = "v0"; }) ==
          "visits.1.id: \"v0\" is there twice");
  }
  SECTION("place") {
    CHECK(complaint([](Problem& p) { visit(p).place = 3; }) ==
          "visits.0.place: there is no place 3, there are 3");
  }
  SECTION("duration") {
    check_number("visits.0.duration", [](Problem& p) -> double& { return visit(p).duration; }, 0);
  }
  SECTION("windows") {
    check_window("visits.0.windows.1", [](Problem& p) -> Window& { return visit(p).windows[1]; });
    // Touching, overlapping, one in the other, unsorted: planning/windows.hpp unites them.
    for (const double from : {5000, 4000, -5})
      CHECK(complaint([&](Problem& p) { visit(p).windows[1].from = from; }) == "");
    CHECK(complaint([](Problem& p) { std::swap(visit(p).windows[0], visit(p).windows[1]); }) == "");
  }
  SECTION("skills") {
    CHECK(complaint([](Problem& p) { visit(p).skills[0].skill = ""; }) ==
          "visits.0.skills.0.skill: must be named");
    CHECK(complaint([](Problem& p) { visit(p).skills[0].level = 6; }) ==
          "visits.0.skills.0.level: must be between 1 and 5");
  }
  SECTION("value") {
    check_number("visits.0.value", [](Problem& p) -> double& { return visit(p).value; }, 0);
  }
  SECTION("due") {
    check_number("visits.0.due", [](Problem& p) -> double& { return *visit(p).due; }, -1e9);
  }
  SECTION("lateness_weight") {
    check_number(
        "visits.0.lateness_weight", [](Problem& p) -> double& { return visit(p).lateness_weight; },
        0);
  }
  SECTION("demand") {
    check_number("visits.0.demand.1", [](Problem& p) -> double& { return visit(p).demand[1]; }, 0);
  }
  SECTION("materials") {
    check_number(
        "visits.0.materials.1.quantity",
        [](Problem& p) -> double& { return visit(p).materials[1].quantity; }, 0);
    CHECK(complaint([](Problem& p) { visit(p).materials[1].item = "pipe"; }) ==
          "visits.0.materials.1.item: \"pipe\" is there twice");
    CHECK(complaint([](Problem& p) { visit(p).materials[0].item = ""; }) ==
          "visits.0.materials.0.item: must be named");
  }
  SECTION("allowed") {
    CHECK(complaint([](Problem& p) { visit(p).allowed.push_back(""); }) ==
          "visits.0.allowed.1: must be named");
  }
  SECTION("forbidden") {
    CHECK(complaint([](Problem& p) { visit(p).forbidden = {""}; }) ==
          "visits.0.forbidden.0: must be named");
  }
  SECTION("release") {
    check_number("visits.0.release", [](Problem& p) -> double& { return visit(p).release; }, -1e9);
  }
  SECTION("announced") {
    CHECK(complaint([](Problem& p) { visit(p).announced->technician = ""; }) ==
          "visits.0.announced.technician: must be named");
    check_number(
        "visits.0.announced.start", [](Problem& p) -> double& { return visit(p).announced->start; },
        -1e9);
  }
}

TEST_CASE("validate: a pin names a technician, and what is under way began at a moment") {
  SECTION("technician") {
    CHECK(complaint([](Problem& p) { visit(p).pin->technician = ""; }) ==
          "visits.0.pin.technician: must be named");
  }
  SECTION("started") {
    check_number(
        "visits.0.pin.started", [](Problem& p) -> double& { return *visit(p).pin->started; }, -1e9);
  }
}

TEST_CASE("validate: what facts have made impossible is valid, and so is who has left") {
  const std::pair<const char*, void (*)(Problem&)> facts[] = {
      {"a technician who has left", [](Problem& p) { visit(p).pin->technician = "zoe"; }},
      {"a shift that was cancelled", [](Problem& p) { visit(p).pin->shift = 2; }},
      {"begun before the shift", [](Problem& p) { visit(p).pin->started = -5; }},
      {"begun after it", [](Problem& p) { visit(p).pin->started = 30001; }},
      {"under way without a place", [](Problem& p) { visit(p).pin->place.reset(); }},
      {"under way, but not the first",
       [](Problem& p) { std::swap(visit(p).pin->place, p.visits[1].pin->place); }},
      {"a place taken twice", [](Problem& p) { p.visits[1].pin->place = 0; }},
      {"a place beyond all", [](Problem& p) { p.visits[1].pin->place = ~std::size_t{0}; }},
      {"a gap before the place", [](Problem& p) { visit(p).pin.reset(); }},
      {"allowed to whom nobody knows", [](Problem& p) { visit(p).allowed = {"zoe"}; }},
      {"forbidden to whom nobody knows", [](Problem& p) { visit(p).forbidden = {"zoe"}; }},
      {"promised by who has left", [](Problem& p) { visit(p).announced->technician = "zoe"; }}};
  for (const auto& [name, fact] : facts) {
    INFO(name);
    CHECK(complaint(fact) == "");
  }
}

}  // namespace mf::planning::validate_test
