#include "simulator/demo/company.hpp"
#include "base/json.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

namespace mf::demo {
namespace {

using Json = nlohmann::json;

Company company() { return make_company({"a", "s", "t", "c", "o"}); }

std::map<std::string, int> count_by_path(const Company& company) {
  std::map<std::string, int> counts;
  for (const auto& step : company.steps)
    for (const auto& creation : step)
      ++counts[creation.path.ends_with("/sites") ? "sites" : creation.path];
  return counts;
}

TEST_CASE("demo: the company has 21 zones, 7 order types, 40 technicians and 200 clients") {
  const auto counts = count_by_path(company());
  CHECK(counts.at("/v1/zones") == 21);
  CHECK(counts.at("/v1/order-types") == 7);
  CHECK(counts.at("/v1/technicians") == 40);
  CHECK(counts.at("/v1/clients") == 200);
  CHECK(counts.at("sites") == 240);
  CHECK(counts.at("/v1/accounts") == 40 + 30 + 3 + 1);
}

TEST_CASE("demo: it is the same company every time") {
  const auto one = company(), other = company();
  REQUIRE(one.steps.size() == other.steps.size());
  for (std::size_t s = 0; s < one.steps.size(); ++s) {
    REQUIRE(one.steps[s].size() == other.steps[s].size());
    for (std::size_t i = 0; i < one.steps[s].size(); ++i)
      CHECK(one.steps[s][i].body == other.steps[s][i].body);
  }
}

TEST_CASE("demo: keys and ids are unique, and every body is one that names its own id") {
  std::set<std::string> keys, ids;
  for (const auto& step : company().steps)
    for (const auto& creation : step) {
      CHECK(keys.insert(creation.key).second);
      CHECK(ids.insert(parse_json(creation.body).at("id")).second);
    }
}

TEST_CASE("demo: every zone has technicians, also for the skills that orders need") {
  std::map<std::string, std::map<std::string, int>> skilled;  // zone → skill → technicians
  std::set<std::string> zones;
  for (const auto& step : company().steps)
    for (const auto& creation : step) {
      const auto body = parse_json(creation.body);
      if (creation.path == "/v1/zones") zones.insert(body["id"]);
      if (creation.path != "/v1/technicians") continue;
      for (const auto& zone : body["zones"])
        for (const auto& skill : body["skills"]) ++skilled[zone][skill["skill"]];
    }
  for (const auto& zone : zones)
    for (const char* skill : {"fibra", "redes", "antenas"}) CHECK(skilled[zone][skill] >= 2);
}

TEST_CASE("demo: supervisors share out all zones") {
  std::multiset<std::string> zones;
  for (const auto& user : company().users)
    if (user.role == "supervisor") zones.insert(user.zones.begin(), user.zones.end());
  CHECK(zones.size() == 21);
  CHECK(std::set<std::string>(zones.begin(), zones.end()).size() == 21);
}

}  // namespace
}  // namespace mf::demo
