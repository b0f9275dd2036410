#pragma once
// One technician, played through its kind, and the bodies that orders claim its time with.
#include <catch2/catch.hpp>

#include "actors/technician/technician_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

namespace mf::test::one_technician {

using namespace std::chrono_literals;
using nlohmann::json;

inline const Id ana = id_of("tec", 'A'), north = id_of("zon", 'N'), south = id_of("zon", 'S');
inline const Id order_1 = id_of("ord", '1'), order_2 = id_of("ord", '2');
inline const Id visit_1 = id_of("vis", '1'), visit_2 = id_of("vis", '2');

inline std::shared_ptr<const entity::Kind> kind() {
  static const std::shared_ptr<const entity::Kind> one = technician::make_technician_kind();
  return one;
}

inline json profile() {
  return {{"name", "Ana Pérez"},
          {"skills", {"fibre", {{"skill", "router"}, {"level", 3}}}},
          {"zones", {north}}};
}

/// Weekdays 08:00–17:00 in Bogotá with lunch from 12:00 to 13:00. Tuesday, 24 November, 08:00 there
/// is 13:00 UTC.
inline Driver with_shifts() {
  const json days = {"mon", "tue", "wed", "thu", "fri"};
  auto body = profile();
  body["shifts"] = {{{"days", days}, {"from", "08:00"}, {"to", "17:00"}}};
  body["breaks"] = {{{"days", days}, {"from", "12:00"}, {"to", "13:00"}}};
  Driver driver(kind(), ana);
  driver.given("create", to_text(body));
  return driver.as(Principal::system());
}
inline Driver always_on_duty() {
  Driver driver(kind(), ana);
  driver.given("create", to_text(profile()));
  return driver.as(Principal::system());
}

inline json agenda_claim(const std::string& token, const Id& order, const Id& visit,
                         Duration length) {
  return {{"token", token},   {"order", order},          {"visit", visit},
          {"zone", north},    {"skills", json::array()}, {"duration_ms", length.count()},
          {"override", false}};
}
inline json from(json claim, std::string_view time) {
  claim["from"] = time;
  return claim;
}
inline json overriding(json claim) {
  claim["override"] = true;
  claim["reason"] = "the client insists";
  return claim;
}
inline json work_claim(const std::string& token, const Id& order, const char* purpose) {
  return {{"token", token}, {"order", order}, {"visit", visit_1}, {"purpose", purpose}};
}
inline std::string slot_of(const Driver& driver, const std::string& token) {
  const auto answer = parse_json(driver.ask("claim", to_text(json{{"token", token}})));
  return answer["from"].get<std::string>().substr(0, 16) + " " +
         answer["to"].get<std::string>().substr(0, 16);
}
inline std::string availability(const Driver& driver) { return driver.entity().status(); }
inline const Driver::Responder unused = [](const entity::Need&) {
  return std::string(R"({"used":false})");
};
inline const Driver::Responder busy = [](const entity::Need&) { return reject("busy"); };

}  // namespace mf::test::one_technician
