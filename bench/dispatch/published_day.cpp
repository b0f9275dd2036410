#include "bench/dispatch/published_day.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/json.hpp"
#include "bench/company.hpp"
#include "bench/wires.hpp"
#include "planning/checker.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// Begin of the next day's work, in Bogota.
constexpr Duration morning = 6h;

std::string clock(double seconds) {
  const auto minutes = static_cast<int>(seconds / 60) +
                       static_cast<int>(std::chrono::minutes(morning / 1min).count());
  return fmt::format("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
}

/// A weekday that isn't planned.
Json never() {
  constexpr const char* names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  const auto today = std::chrono::floor<std::chrono::days>(system_clock().now() - 5h);
  const std::chrono::weekday later{today + std::chrono::days(4)};
  return {{"days", {names[later.c_encoding()]}}, {"from", "03:00"}, {"to", "03:15"}};
}

}  // namespace

PublishedDay::PublishedDay(const ServerProcess& server, planning::Problem problem)
    : server_(server), problem_(std::move(problem)), token_(sign_in(server)) {
  const auto today = std::chrono::floor<std::chrono::days>(system_clock().now() - 5h);
  begin_ = today + std::chrono::days(1) + 5h + morning;
  zone_ = make("/v1/zones", to_text(Json{{"name", problem_.name}, {"dispatch", "off"}}));
  type_ = make("/v1/order-types", R"({"name":"Visita","duration_ms":600000})");
  const Json days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  for (const auto& technician : problem_.technicians) {
    const auto hours = technician.shifts.front().hours;
    const Json shift{{"days", days}, {"from", clock(hours.from)}, {"to", clock(hours.to)}};
    const Json body{{"name", "Técnico " + technician.id},
                    {"zones", {zone_}},
                    {"home", parse_json(place(technician.start))},
                    {"shifts", {shift}}};
    const auto number = technicians_.size();
    technicians_[make("/v1/technicians", to_text(body))] = number;
  }
  for (std::size_t i = 0; i < problem_.visits.size(); ++i) add(i);
}

void PublishedDay::ask_for_roads(const RoadStub& roads) {
  std::set<std::size_t> places;
  for (const auto& technician : problem_.technicians) places.insert(technician.start);
  for (const auto& visit : problem_.visits) places.insert(visit.place);
  const auto wanted = places.size() * (places.size() - 1);
  constexpr auto patience = 60s;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (roads.told() < wanted) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("roads are not asked for");
    // Whoever asks who could do an order has the zone's day made, and its ways asked for.
    static_cast<void>(
        ask(server_.http_port(), "GET", "/v1/orders/" + orders_.front() + "/candidates", token_));
    std::this_thread::sleep_for(100ms);
  }
  // Somebody new, who never works: the day is made anew, with the ways that are known by now.
  const Json body{{"name", "Nadie"},
                  {"zones", {zone_}},
                  {"home", parse_json(place(*places.begin()))},
                  {"shifts", {never()}}};
  make("/v1/technicians", to_text(body));
}

void PublishedDay::begin() {
  Wires wires(server_.http_port());
  constexpr std::string_view body = R"({"dispatch":"automatic"})";
  wires.send(wires.open_http(), fmt::format("PATCH /v1/zones/{} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                            "Authorization: Bearer {}\r\nIf-Match: \"{}\"\r\n"
                                            "Content-Type: application/merge-patch+json\r\n"
                                            "Content-Length: {}\r\n\r\n{}",
                                            zone_, token_, catalogue_version_, body.size(), body));
  bool is_done = false;
  while (!is_done)
    wires.poll(1000, [&](Wires::Id, int status, std::string_view text) {
      if (status != 200) throw std::runtime_error("PATCH: " + std::string(text));
      is_done = true;
    });
}

planning::Plan PublishedDay::plan(const planning::Objective& objective) const {
  std::map<std::size_t, std::map<std::string, std::size_t>> routes;  // by begin
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    const auto answer = ask(server_.http_port(), "GET", "/v1/orders/" + orders_[i], token_);
    const auto order = parse_json(answer.body);
    if (!order.contains("plan") || !order.contains("slot")) continue;
    const auto technician = order["plan"].at("technician").get<std::string>();
    routes[technicians_.at(technician)][order["slot"].at("from")] = i;
  }
  std::vector<planning::Sequence> sequences;
  for (const auto& [technician, visits] : routes) {
    planning::Sequence sequence{.technician = technician};
    for (const auto& [from, visit] : visits)
      sequence.stops.push_back({planning::StopKind::visit, visit});
    sequences.push_back(std::move(sequence));
  }
  return planning::time_sequences(problem_, sequences, objective);
}

/// The id; and of what is made in the catalogue, the version to edit it by.
std::string PublishedDay::make(const std::string& path, const std::string& body) {
  const auto answer = ask(server_.http_port(), "POST", path, token_, body);
  if (answer.status != 201 && answer.status != 200)
    throw std::runtime_error(fmt::format("POST {}: {} {}", path, answer.status, answer.body));
  const auto made = parse_json(answer.body);
  if (path == "/v1/order-types") catalogue_version_ = made.at("version").get<std::uint64_t>();
  return made.at("id");
}

void PublishedDay::add(std::size_t number) {
  const auto& visit = problem_.visits[number];
  const Json who{{"name", "Cliente " + visit.id},
                 {"document_type", "CC"},
                 {"document_number", fmt::format("{:08}", number)}};
  const auto client = make("/v1/clients", to_text(who));
  auto site = parse_json(place(visit.place));
  site.update({{"name", "Casa"}, {"address", "Calle 10 # 43-12"}, {"zone", zone_}});
  const auto where = make("/v1/clients/" + client + "/sites", to_text(site));
  const Json what{
      {"type", type_}, {"client", client}, {"site", where}, {"title", "Visita " + visit.id}};
  const auto order = make("/v1/orders", to_text(what));
  const auto& window = visit.windows.front();
  const Json triage{{"priority", 4},
                    {"duration_ms", std::llround(visit.duration * 1000)},
                    {"windows", {{{"from", moment(window.from)}, {"to", moment(window.to)}}}}};
  make("/v1/orders/" + order + "/triage", to_text(triage));
  orders_.push_back(order);
}

std::string PublishedDay::place(std::size_t number) const {
  const auto& at = problem_.places[number];
  return to_text(Json{{"lat", at.latitude}, {"lon", at.longitude}});
}

std::string PublishedDay::moment(double seconds) const {
  return format_rfc3339(begin_ + Duration(std::llround(seconds * 1000)));
}

}  // namespace mf::bench
