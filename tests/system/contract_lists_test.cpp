// Lists, searches and the reads around an order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <set>

#include "tests/system/shared_world.hpp"

using namespace mf::system_test;

namespace {

Json order_body(Company& c, const std::string& title) {
  return {
      {"type", c.type}, {"client", c.laura().client}, {"site", c.laura().site}, {"title", title}};
}

std::string new_order(Company& c, const std::string& title) {
  const auto answer = c.laura().post("/v1/orders", order_body(c, title));
  REQUIRE(answer.status == 201);
  return answer.id();
}

std::vector<std::string> ids(const Answer& list) {
  INFO(list.text());
  REQUIRE(list.status == 200);
  std::vector<std::string> found;
  for (const auto& row : list.json.at("data")) found.push_back(row.at("id"));
  return found;
}

std::set<std::string> found(Person& by, const std::string& query) {
  const auto list = ids(by.get("/v1/orders?limit=100&" + query));
  return {list.begin(), list.end()};
}

}  // namespace

TEST_CASE("contract: a list has data, next_cursor and position, 50 a page, 1 to 100") {
  auto& c = *shared_world().company;
  for (int i = 0; i < 52; ++i) new_order(c, "pagina larga");
  const auto page = c.admin.get("/v1/orders?q=pagina");
  CHECK(ids(page).size() == 50);
  CHECK(page.json.at("next_cursor").is_string());
  CHECK(page.json.at("position").is_string());
  CHECK(page.json.size() == 3);
  CHECK(ids(c.admin.get("/v1/orders?q=pagina&limit=1")).size() == 1);
  const auto all = c.admin.get("/v1/orders?q=pagina&limit=100");
  CHECK(ids(all).size() == 52);
  CHECK(all.json.at("next_cursor").is_null());
  const auto order = "/v1/orders/" + ids(all).front();
  for (const auto* path : {"/v1/orders", "/v1/technicians", "/v1/clients", "/v1/accounts",
                           "/v1/zones", "/v1/order-types"})
    for (const auto* bad : {"limit=0", "limit=101", "limit=-1", "limit=x", "cursor=garbage!"}) {
      INFO(path << "?" << bad);
      CHECK(c.admin.get(std::string(path) + "?" + bad).status == 422);
    }
  CHECK(c.admin.get(order + "/timeline?limit=101").status == 422);
  CHECK(c.admin.get(order + "/timeline?limit=100").status == 200);
}

TEST_CASE("contract: a cursor shows everything once while writes go on") {
  auto& c = *shared_world().company;
  for (const auto* sort : {"created_at", "due", "priority"}) {
    const std::string word = std::string("cursor") + sort;
    std::set<std::string> wanted, seen;
    for (int i = 0; i < 25; ++i) wanted.insert(new_order(c, word));
    std::string cursor;
    int rows = 0;
    for (int page = 0; page < 20; ++page) {
      const auto list = c.supervisor().get("/v1/orders?limit=7&q=" + word + "&sort=" + sort +
                                           (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const auto& id : ids(list)) {
        rows += wanted.contains(id) ? 1 : 0;
        seen.insert(id);
      }
      if (list.json.at("next_cursor").is_null()) break;
      cursor = list.json.at("next_cursor");
      new_order(c, word);
      const auto next = "/v1/orders/" + *wanted.begin() + "/comment";
      REQUIRE(c.laura().post(next, {{"text", "sigue igual"}}).ok());
    }
    CHECK(rows == 25);
    CHECK(std::ranges::includes(seen, wanted));
  }
}

TEST_CASE("contract: filters narrow a list, alone and together") {
  auto& c = *shared_world().company;
  const auto plain = new_order(c, "filtrada"), urgent = new_order(c, "filtrada");
  REQUIRE(c.supervisor().post("/v1/orders/" + urgent + "/set_priority", {{"priority", 1}}).ok());
  REQUIRE(
      c.supervisor().post("/v1/orders/" + urgent + "/triage", {{"confirmed_distinct", true}}).ok());
  REQUIRE(c.supervisor()
              .post("/v1/orders/" + urgent + "/assign", {{"technician", c.ana().technician}})
              .ok());
  const auto list = [&](const std::string& query) { return found(c.admin, "q=filtrada&" + query); };
  using Ids = std::set<std::string>;
  CHECK(list("") == Ids{plain, urgent});
  CHECK(list("status=NEW") == Ids{plain});
  CHECK(list("status=NEW,ASSIGNED") == Ids{plain, urgent});
  CHECK(list("priority=1") == Ids{urgent});
  CHECK(list("technician=" + c.ana().technician) == Ids{urgent});
  CHECK(list("zone=" + c.north_zone + "&client=" + c.laura().client) == Ids{plain, urgent});
  CHECK(list("zone=" + c.south_zone).empty());
  CHECK(list("due_before=2020-01-01T00:00:00Z").empty());
  CHECK(list("due_before=2096-01-01T00:00:00Z") == Ids{plain, urgent});
  CHECK(list("status=NEW&priority=1").empty());
  for (const auto* bad : {"status=OPEN", "priority=5", "zone=x", "due_before=yesterday",
                          "sort=title", "technician=", "client=ord_00000000000000000000000000"}) {
    INFO(bad);
    CHECK(c.admin.get(std::string("/v1/orders?") + bad).status == 422);
  }
  REQUIRE(c.supervisor().post("/v1/orders/" + urgent + "/cancel", {{"reason", "other"}}).ok());
}

TEST_CASE("contract: lists sort by creation, what is due, or priority") {
  auto& c = *shared_world().company;
  std::vector<std::string> made;
  for (const int priority : {2, 4, 1}) {
    made.push_back(new_order(c, "ordenada"));
    REQUIRE(
        c.admin.post("/v1/orders/" + made.back() + "/set_priority", {{"priority", priority}}).ok());
  }
  const auto list = [&](const std::string& sort) {
    return ids(c.admin.get("/v1/orders?q=ordenada&sort=" + sort));
  };
  auto newest_first = made;
  std::ranges::reverse(newest_first);
  const auto by_time = list("created_at");
  CHECK((by_time == made || by_time == newest_first));
  CHECK(ids(c.admin.get("/v1/orders?q=ordenada")) == by_time);
  const std::vector<std::string> by_urgency{made[2], made[0], made[1]};
  CHECK(list("priority") == by_urgency);
  CHECK(list("due") == by_urgency);
}

TEST_CASE("contract: a search finds words by their beginning, whatever their case and accents") {
  auto& c = *shared_world().company;
  const auto order = new_order(c, "Instalación de antena en Ñandubay");
  const auto code = c.laura().get("/v1/orders/" + order).json.at("code").get<std::string>();
  for (const auto* q : {"instalacion", "INSTAL", "instalaci%C3%B3n", "nandubay", "%C3%91andu",
                        "antena%20nandubay", "nandubay+instal"}) {
    INFO(q);
    CHECK(found(c.laura(), std::string("q=") + q).contains(order));
  }
  CHECK(found(c.laura(), "q=" + code).contains(order));
  CHECK(found(c.laura(), "q=" + code.substr(9, 4)).contains(order));
  CHECK(found(c.laura(), "q=" + order) == std::set{order});
  CHECK(ids(c.admin.get("/v1/clients?q=" + c.laura().client)) == std::vector{c.laura().client});
  CHECK_FALSE(found(c.laura(), "q=stalacion").contains(order));
  CHECK_FALSE(found(c.laura(), "q=nandubay%20router").contains(order));
  std::string long_word;
  for (int i = 0; i < 100; ++i) long_word += "%C3%B1";
  CHECK(c.laura().get("/v1/orders?q=" + long_word).status == 200);
  CHECK(c.laura().get("/v1/orders?q=" + long_word + "n").status == 422);
  CHECK(ids(c.admin.get("/v1/clients?q=velez")) == std::vector{c.laura().client});
  CHECK(ids(c.admin.get("/v1/technicians?q=gomez")) == std::vector{c.ana().technician});
}

TEST_CASE(
    "contract: a technician finds by the client's name while the visit is alive, never by number") {
  auto& c = *shared_world().company;
  const auto order = c.assigned_order();
  const auto client = c.admin.get("/v1/clients/" + c.laura().client).json;
  const auto number = "q=" + client.at("document_number").get<std::string>();
  CHECK(found(c.supervisor(), number).contains(order));
  CHECK_FALSE(found(c.ana(), number).contains(order));
  CHECK(found(c.ana(), "q=velez").contains(order));
  REQUIRE(c.ana().post("/v1/orders/" + order + "/start", Json::object()).ok());
  REQUIRE(c.ana().post("/v1/orders/" + order + "/complete", {{"note", "listo"}}).ok());
  REQUIRE(c.supervisor().post("/v1/orders/" + order + "/approve", Json::object()).ok());
  CHECK(found(c.supervisor(), "q=velez").contains(order));
  CHECK_FALSE(found(c.ana(), "q=velez").contains(order));
  CHECK(found(c.ana(), "q=sin%20internet").contains(order));
}

TEST_CASE("contract: a timeline holds every event once, oldest first, page by page") {
  auto& c = *shared_world().company;
  const auto path = "/v1/orders/" + c.assigned_order();
  for (int i = 0; i < 7; ++i) REQUIRE(c.ana().post(path + "/comment", {{"text", "voy"}}).ok());
  std::vector<int> versions;
  std::vector<std::string> types;
  std::string cursor;
  do {
    const auto page = c.supervisor().get(path + "/timeline?limit=4" +
                                         (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(page.status == 200);
    for (const auto& event : page.json.at("data")) {
      versions.push_back(event.at("version"));
      types.push_back(event.at("type"));
      for (const auto* member :
           {"id", "schema", "entity", "occurred_at", "recorded_at", "principal", "role", "command"})
        CHECK(event.contains(member));
    }
    cursor = page.json.at("next_cursor").is_null() ? "" : page.json.at("next_cursor");
  } while (!cursor.empty() && versions.size() < 100);
  std::vector<int> counted(10);
  std::iota(counted.begin(), counted.end(), 1);
  CHECK(versions == counted);
  CHECK(types[0] == "order.created");
  CHECK(types[1] == "order.triaged");
  CHECK(types[2] == "assignment.created");
  CHECK(types[9] == "order.commented");
}

TEST_CASE("contract: candidates are ranked with reasons, and who is out is told why") {
  auto& world = shared_world();
  auto& c = *world.company;
  const auto path = "/v1/orders/" + new_order(c, "candidatos");
  REQUIRE(c.supervisor()
              .post(path + "/triage", {{"confirmed_distinct", true},
                                       {"skills", {{{"skill", "router"}, {"level", 1}}}}})
              .ok());
  const auto novice =
      c.admin.post("/v1/technicians",
                   {{"name", "Sin Oficio"}, {"zones", {c.north_zone}}, {"skills", {"fibra"}}});
  REQUIRE(novice.status == 201);
  Answer answer;
  const auto is_out = [&](const std::string& id) {
    for (const auto& out : answer.json.at("out"))
      if (out.at("technician") == id) return out.value("code", "") != "";
    return false;
  };
  // The zone's picture follows what was committed.
  REQUIRE(world.loop.wait([&] {
    answer = c.supervisor().get(path + "/candidates");
    return answer.status == 200 && is_out(novice.id());
  }));
  int rank = 0;
  std::set<std::string> ranked;
  for (const auto& candidate : answer.json.at("candidates")) {
    CHECK(candidate.at("rank") == ++rank);
    CHECK_FALSE(candidate.at("reasons").empty());
    ranked.insert(candidate.at("technician").get<std::string>());
  }
  CHECK(ranked.contains(c.ana().technician));
  CHECK(ranked.contains(c.ben().technician));
}
