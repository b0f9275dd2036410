#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>

#include "tests/house/include_table.hpp"
#include "tests/house/tree.hpp"

using namespace mf::house;
namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

bool is_refused(const std::string& path, const std::string& include) {
  return !include_faults(parse(path, "#include " + include + "\n")).empty();
}

}  // namespace

TEST_CASE("house: every include is one the table allows") {
  REQUIRE(sources().size() > 20);
  std::vector<std::string> faults;
  for (const auto& file : sources())
    for (auto& fault : include_faults(file)) faults.push_back(std::move(fault));
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: the table refuses what the design forbids") {
  CHECK(is_refused("base/x.hpp", "\"config/config.hpp\""));
  CHECK(is_refused("config/x.cpp", "\"actors/entity/kind.hpp\""));
  CHECK(is_refused("storage/store.hpp", "\"actors/entity/kind.hpp\""));
  CHECK(is_refused("storage/x.cpp", "\"storage/rocks/database.hpp\""));
  CHECK(is_refused("storage/x.cpp", "<rocksdb/db.h>"));
  CHECK(is_refused("actors/host/x.cpp", "\"storage/rocks/rocks_store.hpp\""));
  CHECK(is_refused("actors/shard/shard_core.cpp", "<caf/actor.hpp>"));
  CHECK(is_refused("actors/shard/reaction_queue.cpp", "<nlohmann/json.hpp>"));
  CHECK(is_refused("actors/shard/x.hpp", "\"actors/host/runtime.hpp\""));
  CHECK(is_refused("actors/views/x.hpp", "\"actors/host/runtime.hpp\""));
  CHECK(is_refused("actors/entity/x.cpp", "\"actors/shard/entity_core.hpp\""));
  CHECK(is_refused("actors/work_order/work_order.hpp", "\"actors/entity/kind.hpp\""));
  CHECK(
      is_refused("actors/work_order/work_order_codec.cpp", "\"actors/technician/technician.hpp\""));
  CHECK(is_refused("actors/work_order/work_order_rules.cpp", "<nlohmann/json.hpp>"));
  CHECK(is_refused("actors/work_order/work_order_decide_desk.cpp", "\"base/described_json.hpp\""));
  CHECK(is_refused("actors/technician/duty.cpp", "\"base/json.hpp\""));
  CHECK(is_refused("actors/entity/kind.hpp", "\"base/json.hpp\""));
  CHECK(is_refused("actors/client/client_react.cpp", "<caf/actor.hpp>"));
  CHECK(is_refused("gateway/http/x.cpp", "\"storage/store.hpp\""));
  CHECK(is_refused("gateway/http/x.cpp", "\"actors/work_order/work_order.hpp\""));
  CHECK(is_refused("gateway/http/x.cpp", "\"actors/host/shards_actor.hpp\""));
  CHECK(is_refused("gateway/http/x.hpp", "<nlohmann/json.hpp>"));
  CHECK(is_refused("actors/technician/technician_codec.cpp", "<boost/beast/core.hpp>"));
  CHECK(is_refused("simulator/x.cpp", "\"node/node.hpp\""));
  CHECK(is_refused("node/x.cpp", "\"cli/commands.hpp\""));
  CHECK(is_refused("planning/x.cpp", "\"planning/files/clock.hpp\""));
  CHECK(is_refused("gateway/x.cpp", "<grpcpp/grpcpp.h>"));
  CHECK(is_refused("web/x.cpp", "\"base/id.hpp\""));
}

TEST_CASE("house: the table allows what the design says") {
  CHECK_FALSE(is_refused("storage/rocks/rocks_store.cpp", "<rocksdb/db.h>"));
  CHECK_FALSE(is_refused("actors/host/shards_actor.cpp", "<caf/actor.hpp>"));
  CHECK_FALSE(is_refused("actors/shard/x.cpp", "\"storage/store.hpp\""));
  CHECK_FALSE(is_refused("actors/client/client_codec.cpp", "\"base/described_json.hpp\""));
  CHECK_FALSE(is_refused("actors/client/client_react.cpp", "\"actors/client/client.hpp\""));
  CHECK_FALSE(is_refused("gateway/routes/order_routes.cpp", "\"base/described_json.hpp\""));
  CHECK_FALSE(is_refused("storage/rocks/tools/backup.cpp", "\"base/json.hpp\""));
  CHECK_FALSE(is_refused("gateway/http/server.hpp", "<boost/beast/http.hpp>"));
  CHECK_FALSE(is_refused("cli/main.cpp", "\"storage/rocks/rocks_store.hpp\""));
}

TEST_CASE("house: no two folders include each other, at any depth") {
  std::vector<SourceFile> product;
  for (const auto& file : sources())
    if (!file.is_in("tests") && !file.is_in("bench")) product.push_back(file);
  const auto cycles = folder_cycles(product);
  INFO(joined(cycles));
  CHECK(cycles.empty());
}

TEST_CASE("house: two folders that include each other are found at any depth") {
  const auto cycles = [](const std::string& a, const std::string& b, const std::string& c,
                         const std::string& d) {
    return folder_cycles(
               {parse(a, "#include \"" + b + "\"\n"), parse(c, "#include \"" + d + "\"\n")})
        .size();
  };
  CHECK(cycles("a/x.cpp", "b/x.hpp", "b/y.cpp", "a/y.hpp") == 1);
  CHECK(cycles("a/b/x.cpp", "a/c/x.hpp", "a/c/d/y.cpp", "a/b/e/y.hpp") == 1);
  CHECK(cycles("a/x.cpp", "a/b/x.hpp", "a/b/y.cpp", "a/y.hpp") == 1);
  CHECK(cycles("a/x.cpp", "b/x.hpp", "c/y.cpp", "a/y.hpp") == 0);
  CHECK(cycles("a/x.cpp", "ab/x.hpp", "ab/y.cpp", "c/y.hpp") == 0);
}

TEST_CASE("house: no folder may see a library that it doesn't use") {
  const auto unused = unused_allowances(sources());
  INFO(joined(unused));
  CHECK(unused.empty());
}

TEST_CASE("house: our includes are written from the root and exist") {
  std::vector<std::string> faults;
  for (const auto& file : sources())
    for (const auto& include : file.includes)
      if (include.is_ours && !fs::exists(root() / include.target))
        faults.push_back(file.path + ":" + std::to_string(include.line) + ": " + include.target);
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: every header begins with #pragma once") {
  std::vector<std::string> faults;
  for (const auto& file : sources())
    if (file.is_header() && (file.lines.empty() || file.lines[0] != "#pragma once"))
      faults.push_back(file.path);
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: pure folders read no clock and draw no random number") {
  const std::regex impure(
      R"((system|steady|high_resolution)_clock|::now\(|random_id\(|random_bytes\(|random_device)");
  // Where the type of a point in time is named, not read.
  const std::regex innocent(R"(time_point|using \w+ = )");
  std::vector<std::string> faults;
  for (const auto& file : sources()) {
    if (!is_pure(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::regex_search(file.lines[i], impure) && !std::regex_search(file.lines[i], innocent))
        faults.push_back(file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i]);
  }
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: no text holds notes to ourselves or paths of one machine") {
  // Written in two halves, so that this file passes its own test.
  const std::vector<std::string> forbidden{
      std::string("TO") + "DO",          std::string("FIX") + "ME",
      std::string("X") + "XX:",          std::string("HA") + "CK:",
      std::string("lorem ") + "ipsum",   std::string("place") + "holder text",
      std::string("in pro") + "duction", std::string("/wo") + "rk/",
      std::string("/tmp") + "/w/"};
  std::vector<std::string> faults;
  for (const auto& file : texts())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      for (const auto& word : forbidden)
        if (file.lines[i].find(word) != std::string::npos)
          faults.push_back(file.path + ":" + std::to_string(i + 1) + ": " + word);
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: no text names a page that is not in the tree") {
  // Notes from before the first line was written: a newcomer can't follow there.
  const std::regex elsewhere(R"((^|[^\w-])(design|domain|protocol|testing|style|pitfalls)\.md)");
  std::vector<std::string> faults;
  for (const auto& file : texts())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::regex_search(file.lines[i], elsewhere))
        faults.push_back(file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i]);
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: every property can fail: what rc::check gives is looked at") {
  const std::regex dropped(R"(^\s*rc::check\()");
  std::vector<std::string> faults;
  for (const auto& file : sources())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (std::regex_search(file.lines[i], dropped))
        faults.push_back(file.path + ":" + std::to_string(i + 1) + ": write CHECK(rc::check(…))");
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: every link in our pages leads somewhere") {
  const std::regex link(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<std::string> faults;
  for (const auto& file : texts()) {
    if (!file.path.ends_with(".md")) continue;
    const auto folder = (root() / file.path).parent_path();
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto& line = file.lines[i];
      for (std::sregex_iterator at(line.begin(), line.end(), link), end; at != end; ++at) {
        const auto target = (*at)[1].str();
        if (target.find("://") == std::string::npos && !fs::exists(folder / target))
          faults.push_back(file.path + ":" + std::to_string(i + 1) + ": " + target);
      }
    }
  }
  INFO(joined(faults));
  CHECK(faults.empty());
}

TEST_CASE("house: no file is so long that a second thing hides in it") {
  std::vector<std::string> faults;
  for (const auto& file : sources())
    if (file.lines.size() > 500)
      faults.push_back(file.path + " has " + std::to_string(file.lines.size()) + " lines");
  INFO(joined(faults));
  CHECK(faults.empty());
}
