// A technician with a phone: gets assignments pushed, acknowledges, accepts or declines, travels
// with a moving position, works; sometimes pauses, fails, or loses the network and syncs later.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cmath>
#include <deque>
#include <numbers>
#include <set>

#include "base/json.hpp"
#include "simulator/people.hpp"
#include "simulator/person.hpp"

namespace mf::simulator {
namespace {

using Json = nlohmann::json;

constexpr double ride_m_per_minute = 350;
constexpr Place centre{6.2476, -75.5658};  // of Medellín, for whoever has no home

Json because(const char* reason) { return Json{{"reason", reason}}; }

struct Technician final : Person {
  Technician(Day& d, User& u) : Person(d, u), at(u.home.value_or(centre)) {}
  struct Job {
    std::string order, state;
    Place site;
  };
  Place at;
  std::deque<Job> jobs;
  std::set<std::string> answered;  ///< visits' orders that were accepted or declined
  Json queued = Json::array();     ///< commands while offline
  std::uint64_t position_seq = 0;

  [[nodiscard]] std::shared_ptr<Technician> self() {
    return std::static_pointer_cast<Technician>(shared_from_this());
  }

  void on_push(std::string_view verb, const std::string& text) override {
    if (verb != "asg") return;
    const auto assignment = parse_json(text);
    if (!assignment.is_object() || !assignment.contains("order")) return;
    stream->tell("ack", to_text(Json{{"n", assignment.value("n", "")}}));
    if (!answered.insert(assignment.value("n", "")).second) return;  // pushed again
    ++day.figures.assignments;
    asio::co_spawn(day.io, answer(self(), job_from(assignment["order"])), asio::detached);
  }

  [[nodiscard]] Job job_from(const Json& order) const {
    Job job{order.value("id", ""), order.value("status", ""), at};
    if (order.contains("lat") && order["lat"].is_number())
      job.site = {order["lat"].get<double>(), order.value("lon", 0.0)};
    return job;
  }

  static asio::awaitable<void> answer(std::shared_ptr<Technician> self, Job job) {
    auto& day = self->day;
    co_await day.pass(day.between(0.2, 2));
    if (day.is_over()) co_return;
    if (day.chance(0.06)) {
      co_await self->command(job.order, "decline", because("too_far"));
      co_return;
    }
    const auto accepted = co_await self->command(job.order, "accept", Json::object());
    if (!accepted.is_ok) co_return;
    job.state = "ACCEPTED";
    self->jobs.push_back(std::move(job));
  }

  /// Over the stream; without network it is queued on the phone, and taken for done.
  asio::awaitable<Done> command(std::string order, std::string verb, Json body) {
    if (is_online()) co_return co_await day.rpc(*stream, verb, order, to_text(body));
    body["id"] = order;
    queued.push_back({{"method", "orders." + verb},
                      {"params", body},
                      {"key", day.new_key()},
                      {"occurred_at", day.now_text()}});
    co_return Done{.is_ok = true};
  }

  asio::awaitable<void> sync() {
    if (queued.empty()) co_return;
    const auto count = queued.size();
    const Json body{{"commands", queued}};
    Request request{"POST", "/v1/sync", user.token, to_text(body), day.new_key()};
    const auto answer = co_await day.http.send(std::move(request));
    const auto json = parse_json(answer.body);
    if (!answer.ok() || !json.is_object()) {
      day.figures.answered("sync", answer.status, "sync_failed");
      co_return;  // kept: their keys make another try safe
    }
    queued = Json::array();
    day.figures.synced += count;
    for (const auto& result : json.value("results", Json::array())) {
      const bool is_ok = result.contains("ok");
      const auto err = result.value("err", Json::object());
      day.figures.answered("sync", is_ok ? 200 : err.value("status", 409), err.value("code", ""));
      if (is_ok)
        day.figures.seen(result["ok"].value("id", ""), result["ok"].value("version", 0u),
                         result["ok"].value("status", ""));
    }
  }

  /// Into the network: first what the phone has queued, so that nothing overtakes it.
  asio::awaitable<void> come_back() {
    ++day.figures.reconnects;
    co_await sync();
    if (!queued.empty()) co_return co_await day.pass(1);
    co_await go_online();
  }

  asio::awaitable<void> travel_to(Place to) {
    const Place from = at;
    const double minutes = std::clamp(metres(from, to) / ride_m_per_minute, 2.0, 15.0);
    const int steps =
        std::max(2, static_cast<int>(minutes * 60 / day.options.speed));  // 1 a second
    const double heading = std::atan2(to.lon - from.lon, to.lat - from.lat);
    for (int i = 1; i <= steps && !day.is_over(); ++i) {
      co_await day.pass(minutes / steps);
      const double part = static_cast<double>(i) / steps;
      at = {from.lat + (to.lat - from.lat) * part, from.lon + (to.lon - from.lon) * part};
      tell_position(heading);
    }
  }

  void tell_position(double heading) {
    if (!is_online()) return;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const double degrees = std::fmod(heading * 180 / std::numbers::pi + 360, 360);
    const auto point = Json::array({++position_seq, now.count(), at.lat, at.lon, 8, 6, degrees});
    stream->tell("pos", to_text(Json::array({point})));
    ++day.figures.positions;
  }

  /// One step after the other from wherever the order stands, until one fails or it is done.
  asio::awaitable<void> work(Job job) {
    const bool is_fresh = job.state == "ACCEPTED";
    if (is_fresh) {
      const auto done = co_await command(job.order, "depart", Json::object());
      if (!done.is_ok) co_return;
    }
    if (is_fresh || job.state == "EN_ROUTE") {
      const bool is_there = co_await arrive(job);
      if (!is_there) co_return;
    }
    if (job.state == "PAUSED") {
      const auto done = co_await command(job.order, "resume", Json::object());
      if (!done.is_ok) co_return;
    } else if (job.state != "IN_PROGRESS") {
      const bool is_started = co_await start(job);
      if (!is_started) co_return;
    }
    co_await repair(job);
  }

  asio::awaitable<bool> arrive(const Job& job) {
    co_await travel_to(job.site);
    if (day.is_over()) co_return false;
    if (day.chance(0.08) && stream) stream->close();  // no network at the client's
    Json here{{"lat", at.lat}, {"lon", at.lon}};
    const auto done = co_await command(job.order, "arrive", std::move(here));
    co_return done.is_ok;
  }

  asio::awaitable<bool> start(const Job& job) {
    co_await day.pass(day.between(0.5, 3));
    if (day.is_over()) co_return false;
    if (day.chance(0.05)) {
      co_await command(job.order, "fail", because("client_absent"));
      co_return false;
    }
    const auto done = co_await command(job.order, "start", Json::object());
    co_return done.is_ok;
  }

  asio::awaitable<void> repair(const Job& job) {
    co_await day.pass(day.between(5, 15));
    if (!is_online() && !day.is_over() && day.chance(0.5)) co_await come_back();
    if (day.chance(0.15) && !day.is_over()) {
      co_await command(job.order, "pause", because("parts"));
      co_await day.pass(day.between(3, 10));
      if (!day.is_over()) co_await command(job.order, "resume", Json::object());
    }
    co_await day.pass(day.between(2, 15));
    if (day.is_over()) co_return;
    Json report{{"note", "Servicio verificado con el cliente."}};
    co_await command(job.order, "complete", std::move(report));
  }

  /// What yesterday left in hand.
  asio::awaitable<void> find_jobs() {
    const auto answer =
        co_await day.get(user, "/v1/orders?status=ACCEPTED,EN_ROUTE,ON_SITE,IN_PROGRESS,PAUSED");
    const auto list = parse_json(answer.body);
    if (!answer.ok() || !list.is_object()) co_return;
    for (const auto& order : list.value("data", Json::array())) {
      auto job = job_from(order);
      // Whoever is on the way or at work finishes that first.
      job.state == "ACCEPTED" ? jobs.push_back(std::move(job)) : jobs.push_front(std::move(job));
    }
  }
};

}  // namespace

double metres(const Place& a, const Place& b) {
  constexpr double per_degree = 111'195, radians = std::numbers::pi / 180;
  const double north = (b.lat - a.lat) * per_degree;
  const double east = (b.lon - a.lon) * per_degree * std::cos(a.lat * radians);
  return std::hypot(north, east);
}

asio::awaitable<void> live_as_technician(Day& day, User& user) {
  const auto technician = std::make_shared<Technician>(day, user);
  co_await technician->find_jobs();
  co_await technician->go_online();
  while (!day.is_over()) {
    if (!technician->is_online()) co_await technician->come_back();
    if (technician->jobs.empty()) {
      co_await day.pass(0.25);
      continue;
    }
    const auto job = technician->jobs.front();
    technician->jobs.pop_front();
    co_await technician->work(job);
  }
  if (technician->stream) technician->stream->close();
}

}  // namespace mf::simulator
