#include "simulator/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/json.hpp"
#include "simulator/people.hpp"
#include "simulator/screen.hpp"

namespace mf::simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr milliseconds screen_every{500}, line_every{5'000}, goodbye{500};
constexpr std::size_t signing_in_at_a_time = 4;

struct Start {
  std::size_t next = 0, busy = 0, inside = 0;
  bool is_done = false;
};

asio::awaitable<void> find_order_types(Day& day, const User& user) {
  const auto answer = co_await day.get(user, "/v1/order-types?limit=100");
  const auto json = parse_json(answer.body);
  if (!answer.ok() || !json.is_object()) co_return;
  for (const auto& type : json.value("data", nlohmann::json::array()))
    day.order_types.push_back({type.value("id", ""), type.value("name", "")});
}

asio::awaitable<void> live(Day& day, User& user) {
  if (user.role == "client") co_await live_as_client(day, user);
  else if (user.role == "supervisor") co_await live_as_supervisor(day, user);
  else if (user.role == "technician") co_await live_as_technician(day, user);
}

/// Signs people in, a few at a time, and lets each begin at once.
asio::awaitable<void> let_in(Day& day, Start& start) {
  ++start.busy;
  while (start.next < day.users.size() && !day.is_over()) {
    auto& user = day.users[start.next++];
    const bool is_in = co_await day.sign_in(user);
    if (!is_in) continue;
    ++start.inside;
    if (day.order_types.empty()) co_await find_order_types(day, user);
    asio::co_spawn(day.io, live(day, user), asio::detached);
  }
  start.is_done = --start.busy == 0;
}

asio::awaitable<void> show(Day& day, Start& start, const std::atomic<bool>& stop) {
  const auto began = steady_clock::now();
  auto shown = began - line_every;
  while (!day.is_over()) {
    asio::steady_timer timer(day.io, milliseconds(100));
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    const auto now = steady_clock::now();
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now - began);
    const bool is_hopeless = start.is_done && start.inside == 0;
    if (stop || is_hopeless || (day.options.length && elapsed >= *day.options.length)) day.end();
    if (now - shown < (day.options.is_terminal ? screen_every : line_every)) continue;
    shown = now;
    const auto text = day.options.is_terminal ? screen(day, elapsed) : log_line(day, elapsed);
    auto* to = day.options.is_json ? stderr : stdout;
    fmt::print(to, "{}", text);
    std::fflush(to);
  }
}

}  // namespace

Result<Report> run(const Options& options, std::vector<User> users, const std::atomic<bool>& stop) {
  Day day(options, users);
  for (const auto& user : users) {
    if (user.role == "client") ++day.client_count;
    if (user.role == "technician") ++day.technician_count;
  }
  // Supervisors first: they are to be there when the first order comes.
  std::ranges::stable_sort(users, {}, [](const User& u) { return u.role != "supervisor"; });
  Start start;
  const auto began = steady_clock::now();
  for (std::size_t i = 0; i < signing_in_at_a_time; ++i)
    asio::co_spawn(day.io, let_in(day, start), asio::detached);
  asio::co_spawn(day.io, show(day, start, stop), asio::detached);
  while (!day.is_over() && !day.io.stopped()) day.io.run_for(milliseconds(200));
  const auto elapsed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
  if (start.inside == 0)
    return fail(ErrorCode::unavailable,
                "nobody could sign in at " + options.server.host + ":" + options.server.port);
  auto result = report(day, elapsed);
  day.io.run_for(goodbye);  // what is under way ends, sockets close
  return result;
}

}  // namespace mf::simulator
