// A day that follows its board is the day that would be made of it.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "actors/dispatch/day.hpp"
#include "planning/problem.hpp"
#include "tests/dispatch/zone.hpp"
#include "tests/seed.hpp"

namespace mf::test::day_test {
namespace {

/// Roads that are longer one way than back.
class OneWays final : public dispatch::KnownRoads {
 public:
  std::optional<planning::Leg> leg(const dispatch::Spot& from, const dispatch::Spot& to) override {
    const double north = (to.lat - from.lat) * 20'000, east = (to.lon - from.lon) * 20'000;
    const double metres = std::abs(north) + std::abs(east) + std::max(0.0, north);
    return planning::Leg{metres / 7.5, metres};
  }
  std::size_t fill(const std::vector<dispatch::Spot>& places, std::vector<double>& times,
                   std::vector<double>& distances) override {
    for (std::size_t from = 0; from < places.size(); ++from)
      for (std::size_t to = 0; to < places.size(); ++to) {
        if (from == to) continue;
        const auto way = *leg(places[from], places[to]);
        times[from * places.size() + to] = way.time;
        distances[from * places.size() + to] = way.distance;
      }
    return 0;
  }
  std::uint64_t generation() const override { return 0; }
  std::string_view state() const override { return "service"; }
};

/// A board on which anything may happen, also what no sound program would write on it.
class AnyBoard {
 public:
  AnyBoard(std::uint64_t seed, dispatch::Roads roads) : random_(seed), roads_(std::move(roads)) {
    now = morning() + Duration(60'000LL * below(500));
    for (int i = 0; i < 6; ++i) paper_.rows[names_[i]] = technician(names_[i]);
    for (int i = 0; i < 20; ++i) change_order();
    views::BoardReply board{.rows = {}, .at = 1, .counts = "{}"};
    for (const auto& [id, json] : paper_.rows) board.rows.push_back(row(id));
    picture.take(board);
  }

  void begin() {
    static_cast<void>(picture.take_changes());
    day.emplace(picture, std::move(kept_), now, roads_);
  }
  /// False: the day says that it is to be made anew.
  bool happens() {
    views::BoardDelta delta{.zone = "zon_north", .at = ++at_, .rows = {}, .gone = {}};
    switch (below(8)) {
      case 0: delta.rows.push_back(row(change_technician())); break;
      case 1:
      case 2:
      case 3: delta.rows.push_back(row(move_technician())); break;
      case 4: assume(); break;
      case 5:
        if (const auto id = take_order(); !id.empty()) delta.gone.push_back({id, 1'000'000});
        break;
      default: delta.rows.push_back(row(change_order()));
    }
    picture.take(delta);
    return day->follow(picture.take_changes(), now);
  }
  void is_as_new() {
    auto kept = day->assumptions();
    dispatch::Day anew(picture, kept, now, roads_);
    for (const auto& [id, order] : picture.orders()) {
      if (order.technician.empty() || !order.slot || is_running(order.stage)) continue;
      INFO(id << " of " << order.technician);
      const auto expected = day->expected(order);
      CHECK(expected == anew.expected(order));
      CHECK(day->is_next(order, now) == anew.is_next(order, now));
      CHECK(day->cost_of(order, now).travel == Approx(anew.cost_of(order, now).travel));
      CHECK(day->is_doubtful(order) == anew.is_doubtful(order));
      if (!day->is_doubtful(order) && picture.technician(order.technician))
        CHECK((expected && *expected <= order.slot->from + 1min));
    }
    for (const auto& [id, technician] : picture.technicians()) {
      CHECK(day->route(id).travel == Approx(anew.route(id).travel));
      CHECK(day->offers_of(id) == anew.offers_of(id));
    }
    dispatch::OrderRow probe{.id = "probe", .stage = dispatch::Stage::waiting, .duration = 40min};
    probe.site = spot();
    const auto each = day->each(probe, {}, now), each_anew = anew.each(probe, {}, now);
    CHECK(each.size() == each_anew.size());
    for (const auto& [id, choice] : each) {
      const auto other = each_anew.find(id);
      REQUIRE(other != each_anew.end());
      CHECK(choice.slot == other->second.slot);
      CHECK(choice.adds.cost() == Approx(other->second.adds.cost()));
    }
    const auto best = day->choices(probe, {}, now), best_anew = anew.choices(probe, {}, now);
    REQUIRE(best.size() == best_anew.size());
    if (!best.empty()) CHECK(best.front().adds.cost() == Approx(best_anew.front().adds.cost()));
  }
  void later() {
    now += Duration(60'000LL * below(45));
    kept_ = day->assumptions();
  }

  dispatch::Picture picture;
  std::optional<dispatch::Day> day;
  Timestamp now{};

 private:
  int below(int most) { return std::uniform_int_distribution<>(0, most - 1)(random_); }
  bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(random_) < p; }
  /// On the grid of places that are taken for one; now and then far out at sea.
  dispatch::Spot spot() {
    if (chance(0.03)) return {0, 0};
    return {6.2 + 0.001 * below(100), -75.6 + 0.001 * below(100)};
  }
  std::string any_name() { return names_[static_cast<std::size_t>(below(6))]; }
  std::string time(int from_minutes, int to_minutes) {
    return format_rfc3339(now + Duration(60'000LL * (from_minutes + below(to_minutes))));
  }
  static Json json_of(const dispatch::Spot& spot) { return {{"lat", spot.lat}, {"lon", spot.lon}}; }

  Json technician(const std::string& id) {
    Json row{{"id", id},
             {"version", ++version_},
             {"kind", "technician"},
             {"name", id},
             {"zones", {"zon_north"}},
             {"availability", chance(0.15)   ? "off"
                              : chance(0.15) ? "break"
                                             : "available"}};
    const auto every_day = Json{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    // Who has no place is in the middle of the board, as it was when the day was made.
    row["home"] = json_of(spot());
    if (chance(0.6)) row["shifts"] = {{{"days", every_day}, {"from", "07:00"}, {"to", "19:00"}}};
    if (chance(0.5)) row["breaks"] = {{{"days", every_day}, {"from", "12:00"}, {"to", "12:45"}}};
    if (chance(0.2)) row["absences"] = {{{"from", time(-60, 90)}, {"to", time(30, 300)}}};
    if (chance(0.3)) row["max_orders"] = below(6);
    return row;
  }
  std::string change_technician() {
    const auto id = any_name();
    const auto had = paper_.rows[id];
    auto& row = paper_.rows[id] = technician(id);
    if (had.contains("position")) row["position"] = had["position"];
    // Of another zone's order.
    if (chance(0.3))
      row["agenda"] = {{{"order", "foreign_" + id}, {"from", time(0, 200)}, {"to", time(200, 60)}}};
    return id;
  }
  std::string move_technician() {
    const auto id = any_name();
    auto& row = paper_.rows[id];
    row["version"] = ++version_;
    if (chance(0.1)) {
      row.erase("position");
      return id;
    }
    row["position"] = json_of(spot());
    row["position"]["at"] = time(-10, 10);
    return id;
  }
  std::string change_order() {
    const auto id = "ord_" + std::to_string(below(30));
    auto& row = paper_.order(id, 0, 0, 1 + below(4));
    row["version"] = ++version_;
    const auto at = spot();
    row["lat"] = at.lat;
    row["lon"] = at.lon;
    row["duration_ms"] = 60'000 * below(120);
    const std::string states[] = {"TRIAGED",  "SCHEDULED", "ASSIGNED",   "ACCEPTED",
                                  "EN_ROUTE", "ON_SITE",   "IN_PROGRESS"};
    const auto& status = states[static_cast<std::size_t>(below(7))];
    row["status"] = status;
    if (status == "TRIAGED") return id;
    row["slot"] = {{"from", time(-60, 400)}, {"to", ""}};
    const auto from = *parse_rfc3339(row["slot"]["from"].get<std::string>());
    row["slot"]["to"] = format_rfc3339(from + Duration(60'000LL * (1 + below(120))));
    const auto name = chance(0.05) ? "tec_stranger" : any_name();
    if (status == "SCHEDULED") row["plan"] = {{"technician", name}, {"technician_name", name}};
    else row["technician"] = name;
    if (chance(0.5)) row["started_at"] = time(-90, 80);
    return id;
  }
  std::string take_order() {
    const auto id = "ord_" + std::to_string(below(30));
    return paper_.rows.erase(id) > 0 ? id : std::string();
  }
  void assume() {
    const auto id = "ord_" + std::to_string(below(30));
    if (day->is_assumed(id)) return day->forget(id, now);
    const auto from = now + Duration(60'000LL * below(300));
    day->assume(id, chance(0.2) ? "" : any_name(), {from, from + 30min}, chance(0.5), now);
  }
  views::BoardRow row(const std::string& id) {
    const auto& json = paper_.rows.at(id);
    return {id, json["version"].get<std::uint64_t>(),
            std::make_shared<const std::string>(to_text(json))};
  }

  std::mt19937_64 random_;
  dispatch::Roads roads_;
  PaperZone paper_;
  dispatch::Assumptions kept_;
  std::uint64_t version_ = 0, at_ = 1;
  const std::array<std::string, 6> names_{"tec_a", "tec_b", "tec_c", "tec_d", "tec_e", "tec_f"};
};

}  // namespace

TEST_CASE("day: followed through whatever its board tells, it is the one that a new one would be") {
  const auto first = seed();
  const std::uint64_t boards = environment_value("MF_LONG") ? 400 : 24;
  for (std::uint64_t i = 0; i < boards; ++i) {
    INFO("MF_SEED=" << first + i);
    const bool has_service = i % 3 == 0;
    AnyBoard board(first + i, dispatch::Roads({}, has_service ? std::make_shared<OneWays>()
                                                              : std::shared_ptr<OneWays>()));
    for (int stretch = 0; stretch < 3; ++stretch) {
      board.begin();
      for (int step = 0; step < 40; ++step) {
        if (!board.happens()) {
          board.later();
          board.begin();
        }
        if (step % 4 == 0) board.is_as_new();
      }
      board.is_as_new();
      board.later();
    }
  }
}

TEST_CASE("day: who is on the road may be seen at more places than a day has room for") {
  PaperZone paper;
  paper.technician("tec_ana", 6.25, -75.57);
  paper.order("ord_a", 6.26, -75.57);
  dispatch::Picture picture;
  const auto row = [&](const std::string& id) {
    return views::BoardRow{id, paper.rows[id]["version"].get<std::uint64_t>(),
                           std::make_shared<const std::string>(to_text(paper.rows[id]))};
  };
  picture.take(views::BoardReply{
      .rows = {row("tec_ana"), row("ord_a")}, .at = 1, .counts = "{}", .left_out = 0});
  static_cast<void>(picture.take_changes());
  dispatch::Day day(picture, {}, paper.now);
  for (std::uint64_t i = 0; i < planning::ProblemLimits::places + 100; ++i) {
    auto& ana = paper.rows["tec_ana"];
    ana["version"] = 2 + i;
    ana["position"] = {{"at", format_rfc3339(paper.now)},
                       {"lat", 6.2 + 0.001 * static_cast<double>(i % 120)},
                       {"lon", -75.6 + 0.001 * static_cast<double>(i / 120)}};
    picture.take(
        views::BoardDelta{.zone = "zon_north", .at = 2 + i, .rows = {row("tec_ana")}, .gone = {}});
    REQUIRE(day.follow(picture.take_changes(), paper.now));
  }
  CHECK(day.choices(*picture.order("ord_a"), {}, paper.now).size() == 1);
}

}  // namespace mf::test::day_test
