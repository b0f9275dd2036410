// A technician's phone: assignments that arrive, positions that leave.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test::ws_phone_test {
namespace {

const Id order = numbered("ord", 1), zone = numbered("zon", 1), client = numbered("cli", 1);
const Id ana = numbered("tec", 1), ben = numbered("tec", 2), visit = numbered("vis", 1);
const EntityRef order_ref{EntityKind::work_order, order};

void put_order(FakeRuntime& runtime) {
  runtime.put(EntityKind::work_order,
              to_text(json{{"id", order}, {"zone", zone}, {"client", client}}), "TRIAGED");
  for (const Id& id : {ana, ben})
    runtime.put(EntityKind::technician, to_text(json{{"id", id}, {"zone", zone}}), "available");
}

void assign(FakeRuntime& runtime, const Id& technician,
            const std::string& event = "assignment.created") {
  runtime.change(
      order_ref, event,
      to_text(
          json{{"visit", visit},
               {"technician", technician},
               {"status", "ASSIGNED"},
               {"visits", {{{"id", visit}, {"offer_expires_at", "2030-01-01T00:00:00.000Z"}}}}}));
}

gateway::GatewayOptions fast_resends() {
  auto options = stream_options();
  options.stream.resend_after = 400ms;
  return options;
}

std::size_t acks(const FakeRuntime& runtime) {
  const auto commands = runtime.commands();
  return static_cast<std::size_t>(std::ranges::count_if(
      commands, [](const auto& c) { return c.body.verb == "ack_assignment"; }));
}

json positions(int from, int to, double lat = 6.24) {
  json list = json::array();
  for (int seq = from; seq <= to; ++seq)
    list.push_back({seq, to_millis(system_clock().now()) - 1000 + seq, lat, -75.58, 5, 10, 90});
  return list;
}

TEST_CASE("an assignment is pushed to its technician without a subscription") {
  StreamNode node;
  put_order(node.runtime);
  Phone anas(node, node.runtime.log_in(technician_as(ana)));
  Phone bens(node, node.runtime.log_in(technician_as(ben)));
  assign(node.runtime, ana);
  const auto asg = anas.next("asg");
  CHECK(asg["n"] == visit);
  CHECK(asg["order"]["id"] == order);
  CHECK(asg["order"]["version"] == 2);
  CHECK(asg["order"]["seen_as"] == 1);
  CHECK(asg["offer_expires_at"] == "2030-01-01T00:00:00.000Z");
  assign(node.runtime, ben, "assignment.reassigned");
  CHECK(bens.next("asg")["order"]["id"] == order);
}

TEST_CASE("an unacknowledged assignment is sent again three times") {
  StreamNode node(fast_resends());
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  for (int i = 0; i < 4; ++i) CHECK(phone.next("asg", 3s)["n"] == visit);
  CHECK(phone.next("asg", 2s).empty());
}

TEST_CASE("an acknowledged assignment is not sent again, and the entity hears of it") {
  StreamNode node(fast_resends());
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  REQUIRE(phone.next("asg")["n"] == visit);
  CHECK(phone.ask("ack", {{"n", visit}}).contains("ok"));
  CHECK(acks(node.runtime) == 1);
  CHECK(node.runtime.commands().back().body.json == to_text(json{{"visit", visit}}));
  CHECK(phone.next("asg", 1s).empty());
}

TEST_CASE("an acknowledgement counts as a command") {
  auto options = stream_options();
  options.limits.commands_per_second = 1;  // a burst of two
  StreamNode node(options);
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  REQUIRE(phone.next("asg")["n"] == visit);
  CHECK(phone.ask("ack", {{"n", visit}}).contains("ok"));
  phone.ask("ack", {{"n", visit}});
  CHECK(phone.ask("ack", {{"n", visit}})["err"]["status"] == 429);
  // Without an id there is nothing to answer.
  phone.say(to_text(json{{"ack", {{"n", visit}}}}));
  CHECK(phone.ask("unsub", {{"topic", "cluster"}})["err"]["code"] == "not_subscribed");
}

TEST_CASE("an answered, withdrawn or acknowledged offer is not sent again") {
  StreamNode node(fast_resends());
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  assign(node.runtime, ana);
  REQUIRE_FALSE(phone.next("asg").empty());
  SECTION("accepted") {
    node.runtime.change(order_ref, "assignment.accepted", R"({"status":"ACCEPTED"})");
  }
  SECTION("acknowledged through another thread") {
    node.runtime.change({EntityKind::technician, ana}, "technician.assignment_acked",
                        to_text(json{{"visit", visit}}));
  }
  SECTION("given to another") { assign(node.runtime, ben, "assignment.reassigned"); }
  CHECK(phone.next("asg", 1s).empty());
}

TEST_CASE("what is undelivered comes with the next connection, if it is still assigned") {
  StreamNode node;
  put_order(node.runtime);
  const Id other = numbered("ord", 2), other_visit = numbered("vis", 2);
  node.runtime.put(EntityKind::work_order,
                   to_text(json{{"id", other}, {"technician", ben}, {"zone", zone}}), "ASSIGNED");
  assign(node.runtime, ana);
  node.runtime.on_ask = [&](const EntityRef& ref, const std::string& query) {
    if (query != "undelivered" || ref.id != ana) return std::optional<std::string>();
    return std::optional(to_text(json{
        {"visits",
         {{{"visit", visit}, {"order", order}}, {{"visit", other_visit}, {"order", other}}}}}));
  };
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  CHECK(phone.next("asg")["n"] == visit);
  CHECK(phone.next("asg", 300ms).empty());
}

TEST_CASE("positions are acknowledged cumulatively and older ones dropped") {
  StreamNode node;
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  phone.say(to_text(json{{"pos", positions(1, 3)}}));
  phone.say(to_text(json{{"pos", positions(2, 2, 10)}}));
  CHECK(phone.next("pos_ack") == 3);
  std::optional<gateway::topics::Position> known;
  node.on_thread([&](auto&) { known = node.hub().positions().latest(ana); });
  REQUIRE(known);
  CHECK(known->lat == 6.24);
}

TEST_CASE("a position is pushed at most once a second, the latest one") {
  StreamNode node;
  put_order(node.runtime);
  Phone watcher(node, node.runtime.log_in(supervisor_of(zone)));
  const auto topic = "position:" + ana;
  CHECK(watcher.ask("sub", {{"topic", topic}})["ok"]["snapshot"].is_null());
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  // Before the first push, so that a slow machine only makes it more.
  const auto began = std::chrono::steady_clock::now();
  for (int seq = 1; seq <= 20; ++seq)
    phone.say(to_text(json{{"pos", positions(seq, seq, 6 + seq * 0.01)}}));
  CHECK(watcher.next("pub")["event"]["lat"] == Approx(6.01));
  CHECK(watcher.next("pub")["event"]["lat"] == Approx(6.2));
  CHECK(std::chrono::steady_clock::now() - began >= 1s);
  CHECK(watcher.next("pub", 1500ms).empty());
  Phone late(node, node.runtime.log_in(supervisor_of(zone)));
  CHECK(late.ask("sub", {{"topic", topic}})["ok"]["snapshot"]["lat"] == Approx(6.2));
}

TEST_CASE("a client sees a rounded position, and only while its order is EN_ROUTE") {
  StreamNode node;
  put_order(node.runtime);
  const json sub{{"topic", "position:" + ana}};
  Phone watcher(node, node.runtime.log_in(client_as(client)));
  node.runtime.on_list = [&](const views::ListQuery& query) {
    CHECK(query.client == client);
    CHECK(query.technician == ana);
    CHECK(query.status == std::vector<std::string>{"EN_ROUTE"});
    return views::ListReply{};
  };
  CHECK(watcher.ask("sub", sub)["err"]["status"] == 404);
  node.runtime.change(order_ref, "depart",
                      to_text(json{{"technician", ana}, {"status", "EN_ROUTE"}}));
  node.runtime.on_list = [&](const views::ListQuery&) {
    views::ListReply reply;
    reply.rows = {to_text(json{{"id", order}, {"version", 2}})};
    return reply;
  };
  REQUIRE(watcher.ask("sub", sub).contains("ok"));
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  phone.say(to_text(json{{"pos", positions(1, 1, 6.244444)}}));
  const auto seen = watcher.next("pub")["event"];
  CHECK(seen["lat"] == 6.244);
  CHECK(seen["lon"] == -75.58);
  CHECK_FALSE(seen.contains("accuracy"));
  node.runtime.change(order_ref, "arrive", R"({"status":"ON_SITE"})");
  CHECK(watcher.next("unsub")["topic"] == "position:" + ana);
}

TEST_CASE("an account that becomes another client's sees no position of the old one any more") {
  StreamNode node;
  put_order(node.runtime);
  auto by = client_as(client);
  by.account = numbered("acc", 7);
  node.runtime.on_list = [&](const views::ListQuery& query) {
    views::ListReply reply;
    if (query.client == client) reply.rows = {to_text(json{{"id", order}, {"version", 2}})};
    return reply;
  };
  Phone watcher(node, node.runtime.log_in(by, "clara"));
  REQUIRE(watcher.ask("sub", {{"topic", "position:" + ana}}).contains("ok"));
  by.client = numbered("cli", 9);
  node.runtime.add_account(by, "clara", "");
  node.runtime.change({EntityKind::account, by.account}, "edit");
  CHECK(watcher.next("unsub")["topic"] == "position:" + ana);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  phone.say(to_text(json{{"pos", positions(1, 1)}}));
  CHECK(watcher.next("pub", 1500ms).empty());
}

TEST_CASE("positions are hidden from other technicians and seen by administrators") {
  StreamNode node;
  put_order(node.runtime);
  const json sub{{"topic", "position:" + ana}};
  Phone other(node, node.runtime.log_in(technician_as(ben)));
  CHECK(other.ask("sub", sub)["err"]["status"] == 404);
  Phone foreign(node, node.runtime.log_in(supervisor_of(numbered("zon", 2))));
  CHECK(foreign.ask("sub", sub)["err"]["status"] == 404);
  Principal administrator;
  administrator.roles = {Role::administrator};
  Phone admin(node, node.runtime.log_in(administrator));
  CHECK(admin.ask("sub", sub).contains("ok"));
  admin.say(to_text(json{{"pos", positions(1, 1)}}));
  CHECK(admin.close_code() == 4403);
}

TEST_CASE("a sensor's word for unknown is unknown, and a point that is none is dropped alone") {
  StreamNode node;
  put_order(node.runtime);
  Phone watcher(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(watcher.ask("sub", {{"topic", "position:" + ana}}).contains("ok"));
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  const auto now = to_millis(system_clock().now());
  json point{2, now, 6.25, -75.57};
  const auto readings = GENERATE(
      values<json>({{-1, -1, -1}, {nullptr, nullptr, nullptr}, {-1, -1, 360.0001}, json::array()}));
  point.insert(point.end(), readings.begin(), readings.end());
  phone.say(to_text(json{{"pos",
                          {{1, now - 1000, 6.24, -75.57, 10, 1, 1},
                           point,
                           {3, now + 1, 6.26, -75.57, 10, 1e9, 1},
                           {4, now + 2, 96.0, -75.57, 10, 1, 1},
                           {5, now / 1000, 6.27, -75.57, 10, 1, 1},
                           "none"}}}));
  CHECK(phone.next("pos_ack") == 2);
  std::optional<gateway::topics::Position> known;
  node.on_thread([&](auto&) { known = node.hub().positions().latest(ana); });
  REQUIRE(known);
  CHECK(known->lat == 6.25);
  CHECK_FALSE(known->accuracy);
  CHECK_FALSE(known->speed);
  CHECK_FALSE(known->heading);
  CHECK(watcher.next("pub")["event"]["speed"].is_null());
  CHECK(phone.ask("connect", json::object())["err"]["code"] == "already_connected");
}

TEST_CASE("a phone whose clock is wrong is shown under our time, flagged, and told") {
  const auto off = GENERATE(Duration(3min), Duration(24h * 365), Duration(-24h * 30));
  StreamNode node;
  put_order(node.runtime);
  Phone watcher(node, node.runtime.log_in(supervisor_of(zone)));
  REQUIRE(watcher.ask("sub", {{"topic", "position:" + ana}}).contains("ok"));
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  const auto before = system_clock().now();
  const auto at = to_millis(before + off);
  phone.say(to_text(
      json{{"pos", {{1, at - 2000, 6.24, -75.57, 10, 1, 1}, {2, at, 6.25, -75.57, 10, 1, 1}}}}));
  const auto told = phone.next("cfg")["clock_offset_ms"].get<std::int64_t>();
  CHECK(std::abs(told - off.count()) < 5000);
  CHECK(phone.next("pos_ack") == 2);
  const auto shown = watcher.next("pub")["event"];
  CHECK(shown["lat"] == 6.25);
  CHECK(shown["clock_offset_ms"] == told);
  const auto shown_at = parse_rfc3339(shown["at"].get<std::string>());
  REQUIRE(shown_at);
  CHECK(*shown_at >= before - 1s);
  CHECK(*shown_at <= system_clock().now());
}

TEST_CASE("a place where nobody can be so soon is not shown until the next agrees with it") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  const auto now = to_millis(system_clock().now());
  const auto seen_at = [&](int seq, double lat, double lon = -75.57) {
    phone.say(to_text(json{{"pos", {{seq, now - 1000 + seq, lat, lon}}}}));
    CHECK(phone.next("pos_ack") == seq);
    double shown = 0;
    node.on_thread([&](auto&) { shown = node.hub().positions().latest(ana)->lat; });
    return shown;
  };
  CHECK(seen_at(1, 6.25) == 6.25);
  CHECK(seen_at(2, 7.2) == 6.25);
  CHECK(seen_at(3, -75.57, 6.25) == 6.25);
  CHECK(seen_at(4, 6.26) == 6.26);
  CHECK(seen_at(5, 7.2) == 6.26);
  CHECK(seen_at(6, 7.21) == 7.21);
}

TEST_CASE(
    "no report and one that is too long close nothing: the answer says how far it was taken") {
  StreamNode node;
  put_order(node.runtime);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  phone.say(to_text(json{{"pos", json::array()}}));
  phone.say(to_text(json{{"pos", {{1, to_millis(system_clock().now()) - 1000, 0, 0}}}}));
  CHECK(phone.next("pos_ack") == 0);
  phone.say(to_text(json{{"pos", positions(1, 300)}}));
  CHECK(phone.next("pos_ack") == 200);
  phone.say(to_text(json{{"pos", positions(201, 300)}}));
  CHECK(phone.next("pos_ack") == 300);
}

TEST_CASE("positions that come too often are answered with a slower pace") {
  auto options = stream_options();
  options.limits.position_frames_per_second = 2;
  StreamNode node(options);
  Phone phone(node, node.runtime.log_in(technician_as(ana)));
  for (int seq = 1; seq <= 10; ++seq) phone.say(to_text(json{{"pos", positions(seq, seq)}}));
  CHECK(phone.next("cfg")["pos_min_ms"] == 2000);
  CHECK(phone.next("pos_ack") < 10);
}

}  // namespace
}  // namespace mf::test::ws_phone_test
