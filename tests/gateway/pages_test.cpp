// The pages that the program brings along: open, whole, and strict about what runs in them.
#include <catch2/catch.hpp>
#include <regex>

#include "base/json.hpp"
#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

HttpReply page(World& world, const std::string& path) {
  return world.ask({"GET", path, "", "", {}});
}

std::size_t count(const std::string& text, const std::string& expression) {
  const std::regex wanted(expression);
  return static_cast<std::size_t>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), wanted), {}));
}

/// Whether this build has the screens (MF_WEB).
bool has_screens(World& world) {
  const bool has = page(world, "/dispatch").status == 200;
  if (!has) WARN("built without the screens");
  return has;
}

/// The pages that there are, in this build.
std::vector<std::string> paths(World& world) {
  if (!has_screens(world)) return {};
  return {"/", "/dispatch", "/field", "/track", "/t", "/admin", "/invite"};
}

/// What a Content-Security-Policy says about `name`: "'self' 'sha256-…'".
std::string directive(const std::string& policy, const std::string& name) {
  const auto at = policy.find(name + " ");
  if (at == policy.npos) return "none";
  const auto begin = at + name.size() + 1;
  return policy.substr(begin, policy.find(';', begin) - begin);
}

}  // namespace

TEST_CASE("pages: nothing runs or draws in them but what they were made with") {
  World world;
  for (const auto& path : paths(world)) {
    INFO(path);
    const auto reply = page(world, path);
    REQUIRE(reply.status == 200);
    CHECK(reply.header("Content-Type") == "text/html; charset=utf-8");
    const auto policy = reply.header("Content-Security-Policy");
    CHECK(policy.find("unsafe") == policy.npos);
    for (const auto* part : {"default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"})
      CHECK(policy.find(part) != policy.npos);
    // One hash for each script and style that stands in the page, and nothing that needs another.
    CHECK(count(directive(policy, "script-src"), "'sha256-[^']{44}'") ==
          count(reply.body, "<script>"));
    CHECK(count(directive(policy, "style-src"), "'sha256-[^']{44}'") ==
          count(reply.body, "<style>"));
    CHECK(count(reply.body, "\\s(on[a-z]+|style)=\"") == 0);
  }
}

TEST_CASE("pages: all that a page asks for is there, for everybody") {
  World world;
  for (const auto& path : paths(world)) {
    const auto body = page(world, path).body;
    const std::regex own(R"re((?:href|src)="(/[A-Za-z0-9_./-]*)")re");
    std::size_t found = 0;
    for (std::sregex_iterator at(body.begin(), body.end(), own), end; at != end; ++at, ++found) {
      INFO(path << " asks for " << (*at)[1]);
      CHECK(page(world, (*at)[1]).status == 200);
    }
    CHECK(found > 0);
  }
}

TEST_CASE("pages: each is described with the media type that it has") {
  World world;
  const auto document = parse_json(page(world, "/v1/openapi.json").body);
  std::size_t found = 0;
  for (const auto& [path, methods] : document["paths"].items()) {
    const auto& read = methods.value("get", nlohmann::json::object());
    if (read.value("tags", nlohmann::json()) != nlohmann::json{"pages"}) continue;
    if (path.find('{') != path.npos) continue;  // of files whose names change with what is in them
    INFO(path);
    ++found;
    const auto type = page(world, path).header("Content-Type");
    const auto& content = read["responses"]["200"]["content"];
    REQUIRE(content.size() == 1);
    CHECK(content.begin().key() == type.substr(0, type.find(';')));
    CHECK(content.begin().value()["schema"]["type"] == "string");
  }
  CHECK(found > (has_screens(world) ? 5 : 1));
}

TEST_CASE(
    "pages: a phone can install the field's, and keep all of it for when there is no network") {
  World world;
  if (!has_screens(world)) return;
  CHECK(page(world, "/field.webmanifest").header("Content-Type") == "application/manifest+json");
  const auto worker = page(world, "/field-sw.js");
  CHECK(worker.header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(worker.header("Cache-Control") == "no-cache");
  const std::regex kept("\"(/[A-Za-z0-9_./-]+)\"");
  const auto begin = worker.body.find("files = [");
  REQUIRE(begin != worker.body.npos);
  const auto list = worker.body.substr(begin, worker.body.find(']', begin) - begin);
  std::size_t scripts = 0;
  for (std::sregex_iterator at(list.begin(), list.end(), kept), end; at != end; ++at) {
    INFO((*at)[1]);
    CHECK(page(world, (*at)[1]).status == 200);
    scripts += (*at)[1].str().ends_with(".js") ? 1 : 0;
  }
  CHECK(scripts > 2);
}

TEST_CASE("pages: a browser that looks for a picture by itself finds it") {
  World world;
  const auto icon = page(world, "/favicon.ico");
  CHECK(icon.status == 200);
  CHECK(icon.header("Content-Type") == "image/svg+xml");
  CHECK(icon.body == page(world, "/favicon.svg").body);
}

TEST_CASE(
    "pages: what is named after its content is kept for ever, compressed for who can read it") {
  World world;
  if (!has_screens(world)) return;
  const auto html = page(world, "/dispatch");
  CHECK(html.header("Cache-Control") == "no-cache");
  const std::regex script("src=\"(/assets/[^\"]+\\.js)\"");
  std::smatch found;
  REQUIRE(std::regex_search(html.body, found, script));
  const std::string path = found[1];
  const auto plain = page(world, path);
  CHECK(plain.header("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(plain.header("Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(plain.header("Content-Encoding").empty());
  const std::regex sheet("href=\"(/assets/[^\"]+\\.css)\"");
  REQUIRE(std::regex_search(html.body, found, sheet));
  CHECK(page(world, found[1]).header("Content-Type") == "text/css; charset=utf-8");
  const auto asked = [&](const std::string& coding) {
    return world.ask({"GET", path, "", "", {"Accept-Encoding: " + coding}});
  };
  for (const std::string coding : {"br", "gzip, deflate, br, zstd", "gzip, BR;q=0.8"}) {
    INFO(coding);
    const auto compressed = asked(coding);
    CHECK(compressed.header("Content-Encoding") == "br");
    CHECK(compressed.body.size() * 2 < plain.body.size());
    // A cache may not give one who can't read it the other's.
    CHECK(compressed.header("ETag") != plain.header("ETag"));
  }
  for (const std::string coding : {"", "gzip", "br;q=0", "br;q=0.0, gzip", "brotli"}) {
    INFO(coding);
    CHECK(asked(coding).body == plain.body);
  }
  CHECK(page(world, "/assets/nothing.js").status == 404);
}

}  // namespace mf::test
