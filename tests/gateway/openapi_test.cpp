// What OpenAPI says of the real kinds, without a node.
#include <catch2/catch.hpp>
#include <set>

#include "base/json.hpp"
#include "gateway/api/resources.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/routes/routes.hpp"
#include "tests/fuzz/kinds.hpp"

namespace mf::test {
namespace {

using gateway::Parameter;
using nlohmann::json;

const json& document() {
  static const auto made = [] {
    const gateway::Operations operations(fuzz::kinds());
    gateway::http::Router router;
    gateway::routes::add_all(router, operations);
    return parse_json(gateway::documents::openapi_document(router, fuzz::kinds(), "1.2.3"));
  }();
  return made;
}

/// Each operation with its method and path.
template <class Take>
void for_each_operation(Take take) {
  for (const auto& [path, methods] : document()["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      INFO(method << " " << path);
      take(operation);
    }
}

/// `node` is a part of the document.
const json& resolved(const json& node) {
  // NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter): it lives as long as the document
  if (!node.contains("$ref")) return node;
  return document().at(json::json_pointer(node["$ref"].get<std::string>().substr(1)));
}

const json& schema(const std::string& name) { return document()["components"]["schemas"][name]; }

const json& body_of(const std::string& path, const char* method) {
  return document()["paths"][path][method]["requestBody"]["content"].begin().value()["schema"];
}

bool has(const json& list, const json& one) { return std::ranges::find(list, one) != list.end(); }

/// An object whose members are known, a page of such, or one of several.
bool is_typed(const json& node) {
  const auto& schema = resolved(node);
  for (const auto* word : {"anyOf", "oneOf", "allOf"})
    if (schema.contains(word)) return std::ranges::all_of(schema[word], is_typed);
  if (schema.value("type", "") == "array") return is_typed(schema["items"]);
  return schema.contains("properties") && !schema["properties"].empty();
}

}  // namespace

TEST_CASE("openapi: every answer is typed, but for the documents themselves") {
  std::size_t answers = 0;
  for_each_operation([&](const json& operation) {
    for (const auto& [status, answer] : operation["responses"].items()) {
      if (!status.starts_with('2') || !answer.contains("content")) continue;
      if (has(operation["tags"], "documents") || has(operation["tags"], "pages")) continue;
      const auto& schema = answer["content"]["application/json"]["schema"];
      ++answers;
      CHECK(is_typed(schema));
      const auto properties = resolved(schema).value("properties", json::object());
      if (properties.contains("next_cursor"))
        CHECK(properties["data"].contains("items") != properties["data"].contains("anyOf"));
    }
  });
  CHECK(answers > 60);
}

TEST_CASE("openapi: whatever answers 200 says with what") {
  for_each_operation([](const json& operation) {
    const auto& answers = operation["responses"];
    for (const auto* status : {"200", "201"})
      if (answers.contains(status)) CHECK(answers[status].value("content", json()).size() == 1);
  });
}

TEST_CASE("openapi: parameters say what they may be, and what they are for") {
  for_each_operation([](const json& operation) {
    for (const auto& parameter : operation.value("parameters", json::array())) {
      INFO(parameter["name"]);
      CHECK(parameter.value("description", "").size() > 10);
      CHECK(parameter["schema"].contains("type"));
      if (parameter["in"] == "path") CHECK(parameter["required"] == true);
      if (parameter["in"] == "query") CHECK(parameter["required"] == false);
    }
  });
  json of_orders;
  for (const auto& parameter : document()["paths"]["/v1/orders"]["get"]["parameters"])
    of_orders[parameter["name"].get<std::string>()] = parameter["schema"];
  CHECK(of_orders["limit"] ==
        json{{"type", "integer"}, {"minimum", 1}, {"maximum", 100}, {"default", 50}});
  CHECK(of_orders["priority"] == json{{"type", "integer"}, {"minimum", 1}, {"maximum", 4}});
  CHECK(of_orders["due_before"]["format"] == "date-time");
  CHECK(of_orders["zone"]["pattern"] == "^zon_[0-9A-HJKMNP-TV-Z]{26}$");
  CHECK(of_orders["sort"]["enum"] == json{"created_at", "due", "priority"});
}

TEST_CASE("openapi: the states to filter by are those that orders have") {
  for (const auto& parameter : document()["paths"]["/v1/orders"]["get"]["parameters"])
    if (parameter["name"] == "status")
      CHECK(parameter["schema"]["items"]["enum"] ==
            schema("OrderRow")["properties"]["status"]["enum"]);
}

TEST_CASE("openapi: a parameter takes what its schema says, and refuses what it does not") {
  const auto code = [](const Parameter& parameter, std::string_view value) {
    const auto wrong = check(parameter, value);
    return wrong ? wrong->code : std::string();
  };
  for (const auto& resource : gateway::resources())
    for (const auto& parameter : resource.list_parameters) {
      INFO(resource.name << " " << parameter.name);
      const auto schema = parse_json(schema_of(parameter));
      if (schema.contains("minimum")) {
        const int low = schema["minimum"], high = schema["maximum"];
        for (const int good : {low, high}) CHECK(code(parameter, std::to_string(good)).empty());
        for (const int bad : {low - 1, high + 1})
          CHECK(code(parameter, std::to_string(bad)) == "out_of_range");
        CHECK(code(parameter, "x") == "out_of_range");
      }
      if (schema.contains("enum")) {
        for (const auto& value : schema["enum"])
          CHECK(code(parameter, value.get<std::string>()).empty());
        CHECK(code(parameter, "x") == "unknown_value");
      }
      if (schema["type"] == "array") {
        CHECK(code(parameter, "NEW,CLOSED").empty());
        CHECK(code(parameter, "NEW,LOST") == "unknown_value");
      }
      if (schema.contains("maxLength")) {
        const std::size_t most = schema["maxLength"];
        CHECK(code(parameter, std::string(most, 'a')).empty());
        CHECK_FALSE(code(parameter, std::string(most + 1, 'a')).empty());
      }
      if (schema.contains("format")) {
        CHECK(code(parameter, "2026-11-24T13:05:00Z").empty());
        CHECK(code(parameter, "soon") == "malformed");
      }
      if (schema.contains("pattern")) {
        CHECK(
            code(parameter, std::string(parameter.id_prefix) + "_" + std::string(26, '0')).empty());
        CHECK(code(parameter, "ord_1") == "malformed");
      }
    }
}

TEST_CASE("openapi: what we make, or the path says, is not asked for in a body") {
  for (const auto* path : {"/v1/zones", "/v1/order-types", "/v1/orders", "/v1/technicians",
                           "/v1/clients", "/v1/accounts", "/v1/clients/{id}/sites"}) {
    INFO(path);
    CHECK_FALSE(has(body_of(path, "post").value("required", json::array()), "id"));
  }
  CHECK(has(body_of("/v1/zones", "post")["required"], "name"));
  CHECK(body_of("/v1/zones", "post")["properties"].contains("id"));
  for (const auto* path : {"/v1/zones/{id}", "/v1/order-types/{id}"})
    CHECK_FALSE(body_of(path, "patch")["properties"].contains("id"));
  CHECK_FALSE(body_of("/v1/clients/{id}/sites/{site}", "patch")["properties"].contains("site"));
  CHECK(has(body_of("/v1/clients/{id}/assets", "post")["required"], "site"));
}

TEST_CASE(
    "openapi: every operation says who may come, and stands under one tag that is explained") {
  std::set<std::string> tags;
  for (const auto& tag : document()["tags"]) {
    CHECK(tag["description"].get<std::string>().size() > 10);
    CHECK(tags.insert(tag["name"]).second);
  }
  std::set<std::string> used;
  for_each_operation([&](const json& operation) {
    REQUIRE(operation["tags"].size() == 1);
    used.insert(operation["tags"][0].get<std::string>());
    for (const auto& one : operation["security"])
      CHECK(document()["components"]["securitySchemes"].contains(one.begin().key()));
    const auto& answers = operation["responses"];
    CHECK(answers.contains("401") == !operation["security"].empty());
    CHECK(answers.contains("default"));
  });
  CHECK(used == tags);
  const auto& read = document()["paths"]["/v1/orders/{id}"]["get"];
  CHECK(read["security"].size() == 3);
  CHECK(document()["paths"]["/v1/sessions"]["post"]["security"].empty());
  CHECK(document()["servers"][0]["url"] == "/");
}

TEST_CASE("openapi: whoever knows the type of an event knows its data, and no secret is in it") {
  std::set<std::string> types;
  for (const auto& one : schema("Event")["oneOf"]) {
    const auto& own = resolved(one)["allOf"][1]["properties"];
    const std::string type = own["type"]["const"];
    INFO(type);
    CHECK(types.insert(type).second);
    for (const auto* secret : {"token", "released", "created_by", "noted_by", "tracking_hash"})
      CHECK(to_text(own["data"]).find("\"" + std::string(secret) + "\"") == std::string::npos);
  }
  CHECK(types.size() > 40);
  const auto& comment = schema("Event.order.commented")["allOf"][1]["properties"]["data"];
  CHECK(comment["required"] == json{"comment", "text", "visibility", "author", "author_as"});
}

TEST_CASE("openapi: each viewer's form of an order is named, with who gets it") {
  const auto& view = document()["paths"]["/v1/orders/{id}"]["get"]["responses"]["200"]["content"]
                               ["application/json"]["schema"];
  CHECK(view["anyOf"].size() == 3);
  for (const auto* name : {"Order", "OrderForFormerTechnician", "OrderForClient", "OrderRow",
                           "OrderRowForFormerTechnician", "OrderRowForClient", "OrderLink"}) {
    INFO(name);
    CHECK(schema(name)["description"].get<std::string>().starts_with("To "));
    CHECK(has(schema(name)["required"], "version"));
    CHECK(has(schema(name)["required"], "id"));
  }
  for (const auto* hidden : {"flags", "sla", "priority", "zone"})
    CHECK_FALSE(schema("OrderForClient")["properties"].contains(hidden));
  CHECK_FALSE(schema("OrderLink")["properties"].contains("description"));
}

}  // namespace mf::test
