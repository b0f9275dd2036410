// POST and GET /v1/technicians/{id}/positions: the rules of the stream, answered at once.
#include <catch2/catch.hpp>
#include <thread>

#include "base/json.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

const std::string positions_path = "/v1/technicians/" + tech + "/positions";

std::uint64_t now_ms() { return to_millis(system_clock().now()); }

struct Reporter {
  Reporter() {
    world.runtime.put(EntityKind::technician, to_text(json{{"id", tech}, {"zone", zone}}),
                      "available");
  }
  HttpReply send(const json& positions) {
    return world.ask({.method = "POST",
                      .path = positions_path,
                      .bearer = bearer,
                      .body = to_text(json{{"positions", positions}})});
  }
  json shown() {
    return parse_json(world.ask({.path = positions_path, .bearer = world.supervisor()}).body);
  }
  World world;
  std::string bearer = world.technician();
};

TEST_CASE("positions over REST: what a sensor does not know is null, as on the stream") {
  Reporter phone;
  const auto readings = GENERATE(
      values<json>({{-1, -1, -1}, {nullptr, nullptr, nullptr}, {-1, -1, 360.0001}, json::array()}));
  json point{1, now_ms(), 6.25, -75.57};
  point.insert(point.end(), readings.begin(), readings.end());
  const auto reply = phone.send(json::array({point}));
  CHECK(reply.status == 200);
  CHECK(parse_json(reply.body)["pos_ack"] == 1);
  const auto shown = phone.shown();
  CHECK(shown["lat"] == 6.25);
  for (const auto* name : {"accuracy", "speed", "heading"}) CHECK(shown[name].is_null());
}

TEST_CASE("positions over REST: a point that is none is named, and dropped alone") {
  Reporter phone;
  const auto now = now_ms();
  const json none = GENERATE_COPY(values<json>({{2, now, 6.25, -75.57, 10, 1e9, 1},
                                                {2, now / 1000, 6.25, -75.57},
                                                {2, 1'000'000'000'000'000'000, 6.25, -75.57},
                                                {2, -5, 6.25, -75.57},
                                                {2, now, 96.25, -75.57},
                                                {2, now, 0, 0},
                                                {-2, now, 6.25, -75.57},
                                                {2, now, 6.25}}));
  const auto reply = phone.send({{1, now - 1, 6.2, -75.5}, none, {3, now, 6.21, -75.5}});
  CHECK(reply.status == 200);
  const auto answer = parse_json(reply.body);
  CHECK(answer["pos_ack"] == 3);
  REQUIRE(answer["errors"].size() == 1);
  CHECK(answer["errors"][0]["field"] == "positions.1");
  CHECK(answer["errors"][0]["code"] == (none[2] == 0 ? "null_island" : "malformed"));
  CHECK(phone.shown()["lat"] == 6.21);
}

TEST_CASE("positions over REST: a report without any point is refused, and so is one too long") {
  Reporter phone;
  const auto now = now_ms();
  CHECK(phone.send(json::array()).status == 422);
  const auto none = phone.send({{1, now, 0, 0}, "none"});
  CHECK(none.status == 422);
  CHECK(parse_json(none.body)["errors"][1]["field"] == "positions.1");
  json many = json::array();
  for (std::uint64_t seq = 1; seq <= 201; ++seq) many.push_back({seq, now, 6.25, -75.57});
  CHECK(phone.send(many).status == 422);
  CHECK(phone.world.ask({.path = positions_path, .bearer = phone.world.supervisor()}).status ==
        404);
}

TEST_CASE("positions over REST: a time may have fractions of a millisecond") {
  Reporter phone;
  const auto now = now_ms();
  CHECK(phone.send({{1, static_cast<double>(now) - 0.75, 6.25, -75.57}}).status == 200);
  CHECK(parse_rfc3339(phone.shown()["at"].get<std::string>()) ==
        from_millis(static_cast<std::int64_t>(now) - 1));
}

TEST_CASE("positions over REST: the highest number is acknowledged, lower ones behind it dropped") {
  Reporter phone;
  const auto now = now_ms();
  const auto reply = phone.send(
      {{1, now - 3000, 6.21, -75.5}, {3, now - 2000, 6.23, -75.5}, {2, now - 1000, 6.22, -75.5}});
  CHECK(parse_json(reply.body)["pos_ack"] == 3);
  CHECK(phone.shown()["lat"] == 6.23);
}

TEST_CASE("positions over REST: a clock that is ahead is told so, and shown under our time") {
  Reporter phone;
  const auto reply = parse_json(phone.send({{1, now_ms() + 180'000, 6.25, -75.57}}).body);
  CHECK(reply["pos_ack"] == 1);
  CHECK(std::abs(reply["cfg"]["clock_offset_ms"].get<std::int64_t>() - 180'000) < 5'000);
  const auto shown = phone.shown();
  CHECK(shown["clock_offset_ms"] == reply["cfg"]["clock_offset_ms"]);
  CHECK(*parse_rfc3339(shown["at"].get<std::string>()) <= system_clock().now());
  // Later ones of the same phone are not hidden behind it, once our clock has moved on.
  for (const auto before = now_ms(); now_ms() == before;) std::this_thread::yield();
  phone.send({{2, now_ms() + 181'000, 6.26, -75.57}});
  CHECK(phone.shown()["lat"] == 6.26);
}

}  // namespace
}  // namespace mf::test
