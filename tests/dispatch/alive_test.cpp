// The dispatchers among real actors: their own thread, the runtime's port, a clock that stands.
#include <catch2/catch.hpp>
#include <thread>

#include "actors/dispatch/dispatchers.hpp"
#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;
using Json = House::Json;

namespace {

const EntityRef catalogue{EntityKind::catalogue, "catalogue"};

struct Zone {
  std::unique_ptr<dispatch::Dispatchers> dispatchers;  // outlives the runtime, as a sink
  House house;

  Zone() {
    house.found_company();
    begin();
  }
  ~Zone() { dispatchers->stop(); }
  void begin() {
    dispatchers =
        std::make_unique<dispatch::Dispatchers>(house.runtime(), house.clock, dispatch::Settings{});
  }
  void set(const std::string& mode) {
    house.yes(catalogue, "edit_zone", {{"id", house.zone}, {"dispatch", mode}}, house.admin);
  }
  EntityRef triaged(const std::string& key) {
    const auto order = house.order(key);
    house.yes(order, "triage", {{"confirmed_distinct", true}}, house.supervisor);
    return order;
  }
  std::string status(const EntityRef& order) {
    return house.view(order, house.supervisor).value("status", "");
  }
  /// Lets the clock go on until it is so; false after some seconds of ours.
  bool until(const std::function<bool()>& is_so) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) {
        if (const auto report = house.runtime().dispatch_report(house.zone))
          UNSCOPED_INFO(views::to_json(*report, say_in_english));
        return false;
      }
      house.pass(150ms);
      dispatchers->wake();
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }
  std::string state() const {
    const auto report = house_runtime().dispatch_report(house.zone);
    return report ? report->mode + " " + report->state : "";
  }
  host::LocalRuntime& house_runtime() const { return const_cast<House&>(house).runtime(); }
};

}  // namespace

TEST_CASE("dispatchers: a zone that is switched to automatic has its triaged orders offered") {
  Zone zone;
  const auto order = zone.triaged("one");
  CHECK(zone.status(order) == "TRIAGED");
  zone.set("automatic");
  REQUIRE(zone.until([&] { return zone.status(order) == "ASSIGNED"; }));
  CHECK(zone.house.view(order, zone.house.supervisor).at("technician") == zone.house.technician);
  CHECK(zone.until([&] { return zone.state() == "automatic ready"; }));
  const auto report = zone.house.runtime().dispatch_report(zone.house.zone);
  REQUIRE_FALSE(report->runs.empty());
  CHECK(report->runs.back().order == order.id);
  CHECK(report->runs.back().did == "offered");
}

TEST_CASE("dispatchers: a decline leads on, a switch to off ends it, and a restart goes on") {
  Zone zone;
  const auto ben = random_id("tec");
  zone.house.yes({EntityKind::technician, ben}, "create",
                 {{"name", "Ben Rojas"}, {"zones", {zone.house.zone}}, {"skills", {"fibra"}}},
                 zone.house.admin);
  zone.set("automatic");
  const auto order = zone.triaged("one");
  REQUIRE(zone.until([&] { return zone.status(order) == "ASSIGNED"; }));
  const auto first = zone.house.view(order, zone.house.supervisor).at("technician").get<Id>();
  const Principal they{"acc_they", {Role::technician}, {}, first, {}, {}};
  zone.house.yes(order, "decline", {{"reason", "vehicle"}}, they);
  REQUIRE(zone.until([&] {
    const auto view = zone.house.view(order, zone.house.supervisor);
    return view.at("status") == "ASSIGNED" && view.at("technician") != first;
  }));

  zone.set("off");
  REQUIRE(zone.until([&] { return zone.state() == "off off"; }));
  const auto second = zone.triaged("two");
  for (int i = 0; i < 20; ++i) {
    zone.house.pass(150ms);
    zone.dispatchers->wake();
    std::this_thread::sleep_for(5ms);
  }
  CHECK(zone.status(second) == "TRIAGED");

  zone.dispatchers->stop();
  auto ended = std::move(zone.dispatchers);
  zone.begin();
  zone.set("automatic");
  CHECK(zone.until([&] { return zone.status(second) != "TRIAGED"; }));
  zone.dispatchers->stop();
  zone.house.runtime().stop(1s);
}

TEST_CASE("dispatchers: two of them for one zone offer nothing twice") {
  Zone zone;
  dispatch::Dispatchers other(zone.house.runtime(), zone.house.clock, {});
  zone.set("automatic");
  std::vector<EntityRef> orders;
  orders.reserve(6);
  for (int i = 0; i < 6; ++i) orders.push_back(zone.triaged("order " + std::to_string(i)));
  CHECK(zone.until([&] {
    other.wake();
    return std::ranges::none_of(orders,
                                [&](const auto& order) { return zone.status(order) == "TRIAGED"; });
  }));
  for (const auto& order : orders) {
    const auto visits =
        zone.house.view(order, zone.house.supervisor).value("visits", Json::array());
    CHECK(visits.size() <= 1);
  }
  other.stop();
  zone.dispatchers->stop();
  zone.house.runtime().stop(1s);
}

TEST_CASE("dispatchers: what is suggested is on the board, once, whoever of two suggests it") {
  Zone zone;
  const auto proposals = [&] {
    std::vector<views::BoardRow> found;
    for (const auto& row : zone.house.board(zone.house.zone).rows)
      if (row.id.starts_with("prp_")) found.push_back(row);
    return found;
  };
  zone.set("suggest");
  const auto order = zone.triaged("one");
  REQUIRE(zone.until([&] { return proposals().size() == 1; }));
  const auto id = proposals().front().id;
  CHECK(zone.status(order) == "TRIAGED");
  const auto known = zone.house.runtime().proposal(zone.house.zone, id);
  REQUIRE(known);
  CHECK(known->order == order.id);
  {
    dispatch::Dispatchers other(zone.house.runtime(), zone.house.clock, {});
    for (int i = 0; i < 20; ++i) {
      zone.house.pass(150ms);
      other.wake();
      zone.dispatchers->wake();
      std::this_thread::sleep_for(5ms);
    }
    CHECK(proposals().size() == 1);
    other.stop();
  }

  // A person was faster: it goes, and what it was is a conflict by now.
  zone.house.yes(order, "assign", {{"technician", zone.house.technician}}, zone.house.supervisor);
  REQUIRE(zone.until([&] { return proposals().empty(); }));
  const auto gone = zone.house.runtime().proposal(zone.house.zone, id);
  REQUIRE(gone);
  CHECK(gone->order_version == known->order_version);

  // The dispatcher ends; the next one proposes again.
  zone.dispatchers->stop();
  auto ended = std::move(zone.dispatchers);
  zone.begin();
  const auto third = zone.triaged("three");
  REQUIRE(zone.until([&] { return proposals().size() == 1; }));
  zone.set("automatic");
  CHECK(zone.until([&] { return zone.status(third) != "TRIAGED" && proposals().empty(); }));
  zone.dispatchers->stop();
  zone.house.runtime().stop(1s);
}
