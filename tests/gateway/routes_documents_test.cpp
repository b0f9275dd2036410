#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "gateway/documents/documents.hpp"
#include "gateway/routes/routes.hpp"
#include "tests/gateway/fake_kinds.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using nlohmann::json;

TEST_CASE(
    "openapi: every route is described, every described path exists, and all refer to schemas") {
  World world;
  const auto document = body_of(world.ask({"GET", "/v1/openapi.json", "", "", {}}));
  CHECK(document["openapi"] == "3.1.0");
  entity::Kinds kinds;
  add_fake_kinds(kinds);
  const gateway::Operations operations(kinds);
  gateway::http::Router router;
  gateway::routes::add_all(router, operations);
  std::size_t described = 0;
  std::set<std::string> names;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      ++described;
      INFO(method << " " << path);
      CHECK(names.insert(operation["operationId"]).second);
      // Who sends a body without its length is told here that it is not taken.
      CHECK(operation.contains("requestBody") == operation["responses"].contains("411"));
      CHECK_FALSE(operation["summary"].get<std::string>().empty());
      // It exists: somebody who is logged in gets neither 404 for the path nor 405.
      std::array<std::string_view, 3> params;
      auto upper = method;
      for (auto& c : upper) c = static_cast<char>(std::toupper(c));
      gateway::http::Method wanted = gateway::http::Method::other;
      for (int i = 0; i < 7; ++i)
        if (to_string(static_cast<gateway::http::Method>(i)) == upper)
          wanted = static_cast<gateway::http::Method>(i);
      CHECK(router.find(wanted, path, params).route);
    }
  CHECK(described == router.routes().size());
  const auto text = to_text(document);
  for (std::size_t at = 0; (at = text.find("#/components/schemas/", at)) != text.npos; ++at) {
    const auto begin = at + std::string("#/components/schemas/").size();
    CHECK(document["components"]["schemas"].contains(
        text.substr(begin, text.find('"', begin) - begin)));
  }
  for (const std::string path :
       {"/v1/orders", "/v1/orders/{id}", "/v1/orders/{id}/start", "/v1/sync", "/v1/track",
        "/v1/sessions", "/v1/technicians/{id}/agenda", "/v1/clients/{id}/sites", "/v1/cluster",
        "/v1/stream"})
    CHECK(document["paths"].contains(path));
}

}  // namespace
}  // namespace mf::test
