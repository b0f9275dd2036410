// A client with an account: asks for work at its sites, follows its orders live, cancels some,
// rates what was done.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>

#include "base/json.hpp"
#include "simulator/people.hpp"
#include "simulator/person.hpp"

namespace mf::simulator {
namespace {

using Json = nlohmann::json;

constexpr std::size_t followed_max = 100;
constexpr const char* things[] = {"internet", "router",   "módem",   "fibra óptica",
                                  "antena",   "cableado", "firmware"};
constexpr const char* questions[] = {"¿A qué hora llega el técnico?", "Hay un perro en el patio.",
                                     "El portero tiene la llave.", "Por favor llamar antes."};
constexpr const char* cancel_reasons[] = {"client_request", "solved_by_itself"};

struct Client final : Person {
  using Person::Person;
  std::vector<std::string> sites;
  std::map<std::string, std::string> followed;  ///< order → its last event

  [[nodiscard]] std::shared_ptr<Client> self() {
    return std::static_pointer_cast<Client>(shared_from_this());
  }

  void on_push(std::string_view verb, const std::string& text) override {
    if (verb != "pub") return;
    const auto received = std::chrono::steady_clock::now();
    const auto pub = parse_json(text);
    if (!pub.is_object() || !pub.contains("event")) return;
    const auto& event = pub["event"];
    const auto order = pub.value("topic", "").substr(std::string_view("order:").size());
    const auto type = event.value("type", "");
    day.figures.frame(order, event.value("version", std::uint64_t{0}), received);
    if (followed.contains(order)) followed[order] = type;
    if (type == "tracking.work_completed" && day.chance(0.5))
      asio::co_spawn(day.io, rate(self(), order), asio::detached);
  }

  static asio::awaitable<void> rate(std::shared_ptr<Client> self, std::string order) {
    co_await self->day.pass(self->day.between(1, 8));
    if (self->day.is_over()) co_return;
    const Json body{{"rating", static_cast<int>(self->day.between(3, 5.99))}};
    co_await self->day.post(self->user, "orders/" + order + "/rate", order, to_text(body));
  }

  asio::awaitable<void> connect() {
    if (!co_await go_online()) co_return;
    for (const auto& [order, last] : followed)
      co_await stream->call("sub", "{\"topic\":\"order:" + order + "\"}");
  }

  asio::awaitable<void> find_sites() {
    const auto answer = co_await day.get(user, "/v1/clients/" + user.client);
    const auto json = parse_json(answer.body);
    if (!answer.ok() || !json.contains("sites")) co_return;
    for (const auto& site : json["sites"]) sites.push_back(site.value("id", ""));
  }

  asio::awaitable<void> follow(std::string order) {
    for (auto it = followed.begin(); it != followed.end() && followed.size() >= followed_max;)
      it = it->second == "order.closed" ? followed.erase(it) : std::next(it);
    if (followed.size() >= followed_max || !stream) co_return;
    followed[order] = "order.created";
    co_await stream->call("sub", "{\"topic\":\"order:" + order + "\"}");
  }

  asio::awaitable<void> ask_for_work() {
    const auto& type = day.one_of(day.order_types);
    Json body{{"type", type.id},
              {"client", user.client},
              {"site", day.one_of(sites)},
              {"title", type.name + " · " + day.one_of(things)}};
    if (day.chance(0.1)) body["priority"] = 2;
    // The client's own id, as an app makes it when it may be offline.
    const auto order = random_id("ord");
    body["id"] = order;
    const auto made = co_await day.post(user, "orders", order, to_text(body));
    if (!made.is_ok) co_return;
    co_await follow(order);
    if (day.chance(0.2)) {
      co_await day.pass(day.between(1, 10));
      const Json comment{{"text", std::string(day.one_of(questions))}};
      if (!day.is_over())
        co_await day.post(user, "orders/" + order + "/comment", order, to_text(comment));
    }
    if (day.chance(0.05)) {
      co_await day.pass(day.between(1, 15));
      const Json cancel{{"reason", std::string(day.one_of(cancel_reasons))}};
      if (!day.is_over())
        co_await day.post(user, "orders/" + order + "/cancel", order, to_text(cancel));
    }
  }
};

int open_orders(const Figures& figures) {
  int open = 0;
  for (const auto& [state, count] : figures.orders_by_state())
    if (state != "CLOSED" && state != "CANCELLED" && state != "REJECTED") open += count;
  return open;
}

}  // namespace

asio::awaitable<void> live_as_client(Day& day, User& user) {
  const auto client = std::make_shared<Client>(day, user);
  co_await client->find_sites();
  if (client->sites.empty()) co_return;
  // Together the clients ask for about as much as the technicians can do: one order each in 28
  // minutes.
  const double mean = 28.0 * static_cast<double>(day.client_count) /
                      std::max<double>(1, static_cast<double>(day.technician_count));
  co_await client->connect();
  co_await day.pass(day.between(0, mean / 4));
  while (!day.is_over()) {
    if (!client->is_online()) {
      ++day.figures.reconnects;
      co_await client->connect();
    }
    if (open_orders(day.figures) < static_cast<int>(day.options.open_orders_max))
      co_await client->ask_for_work();
    co_await day.pass(day.until_next(mean));
  }
  if (client->stream) client->stream->close();
}

}  // namespace mf::simulator
