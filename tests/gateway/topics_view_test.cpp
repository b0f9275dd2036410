// Keyed views and latest-value topics.
#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "base/json.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test::topics_view_test {
namespace {

const Id zone = numbered("zon", 1), other_zone = numbered("zon", 2);
const Id client = numbered("cli", 1), ana = numbered("tec", 1);

std::string zones_json() { return to_text(json{{{"id", zone}}, {{"id", other_zone}}}); }

/// What a subscriber knows after following the rules: the higher version wins.
struct Known {
  std::map<std::string, int> versions;
  void take(const json& view) {
    for (const auto& row : view["rows"]) {
      int& version = versions[row["id"]];
      version = std::max(version, row["version"].get<int>());
    }
    if (!view.contains("gone")) return;
    for (const auto& gone : view["gone"]) {
      const auto known = versions.find(gone["id"]);
      if (known != versions.end() && known->second <= gone["version"]) versions.erase(known);
    }
  }
};

views::BoardRow board_row(const Id& id, int version) {
  const json row{{"id", id}, {"version", version}, {"kind", "work_order"}};
  return {id, static_cast<std::uint64_t>(version),
          std::make_shared<const std::string>(to_text(row))};
}

TEST_CASE("a client's view holds its orders and follows them") {
  StreamNode node;
  auto& runtime = node.runtime;
  for (int i = 1; i <= 3; ++i)
    runtime.put(EntityKind::work_order,
                to_text(json{{"id", numbered("ord", i)}, {"client", client}, {"zone", zone}}));
  runtime.put(EntityKind::work_order,
              to_text(json{{"id", numbered("ord", 9)}, {"client", numbered("cli", 2)}}));
  Phone phone(node, runtime.log_in(client_as(client)));
  const auto ok = phone.ask("sub", {{"topic", "client:" + client}})["ok"];
  CHECK(ok["rows"].size() == 3);
  CHECK_FALSE(ok.contains("more"));
  runtime.change({EntityKind::work_order, numbered("ord", 9)}, "triage");
  runtime.change({EntityKind::work_order, numbered("ord", 2)}, "triage");
  const auto view = phone.next("view");
  CHECK(view["topic"] == "client:" + client);
  REQUIRE(view["rows"].size() == 1);
  CHECK(view["rows"][0]["id"] == numbered("ord", 2));
  CHECK(view["rows"][0]["version"] == 2);
  CHECK(view["rows"][0]["status"] == "TRIAGE");
  CHECK(view["rows"][0]["seen_as"] == 2);
}

TEST_CASE("a client's view is for that client alone") {
  StreamNode node;
  const json sub{{"topic", "client:" + client}};
  Phone other(node, node.runtime.log_in(client_as(numbered("cli", 2))));
  CHECK(other.ask("sub", sub)["err"]["status"] == 404);
  Phone supervisor(node, node.runtime.log_in(supervisor_of(zone)));
  CHECK(supervisor.ask("sub", sub)["err"]["status"] == 403);
}

TEST_CASE("a client's view of many orders comes in pages, the last without more") {
  StreamNode node;
  node.runtime.on_list = [](const views::ListQuery& query) {
    views::ListReply reply;
    const int page = query.cursor.empty() ? 0 : std::stoi(query.cursor);
    for (int i = 0; i < query.limit; ++i)
      reply.rows.push_back(
          to_text(json{{"id", numbered("ord", page * query.limit + i)}, {"version", 1}}));
    if (page < 2) reply.next_cursor = std::to_string(page + 1);
    return reply;
  };
  Phone phone(node, node.runtime.log_in(client_as(client)));
  Known known;
  json page = phone.ask("sub", {{"topic", "client:" + client}})["ok"];
  known.take(page);
  int pages = 1;
  for (; page.contains("more"); ++pages) known.take(page = phone.next("view"));
  CHECK(pages == 3);
  CHECK(known.versions.size() == 300);
}

TEST_CASE("a board equals the truth although it changes while its snapshot is sent") {
  StreamNode node;
  auto& runtime = node.runtime;
  runtime.catalogue_zones = zones_json();
  std::map<std::string, int> truth;
  for (int i = 0; i < 3000; ++i) {
    const Id id = numbered("ord", i);
    runtime.put(EntityKind::work_order,
                to_text(json{{"id", id}, {"zone", zone}, {"title", std::string(200, 'x')}}));
    truth[id] = 1;
  }
  Phone phone(node, runtime.log_in(supervisor_of(zone)));
  phone.say(to_text(json{{"id", 1}, {"sub", {{"topic", "board:" + zone}}}}));
  while (runtime.watchers(zone) == 0) std::this_thread::yield();
  std::mt19937 random(Catch::rngSeed());
  for (int turn = 1; turn <= 200; ++turn) {
    views::BoardDelta delta{zone, 1'000'000ULL + static_cast<unsigned>(turn), {}, {}};
    for (int i = 0; i < 5; ++i) {
      const Id id = numbered("ord", static_cast<int>(random() % 3000));
      const auto at = truth.find(id);
      if (at == truth.end()) continue;
      const int version = at->second + 1;
      if (random() % 2 == 0) {
        delta.gone.push_back({id, static_cast<std::uint64_t>(version)});
        truth.erase(at);
      } else {
        delta.rows.push_back(board_row(id, version));
        at->second = version;
      }
    }
    runtime.send_board(delta);
    if (turn % 10 == 0) std::this_thread::sleep_for(1ms);
  }
  Known known;
  int snapshots = 0;
  bool is_complete = false;
  for (json message = phone.next(); !message.empty(); message = phone.next(500ms)) {
    const json& view = message.contains("ok") ? message["ok"] : message["view"];
    if (!view.contains("gone")) {
      ++snapshots;
      CHECK_FALSE(is_complete);
      is_complete = !view.contains("more");
    }
    known.take(view);
  }
  CHECK(is_complete);
  CHECK(snapshots > 1);
  CHECK((known.versions == truth));  // without printing 3,000 rows
}

TEST_CASE("a board that lacks rows says how many") {
  StreamNode node;
  node.runtime.catalogue_zones = zones_json();
  Principal administrator;
  administrator.roles = {Role::administrator};
  Phone phone(node, node.runtime.log_in(administrator));
  node.runtime.board_left_out = 7;
  CHECK(phone.ask("sub", {{"topic", "board:" + zone}})["ok"]["left_out"] == 7);
  node.runtime.board_left_out = 0;
  CHECK_FALSE(phone.ask("sub", {{"topic", "board:" + other_zone}})["ok"].contains("left_out"));
}

TEST_CASE("a board whose changes were lost ends, and a new subscription gets a snapshot") {
  StreamNode node;
  node.runtime.catalogue_zones = zones_json();
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const auto topic = "board:" + zone;
  REQUIRE(phone.ask("sub", {{"topic", topic}}).contains("ok"));
  views::BoardDelta lost{.zone = zone};
  lost.is_lost = true;
  node.runtime.send_board(lost);
  const auto told = phone.next("unsub");
  CHECK(told["topic"] == topic);
  CHECK(told["code"] == "unavailable");
  CHECK(phone.ask("sub", {{"topic", topic}})["ok"].contains("rows"));
}

TEST_CASE("boards are for those who dispatch in the zone") {
  StreamNode node;
  node.runtime.catalogue_zones = to_text(json{{{"id", zone}}});
  const auto status = [&](const Principal& by, const Id& of) {
    Phone phone(node, node.runtime.log_in(by));
    const auto answer = phone.ask("sub", {{"topic", "board:" + of}});
    return answer.contains("ok") ? 200 : answer["err"]["status"].get<int>();
  };
  Principal administrator, operator_;
  administrator.roles = {Role::administrator};
  operator_.roles = {Role::operator_};
  CHECK(status(supervisor_of(zone), zone) == 200);
  CHECK(status(administrator, zone) == 200);
  CHECK(status(supervisor_of(other_zone), zone) == 404);
  CHECK(status(administrator, other_zone) == 404);
  CHECK(status(client_as(client), zone) == 403);
  CHECK(status(technician_as(ana), zone) == 403);
  CHECK(status(operator_, zone) == 403);
}

TEST_CASE("the last subscriber of a board ends the watching") {
  StreamNode node;
  node.runtime.catalogue_zones = zones_json();
  const auto bearer = node.runtime.log_in(supervisor_of(zone));
  Phone one(node, bearer), two(node, bearer);
  for (Phone* phone : {&one, &two})
    REQUIRE(phone->ask("sub", {{"topic", "board:" + zone}}).contains("ok"));
  CHECK(node.runtime.watchers(zone) == 1);
  one.cut();
  REQUIRE(two.ask("unsub", {{"topic", "board:" + zone}}).contains("ok"));
  for (int i = 0; i < 200 && node.runtime.watchers(zone) > 0; ++i)
    std::this_thread::sleep_for(10ms);
  CHECK(node.runtime.watchers(zone) == 0);
}

TEST_CASE("health is pushed once a second, to operators and administrators") {
  StreamNode node;
  Principal operator_;
  operator_.roles = {Role::operator_};
  Phone phone(node, node.runtime.log_in(operator_));
  CHECK(phone.ask("sub", {{"topic", "cluster"}})["ok"]["snapshot"]["ready"] == true);
  CHECK(phone.next("pub")["event"]["shards"] == 64);
  Phone other(node, node.runtime.log_in(supervisor_of(zone)));
  CHECK(other.ask("sub", {{"topic", "cluster"}})["err"]["status"] == 403);
}

}  // namespace
}  // namespace mf::test::topics_view_test
