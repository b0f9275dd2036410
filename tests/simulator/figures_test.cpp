#include "simulator/figures.hpp"

#include <catch2/catch.hpp>

#include "simulator/simulate.hpp"
#include "simulator/users.hpp"

namespace mf::simulator {
namespace {

using namespace std::chrono_literals;
const Moment start{};

TEST_CASE("figures: a push latency is from the command to the frame of the same version") {
  Figures figures;
  figures.committed("ord_1", 2, "TRIAGED", start);
  figures.frame("ord_1", 1, start + 1ms);  // of an earlier command
  figures.frame("ord_2", 2, start + 2ms);  // of another order
  CHECK(figures.latencies() == 0);
  figures.frame("ord_1", 2, start + 5ms);
  REQUIRE(figures.latencies() == 1);
  CHECK(figures.latency(0.5) == Approx(5));
}

TEST_CASE("figures: a frame that comes before the reply counts too") {
  Figures figures;
  figures.frame("ord_1", 2, start + 3ms);
  figures.committed("ord_1", 2, "TRIAGED", start);
  REQUIRE(figures.latencies() == 1);
  CHECK(figures.latency(0.99) == Approx(3));
}

TEST_CASE("figures: an order counts in the state of its highest version") {
  Figures figures;
  figures.seen("ord_1", 3, "ASSIGNED");
  figures.seen("ord_1", 2, "TRIAGED");
  figures.seen("ord_2", 1, "NEW");
  CHECK(figures.orders_by_state() == std::map<std::string, int>{{"ASSIGNED", 1}, {"NEW", 1}});
}

TEST_CASE("figures: the domain's no is told apart from refusals and silence") {
  Figures figures;
  figures.answered("start", 200, "");
  figures.answered("start", 409, "order_is_closed");
  figures.answered("start", 422, "required");
  figures.answered("start", 0, "");
  CHECK(figures.commands == 4);
  CHECK(figures.rejected == 1);
  CHECK(figures.refused == 1);
  CHECK(figures.unanswered == 1);
}

TEST_CASE("users: what is written is read back") {
  const std::vector<User> users{
      {.username = "ana",
       .password = "x\"y",
       .role = "technician",
       .technician = "tec_1",
       .home = Place{6.25, -75.5}},
      {.username = "sup", .password = "z", .role = "supervisor", .zones = {"zon_1", "zon_2"}}};
  const auto read = parse_users(to_json(users));
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(users));
  CHECK((*read)[1].zones.size() == 2);
  CHECK_FALSE(parse_users("{\"users\":[{\"username\":\"ana\"}]}"));
  CHECK_FALSE(parse_users("nonsense"));
}

TEST_CASE("simulate: a length is a number with a unit") {
  CHECK(parse_length("90s") == 90s);
  CHECK(parse_length("10m") == 10min);
  CHECK(parse_length("2h") == 2h);
  CHECK(parse_length("1500ms") == 1500ms);
  for (const char* wrong : {"", "s", "-1s", "0s", "5d", "1.5h", "99999999999h"})
    CHECK_FALSE(parse_length(wrong));
}

}  // namespace
}  // namespace mf::simulator
