
#include "base/json.hpp"
#include "gateway/documents/documents.hpp"

namespace mf::gateway::documents {
namespace {

using Json = nlohmann::ordered_json;
using http::Access;
using http::BodyType;
using http::Method;
using http::Route;

Json reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

Json text() { return {{"type", "string"}}; }

Json schemas() {
  const Json number{{"type", "integer"}};
  Json out;
  out["Outcome"] = {
      {"type", "object"},
      {"required", {"id", "version", "status", "position"}},
      {"properties",
       {{"id", text()}, {"version", number}, {"status", text()}, {"position", text()}}}};
  out["View"] = {{"type", "object"}};
  out["Invitation"] = out["Outcome"];
  out["Invitation"]["properties"]["token"] = text();
  out["Invitation"]["properties"]["expires_at"] = text();
  out["List"] = {{"type", "object"},
                 {"required", {"data", "next_cursor", "position"}},
                 {"properties",
                  {{"data", {{"type", "array"}, {"items", reference("View")}}},
                   {"next_cursor", {{"type", {"string", "null"}}}},
                   {"position", text()},
                   {"partial",
                    {{"type", "boolean"},
                     {"description",
                      "The search means more clients or technicians than were "
                      "followed to their orders: narrow it. Or rows that belong here can't be "
                      "read: an operator sees which in the log."}}}}}};
  out["Event"] = {
      {"type", "object"},
      {"required", {"id", "type", "entity", "version", "occurred_at", "recorded_at", "data"}},
      {"properties",
       {{"id", text()},
        {"type", text()},
        {"schema", number},
        {"kind", text()},
        {"entity", text()},
        {"version", number},
        {"occurred_at", text()},
        {"recorded_at", text()},
        {"device_time", text()},
        {"principal", text()},
        {"role", text()},
        {"on_behalf_of", text()},
        {"justification", text()},
        {"command", text()},
        {"cause", text()},
        {"data", {{"type", "object"}}}}}};
  out["Timeline"] = out["List"];
  out["Timeline"]["properties"]["data"]["items"] = reference("Event");
  out["Session"] = {
      {"type", "object"},
      {"required", {"token", "expires_at", "account"}},
      {"properties", {{"token", text()}, {"expires_at", text()}, {"account", text()}}}};
  out["SyncResults"] = {
      {"type", "object"},
      {"required", {"results"}},
      {"properties",
       {{"results",
         {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"required", {"key"}},
            {"properties",
             {{"key", text()}, {"ok", reference("Outcome")}, {"err", reference("Problem")}}}}}}}}}};
  out["Problem"] = {
      {"type", "object"},
      {"required", {"type", "title", "status", "code"}},
      {"properties",
       {{"type", text()},
        {"title", text()},
        {"status", number},
        {"detail", text()},
        {"instance", text()},
        {"code", text()},
        {"request_id", text()},
        {"errors",
         {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"properties", {{"field", text()}, {"code", text()}, {"detail", text()}}}}}}}}}};
  return out;
}

Json parameter(const std::string& name, const std::string& in, bool is_required) {
  return {{"name", name}, {"in", in}, {"required", is_required}, {"schema", text()}};
}

Json parameters(const Route& route) {
  auto out = Json::array();
  for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string::npos; ++at)
    out.push_back(parameter(route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1),
                            "path", true));
  for (const auto& name : route.query) out.push_back(parameter(name, "query", false));
  if (route.operation) {
    if (route.method == Method::post) out.push_back(parameter("Idempotency-Key", "header", false));
    out.push_back(parameter("If-Match", "header", route.needs_if_match));
  }
  return out;
}

Json body_of(const Route& route) {
  const auto& text = !route.schema.empty() ? route.schema
                     : route.operation     ? route.operation->schema
                                           : std::string("{}");
  auto schema = parse_ordered_json(text);
  if (schema.is_discarded()) schema = Json::object();
  const auto type =
      route.body == BodyType::merge_patch ? "application/merge-patch+json" : "application/json";
  return {{"content", {{type, {{"schema", std::move(schema)}}}}}};
}

bool is_page(const Route& route) { return route.answer == "page"; }

Json success(const Route& route) {
  if (route.answer == "nothing") return {{"204", {{"description", "done"}}}};
  if (route.answer == "upgrade") return {{"101", {{"description", "a WebSocket (asyncapi.json)"}}}};
  if (is_page(route)) return {{"200", {{"description", "a page"}}}};
  const bool creates =
      (route.operation && (route.operation->creates || route.operation->makes_part)) ||
      route.answer == "Session";
  Json content{
      {"application/json", {{"schema", reference(route.answer.empty() ? "View" : route.answer)}}}};
  return {{creates ? "201" : "200",
           {{"description", creates ? "created" : "done"}, {"content", std::move(content)}}}};
}

Json operation_of(const Route& route) {
  Json out{{"operationId", route.name}, {"summary", route.summary}};
  if (auto list = parameters(route); !list.empty()) out["parameters"] = std::move(list);
  if (route.body != BodyType::none) out["requestBody"] = body_of(route);
  out["responses"] = success(route);
  if (route.body != BodyType::none)
    out["responses"]["411"] = {
        {"description",
         "length_required: bodies come with Content-Length. Transfer-Encoding (chunked) is not "
         "taken, because servers and proxies read it differently"},
        {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
  out["responses"]["default"] = {
      {"description", "an error"},
      {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
  if (route.access == Access::login)
    out["security"] = Json::array({{{"bearer", Json::array()}}, {{"cookie", Json::array()}}});
  if (route.access == Access::tracking)
    out["security"] = Json::array({{{"tracking", Json::array()}}});
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(c | 32);
  return out;
}

}  // namespace

std::string openapi_document(const http::Router& router, const std::string& version) {
  Json out{{"openapi", "3.1.0"},
           {"info",
            {{"title", "MicroFlow"},
             {"version", version},
             {"description",
              "Field service orders: commands, reads and searches. Live "
              "changes: /v1/asyncapi.json."}}}};
  out["paths"] = Json::object();
  for (const auto& route : router.routes())
    out["paths"][route.pattern][lower(to_string(route.method))] = operation_of(route);
  out["components"]["schemas"] = schemas();
  out["components"]["securitySchemes"] = {
      {"bearer", {{"type", "http"}, {"scheme", "bearer"}}},
      {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "__Host-microflow"}}},
      {"tracking",
       {{"type", "apiKey"},
        {"in", "header"},
        {"name", "Authorization"},
        {"description", "Tracking trk_…"}}}};
  return to_text(out, 1);
}

}  // namespace mf::gateway::documents
