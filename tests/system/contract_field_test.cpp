// What technicians and clients send from outside the office: queued commands, tracking links,
// comments.
#include <catch2/catch.hpp>
#include <thread>

#include "base/time.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

std::string times(int count, const std::string& character) {
  std::string text;
  for (int i = 0; i < count; ++i) text += character;
  return text;
}

Json queued(const std::string& method, Json params, const std::string& key) {
  return {{"method", method},
          {"params", std::move(params)},
          {"key", key},
          {"occurred_at", "2026-01-01T10:00:00Z"}};
}

Answer track(World& world, const std::string& authorization) {
  Person somebody(world.loop, world.node->http());
  return somebody.request("GET", "/v1/track", {}, {{"Authorization", authorization}});
}

}  // namespace

TEST_CASE("contract: queued commands get a verdict each, in their order") {
  auto& c = *shared_world().company;
  const auto mine = c.assigned_order(), other = c.new_order();
  const Json body{{"commands",
                   {queued("orders.accept", {{"id", mine}}, "s1"),
                    queued("orders.pause", {{"id", mine}, {"reason", "break"}}, "s2"),
                    queued("orders.comment", {{"id", other}, {"text", "hola"}}, "s3"),
                    queued("orders.nonsense", {{"id", mine}}, "s4"),
                    queued("orders.comment", {{"id", mine}, {"text", ""}}, "s5"),
                    queued("orders.start", {{"id", mine}}, "s6"),
                    queued("orders.fail", {{"id", mine}, {"reason", "no_access"}}, "s7")}}};
  const auto answer = c.ana().post("/v1/sync", body);
  REQUIRE(answer.status == 200);
  const auto& results = answer.json.at("results");
  REQUIRE(results.size() == 7);
  for (std::size_t i = 0; i < 7; ++i) CHECK(results[i].at("key") == "s" + std::to_string(i + 1));
  CHECK(results[0].at("ok").at("status") == "ACCEPTED");
  CHECK(results[1].at("err").at("status") == 409);
  CHECK(results[2].at("err").at("status") == 404);
  CHECK(results[3].at("err").at("status") == 404);
  CHECK(results[4].at("err").at("status") == 422);
  CHECK(results[5].at("ok").at("status") == "IN_PROGRESS");
  CHECK(results[6].at("ok").at("status") == "FAILED");
  CHECK(results[1].at("err").at("retry") == false);

  const auto again = c.ana().post("/v1/sync", body).json.at("results");
  for (const int i : {0, 5, 6}) CHECK(again[i] == results[i]);
  CHECK(c.laura().post("/v1/sync", body).status == 403);
}

TEST_CASE("contract: what a phone with a wrong clock measured keeps its length, and is flagged") {
  auto& c = *shared_world().company;
  using namespace std::chrono_literals;
  for (const mf::Duration wrong :
       {mf::Duration(-180s), mf::Duration(-5h), mf::Duration(5h), mf::Duration(0s)})
    for (const bool tells_its_time : {true, false}) {
      INFO(wrong.count() << (tells_its_time ? " with" : " without") << " sent_at");
      const auto order = c.assigned_order();
      const auto began = std::chrono::floor<mf::Duration>(std::chrono::system_clock::now());
      std::this_thread::sleep_for(1s);
      const auto stamp = [&](mf::Duration after) {
        return mf::format_rfc3339(began + after + wrong);
      };
      Json body{{"commands", Json::array()}};
      for (const auto& [method, after] : {std::pair{"orders.accept", mf::Duration(300ms)},
                                          {"orders.start", mf::Duration(500ms)},
                                          {"orders.complete", mf::Duration(1s)}})
        body["commands"].push_back({{"method", method},
                                    {"params", {{"id", order}}},
                                    {"key", method + order},
                                    {"occurred_at", stamp(after)}});
      if (tells_its_time) body["sent_at"] = stamp(1s);
      const auto synced = c.ana().post("/v1/sync", body).json;
      for (const auto& result : synced.at("results")) CHECK(result.contains("ok"));
      const auto shown = c.supervisor().get("/v1/orders/" + order).json;
      const auto& time = shown.at("visits").at(0).at("time").at(0);
      const auto length = *mf::parse_rfc3339(time.at("to").get<std::string>()) -
                          *mf::parse_rfc3339(time.at("from").get<std::string>());
      CHECK(length == 500ms);
      const auto flags = shown.value("flags", Json::array());
      const auto is_flagged = std::ranges::find(flags, Json("clock_corrected")) != flags.end();
      CHECK(is_flagged == (wrong != 0s));
    }
  CHECK(c.ana().post("/v1/sync", {{"commands", Json::array()}, {"sent_at", "now"}}).status == 422);
}

TEST_CASE("contract: what a device told has one time, in its event and beside it") {
  auto& c = *shared_world().company;
  const auto order = c.assigned_order();
  const auto before = std::chrono::system_clock::now() - std::chrono::minutes(3);
  const auto said = mf::format_rfc3339(std::chrono::floor<mf::Duration>(before));
  for (const auto* verb : {"accept", "start", "complete"})
    REQUIRE(c.ana().post("/v1/orders/" + order + "/" + verb, {{"occurred_at", said}}).ok());
  int told = 0;
  const auto timeline = c.supervisor().get("/v1/orders/" + order + "/timeline").json;
  for (const auto& event : timeline.at("data"))
    if (event.contains("device_time")) {
      CHECK(event.at("device_time") == said);
      if (!event.at("data").contains("at")) continue;
      CHECK(event.at("occurred_at") == event.at("data").at("at"));
      ++told;
    }
  CHECK(told == 3);
}

TEST_CASE("contract: a queued command that is not one is refused alone, naming what is wrong") {
  auto& c = *shared_world().company;
  const auto mine = c.assigned_order();
  const auto with = [&](const char* member, Json value) {
    auto command = queued("orders.comment", {{"id", mine}, {"text", "hola"}}, "odd");
    command[member] = std::move(value);
    return command;
  };
  auto no_key = with("key", "");
  no_key.erase("key");
  const std::vector<std::pair<Json, std::string>> odd{
      {with("x", 1), "x"},
      {with("occurred_at", "yesterday"), "occurred_at"},
      {with("occurred_at", 1'796'009'235'173), "occurred_at"},
      {with("occurred_at", "2026-11-30T10:00:00"), "occurred_at"},
      {with("occurred_at", "2026-02-29T10:00:00Z"), "occurred_at"},
      {with("key", ""), "key"},
      {no_key, "key"},
      {with("params", nullptr), "params"},
      {nullptr, ""},
      {Json::array(), ""}};
  Json commands = Json::array({queued("orders.accept", {{"id", mine}}, "one" + mine)});
  for (const auto& [command, field] : odd) commands.push_back(command);
  auto timeless = queued("orders.start", {{"id", mine}}, "two" + mine);
  timeless["occurred_at"] = nullptr;
  commands.push_back(timeless);
  const auto answer = c.ana().post("/v1/sync", {{"commands", commands}});
  REQUIRE(answer.status == 200);
  const auto& results = answer.json.at("results");
  REQUIRE(results.size() == odd.size() + 2);
  CHECK(results.front().at("ok").at("status") == "ACCEPTED");
  CHECK(results.back().at("ok").at("status") == "IN_PROGRESS");
  for (std::size_t i = 0; i < odd.size(); ++i) {
    const auto& err = results[i + 1].at("err");
    CHECK(err.at("code") == "invalid");
    CHECK(err.at("retry") == false);
    CHECK(err.at("errors").at(0).at("field") == odd[i].second);
  }
  CHECK(results[7].at("key").is_null());
  REQUIRE(c.supervisor().post("/v1/orders/" + mine + "/cancel", {{"reason", "other"}}).ok());
}

TEST_CASE("contract: a queued command's id is a text, and brings no other member in") {
  auto& c = *shared_world().company;
  const auto id = R"(acc_00000000000000000000000000","roles":["administrator"],"username":"h4x)";
  const auto answer =
      c.ana().post("/v1/sync", {{"commands", {queued("accounts.create", {{"id", id}}, "k-id")}}});
  REQUIRE(answer.status == 200);
  // Were it pasted in, she would be told that she may not.
  CHECK(answer.json.at("results").at(0).at("err").at("status") == 422);
}

TEST_CASE("contract: a tracking link shows its order, without a login, and nothing else") {
  auto& world = shared_world();
  auto& c = *world.company;
  const auto order = c.new_order();
  const auto token =
      c.laura().get("/v1/orders/" + order).json.at("tracking").at("token").get<std::string>();
  CHECK(token.starts_with("trk_"));
  const auto shown = track(world, "Tracking " + token);
  CHECK(shown.status == 200);
  CHECK(shown.id() == order);
  CHECK(shown.json.at("status") == "NEW");
  auto wrong = token;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  for (const auto& bad : {"Tracking " + wrong, "Bearer " + token, token, std::string("Tracking "),
                          "Tracking " + c.laura().token()})
    CHECK(track(world, bad).status == 401);
  Person somebody(world.loop, world.node->http());
  CHECK(somebody.get("/v1/track").status == 401);
  CHECK(somebody.get("/v1/track?token=" + token).status >= 400);
  CHECK(somebody.request("GET", "/v1/orders/" + order, {}, {{"Authorization", "Tracking " + token}})
            .status == 401);

  Live live(world.loop);
  live.open(world.node->http(), {}, {{"tracking", token}});
  CHECK(live.call("sub", {{"topic", "order:" + order}}).contains("ok"));
  CHECK(live.call("sub", {{"topic", "order:" + c.new_order()}})["err"]["status"] == 404);
  CHECK(live.call("sub", {{"topic", "client:" + c.laura().client}}).contains("err"));
  CHECK(live.rpc("orders.comment", {{"id", order}, {"text", "hola"}})["err"]["status"] == 403);
}

TEST_CASE("contract: a comment has 1 to 2,000 characters, whatever their bytes") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.new_order();
  for (const auto* character : {"a", "ñ", "€", "😀"}) {
    INFO(character);
    const auto said = c.laura().post(path + "/comment", {{"text", times(2'000, character)}});
    CHECK(said.text() == std::to_string(said.status) + " " + said.raw.body);
    CHECK(said.status == 200);
    CHECK(c.laura().post(path + "/comment", {{"text", times(2'001, character)}}).status == 422);
  }
  CHECK(c.laura().post(path + "/comment", {{"text", ""}}).status == 422);
  CHECK(c.laura().post(path + "/comment", {{"text", "😀"}}).status == 200);
  const auto events = c.laura().get(path + "/timeline?limit=100").json.at("data");
  CHECK(events.back().at("data").at("text") == "😀");
  CHECK(events[events.size() - 2].at("data").at("text") == times(2'000, "😀"));
}

TEST_CASE("contract: a justification has at least 10 characters, not bytes") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.assigned_order();
  const auto accept = [&](const std::string& justification) {
    return c.supervisor().post(
        path + "/accept", {{"on_behalf_of", c.ana().technician}, {"justification", justification}});
  };
  CHECK(accept(times(9, "ñ")).status == 422);
  CHECK(accept(times(9, "😀")).status == 422);
  CHECK(c.supervisor().post(path + "/accept", {{"on_behalf_of", c.ana().technician}}).status ==
        422);
  CHECK(accept(times(10, "ñ")).status == 200);
  REQUIRE(c.supervisor().post(path + "/cancel", {{"reason", "other"}}).ok());
}

TEST_CASE("contract: tags, skills and passwords are counted in characters") {
  auto& c = *shared_world().company;
  const auto order = [&](const std::string& tag, const std::string& skill) {
    return c.supervisor()
        .post("/v1/orders", {{"type", c.type},
                             {"client", c.laura().client},
                             {"site", c.laura().site},
                             {"title", times(200, "ñ")},
                             {"tags", {tag}},
                             {"skills", {skill}}})
        .status;
  };
  CHECK(order(times(40, "ñ"), times(40, "ñ")) == 201);
  CHECK(order(times(41, "ñ"), "router") == 422);
  const auto account = [&](const std::string& name, const std::string& password) {
    return c.admin.post("/v1/accounts", {{"username", name}, {"password", password}}).status;
  };
  CHECK(account("nueve", "ñáéíóúüçß") == 422);
  CHECK(account("diez", "ñáéíóúüçßø") == 201);
}
