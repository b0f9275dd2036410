#include "gateway/documents/asyncapi.hpp"

#include "base/json.hpp"
#include "gateway/topics/cluster_topic.hpp"

namespace mf::gateway::documents {
namespace {

using json = nlohmann::ordered_json;

/// What clients send. Every verb has one message named after it.
constexpr const char* client_messages = R"json({
"pong": {"title": "{}", "summary": "Answers a ping, once.",
  "payload": {"type": "object", "maxProperties": 0}},
"connect": {"summary": "First message, within 10 s (else close 4408).",
  "description": "Who connects is the bearer header's or the session cookie's account, or the holder of a tracking link.",
  "payload": {"type": "object", "required": ["id", "connect"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "connect": {"type": "object", "properties": {"tracking": {"type": "string", "description": "trk_…"}}}}}},
"sub": {"summary": "Subscribes to a topic.",
  "description": "Entity streams: with `since` (a token) the answer is {at, recovered} and the missed events follow, else, or when the token is of another era, {at, snapshot}. Keyed views answer {at, rows, more} (and left_out: how many rows found no room on a board), latest values {at, snapshot}. An `unsub` that comes before the answer makes it err `unsubscribed`.",
  "payload": {"type": "object", "required": ["id", "sub"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "sub": {"type": "object", "required": ["topic"], "additionalProperties": false, "properties": {"topic": {"$ref": "#/components/schemas/topic"},
      "since": {"$ref": "#/components/schemas/token"},
      "events": {"type": "array", "maxItems": 32, "items": {"type": "string"}, "description": "entity streams: only these types"}}}}}},
"unsub": {"summary": "Ends a subscription.",
  "payload": {"type": "object", "required": ["id", "unsub"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "unsub": {"type": "object", "required": ["topic"], "additionalProperties": false, "properties": {"topic": {"$ref": "#/components/schemas/topic"}}}}}},
"rpc": {"summary": "The REST command of this method, with this Idempotency-Key.",
  "description": "Answers {id, version, status, position}, or the problem REST would answer. At most 32 wait at a time (else 429).",
  "payload": {"type": "object", "required": ["id", "rpc"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "rpc": {"type": "object", "required": ["method"], "additionalProperties": false, "properties": {"method": {"$ref": "#/components/schemas/method"},
      "params": {"type": "object", "description": "the body of the REST request, with the path's `id`"},
      "key": {"type": "string", "minLength": 1, "maxLength": 255}}}}}},
"ack": {"summary": "The assignment `n` has arrived on the device.",
  "payload": {"type": "object", "required": ["ack"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "ack": {"type": "object", "required": ["n"], "additionalProperties": false, "properties": {"n": {"type": "string"}}}}}},
"pos": {"summary": "A technician's positions, oldest first. Of more than 200 the first 200 are taken.",
  "payload": {"type": "object", "required": ["pos"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "pos": {"type": "array", "items": {"type": "array", "minItems": 4, "maxItems": 7,
      "description": "[seq, at_ms, lat, lon, accuracy, speed, heading]", "items": {"type": ["number", "null"]}}}}}},
"auth": {"summary": "Renews the token on the open connection: same account, else close 4403.",
  "payload": {"type": "object", "required": ["id", "auth"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "auth": {"type": "object", "required": ["token"], "additionalProperties": false, "properties": {"token": {"type": "string", "description": "mf_…"}}}}}}
})json";

/// What the server sends.
constexpr const char* server_messages = R"json({
"ping": {"title": "{}", "summary": "Every 25 s; unanswered until the next one: close 4408.",
  "payload": {"type": "object", "maxProperties": 0}},
"ok": {"summary": "The command `id` succeeded.",
  "payload": {"type": "object", "required": ["id", "ok"], "properties": {"id": {"$ref": "#/components/schemas/id"}, "ok": {"type": "object"}}}},
"err": {"summary": "The command `id` was refused, with the problem REST would answer.",
  "payload": {"type": "object", "required": ["id", "err"], "properties": {"id": {"$ref": "#/components/schemas/id"},
    "err": {"type": "object", "required": ["status", "code", "retry"], "properties": {"status": {"type": "integer"}, "code": {"type": "string"}, "detail": {"type": "string"},
      "errors": {"type": "array", "items": {"type": "object"}}, "retry": {"type": "boolean"}, "retry_after_ms": {"type": "integer"}}}}}},
"pub": {"summary": "An event of an entity stream, or a new latest value.",
  "payload": {"type": "object", "required": ["pub"], "properties": {"pub": {"type": "object", "required": ["topic", "at", "event"],
    "properties": {"topic": {"$ref": "#/components/schemas/topic"}, "at": {"$ref": "#/components/schemas/token"}, "event": {"$ref": "#/components/schemas/event"}}}}}},
"view": {"summary": "A page of a keyed view's snapshot (`more`: another follows), or what changed in it. Keep the higher version of each id.",
  "payload": {"type": "object", "required": ["view"], "properties": {"view": {"type": "object", "required": ["topic", "at", "rows"],
    "properties": {"topic": {"$ref": "#/components/schemas/topic"}, "at": {"$ref": "#/components/schemas/token"},
      "rows": {"type": "array", "items": {"$ref": "#/components/schemas/row"}},
      "gone": {"type": "array", "items": {"type": "object", "required": ["id", "version"]}}, "more": {"const": true}}}}}},
"unsub": {"summary": "The right to a topic was lost.",
  "payload": {"type": "object", "required": ["unsub"], "properties": {"unsub": {"type": "object", "required": ["topic", "code"],
    "properties": {"topic": {"$ref": "#/components/schemas/topic"}, "code": {"type": "string"}}}}}},
"asg": {"summary": "Work for this technician; sent again until acknowledged. `n` is the visit.",
  "description": "`order`: as GET /v1/orders/{id} shows it to this technician; its `contact` is null when the client could not be asked.",
  "payload": {"type": "object", "required": ["asg"], "properties": {"asg": {"type": "object", "required": ["n", "order", "offer_expires_at"],
    "properties": {"n": {"type": "string"}, "order": {"$ref": "openapi.json#/components/schemas/Order"}, "offer_expires_at": {"type": ["string", "null"], "format": "date-time"}}}}}},
"pos_ack": {"summary": "Positions up to this seq have arrived.",
  "payload": {"type": "object", "required": ["pos_ack"], "properties": {"pos_ack": {"type": "integer"}}}},
"cfg": {"summary": "What a phone that reports positions should know: one of these at a time.",
  "payload": {"type": "object", "required": ["cfg"], "properties": {"cfg": {"type": "object", "minProperties": 1, "properties": {
    "pos_min_ms": {"type": "integer", "description": "report positions this far apart"},
    "clock_offset_ms": {"type": "integer", "description": "how far your clock is ahead of ours; below 0: behind"}}}}}},
"bye": {"summary": "The node is leaving and closes this connection (4503) after `after_ms`.",
  "payload": {"type": "object", "required": ["bye"], "properties": {"bye": {"type": "object", "required": ["after_ms"], "properties": {"after_ms": {"type": "integer"}}}}}}
})json";

constexpr const char* frame = R"(Text frames of JSON; up to 16 messages may be joined by newlines.
Frames from clients have at most 64 KiB, from the server at most 256 KiB. Subprotocol microflow.v1.
Close codes: 4400 bad frame, 4401 new token, 4403 forbidden, 4408 timeout, 4429 rate, and of
RFC 6455 1002, 1007, 1009 (a frame that is too big): fix it first; 4500 internal, 4503 draining, 4508 slow: come back with jittered backoff.
Whoever does not take a frame within 15 s (18 kB/s do for the largest) is reset without a close code: no other frame
fits into one.)";

json references(const json& messages, const std::string& prefix) {
  json out = json::array();
  for (const auto& [name, message] : messages.items())
    out.push_back({{"$ref", "#/channels/stream/messages/" + prefix + name}});
  return out;
}

/// A schema of the REST document, which stands beside this one.
json of_rest(const std::string& name) {
  return {{"$ref", "openapi.json#/components/schemas/" + name}};
}

json with_member(json form, const char* name, json schema) {
  const json own{
      {"type", "object"}, {"required", {name}}, {"properties", {{name, std::move(schema)}}}};
  return {{"allOf", {std::move(form), own}}};
}

json event() {
  return {{"description",
           "order: Event, to its client EventForClient. technician: the head with `data`. "
           "position: Position. cluster: the node."},
          {"anyOf",
           {of_rest("Event"), of_rest("EventForClient"),
            with_member(of_rest("EventHead"), "data", {{"type", "object"}}), of_rest("Position"),
            parse_ordered_json(topics::node_schema())}}};
}

json row() {
  const auto on_board = [](const char* form, const char* kind) {
    return with_member(of_rest(form), "kind", {{"const", kind}});
  };
  return {{"description",
           "board: orders, technicians and, where the zone's dispatcher suggests, proposals, by "
           "`kind`. client: OrderRowForClient."},
          {"anyOf",
           {on_board("OrderRow", "order"), on_board("TechnicianRow", "technician"),
            of_rest("ProposalRow"), of_rest("OrderRowForClient")}}};
}

json schemas(const Operations& operations) {
  json methods = json::array();
  for (const auto& operation : operations.all()) methods.push_back(operation.name);
  return {
      {"id", {{"type", "integer"}, {"minimum", 0}}},
      {"token", {{"type", "string"}, {"description", "opaque: where a subscriber stands"}}},
      {"topic",
       {{"type", "string"},
        {"pattern", "^(order|technician|client|board|position):[a-z]{3}_[0-9A-Z]{26}$|^cluster$"},
        {"examples",
         {"order:{id}", "technician:{id}", "client:{id}", "board:{zone}", "position:{technician}",
          "cluster"}}}},
      {"method", {{"type", "string"}, {"enum", std::move(methods)}}},
      {"event", event()},
      {"row", row()}};
}

}  // namespace

std::string asyncapi_document(const std::string& version, const Operations& operations) {
  const auto from_client = parse_json(client_messages), from_server = parse_json(server_messages);
  json messages = json::object();
  for (const auto& [name, message] : from_client.items()) messages["client_" + name] = message;
  for (const auto& [name, message] : from_server.items()) messages["server_" + name] = message;
  const json channel{{"$ref", "#/channels/stream"}};
  const json out{
      {"asyncapi", "3.0.0"},
      {"info", {{"title", "MicroFlow stream"}, {"version", version}, {"description", frame}}},
      {"channels", {{"stream", {{"address", "/v1/stream"}, {"messages", std::move(messages)}}}}},
      {"operations",
       {{"receive",
         {{"action", "receive"},
          {"channel", channel},
          {"messages", references(from_client, "client_")}}},
        {"send",
         {{"action", "send"},
          {"channel", channel},
          {"messages", references(from_server, "server_")}}}}},
      {"components", {{"schemas", schemas(operations)}}}};
  return to_text(out, 1);
}

}  // namespace mf::gateway::documents
