// Boards behind the runtime: loaded beside the actors, bounded, and true again after a loss.
#include <catch2/catch.hpp>

#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using Json = House::Json;
using entity::Fault;

TEST_CASE("views: a zone that is made can be used and looked at in the next command") {
  House house;
  house.found_company();
  for (int i = 0; i < 50; ++i) {
    const auto zone = random_id("zon");
    house.yes({EntityKind::catalogue, "catalogue"}, "create_zone", {{"id", zone}, {"name", zone}},
              house.admin);
    CHECK_FALSE(house.board(zone).no);
    house.yes({EntityKind::client, house.person}, "add_site",
              {{"id", random_id("sit")},
               {"address", "Calle 10 # 43-20"},
               {"zone", zone},
               {"lat", 6.29},
               {"lon", -75.54},
               {"name", "Finca"}},
              house.admin);
  }
}

TEST_CASE("views: an id that is no zone of the catalogue has no board") {
  House house;
  house.found_company();
  REQUIRE(house.board(random_id("zon")).no);
  CHECK_FALSE(house.board(house.zone).no);
}

TEST_CASE("views: a board that can't be loaded says so, and is loaded again when asked again") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.store.refuses_reads = true;
  const auto refused = house.board(house.zone);
  house.store.refuses_reads = false;
  REQUIRE(refused.fault);
  CHECK(refused.fault->code == Fault::Code::unavailable);
  const auto board = house.board(house.zone);
  REQUIRE_FALSE(board.fault);
  CHECK(std::ranges::count(board.rows, order.id, &views::BoardRow::id) == 1);
}

TEST_CASE("views: who falls behind the journal hears it, and a new board is whole") {
  House house({.views_queue_bytes_max = 1});
  house.found_company();
  house.runtime().watch_board(house.zone, house.follower);
  static_cast<void>(house.board(house.zone));
  const auto order = house.order("one");  // one batch is over the bound
  CHECK(house.follower.saw_delta(
      [&](const views::BoardDelta& delta) { return delta.zone == house.zone && delta.is_lost; }));
  const auto board = house.board(house.zone);
  CHECK(std::ranges::count(board.rows, order.id, &views::BoardRow::id) == 1);
}

TEST_CASE("runtime: a question about an order is answered when its reading failed before") {
  struct Echo final : host::Adviser {
    void answer(std::uint64_t tag, views::Question question, host::Sink& sink) override {
      sink.post({{tag, views::ReadReply{.version = question.version, .json = "{}"}}});
    }
  };
  House house;
  house.found_company();
  const auto order = house.order("one");
  REQUIRE(house.candidates(order.id, house.supervisor).fault);
  Echo echo;
  house.runtime().set_adviser(&echo);
  house.store.refuses_reads = true;
  const auto refused = house.candidates(order.id, house.supervisor);
  house.store.refuses_reads = false;
  REQUIRE(refused.fault);
  const auto told = house.candidates(order.id, house.supervisor);
  REQUIRE_FALSE(told.fault);
  CHECK(told.version == 1);
  CHECK(house.candidates(order.id, house.client).no->kind == RejectionKind::forbidden);
  CHECK(house.candidates(random_id("ord"), house.supervisor).no->kind == RejectionKind::not_found);
  house.runtime().set_adviser(nullptr);
}

TEST_CASE("runtime: commands beyond the bytes that may wait are refused, and let in later") {
  House house({.queued_command_bytes_max = 4096});
  house.found_company();
  const auto order = house.order("one");
  const auto reply = house.run(order, "comment", {{"text", std::string(1900, 'x')}}, house.client);
  REQUIRE(std::holds_alternative<Fault>(reply));
  CHECK(std::get<Fault>(reply).code == Fault::Code::overloaded);
  house.yes(order, "comment", {{"text", "corto"}}, house.client);
  CHECK(house.runtime().health().queued_commands == 0);
}
