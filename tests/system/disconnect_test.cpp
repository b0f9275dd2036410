// Subscribers whose connection breaks again and again.
#include <boost/asio/detached.hpp>
#include <catch2/catch.hpp>
#include <iostream>
#include <random>

#include "base/json.hpp"
#include "tests/seed.hpp"
#include "tests/system/callers.hpp"
#include "tests/system/follower.hpp"

using namespace mf::system_test;

namespace {

constexpr int orders_each = 10, breaks_each = 48, disconnects = 30;
constexpr std::size_t transitions = std::size_t{2} * orders_each * (5 + 2 * breaks_each);
static_assert(transitions >= 2000);

/// One technician's orders, each from NEW to CLOSED with many breaks; the last one stays open.
struct Mover {
  Mover(World& world, const Person& technician_)
      : technician(technician_.technician),
        dispatcher(world.loop, world.company->supervisor()),
        phone(world.loop, technician_),
        moved(0) {
    for (Doors* doors : {&dispatcher, &phone}) doors->open(world.node->http());
    for (int i = 0; i < orders_each; ++i) orders.push_back(world.company->new_order());
  }

  asio::awaitable<void> step(Doors& doors, std::string order, std::string verb, Json body) {
    Request request{verb, std::move(order), std::move(body), verb + std::to_string(moved)};
    request.key += technician;
    const Door door = moved % 2 == 0 ? Door::http : Door::stream;
    const auto told = co_await doors.ask(std::move(request), door);
    if (!told || !told->ok())
      throw std::runtime_error(verb + ": " + (told ? mf::to_text(told->body) : "no answer"));
    ++moved;
  }

  asio::awaitable<void> move_all() {
    for (const auto& order : orders) {
      Json nothing = Json::object(), assignment{{"technician", technician}};
      Json reason{{"reason", "break"}};
      Json distinct{{"confirmed_distinct", true}};
      co_await step(dispatcher, order, "triage", distinct);
      co_await step(dispatcher, order, "assign", assignment);
      co_await step(phone, order, "start", nothing);
      for (int i = 0; i < breaks_each; ++i) {
        co_await step(phone, order, "pause", reason);
        co_await step(phone, order, "resume", nothing);
      }
      co_await step(phone, order, "complete", nothing);
      if (order != orders.back()) co_await step(dispatcher, order, "approve", nothing);
    }
  }

  std::string technician;
  Doors dispatcher, phone;
  std::vector<std::string> orders;
  std::size_t moved;
};

std::map<std::string, Json> by_id(const Answer& list) {
  if (!list.ok()) throw std::runtime_error("a list: " + list.text());
  if (list.json.value("next_cursor", Json()).is_string())
    throw std::runtime_error("a list of more than one page");
  std::map<std::string, Json> rows;
  for (const auto& row : list.json.at("data")) rows[row.at("id")] = row;
  return rows;
}

std::map<std::string, Json> open_orders_and_technicians(Company& company) {
  auto rows =
      by_id(company.supervisor().get("/v1/technicians?limit=100&zone=" + company.north_zone));
  auto orders = by_id(company.supervisor().get("/v1/orders?limit=100&zone=" + company.north_zone));
  std::erase_if(orders, [](const auto& row) { return row.second.at("status") == "CLOSED"; });
  rows.merge(orders);
  return rows;
}

using Versions = std::map<std::string, std::uint64_t>;

Versions versions(const std::map<std::string, Json>& rows) {
  Versions all;
  for (const auto& [id, row] : rows) all[id] = row.at("version");
  return all;
}

/// What the timeline says after the order was made, which nobody could be subscribed to.
std::vector<Json> told_later(Person& person, const std::string& order) {
  auto events = person.all("/v1/orders/" + order + "/timeline");
  events.erase(events.begin());
  return events;
}

/// What is wrong with a stream: which version came instead of which; empty when nothing is.
std::string difference(const std::vector<Json>& events, const std::vector<Json>& expected) {
  for (std::size_t i = 0; i < std::max(events.size(), expected.size()); ++i) {
    if (i >= events.size())
      return "the end is missing from " + mf::to_text(expected[i].at("version"));
    if (i >= expected.size()) return "too much: " + mf::to_text(events[i].at("version"));
    if (events[i] != expected[i])
      return mf::to_text(expected[i].at("version")) + " came as " +
             mf::to_text(events[i]).substr(0, 600) + " instead of " +
             mf::to_text(expected[i]).substr(0, 600);
  }
  return {};
}

}  // namespace

TEST_CASE("a subscriber that is cut off 30 times misses nothing, and gets nothing twice") {
  const auto seed = mf::test::seed();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  World world;
  auto& company = *world.company;
  auto& loop = world.loop;
  const auto at = world.node->http();
  Mover movers[] = {{world, company.ana()}, {world, company.ben()}};
  const auto moved = [&] { return movers[0].moved + movers[1].moved; };

  Follower dispatcher(loop, company.supervisor()), client(loop, company.laura());
  const auto board = "board:" + company.north_zone, mine = "client:" + company.laura().client;
  dispatcher.follow(board);
  client.follow(mine);
  for (const auto& mover : movers)
    for (const auto& order : mover.orders) dispatcher.follow("order:" + order);
  for (auto* follower : {&dispatcher, &client}) follower->connect(at);

  int moving = 0;
  std::string failure;
  for (auto& mover : movers) {
    ++moving;
    asio::co_spawn(loop.io, mover.move_all(), [&](const std::exception_ptr& thrown) {
      --moving;
      try {
        if (thrown) std::rethrow_exception(thrown);
      } catch (const std::exception& error) {
        failure = error.what();
      }
    });
  }
  const auto wait_for_moves = [&](std::size_t more) {
    const auto until = moved() + more;
    REQUIRE(loop.wait([&] { return moved() >= until || moving == 0; }));
  };
  int cuts = 0;
  for (; cuts < disconnects && moving > 0; ++cuts) {
    wait_for_moves(random() % (transitions / disconnects - 20));
    dispatcher.cut();
    client.cut();
    wait_for_moves(random() % 20);
    // Every third time the new connection breaks before all topics are back.
    if (cuts % 3 == 0) dispatcher.connect(at, 1 + random() % 20);
    dispatcher.connect(at);
    client.connect(at);
  }
  REQUIRE(loop.wait([&] { return moving == 0; }, std::chrono::seconds(120)));
  CHECK(failure.empty());
  CHECK(cuts == disconnects);
  CHECK(moved() == transitions - 2);
  CHECK(dispatcher.not_recovered() == 0);

  const auto is_caught_up = [&] {
    dispatcher.absorb();
    client.absorb();
    return versions(dispatcher.rows(board)) == versions(open_orders_and_technicians(company)) &&
           client.rows(mine) == by_id(company.laura().get("/v1/orders?limit=100"));
  };
  loop.wait(is_caught_up, std::chrono::seconds(20));
  CHECK(client.rows(mine) == by_id(company.laura().get("/v1/orders?limit=100")));
  const auto truth = open_orders_and_technicians(company);
  CHECK(versions(dispatcher.rows(board)) == versions(truth));
  for (const auto& [id, row] : dispatcher.rows(board))
    if (truth.contains(id) && id.starts_with("ord_"))
      CHECK(row.at("status") == truth.at(id).at("status"));

  for (const auto& mover : movers)
    for (const auto& order : mover.orders) {
      const auto expected = told_later(company.supervisor(), order);
      const auto& topic = "order:" + order;
      loop.wait([&] {
        dispatcher.absorb();
        return dispatcher.events(topic).size() >= expected.size();
      });
      CHECK(difference(dispatcher.events(topic), expected) == "");
    }
}

TEST_CASE("what was missed on many topics comes in pieces, however much more it is than a queue") {
  constexpr int orders_count = 4, comments_each = 100;
  // One order's 100 comments of 4 KB are more than the queue, all of them six times as much.
  World world({"--websocket.queue_bytes_max=256KiB"});
  auto& company = *world.company;
  auto& loop = world.loop;
  Follower dispatcher(loop, company.supervisor());
  std::vector<std::string> orders;
  for (int i = 0; i < orders_count; ++i) {
    orders.push_back(company.new_order());
    dispatcher.follow("order:" + orders.back());
  }
  dispatcher.connect(world.node->http());
  dispatcher.cut();

  std::string text;
  for (int i = 0; i < 2000; ++i) text += "ñ";
  int writing = orders_count;
  const auto write_all = [&](std::string order) -> asio::awaitable<void> {
    Doors doors(loop, company.supervisor());
    for (int i = 0; i < comments_each; ++i) {
      Request request{"comment", order, Json{{"text", text}}, "c" + std::to_string(i)};
      const auto told = co_await doors.ask(std::move(request), Door::http);
      if (!told || !told->ok()) co_return;
    }
    --writing;
  };
  for (const auto& order : orders) asio::co_spawn(loop.io, write_all(order), asio::detached);
  REQUIRE(loop.wait([&] { return writing == 0; }, std::chrono::seconds(120)));

  dispatcher.connect_at_once(world.node->http());
  const auto has_all = [&] {
    dispatcher.absorb();
    return std::ranges::all_of(orders, [&](const auto& order) {
      return dispatcher.events("order:" + order).size() >= comments_each;
    });
  };
  CHECK(loop.wait([&] { return has_all() || !dispatcher.live().is_open(); }));
  CHECK(dispatcher.live().close_code() == 0);
  for (const auto& order : orders)
    CHECK(difference(dispatcher.events("order:" + order),
                     told_later(company.supervisor(), order)) == "");
}
