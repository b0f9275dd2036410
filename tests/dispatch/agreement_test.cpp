// Advice and the technicians agree: what is said to be possible is granted, and what is said to be
// impossible by a technician's rule is refused at any time. Random zones; the technicians here are
// made for themselves, and shown on the board as their kind shows them.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/dispatch/advice.hpp"
#include "actors/technician/technician_codec.hpp"
#include "tests/dispatch/zone.hpp"
#include "tests/entities/kind_driver.hpp"

using namespace mf;
using namespace mf::test;

namespace {

const Id north = id_of("zon", 'N'), south = id_of("zon", 'S'), order = id_of("ord", 'A');
const std::vector<std::string> week = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::string clock_at(int minutes) {
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return two(minutes / 60) + ":" + two(minutes % 60);
}
Timestamp some_time(Timestamp now, int hours) {
  return now + std::chrono::minutes(15 * *rc::gen::inRange(-4, hours * 4));
}
Json some_skills() {
  Json skills = Json::array();
  for (const char* name : {"fibra", "router"})
    if (*rc::gen::inRange(0, 3) > 0)
      skills.push_back({{"skill", name}, {"level", *rc::gen::inRange(1, 4)}});
  return skills;
}

Driver some_technician(char letter, Timestamp now) {
  static const std::shared_ptr<const entity::Kind> kind = technician::make_technician_kind();
  Json body{{"name", "Ana"}, {"skills", some_skills()}, {"zones", {north}}};
  if (*rc::gen::inRange(0, 6) == 0) body["zones"] = {south};
  if (*rc::gen::inRange(0, 4) > 0) {
    const auto from = 60 * *rc::gen::inRange(0, 14), to = from + 60 * *rc::gen::inRange(1, 12);
    body["shifts"] = {{{"days", week}, {"from", clock_at(from)}, {"to", clock_at(to % 1440)}}};
    const auto pause = from + 30 * *rc::gen::inRange(0, 10);
    if (*rc::gen::arbitrary<bool>())
      body["breaks"] = {{{"days", week},
                         {"from", clock_at(pause % 1440)},
                         {"to", clock_at((pause + 45) % 1440)}}};
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    const auto from = some_time(now, 20);
    body["absences"] = {{{"from", format_rfc3339(from)}, {"to", format_rfc3339(from + 3h)}}};
  }
  if (*rc::gen::arbitrary<bool>())
    body["home"] = {{"lat", 6.2 + 0.01 * *rc::gen::inRange(0, 20)}, {"lon", -75.57}};
  if (*rc::gen::inRange(0, 3) == 0) body["max_orders"] = *rc::gen::inRange(1, 3);
  Driver driver(kind, id_of("tec", letter));
  driver.now(now).given("create", to_text(body));
  driver.as(Principal::system());
  for (int i = 0; i < 3; ++i) {
    if (*rc::gen::arbitrary<bool>()) continue;
    const Json claim{{"token", "t" + std::to_string(i)},
                     {"order", id_of("ord", static_cast<char>('1' + i))},
                     {"visit", id_of("vis", '1')},
                     {"zone", north},
                     {"duration_ms", 15 * 60'000 * *rc::gen::inRange(1, 8)},
                     {"from", format_rfc3339(some_time(now, 10))},
                     {"override", true},
                     {"reason", "why"}};
    driver.does("claim_agenda", to_text(claim));
  }
  if (*rc::gen::inRange(0, 5) == 0)
    driver.does("set_availability",
                to_text(Json{{"availability", *rc::gen::element("off", "break")}}));
  return driver;
}

Json some_order(Timestamp now) {
  Json row{{"id", order},
           {"version", 1},
           {"kind", "order"},
           {"code", "C-1"},
           {"status", "TRIAGED"},
           {"priority", 3},
           {"lat", 6.25},
           {"lon", -75.57},
           {"duration_ms", 15 * 60'000 * *rc::gen::inRange(1, 12)},
           {"skills", some_skills()},
           {"created_at", format_rfc3339(now)}};
  Json windows = Json::array();
  auto from = some_time(now, 40);
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    from += 15min * *rc::gen::inRange(1, 80);
    const auto to = from + 15min * *rc::gen::inRange(1, 40);
    windows.push_back({{"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}});
    from = to;
  }
  row["windows"] = windows;
  return row;
}

/// What `assign` would claim.
std::string claim_at(const Json& row, std::optional<Timestamp> from) {
  Json claim{{"token", "t"},
             {"order", order},
             {"visit", id_of("vis", 'A')},
             {"zone", north},
             {"skills", row["skills"]},
             {"windows", row["windows"]},
             {"duration_ms", row["duration_ms"]},
             {"override", false}};
  if (from) claim["from"] = format_rfc3339(*from);
  return to_text(claim);
}

}  // namespace

TEST_CASE("advice: what it says is possible is granted, what it refuses is refused at any time") {
  const auto holds = rc::check([] {
    PaperZone zone;
    zone.dispatcher.set(dispatch::Mode::off);
    zone.dispatcher.consult(true);
    zone.now = morning() + 30min * *rc::gen::inRange(0, 30);
    const auto row = some_order(zone.now);
    zone.rows[order] = row;
    std::map<Id, Driver> technicians;
    for (const char letter : {'A', 'B', 'C'}) {
      auto driver = some_technician(letter, zone.now);
      auto shown = parse_json(driver.entity().row(entity::Viewpoint::staff));
      shown["version"] = 1;
      shown["kind"] = "technician";
      zone.rows[shown["id"].get<std::string>()] = shown;
      technicians.emplace(shown["id"].get<std::string>(), std::move(driver));
    }
    static_cast<void>(zone.dispatcher.step(zone.now));
    zone.show();
    static_cast<void>(zone.dispatcher.step(zone.now));
    auto& picture = zone.dispatcher.picture();
    const auto wanted = dispatch::wanted_of(*picture.order(order), north, {}, zone.now);
    const auto found = dispatch::candidates(*zone.dispatcher.day(), picture, wanted, zone.now);
    RC_ASSERT(found.candidates.size() + found.out.size() == technicians.size());
    for (const auto& in : found.candidates) {
      auto driver = technicians.at(in.technician);
      RC_ASSERT(!driver.does("claim_agenda", claim_at(row, in.slot.from)).no);
      auto same = technicians.at(in.technician);
      RC_ASSERT(!same.does("claim_agenda", claim_at(row, {})).no);
    }
    for (const auto& out : found.out) {
      RC_ASSERT(!out.rules.empty());
      if (!out.rules.front().refuses) continue;
      const auto& driver = technicians.at(out.technician);
      auto without_time = driver;
      RC_ASSERT(without_time.does("claim_agenda", claim_at(row, {})).text() ==
                out.rules.front().code);
      for (auto time = zone.now; time < zone.now + 48h; time += 30min) {
        auto there = driver;
        RC_ASSERT(there.does("claim_agenda", claim_at(row, time)).no.has_value());
      }
    }
  });
  CHECK(holds);
}
