// A supervisor: watches the boards of its zones, triages, assigns the best candidate or accepts
// what the zone's dispatcher proposes, approves, decides what becomes of failed orders.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <set>

#include "base/json.hpp"
#include "simulator/people.hpp"
#include "simulator/person.hpp"

namespace mf::simulator {
namespace {

using Json = nlohmann::json;

constexpr std::size_t hands = 6;  // orders a supervisor's team handles at a time

struct Supervisor final : Person {
  using Person::Person;
  struct Row {
    std::uint64_t version = 0;
    std::string status;
    Moment not_before;
    std::string zone;
    bool is_escalated = false;
  };
  std::map<std::string, Row> rows;
  std::map<std::string, std::string> dispatch_of;  ///< by zone: off, suggest, automatic
  std::set<std::string> in_hand;
  std::map<std::string, std::string> proposed;  ///< the order of each proposal
  std::set<std::string> deciding;               ///< zones whose proposals are being looked at

  void on_rows(const Json& view) {
    for (const auto& row : view.value("rows", Json::array())) {
      const auto id = row.value("id", "");
      if (row.value("kind", "") == "proposal") proposed[id] = row.value("order", "");
      if (!id.starts_with("ord_")) continue;
      const auto version = row.value("version", std::uint64_t{0});
      auto& known = rows[id];
      if (known.version >= version) continue;
      known.version = version;
      known.status = row.value("status", "");
      known.zone = row.value("zone", "");
      const auto flags = row.value("flags", Json::array());
      known.is_escalated = std::ranges::find(flags, "escalated") != flags.end();
      day.figures.seen(id, version, known.status);
    }
    for (const auto& gone : view.value("gone", Json::array())) {
      rows.erase(gone.value("id", ""));
      proposed.erase(gone.value("id", ""));
    }
  }

  [[nodiscard]] std::shared_ptr<Supervisor> self() {
    return std::static_pointer_cast<Supervisor>(shared_from_this());
  }

  void on_push(std::string_view verb, const std::string& text) override {
    if (verb != "view") return;
    const auto view = parse_json(text);
    if (view.is_object()) on_rows(view);
  }

  asio::awaitable<void> connect() {
    if (!co_await go_online()) co_return;
    co_await learn_modes();
    rows.clear();
    proposed.clear();
    for (const auto& zone : user.zones) {
      const auto reply = co_await stream->call("sub", "{\"topic\":\"board:" + zone + "\"}");
      const auto snapshot = parse_json(reply.json);
      if (snapshot.is_object()) on_rows(snapshot);
    }
  }

  void note(const std::string& order, const Done& done) {
    const auto row = rows.find(order);
    if (!done.is_ok || row == rows.end() || row->second.version >= done.version) return;
    row->second.version = done.version;
    row->second.status = done.state;
  }

  asio::awaitable<Done> command(std::string order, std::string verb, Json body) {
    auto done = co_await day.post(user, "orders/" + order + "/" + verb, order, to_text(body));
    // The board tells it too, but up to 100 ms later.
    note(order, done);
    co_return done;
  }

  asio::awaitable<void> learn_modes() {
    const auto answer = co_await day.get(user, "/v1/zones?limit=100");
    const auto list = parse_json(answer.body);
    if (!answer.ok() || !list.is_object()) co_return;
    for (const auto& zone : list.value("data", Json::array()))
      dispatch_of[zone.value("id", "")] = zone.value("dispatch", "off");
  }

  [[nodiscard]] bool is_zone(const Row& row, std::string_view mode) const {
    const auto found = dispatch_of.find(row.zone);
    return found != dispatch_of.end() && found->second == mode;
  }

  /// Does its zone's dispatcher find a technician for it? What was offered in vain is for people.
  [[nodiscard]] bool is_left_to_dispatcher(const Row& row) const {
    if (day.options.dispatch == Dispatch::nearest || row.status != "TRIAGED") return false;
    return (is_zone(row, "automatic") || accepts_in(row)) && !row.is_escalated;
  }

  [[nodiscard]] bool accepts_in(const Row& row) const {
    return day.options.dispatch == Dispatch::suggest && is_zone(row, "suggest");
  }

  static asio::awaitable<void> accept(std::shared_ptr<Supervisor> self, std::string zone,
                                      std::vector<std::string> proposals) {
    co_await self->day.pass(self->day.between(0.2, 1));
    const auto done = co_await self->day.accept(self->user, zone, proposals);
    for (const auto& [order, what] : done) self->note(order, what);
    // What was refused is proposed anew, or something else is.
    if (!done.empty())
      for (const auto& proposal : proposals) self->proposed.erase(proposal);
    self->deciding.erase(zone);
  }

  /// All that is proposed is accepted, a page at a time.
  void look_at_proposals() {
    constexpr std::size_t page = 20;
    std::map<std::string, std::vector<std::string>> by_zone;
    for (const auto& [proposal, order] : proposed) {
      const auto row = rows.find(order);
      if (row == rows.end() || !accepts_in(row->second)) continue;
      auto& list = by_zone[row->second.zone];
      if (list.size() < page) list.push_back(proposal);
    }
    for (auto& [zone, proposals] : by_zone)
      if (deciding.insert(zone).second)
        asio::co_spawn(day.io, accept(self(), zone, std::move(proposals)), asio::detached);
  }

  /// True once somebody has it.
  asio::awaitable<bool> assign(std::string order) {
    const auto answer = co_await day.get(user, "/v1/orders/" + order + "/candidates");
    const auto ranking = parse_json(answer.body);
    if (!answer.ok() || !ranking.is_object()) co_return false;
    // Whoever could be there first, as people choose who look at nothing but this one order.
    std::vector<Json> candidates = ranking.value("candidates", std::vector<Json>());
    std::ranges::stable_sort(candidates, {}, [](const Json& candidate) {
      constexpr std::int64_t unknown_ms = 3 * 3'600'000;
      return candidate.value("waiting_ms", std::int64_t{0}) +
             candidate.value("travel_ms", unknown_ms);
    });
    int tried = 0;
    for (const auto& candidate : candidates) {
      if (candidate.value("in_agenda", 0) > 1 || ++tried > 3) break;
      Json body{{"technician", candidate.value("technician", "")}};
      const auto done = co_await command(order, "assign", std::move(body));
      if (done.is_ok) co_return true;
    }
    co_return false;
  }

  asio::awaitable<void> handle(std::string order, std::string status) {
    Done done;
    if (status == "NEW") {
      co_await day.pass(day.between(0.3, 2));
      Json distinct{{"confirmed_distinct", true}};
      done = co_await command(order, "triage", std::move(distinct));
    } else if (status == "TRIAGED") {
      co_await day.pass(day.between(0.2, 1));
      done.is_ok = co_await assign(order);
    } else if (status == "COMPLETED" || status == "APPROVAL_REQUIRED") {
      co_await day.pass(day.between(1, 5));
      done = co_await command(order, "approve", Json::object());
    } else {
      co_await day.pass(day.between(1, 5));
      const bool retries = day.chance(0.7);
      Json body{{"reason", retries ? "new_appointment" : "client_request"}};
      done = co_await command(order, retries ? "retry" : "cancel", std::move(body));
    }
    if (!done.is_ok) rows[order].not_before = std::chrono::steady_clock::now() + pause_after_no();
  }

  [[nodiscard]] Moment::duration pause_after_no() const {
    return std::chrono::milliseconds(static_cast<std::int64_t>(4 * 60'000 / day.options.speed));
  }

  static asio::awaitable<void> handle_one(std::shared_ptr<Supervisor> self, std::string order,
                                          std::string status) {
    co_await self->handle(order, status);
    self->in_hand.erase(order);
  }

  void look_around() {
    static const std::set<std::string> mine{"NEW", "TRIAGED", "COMPLETED", "APPROVAL_REQUIRED",
                                            "FAILED"};
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [order, row] : rows) {
      if (in_hand.size() >= hands) return;
      if (row.not_before > now || !mine.contains(row.status) || in_hand.contains(order)) continue;
      if (is_left_to_dispatcher(row)) continue;
      in_hand.insert(order);
      asio::co_spawn(day.io, handle_one(self(), order, row.status), asio::detached);
    }
  }
};

}  // namespace

asio::awaitable<void> live_as_supervisor(Day& day, User& user) {
  const auto supervisor = std::make_shared<Supervisor>(day, user);
  co_await supervisor->connect();
  while (!day.is_over()) {
    if (!supervisor->is_online()) {
      ++day.figures.reconnects;
      co_await supervisor->connect();
    }
    supervisor->look_around();
    supervisor->look_at_proposals();
    co_await day.pass(0.25);
  }
  if (supervisor->stream) supervisor->stream->close();
}

}  // namespace mf::simulator
