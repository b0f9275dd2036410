#include <catch2/catch.hpp>
#include <set>

#include "base/json.hpp"
#include "gateway/documents/asyncapi.hpp"
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
  const auto flat = described.flatten();
  for (const auto& [pointer, value] : flat.items())
    if (pointer.ends_with("/$ref"))
      CHECK(described.contains(json::json_pointer(value.get<std::string>().substr(1))));
}

}  // namespace
}  // namespace mf::test
