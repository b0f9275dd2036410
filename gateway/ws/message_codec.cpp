#include "gateway/ws/message_codec.hpp"

#include "base/described_json.hpp"
#include "base/json_member.hpp"
#include "base/text.hpp"
#include "gateway/topics/position_json.hpp"

namespace mf::gateway::ws {
namespace {

using Tree = nlohmann::json;
using Verb = decltype(Message::verb);
using Read = std::expected<Verb, Problem>;

constexpr std::size_t token_size_max = 256, key_size_max = 255, name_size_max = 100;

std::unexpected<Problem> wrong(std::string field, std::string code, Sentence detail) {
  return std::unexpected(
      problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}}));
}

/// The first member of `object` that is not in `known`; null when there is none.
const std::string* unknown_member(const Tree& object,
                                  std::initializer_list<std::string_view> known) {
  for (auto at = object.begin(); at != object.end(); ++at)
    if (std::ranges::find(known, at.key()) == known.end()) return &at.key();
  return nullptr;
}

/// A required text; empty when it is missing, of another type or too long.
std::string text(const Tree& object, const char* name, std::size_t size_max) {
  auto value = text_member(object, name);
  return characters(value) <= size_max ? value : std::string();
}

Read read_connect(const Tree& body) {
  // Apps may say more about themselves here; only this concerns us.
  if (body.contains("tracking") && text(body, "tracking", token_size_max).empty())
    return wrong("connect.tracking", "malformed", "not a tracking token"_en);
  return Connect{text(body, "tracking", token_size_max)};
}

std::expected<topics::TopicName, Problem> read_topic(const Tree& body, const std::string& verb) {
  const auto name = text(body, "topic", name_size_max);
  if (name.empty()) return wrong(verb + ".topic", "required", "this field is required"_en);
  auto topic = topics::parse_topic(name);
  if (!topic) return std::unexpected(problem(404, "unknown_topic", "there is no such topic"_en));
  return std::move(*topic);
}

Read read_sub(const Tree& body) {
  if (const auto* name = unknown_member(body, {"topic", "since", "events"}))
    return wrong("sub." + *name, "unknown_field", "there is no such field"_en);
  auto topic = read_topic(body, "sub");
  if (!topic) return std::unexpected(std::move(topic.error()));
  Subscribe sub{std::move(*topic), {}, {}};
  if (body.contains("since")) {
    if (!body["since"].is_string()) return wrong("sub.since", "wrong_type", "must be text"_en);
    sub.since = body["since"].get<std::string>();
  }
  if (const auto events = body.find("events"); events != body.end()) {
    if (!events->is_array()) return wrong("sub.events", "wrong_type", "must be a list"_en);
    if (events->size() > topic_events_max)
      return wrong("sub.events", "too_long",
                   "at most {max} items"_en.with("max", topic_events_max));
    for (const auto& item : *events) {
      if (!item.is_string()) return wrong("sub.events", "wrong_type", "must be text"_en);
      if (characters(item.get_ref<const std::string&>()) > name_size_max)
        return wrong("sub.events", "too_long",
                     "at most {max} characters"_en.with("max", name_size_max));
      sub.events.push_back(item.get<std::string>());
    }
  }
  return sub;
}

Read read_unsub(const Tree& body) {
  if (const auto* name = unknown_member(body, {"topic"}))
    return wrong("unsub." + *name, "unknown_field", "there is no such field"_en);
  auto topic = read_topic(body, "unsub");
  if (!topic) return std::unexpected(std::move(topic.error()));
  return Unsubscribe{std::move(*topic)};
}

Read read_rpc(Tree& body, const Operations& operations) {
  if (const auto* name = unknown_member(body, {"method", "params", "key"}))
    return wrong("rpc." + *name, "unknown_field", "there is no such field"_en);
  const auto method = text(body, "method", name_size_max);
  if (method.empty()) return wrong("rpc.method", "required", "this field is required"_en);
  Rpc rpc;
  rpc.operation = operations.find(method);
  if (!rpc.operation) return std::unexpected(problem(404, "unknown_method", "no such method"_en));
  if (body.contains("key")) {
    rpc.key = text(body, "key", key_size_max);
    if (rpc.key.empty())
      return wrong("rpc.key", "malformed",
                   "{min} to {max} characters"_en.with("min", 1).with("max", key_size_max));
  }
  const auto params = body.find("params");
  if (params == body.end()) return rpc;
  if (!params->is_object()) return wrong("rpc.params", "wrong_type", "must be an object"_en);
  if (!rpc.operation->creates && !rpc.operation->prefix.empty()) {
    rpc.target = text(*params, "id", name_size_max);
    params->erase("id");
  }
  rpc.params = std::make_shared<JsonTree>(JsonTree{std::move(*params)});
  return rpc;
}

Read read_ack(const Tree& body) {
  if (const auto* name = unknown_member(body, {"n"}))
    return wrong("ack." + *name, "unknown_field", "there is no such field"_en);
  auto n = text(body, "n", name_size_max);
  if (n.empty()) return wrong("ack.n", "required", "this field is required"_en);
  return Ack{std::move(n)};
}

Read read_auth(const Tree& body) {
  if (const auto* name = unknown_member(body, {"token"}))
    return wrong("auth." + *name, "unknown_field", "there is no such field"_en);
  auto token = text(body, "token", token_size_max);
  if (token.empty()) return wrong("auth.token", "required", "this field is required"_en);
  return Auth{std::move(token)};
}

Read read_report(const Tree& body) {
  auto report = topics::read_positions(body, "pos");
  if (!report) return wrong("pos", "wrong_type", "a list of positions"_en);
  return Report{std::move(report->positions)};
}

Read read_verb(const std::string& verb, Tree& body, const Operations& operations) {
  if (verb == "pos") return read_report(body);
  if (!body.is_object()) return wrong(verb, "wrong_type", "an object"_en);
  if (verb == "connect") return read_connect(body);
  if (verb == "sub") return read_sub(body);
  if (verb == "unsub") return read_unsub(body);
  if (verb == "rpc") return read_rpc(body, operations);
  if (verb == "ack") return read_ack(body);
  if (verb == "auth") return read_auth(body);
  return std::unexpected(problem(422, "unknown_verb", "no such verb"_en));
}

BadMessage bad_frame(Sentence detail) {
  return {std::nullopt, problem(400, "bad_frame", std::move(detail))};
}

}  // namespace

std::expected<Message, BadMessage> parse_message(std::string_view text,
                                                 const Operations& operations) {
  auto parsed = mf::json::parse(text);
  if (!parsed) return std::unexpected(bad_frame(parsed.error().detail));
  if (!parsed->is_object()) return std::unexpected(bad_frame("not an object"_en));
  if (parsed->empty()) return Message{{}, Pong{}};
  Message message;
  if (const auto id = parsed->find("id"); id != parsed->end()) {
    if (!id->is_number_unsigned()) return std::unexpected(bad_frame("id is not a number"_en));
    message.id = id->get<std::uint64_t>();
    parsed->erase("id");
  }
  if (parsed->size() != 1)
    return std::unexpected(
        BadMessage{message.id, problem(422, "bad_frame", "one verb a message"_en)});
  const std::string name = parsed->begin().key();
  auto verb = read_verb(name, parsed->begin().value(), operations);
  if (!verb) return std::unexpected(BadMessage{message.id, std::move(verb.error())});
  if (!message.id && name != "ack" && name != "pos")
    return std::unexpected(bad_frame("a command needs an id"_en));
  message.verb = std::move(*verb);
  return message;
}

}  // namespace mf::gateway::ws
