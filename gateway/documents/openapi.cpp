#include <set>

#include "base/json.hpp"
#include "gateway/api/resources.hpp"
#include "gateway/documents/components.hpp"
#include "gateway/documents/documents.hpp"

namespace mf::gateway::documents {
namespace {

using Json = nlohmann::ordered_json;
using http::Access;
using http::BodyType;
using http::ETag;
using http::Method;
using http::Route;

constexpr const char* about =
    "Field service orders: commands, reads and searches. Live changes: /v1/asyncapi.json.\n\n"
    "Times are RFC 3339 in UTC with milliseconds; durations are whole numbers of milliseconds "
    "(`_ms`), distances of metres (`_m`). Ids carry their kind (`ord_…`). Members that have no "
    "value are left out. Answers may gain members with a later version: ignore those you do not "
    "know. A request with a member or parameter that is not described is refused (422).\n\n"
    "A command that may have been carried out (503 `outcome_unknown`, a lost connection) is "
    "repeated with the same `Idempotency-Key`: it happens once, and both tries hear the same.";

bool is_page(const Route& route) { return route.answer == "page"; }

Json a_text() { return {{"type", "string"}}; }

Json parameter(const std::string& name, const char* in, Json schema,
               const std::string& description) {
  Json out{{"name", name}, {"in", in}};
  if (!description.empty()) out["description"] = description;
  out["required"] = std::string_view(in) == "path";
  out["schema"] = std::move(schema);
  return out;
}

/// `name`: of a part of the path.
Json path_parameter(const Route& route, const std::string& name) {
  const auto matching = [](std::string_view prefix) {
    return Json{{"type", "string"}, {"pattern", id_pattern(prefix)}};
  };
  if (name == "site") return parameter(name, "path", matching("sit"), "A site of this client.");
  if (name == "asset")
    return parameter(name, "path", matching("ast"), "An asset at a site of this client.");
  const auto* resource = route.kind == EntityKind::catalogue ? catalogue_list_at(route.pattern)
                                                             : resource_of(route.kind);
  const auto singular = resource ? std::string(resource->singular) : name;
  if (!resource || resource->id_prefix.empty())
    return parameter(
        name, "path", a_text(),
        "The " + std::string(resource ? resource->key : "id") + " of the " + singular + ".");
  return parameter(name, "path", matching(resource->id_prefix), "The id of the " + singular + ".");
}

Json query_parameter(const Parameter& known) {
  auto out = parameter(std::string(known.name), "query", parse_ordered_json(schema_of(known)),
                       std::string(known.description));
  if (known.type == Parameter::Type::choices) {
    out["style"] = "form";
    out["explode"] = false;
  }
  return out;
}

Json parameters(const Route& route) {
  auto out = Json::array();
  for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string::npos; ++at)
    out.push_back(
        path_parameter(route, route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1)));
  for (const auto& known : route.query) out.push_back(query_parameter(known));
  if (route.operation) {
    if (route.method == Method::post)
      out.push_back(parameter("Idempotency-Key", "header",
                              {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}},
                              "Names this command: repeated with the same key it is carried out "
                              "once. Kept for four days."));
    out.push_back(parameter("If-Match", "header", a_text(),
                            "The ETag of the version this is meant for, or a list of them, weak "
                            "or not, or *; another version is answered 412, what is no such list "
                            "400."));
    out.back()["required"] = route.needs_if_match;
  }
  if (route.etag == ETag::compared)
    out.push_back(parameter("If-None-Match", "header", a_text(),
                            "The ETag of what you have, or a list of them: 304 while it is one "
                            "of these."));
  return out;
}

Json body_of(const Route& route) {
  const auto& given = !route.schema.empty() ? route.schema
                      : route.operation     ? route.operation->schema
                                            : std::string("{}");
  auto schema = parse_ordered_json(given);
  if (schema.is_discarded()) schema = Json::object();
  const auto type =
      route.body == BodyType::merge_patch ? "application/merge-patch+json" : "application/json";
  const bool is_required = schema.contains("required");
  return {{"required", is_required}, {"content", {{type, {{"schema", std::move(schema)}}}}}};
}

bool makes_something(const Route& route) {
  return (route.operation && (route.operation->creates || route.operation->makes_part)) ||
         route.answer == "Session";
}

Json header(const char* name) { return {{"$ref", "#/components/headers/" + std::string(name)}}; }

Json headers_of(const Route& route) {
  Json out{{"Request-Id", header("Request-Id")}};
  // An invitation's token is not kept to be answered again.
  const bool is_command = route.operation && route.answer == "Outcome";
  if (route.etag != ETag::none || is_command) out["ETag"] = header("ETag");
  if (is_command) out["Idempotent-Replayed"] = header("Idempotent-Replayed");
  if (makes_something(route)) out["Location"] = header("Location");
  return out;
}

Json success(const Route& route, const entity::Kinds& kinds) {
  Json answer{{"description", "done"}, {"headers", headers_of(route)}};
  if (route.answer == "nothing") return {{"204", answer}};
  if (route.answer == "upgrade") {
    answer["description"] = "a WebSocket (asyncapi.json)";
    return {{"101", answer}};
  }
  if (is_page(route)) {
    answer["description"] = "a page";
    answer["content"] = {{route.media_type, {{"schema", a_text()}}}};
    return {{"200", answer}};
  }
  const bool is_new = makes_something(route);
  if (is_new) answer["description"] = "created";
  answer["content"] = {
      {route.media_type, {{"schema", parse_ordered_json(answer_schema(route, kinds))}}}};
  return {{is_new ? "201" : "200", answer}};
}

/// What may be answered besides, where it can be told from the route.
std::set<std::string> refusals(const Route& route) {
  std::set<std::string> out{"429"};
  const auto add = [&](std::initializer_list<const char*> more) {
    out.insert(more.begin(), more.end());
  };
  if (route.access != Access::open) add({"401"});
  if (route.access == Access::login) add({"403"});
  if (route.pattern.find('{') != std::string::npos) add({"404"});
  if (route.body != BodyType::none) add({"411", "413", "415", "422"});
  if (!route.query.empty()) add({"422"});
  if (route.operation) add({"409", "412"});
  if (route.needs_if_match) add({"428"});
  if (route.answer == "upgrade") add({"426"});
  return out;
}

Json responses(const Route& route, const entity::Kinds& kinds) {
  auto out = success(route, kinds);
  if (route.etag == ETag::compared)
    out["304"] = {{"description", "as you have it"}, {"headers", headers_of(route)}};
  for (const auto& status : refusals(route))
    out[status] = {{"$ref", "#/components/responses/" + status}};
  out["default"] = {{"$ref", "#/components/responses/Problem"}};
  return out;
}

Json security(const Route& route) {
  auto out = Json::array();
  const auto add = [&](const char* scheme) {
    out.push_back(Json::object({{scheme, Json::array()}}));
  };
  if (route.access == Access::login)
    for (const auto* scheme : {"bearer", "cookie", "cookie_without_tls"}) add(scheme);
  if (route.access == Access::tracking) add("tracking");
  return out;
}

/// Operations are grouped by what their names begin with.
std::string tag_of(const Route& route) {
  if (is_page(route)) return "pages";
  if (route.name == "track" || route.name == "sync") return "orders";
  if (route.answer == "Document") return "documents";
  return route.name.substr(0, route.name.find('.'));
}

Json tags() {
  auto out = Json::array();
  const auto add = [&](std::string_view name, std::string_view description) {
    out.push_back({{"name", name}, {"description", description}});
  };
  for (const auto& resource : resources()) add(resource.name, resource.about);
  add("sessions", "Logging in and out; who is logged in.");
  add("invitations", "Setting a password with a link.");
  add("letters", "Reactions that their targets refused for good.");
  add("cluster", "The nodes and what they own.");
  add("stream", "Live changes over a WebSocket.");
  add("documents", "Descriptions of this interface.");
  add("pages", "For browsers.");
  return out;
}

Json operation_of(const Route& route, const entity::Kinds& kinds) {
  Json out{{"operationId", route.name},
           {"tags", {tag_of(route)}},
           {"summary", route.summary},
           {"security", security(route)}};
  if (auto list = parameters(route); !list.empty()) out["parameters"] = std::move(list);
  if (route.body != BodyType::none) out["requestBody"] = body_of(route);
  out["responses"] = responses(route, kinds);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(c | 32);
  return out;
}

}  // namespace

std::string openapi_document(const http::Router& router, const entity::Kinds& kinds,
                             const std::string& version) {
  Json out{{"openapi", "3.1.0"},
           {"info",
            {{"title", "MicroFlow"},
             {"version", version},
             {"description", about},
             {"license", {{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}}}},
           {"servers", Json::array({{{"url", "/"}, {"description", "This node."}}})},
           {"tags", tags()}};
  out["paths"] = Json::object();
  for (const auto& route : router.routes())
    out["paths"][route.pattern][lower(to_string(route.method))] = operation_of(route, kinds);
  out["components"] = parse_ordered_json(components(router, kinds));
  return to_text(out, 1);
}

}  // namespace mf::gateway::documents
