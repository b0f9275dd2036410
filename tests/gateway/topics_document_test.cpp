#include <catch2/catch.hpp>
#include <set>

#include "base/json.hpp"
#include "gateway/documents/asyncapi.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/topics/topic_name.hpp"
#include "gateway/ws/message_codec.hpp"
#include "tests/gateway/fake_kinds.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test {
namespace {

json document() {
  entity::Kinds kinds;
  add_fake_kinds(kinds);
  return parse_json(gateway::documents::asyncapi_document("1", gateway::Operations(kinds)));
}

/// What stands beside it, and is referred to.
json rest_document() {
  entity::Kinds kinds;
  add_fake_kinds(kinds);
  const gateway::Operations operations(kinds);
  gateway::http::Router router;
  gateway::routes::add_all(router, operations);
  return parse_json(gateway::documents::openapi_document(router, kinds, "1"));
}

json payload(const json& described, const std::string& message) {
  const auto& whole = described["channels"]["stream"]["messages"]["server_" + message]["payload"];
  return whole["properties"][message];
}

/// Each member of what was sent is described, and what is required is there.
void check_is_described(const json& sent, const json& schema) {
  REQUIRE_FALSE(sent.empty());
  INFO(to_text(sent));
  for (const auto& [name, value] : sent.items()) {
    INFO(name);
    CHECK(schema["properties"].contains(name));
  }
  for (const std::string name : schema.value("required", json::array())) CHECK(sent.contains(name));
}

TEST_CASE("the stream's document describes exactly the verbs of the contract") {
  std::set<std::string> verbs;
  const auto described = document();
  for (const auto& [name, message] : described["channels"]["stream"]["messages"].items())
    if (name.starts_with("client_")) verbs.insert(name.substr(7));
  CHECK(verbs ==
        std::set<std::string>{"ack", "auth", "connect", "pong", "pos", "rpc", "sub", "unsub"});
  entity::Kinds kinds;
  add_fake_kinds(kinds);
  const gateway::Operations operations(kinds);
  for (const auto& verb : verbs) {
    const auto read = gateway::ws::parse_message("{\"id\":1,\"" + verb + "\":{}}", operations);
    INFO(verb);
    CHECK((read || read.error().problem.code != "unknown_verb") == (verb != "pong"));
  }
}

TEST_CASE("the stream's document names the topics there are, and every reference leads somewhere") {
  const auto described = document();
  for (std::string topic : described["components"]["schemas"]["topic"]["examples"]) {
    const auto brace = topic.find('{');
    const std::string noun = topic.substr(0, topic.find(':'));
    const std::string prefix = noun == "board"      ? "zon"
                               : noun == "position" ? "tec"
                                                    : noun.substr(0, 3);
    if (brace != std::string::npos) topic = topic.substr(0, brace) + numbered(prefix, 1);
    INFO(topic);
    CHECK(gateway::topics::parse_topic(topic));
  }
  const auto rest = rest_document();
  const auto flat = described.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    if (!pointer.ends_with("/$ref")) continue;
    const auto reference = value.get<std::string>();
    const auto hash = reference.find('#');
    INFO(reference);
    const auto& file = hash == 0 ? described : rest;
    CHECK((hash == 0 || reference.starts_with("openapi.json#")));
    CHECK(file.contains(json::json_pointer(reference.substr(hash + 1))));
  }
}

TEST_CASE("orders, events and rows of the stream are those of the REST document") {
  const auto described = document();
  const auto names = [](const json& schema) {
    std::set<std::string> out;
    const auto flat = schema.flatten();
    for (const auto& [pointer, value] : flat.items())
      if (pointer.ends_with("/$ref")) {
        const auto reference = value.get<std::string>();
        out.insert(reference.substr(reference.rfind('/') + 1));
      }
    return out;
  };
  const auto& schemas = described["components"]["schemas"];
  CHECK(names(payload(described, "asg")["properties"]["order"]) == std::set<std::string>{"Order"});
  CHECK(names(payload(described, "pub")["properties"]["event"]) == std::set<std::string>{"event"});
  CHECK(names(schemas["event"]) ==
        std::set<std::string>{"Event", "EventForClient", "EventHead", "Position"});
  CHECK(names(payload(described, "view")["properties"]["rows"]) == std::set<std::string>{"row"});
  CHECK(names(schemas["row"]) ==
        std::set<std::string>{"OrderRow", "OrderRowForClient", "ProposalRow", "TechnicianRow"});
}

TEST_CASE("what a phone is told about its positions, and an operator of the node, is described") {
  auto options = stream_options();
  options.limits.position_frames_per_second = 1;
  StreamNode node(options);
  const auto described = document();
  const auto cfg = payload(described, "cfg");
  Phone phone(node, node.runtime.log_in(technician_as(numbered("tec", 1))));
  const auto ahead = to_millis(system_clock().now() + 1h);
  const auto report = to_text(json{{"pos", {{1, ahead, 6.2, -75.5, 5, nullptr, nullptr}}}});
  for (int i = 0; i < 10; ++i) phone.say(report);
  std::set<std::string> told;
  for (int i = 0; i < 2; ++i) {
    const auto sent = phone.next("cfg");
    check_is_described(sent, cfg);
    for (const auto& [name, value] : sent.items()) told.insert(name);
  }
  CHECK(told == std::set<std::string>{"clock_offset_ms", "pos_min_ms"});
  Principal by;
  by.roles = {Role::operator_};
  Phone console(node, node.runtime.log_in(by));
  const auto shown = console.ask("sub", {{"topic", "cluster"}})["ok"]["snapshot"];
  check_is_described(shown, described["components"]["schemas"]["event"]["anyOf"].back());
}

}  // namespace
}  // namespace mf::test
