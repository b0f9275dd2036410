#include "simulator/figures.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "simulator/screen.hpp"
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

TEST_CASE("simulate: a line of its log fits a narrow terminal, however long the day") {
  std::vector<User> users;
  Day day({.speed = 3600}, users);
  auto& f = day.figures;
  f.commands = 9'999'999;
  f.rejected = f.refused = f.unanswered = 999'999;
  const auto states = {"NEW", "TRIAGED", "APPROVAL_REQUIRED", "IN_PROGRESS", "CLOSED", "REJECTED"};
  for (int i = 0; i < 60'000; ++i)
    f.seen("ord_" + std::to_string(i), 1, std::data(states)[i % static_cast<int>(states.size())]);
  f.committed("ord_1", 2, "TRIAGED", start);
  f.frame("ord_1", 2, start + 9'999ms);
  const auto line = log_line(day, 99'999s);
  INFO(line);
  CHECK(line.size() <= 121);
  CHECK(std::ranges::count(line, '\n') == 1);
  CHECK(line.find("40000 open") != line.npos);
  CHECK(line.find("999999 refused") != line.npos);
}

TEST_CASE("simulate: what went well needs no word in the log") {
  std::vector<User> users;
  Day day({}, users);
  day.figures.answered("start", 409, "order_is_closed");
  const auto line = log_line(day, 5s);
  CHECK(line.size() <= 81);
  CHECK(line.find("refused") == line.npos);
  CHECK(line.find("unanswered") == line.npos);
}

}  // namespace
}  // namespace mf::simulator
