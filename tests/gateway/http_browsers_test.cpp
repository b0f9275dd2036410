// What browsers, proxies and libraries make of HTTP between a page and us.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/http/request_reader.hpp"
#include "tests/gateway/http_world.hpp"

using namespace mf;
using namespace mf::test;
using gateway::http::RequestReader;

namespace {

const std::string console = "https://console.example.com";

gateway::GatewayOptions options_for_console() {
  auto options = quiet_options();
  options.allowed_origins = {console};
  return options;
}

/// The reader after these bytes, given in pieces of that size.
RequestReader::State read_in_pieces(RequestReader& reader, std::string_view bytes,
                                    std::size_t piece) {
  auto state = RequestReader::State::header;
  while (!bytes.empty() && state == RequestReader::State::header) {
    const auto room = reader.room();
    const auto size = std::min({piece, room.size(), bytes.size()});
    bytes.copy(room.data(), size);
    bytes.remove_prefix(size);
    reader.received(size);
    state = reader.advance();
  }
  return state;
}

}  // namespace

TEST_CASE("entity tags: weak ones, lists and what a compressing proxy makes of them are read") {
  using gateway::http::entity_tags;
  using Tags = std::vector<std::string_view>;
  CHECK(entity_tags("\"3\"")->tags == Tags{"3"});
  CHECK(entity_tags("W/\"3\"")->tags == Tags{"3"});
  CHECK(entity_tags("\"2\", W/\"3\" ,, \"4\"")->tags == Tags{"2", "3", "4"});
  CHECK(entity_tags("W/\"3-gzip\", \"5-br\"")->tags == Tags{"3", "5"});
  CHECK(entity_tags("\"a,b\"")->tags == Tags{"a,b"});
  CHECK(entity_tags("\"\"")->tags == Tags{""});
  CHECK(entity_tags(" * ")->is_any);
  for (const char* malformed : {"", ",", "3", "\"3", "3\"", "w/\"3\"", "W/3", "\"3\" \"4\"",
                                "\"3\";\"4\"", "\"3\", *", "\"a b\"", "\"3\"x"}) {
    INFO(malformed);
    CHECK_FALSE(entity_tags(malformed));
  }
}

TEST_CASE("http: an edit takes weak tags and lists of them, a malformed If-Match is 400") {
  World world;
  world.runtime.put(EntityKind::work_order, to_text(nlohmann::json{{"id", order}, {"zone", zone}}));
  const auto bearer = world.supervisor();
  const auto edit = [&](const std::string& if_match) {
    return world.ask(
        {"PATCH", "/v1/orders/" + order, bearer, R"({"title":"y"})", {"If-Match: " + if_match}});
  };
  CHECK(edit("\"8\", W/\"7\"").status == 412);
  CHECK(edit("\"draft\"").status == 412);
  const auto malformed = edit("1");
  CHECK(malformed.status == 400);
  CHECK(malformed.has("malformed_request"));
  CHECK(malformed.has("If-Match"));
  CHECK(edit("W/\"1\"").status == 200);
  CHECK(edit("\"1\", \"2\"").status == 200);
  CHECK(edit("*").status == 200);
}

TEST_CASE("http: a copy that a proxy has made weak is still the same") {
  World world;
  const auto read = [&](std::vector<std::string> headers) {
    return world.ask({.path = "/v1/openapi.json", .headers = std::move(headers)});
  };
  const auto etag = read({}).header("ETag");
  CHECK(read({"If-None-Match: W/" + etag}).status == 304);
  CHECK(read({"If-None-Match: \"other\", " + etag}).status == 304);
  CHECK(read({"If-None-Match: \"other\""}).status == 200);
  CHECK(read({"If-None-Match: nonsense"}).status == 200);
}

TEST_CASE("http: a body that is compressed is 415 and says so") {
  World world;
  const auto post = [&](const std::string& coding) {
    return world.ask({.method = "POST",
                      .path = "/v1/sessions",
                      .body = R"({"username":"a","password":"b"})",
                      .headers = {"Content-Encoding: " + coding}});
  };
  for (const auto* coding : {"gzip", "br", "gzip, identity"}) {
    INFO(coding);
    const auto no = post(coding);
    CHECK(no.status == 415);
    CHECK(no.has("unsupported_content_encoding"));
    CHECK(no.header("Accept-Encoding") == "identity");
  }
  CHECK(post("Identity").status == 401);
}

TEST_CASE("http: preflights allow what libraries add by themselves") {
  World world(options_for_console());
  const auto reply =
      world.ask({.method = "OPTIONS",
                 .path = "/v1/orders",
                 .headers = {"Origin: " + console, "Access-Control-Request-Method: POST"}});
  for (const auto* name : {"tracestate", "baggage", "X-Requested-With", "Cache-Control", "Pragma"})
    CHECK(reply.header("Access-Control-Allow-Headers").find(name) != std::string::npos);
}

TEST_CASE("http: every refusal reaches the page behind an origin that is allowed") {
  World world(options_for_console());
  const auto ask = [&](const std::string& origin, const std::string& line,
                       const std::string& more) {
    RawConnection connection(world.bound.http);
    connection.send(line + " HTTP/1.1\r\nHost: a\r\n" + more + "Origin: " + origin + "\r\n\r\n");
    return connection.read();
  };
  const std::string path = "GET /v1/orders", post = "POST /v1/sessions";
  const std::tuple<int, std::string, std::string> refusals[] = {
      {401, path, ""},
      {414, path + "?q=" + std::string(5'000, 'x'), ""},
      {414, path + "?q=" + std::string(20'000, 'x'), ""},
      {431, path, "X: " + std::string(9'000, 'x') + "\r\n"},
      {431, path, "X: " + std::string(20'000, 'x') + "\r\n"},
      {400, path, "Host: b\r\n"},
      {400, path, "X: a\r\n b\r\n"},
      {400, path + "#f", ""},
      {411, post, "Transfer-Encoding: chunked\r\n"},
      {413, post, "Content-Length: 70000\r\n"},
      {415, post, "Content-Length: 2\r\nContent-Type: text/plain\r\n"},
      {417, post, "Expect: money\r\n"},
  };
  for (const auto& [status, line, more] : refusals) {
    INFO(status << " " << line.substr(0, 40) << " " << more.substr(0, 40));
    const auto told = ask(console, line, more);
    CHECK(told.status == status);
    CHECK(told.header("Access-Control-Allow-Origin") == console);
    CHECK(told.header("Access-Control-Allow-Credentials") == "true");
    const auto silent = ask("https://evil.example.com", line, more);
    CHECK(silent.status == status);
    CHECK(silent.header("Access-Control-Allow-Origin").empty());
    CHECK(silent.header("Vary").find("Origin") != std::string::npos);
  }
}

TEST_CASE("request reader: of a header that can't be read only its one Origin is known") {
  const auto origin_of = [](const std::string& header, std::size_t piece) {
    RequestReader reader;
    CHECK(read_in_pieces(reader, header, piece) == RequestReader::State::failed);
    return std::string(reader.request().origin);
  };
  const auto large = "GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\nHost: a\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{100'000}}) {
    INFO(piece);
    CHECK(origin_of(large + "origin:\t https://a \r\nX: y\r\n\r\n", piece) == "https://a");
    CHECK(origin_of(large + "Origin: https://a\r\nOrigin: https://b\r\n\r\n", piece).empty());
    CHECK(origin_of(large + "X-Origin: https://a\r\n\r\n", piece).empty());
    CHECK(origin_of(large + "\r\nOrigin: https://a\r\n", piece).empty());
    // Not a whole line within what is read on.
    CHECK(
        origin_of(large + "X: " + std::string(40'000, 'x') + "\r\nOrigin: https://a\r\n\r\n", piece)
            .empty());
  }
}
