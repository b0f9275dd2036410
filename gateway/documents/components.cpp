#include "gateway/documents/components.hpp"

#include "actors/views/proposal.hpp"
#include "base/json.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/api/resources.hpp"

namespace mf::gateway::documents {
namespace {

using Json = nlohmann::ordered_json;
using http::Route;

Json text() { return {{"type", "string"}}; }
Json text(const char* description) { return {{"type", "string"}, {"description", description}}; }
Json reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

/// One form, or any of several: the description says who gets which.
Json any_of(const std::vector<Json>& forms, const std::string& description) {
  if (forms.size() == 1) return forms[0];
  Json out{{"anyOf", forms}};
  out["description"] = description;
  return out;
}

Json forms_of(const entity::Kind& kind, Shown::Use use) {
  std::vector<Json> forms;
  std::string who;
  for (const auto& form : kind.shown()) {
    if (form.use != use) continue;
    forms.push_back(reference(form.name));
    who += (who.empty() ? "" : "\n") + form.name + ": " + form.note;
  }
  return any_of(forms, who);
}

/// Views, rows and links carry the entity's version at their end (api/event_json.hpp).
Json with_version(Json schema) {
  schema["properties"]["version"] = {{"type", "integer"},
                                     {"description", "Of the entity: grows with every change."}};
  schema["required"].push_back("version");
  return schema;
}

Json list_of(Json items) {
  return {{"type", "object"},
          {"properties",
           {{"data", {{"type", "array"}, {"items", std::move(items)}}},
            {"next_cursor",
             {{"type", {"string", "null"}},
              {"description",
               "For the next page; null on the last one. A page may hold fewer rows "
               "than `limit`, even none, and have a next one."}}},
            {"position", text("Where the list stands; empty where it is part of one entity.")},
            {"partial",
             {{"type", "boolean"},
              {"description",
               "The search means more clients or technicians than could be looked at: narrow it. "
               "Or rows that belong here can't be read: an operator sees which in the "
               "log."}}}}},
          {"required", {"data", "next_cursor", "position"}}};
}

/// "Site" of "Site[]".
std::string item_name(const std::string& answer) {
  return answer.ends_with("[]") ? answer.substr(0, answer.size() - 2) : answer;
}

/// The name of the schema of pages of such rows; empty when the answer is no such page.
std::string list_name(const Route& route) {
  if (route.answer == "List") return std::string(resource_of(route.kind)->schema) + "List";
  if (!route.answer.ends_with("[]")) return {};
  return item_name(route.answer) + "List";
}

void add_lists(const http::Router& router, const entity::Kinds& kinds, Json& out) {
  for (const auto& route : router.routes())
    if (const auto name = list_name(route); !name.empty())
      out[name] = list_of(route.answer == "List" ? forms_of(kinds.of(route.kind), Shown::Use::row)
                                                 : reference(item_name(route.answer)));
}

void add_forms(const entity::Kind& kind, Json& out) {
  for (const auto& form : kind.shown()) {
    if (form.use == Shown::Use::event) continue;
    auto schema = parse_ordered_json(form.schema);
    if (form.use != Shown::Use::part) schema = with_version(std::move(schema));
    if (!form.note.empty()) schema["description"] = form.note;
    out[form.name] = std::move(schema);
  }
}

/// What the gateway joins to an order for whoever goes there (io/contact.hpp): null when it can't
/// be had now.
void add_contact(Json& out) {
  const auto or_null = [](const char* name, const char* description) {
    Json either{{"anyOf", {reference(name), {{"type", "null"}}}}};
    either["description"] = description;
    return either;
  };
  const auto contact = or_null("Contact", "Whom to ask for, and where. Null: try again.");
  auto row = out["OrderRow"];
  out["OrderRowWithContact"] = std::move(row);
  for (const auto* name : {"Order", "OrderRowWithContact"}) {
    out[name]["properties"]["contact"] = contact;
    out[name]["required"].push_back("contact");
  }
  auto& line = out["AgendaLine"];
  line["properties"]["row"] =
      or_null("OrderRowWithContact", "The order, while the visit is alive and you may see it.");
  line["required"].push_back("row");
}

/// Events of orders: whoever knows the type knows the data.
void add_events(const entity::Kind& orders, Json& out) {
  using entity::Viewpoint;
  out["EventHead"] = parse_ordered_json(event_schema(Viewpoint::staff));
  auto types = Json::array();
  for (const auto& form : orders.shown()) {
    if (form.use != Shown::Use::event) continue;
    const Json own{{"type", "object"},
                   {"properties",
                    {{"type", {{"type", "string"}, {"const", form.name}}},
                     {"data", parse_ordered_json(form.schema)}}},
                   {"required", {"type", "data"}}};
    const auto name = "Event." + form.name;
    out[name] = {{"allOf", {reference("EventHead"), own}}};
    types.push_back(reference(name));
  }
  out["Event"] = {{"description", "An event of an order, to all but its client."},
                  {"oneOf", std::move(types)}};
  auto public_part = parse_ordered_json(event_schema(Viewpoint::client));
  public_part["description"] = "An event of an order, to its client: the public part.";
  public_part["properties"]["data"] = {{"type", "object"}, {"additionalProperties", true}};
  public_part["required"].push_back("data");
  out["EventForClient"] = std::move(public_part);
  auto timeline = list_of({});
  auto& data = timeline["properties"]["data"];
  data = {{"description", "Event: to staff and technicians. EventForClient: to the client."},
          {"anyOf",
           {{{"type", "array"}, {"items", reference("Event")}},
            {{"type", "array"}, {"items", reference("EventForClient")}}}}};
  out["Timeline"] = std::move(timeline);
}

Json problem() {
  return {{"type", "object"},
          {"description", "RFC 9457. `code` is stable and says what is wrong; texts may change."},
          {"properties",
           {{"type", text("urn:microflow:problem: and the code.")},
            {"title", text("What the status means.")},
            {"status", {{"type", "integer"}}},
            {"detail", text("A sentence for people.")},
            {"instance", text("The path that was asked for.")},
            {"code", text("snake_case, one word per reason: offer_expired, not_found, invalid …")},
            {"request_id", text("The same as the header Request-Id: for the log.")},
            {"errors",
             {{"type", "array"},
              {"description", "The fields or parameters that are wrong, all at once."},
              {"items",
               {{"type", "object"},
                {"properties",
                 {{"field", text("Where it stands: windows.0.from. Empty: the whole body.")},
                  {"code", text()},
                  {"detail", text()}}},
                {"required", {"field", "code", "detail"}}}}}}}},
          {"required", {"type", "title", "status", "code"}}};
}

/// What each of several commands came to, `of` named; the problem says besides whether to try
/// again.
Json results(const Json& of, const char* how_many) {
  Json refused = problem();
  refused["properties"]["retry"] = {{"type", "boolean"},
                                    {"description", "It may succeed later, as it was sent."}};
  refused["properties"]["retry_after_ms"] = {{"type", "integer"},
                                             {"description", "Of a 429 or 503: when."}};
  refused["required"].push_back("retry");
  refused["description"] = "What this command alone would have been answered.";
  auto members = of;
  members["ok"] = reference("Outcome");
  members["err"] = std::move(refused);
  return {{"type", "object"},
          {"properties",
           {{"results",
             {{"type", "array"},
              {"description", how_many},
              {"items",
               {{"type", "object"},
                {"properties", std::move(members)},
                {"required", {of.begin().key()}}}}}}}},
          {"required", {"results"}}};
}

Json schemas(const http::Router& router, const entity::Kinds& kinds) {
  Json out = Json::object();
  for (const auto& resource : resources()) add_forms(kinds.of(resource.kind), out);
  add_contact(out);
  add_lists(router, kinds, out);
  add_events(kinds.of(EntityKind::work_order), out);
  out["Outcome"] = parse_ordered_json(outcome_schema());
  out["Outcome"]["description"] = "The same for every command; the entity is read by its own path.";
  for (const auto& route : router.routes())
    if (!route.answer_schema.empty())
      out[item_name(route.answer)] = parse_ordered_json(route.answer_schema);
  out["SyncResults"] =
      results({{"key", text()}}, "As many as there were commands, in their order.");
  out["ProposalRow"] = parse_ordered_json(views::form_of_proposal().schema);
  out["AcceptedProposals"] =
      results({{"proposal", text()}, {"order", text("Absent where nobody knows the proposal.")}},
              "As many as were named, in their order.");
  out["Problem"] = problem();
  out["Document"] = {{"type", "object"}, {"additionalProperties", true}};
  return out;
}

Json headers() {
  const auto header = [](const char* description, Json schema) {
    return Json{{"description", description}, {"schema", std::move(schema)}};
  };
  return {{"Request-Id", header("Of this request, for the log.", text())},
          {"ETag", header("The entity's version, quoted: for If-Match and If-None-Match.", text())},
          {"Location", header("Where it can be read.", text())},
          {"Idempotent-Replayed",
           header("`true`: the command had been carried out before, and this is how.",
                  {{"type", "string"}, {"enum", {"true"}}})},
          {"Retry-After", header("Seconds; with 429 and 503.", {{"type", "integer"}})},
          {"Allow", header("The methods that the path has; with 405.", text())}};
}

Json refusal(const char* description) {
  const auto header = [](const char* name) {
    return Json{{"$ref", "#/components/headers/" + std::string(name)}};
  };
  return {{"description", description},
          {"headers",
           {{"Request-Id", header("Request-Id")},
            {"Retry-After", header("Retry-After")},
            {"Allow", header("Allow")}}},
          {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
}

Json responses() {
  return {
      {"Problem", refusal("An error: `code` says which.")},
      {"401", refusal("Without a login, or with one that is not good any more.")},
      {"403", refusal("Your role may not.")},
      {"404", refusal("There is none, or none that you may see.")},
      {"409", refusal("The state does not allow it: `code` says why.")},
      {"411", refusal("length_required: bodies come with Content-Length. Transfer-Encoding "
                      "(chunked) is not taken, because servers and proxies read it differently.")},
      {"412", refusal("It has another version than If-Match says.")},
      {"413", refusal("The body is too big, at most 60 KiB.")},
      {"415", refusal("The body has another media type, or a Content-Encoding: neither gzip nor "
                      "any other is taken.")},
      {"422", refusal("Fields or parameters are wrong: `errors` names all of them.")},
      {"426", refusal("Open this as a WebSocket.")},
      {"428", refusal("Say which version you edit: If-Match.")},
      {"429", refusal("Too many: try again after Retry-After.")}};
}

Json security_schemes() {
  return {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"description", "mf_…"}}},
          {"cookie",
           {{"type", "apiKey"},
            {"in", "cookie"},
            {"name", "__Host-microflow"},
            {"description", "Of browsers, with TLS. Unsafe requests need an Origin we know."}}},
          {"cookie_without_tls",
           {{"type", "apiKey"},
            {"in", "cookie"},
            {"name", "microflow"},
            {"description", "The same on plain loopback."}}},
          {"tracking",
           {{"type", "apiKey"},
            {"in", "header"},
            {"name", "Authorization"},
            {"description", "Tracking trk_…"}}}};
}

}  // namespace

std::string components(const http::Router& router, const entity::Kinds& kinds) {
  return to_text(Json{{"schemas", schemas(router, kinds)},
                      {"responses", responses()},
                      {"headers", headers()},
                      {"securitySchemes", security_schemes()}});
}

std::string answer_schema(const Route& route, const entity::Kinds& kinds) {
  if (route.answer == "View") return to_text(forms_of(kinds.of(route.kind), Shown::Use::view));
  const auto list = list_name(route);
  return to_text(reference(list.empty() ? route.answer : list));
}

}  // namespace mf::gateway::documents
