// The contract from outside: in which order a request is judged, and what every answer carries.
#include <catch2/catch.hpp>
#include <set>

#include "tests/system/raw_socket.hpp"
#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

const std::string no_order = "/v1/orders/ord_00000000000000000000000000";
const mf::client::Headers as_patch{{"Content-Type", "application/merge-patch+json"}};

std::string version_of(Person& by, const std::string& path) {
  return by.get(path).raw.header("ETag");
}

std::set<std::string> fields(const Answer& answer) {
  std::set<std::string> names;
  for (const auto& error : answer.json.value("errors", Json::array()))
    names.insert(error.at("field").get<std::string>());
  return names;
}

}  // namespace

TEST_CASE("contract: a request is judged in one order, whatever else is wrong with it") {
  auto& world = shared_world();
  auto& c = *world.company;
  Person stranger(world.loop, world.node->http());
  const auto mine = "/v1/orders/" + c.new_order();
  const auto bad = std::string(R"({"nonsense":1})");
  const mf::client::Headers text{{"Content-Type", "text/plain"}}, old{{"If-Match", "\"999\""}};
  auto& mateo = c.clients[1];

  CHECK(stranger.request("POST", "/v1/nowhere", bad, text).status == 401);
  CHECK(stranger.request("PUT", "/v1/orders", bad, text).status == 401);
  CHECK(stranger.request("POST", mine + "/triage", bad, text).status == 401);
  CHECK(mateo.request("POST", "/v1/nowhere", bad, text).status == 404);
  CHECK(mateo.request("PUT", mine, bad, text).status == 405);
  CHECK(mateo.request("POST", mine + "/triage", bad, text).status == 415);
  CHECK(mateo.request("POST", mine + "/triage", std::string(61'441, ' '), text).status == 413);
  CHECK(mateo.request("POST", mine + "/triage", bad).status == 422);
  CHECK(mateo.request("POST", mine + "/comment", R"({"text":""})").status == 422);
  CHECK(mateo.request("POST", "/v1/orders/short/triage", bad).status == 422);
  CHECK(mateo.request("POST", "/v1/orders/short/triage").status == 404);
  CHECK(mateo.get("/v1/technicians?limit=0").status == 422);
  CHECK(mateo.get("/v1/technicians?nonsense=1").status == 422);
  CHECK(mateo.request("POST", mine + "/triage", "{}", old).status == 404);
  CHECK(c.laura().request("POST", mine + "/triage", "{}", old).status == 403);
  CHECK(c.laura().request("POST", mine + "/rate", R"({"rating":5})", old).status == 412);
  CHECK(c.laura()
            .request("POST", mine + "/rate", R"({"rating":5})",
                     {{"If-Match", version_of(c.laura(), mine)}})
            .status == 409);
}

TEST_CASE("contract: what no body may hold is said before who may send it") {
  auto& c = *shared_world().company;
  const std::pair<std::string, Json> bodies[] = {
      {"/v1/zones", {{"name", ""}}},
      {"/v1/order-types", {{"name", "x"}, {"duration_ms", 0}}},
      {"/v1/sla-policies",
       {{"priority", 9}, {"respond_ms", 1}, {"arrive_ms", 2}, {"resolve_ms", 3}}},
      {"/v1/clients", {{"name", ""}, {"document_type", "CC"}, {"document_number", "1"}}},
      {"/v1/technicians", {{"name", ""}}},
      {"/v1/accounts", {{"username", "con espacio"}}},
      {"/v1/accounts", {{"username", "corta"}, {"password", "ñandúñan"}}}};
  for (const auto& [path, body] : bodies) {
    INFO(path << " " << body);
    CHECK(c.laura().post(path, body).status == 422);
    CHECK(c.admin.post(path, body).status == 422);
  }
}

TEST_CASE("contract: another method is 405 and says which ones there are") {
  auto& c = *shared_world().company;
  const auto order = "/v1/orders/" + c.new_order();
  const auto allowed = [&](const std::string& method, const std::string& path) {
    const auto answer = c.admin.request(method, path);
    INFO(method << " " << path);
    CHECK(answer.status == 405);
    CHECK(answer.code() == "method_not_allowed");
    std::set<std::string> methods;
    auto rest = answer.raw.header("Allow") + ",";
    for (std::size_t comma; (comma = rest.find(',')) != rest.npos; rest.erase(0, comma + 1)) {
      auto name = rest.substr(0, comma);
      name.erase(0, name.find_first_not_of(' '));
      methods.insert(name);
    }
    return methods;
  };
  using Methods = std::set<std::string>;
  CHECK(allowed("PUT", "/v1/orders") == Methods{"GET", "HEAD", "POST"});
  CHECK(allowed("DELETE", order) == Methods{"GET", "HEAD", "PATCH"});
  CHECK(allowed("GET", order + "/triage") == Methods{"POST"});
  CHECK(allowed("GET", "/v1/sessions") == Methods{"POST"});
  CHECK(allowed("PATCH", "/v1/openapi.json") == Methods{"GET", "HEAD"});
  CHECK(allowed("OPTIONS", "/v1/sync") == Methods{"POST"});
}

TEST_CASE("contract: an error is a problem document with a stable code") {
  auto& c = *shared_world().company;
  const auto answer = c.laura().post("/v1/orders", {{"nonsense", 1}, {"title", 7}});
  CHECK(answer.status == 422);
  CHECK(answer.raw.header("Content-Type") == "application/problem+json");
  for (const auto* member : {"type", "title", "detail", "instance", "code", "request_id"}) {
    INFO(member);
    REQUIRE(answer.json.contains(member));
    CHECK_FALSE(answer.json.at(member).get<std::string>().empty());
  }
  CHECK(answer.json.at("status") == 422);
  CHECK(answer.json.at("instance") == "/v1/orders");
  CHECK(answer.json.at("request_id") == answer.raw.header("Request-Id"));
  CHECK(fields(answer) == std::set<std::string>{"nonsense", "title", "type", "client", "site"});
  for (const auto& error : answer.json.at("errors"))
    CHECK((error.contains("code") && error.contains("detail")));
  CHECK(c.laura().get(no_order).code() == "not_found");
  const auto late = c.laura().post("/v1/orders/" + c.new_order() + "/rate", {{"rating", 5}});
  CHECK(late.code() == "order_is_new");
}

TEST_CASE("contract: unknown fields are named, wherever they are") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.new_order();
  CHECK(fields(c.supervisor().post(path + "/triage", {{"prio", 1}})) ==
        std::set<std::string>{"prio"});
  const Json window{{"from", "2096-01-01T10:00:00Z"}, {"to", "2096-01-01T12:00:00Z"}, {"x", 1}};
  CHECK(fields(c.laura().post(path + "/reschedule", {{"windows", {window}}})) ==
        std::set<std::string>{"windows.0.x"});
  CHECK(fields(c.admin.patch("/v1/technicians/" + c.ana().technician, {{"age", 1}}, 1)) ==
        std::set<std::string>{"age"});
  Person stranger(shared_world().loop, shared_world().node->http());
  CHECK(fields(stranger.post("/v1/sessions", {{"username", "a"}, {"password", "b"}, {"x", 1}})) ==
        std::set<std::string>{"x"});
  CHECK(fields(c.ana().post("/v1/sync", {{"commands", Json::array()}, {"x", 1}})) ==
        std::set<std::string>{"x"});
  CHECK(fields(c.laura().get("/v1/orders?colour=red")) == std::set<std::string>{"colour"});
}

TEST_CASE("contract: bodies nest 32 levels and have 60 KiB, no more") {
  auto& c = *shared_world().company;
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels - 1), '[').insert(0, "{\"title\":") +
           std::string(static_cast<std::size_t>(levels - 1), ']') + "}";
  };
  const auto code = [&](int levels) {
    return c.laura()
        .request("POST", "/v1/orders", nested(levels))
        .json.at("errors")
        .at(0)
        .at("code");
  };
  CHECK(code(32) != "too_deep");
  CHECK(code(33) == "too_deep");
  const auto padded = [](std::size_t size) { return std::string(size - 2, ' ') + "{}"; };
  CHECK(c.laura().request("POST", "/v1/orders", padded(std::size_t{60} * 1024)).status == 422);
  CHECK(c.laura().request("POST", "/v1/orders", padded(std::size_t{60} * 1024 + 1)).status == 413);
}

TEST_CASE("contract: every response has its own Request-Id, also the one to nonsense") {
  auto& world = shared_world();
  auto& c = *world.company;
  std::set<std::string> ids;
  for (const auto* path : {"/v1/orders", "/v1/nowhere", "/v1/openapi.json", "/"})
    ids.insert(c.laura().get(path).raw.header("Request-Id"));
  RawSocket nonsense(world.node->http());
  nonsense.send("NONSENSE\r\n\r\n");
  ids.insert(nonsense.read_response().header("Request-Id"));
  RawStream stream(world.node->http(), {"Authorization: Bearer " + c.laura().token()});
  ids.insert(stream.upgrade().header("Request-Id"));
  RawStream refused(world.node->http(), {"Authorization: Bearer " + c.laura().token(),
                                         "Sec-WebSocket-Protocol: other.v1"});
  ids.insert(refused.upgrade().header("Request-Id"));
  CHECK(ids.size() == 7);
  CHECK_FALSE(ids.contains(""));
}

TEST_CASE("contract: a traceparent is taken when it is one, and never an obstacle") {
  auto& c = *shared_world().company;
  for (const auto* value : {"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "", "x",
                            "00-00000000000000000000000000000000-0000000000000000-00"})
    CHECK(c.laura().request("GET", "/v1/orders", {}, {{"traceparent", value}}).status == 200);
}

TEST_CASE("contract: a PATCH says which version it edits and is a merge patch") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.new_order();
  const auto edit = [&](const std::string& body, mf::client::Headers headers) {
    return c.supervisor().request("PATCH", path, body, std::move(headers));
  };
  const auto etag = version_of(c.supervisor(), path);
  const auto as_type = [&](const std::string& type) {
    return mf::client::Headers{{"Content-Type", type}, {"If-Match", etag}};
  };
  CHECK(etag ==
        "\"" + std::to_string(c.supervisor().get(path).json.at("version").get<int>()) + "\"");
  CHECK(edit(R"({"title":"a"})", as_patch).status == 428);
  CHECK(edit(R"({"title":"a"})", as_type("application/json")).status == 415);
  CHECK(edit(R"({"title":"a"})", as_type("application/json-patch+json")).status == 415);
  const auto edited = edit(R"({"title":"a","description":"b"})",
                           as_type("application/merge-patch+json; charset=utf-8"));
  CHECK(edited.status == 200);
  CHECK(edited.raw.header("ETag") != etag);
  CHECK(edited.raw.header("ETag") == version_of(c.supervisor(), path));
  CHECK(edit(R"({"title":"c"})", as_type("application/merge-patch+json")).status == 412);
  const auto as_tags = [&](const std::string& tags) {
    return mf::client::Headers{{"Content-Type", "application/merge-patch+json"},
                               {"If-Match", tags}};
  };
  CHECK(edit(R"({"title":"c"})", as_tags("W/" + etag)).status == 412);
  CHECK(edit(R"({"title":"c"})", as_tags(etag.substr(1))).status == 400);
  const auto version = edited.json.at("version").get<std::uint64_t>();
  CHECK(c.supervisor().patch(path, {{"description", nullptr}}, version).status == 200);
  const auto weak = etag + ", W/" + version_of(c.supervisor(), path);
  CHECK(edit(R"({"title":"a"})", as_tags(weak)).status == 200);
  const auto after = c.supervisor().get(path).json;
  CHECK(after.at("title") == "a");
  CHECK(after.value("description", "") == "");
  CHECK(c.supervisor()
            .request("GET", path, {}, {{"If-None-Match", version_of(c.supervisor(), path)}})
            .status == 304);
}
