// Published days through the product: technicians, clients and orders are made over REST on a real
// node, its dispatcher plans them, the plan is read from the orders. What the product doesn't know
// (vans that fill up, the way home) the planner beside it doesn't know either.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <map>
#include <stdexcept>
#include <thread>

#include "base/geo.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "bench/company.hpp"
#include "bench/dispatch/parts.hpp"
#include "bench/server_process.hpp"
#include "planning/checker.hpp"
#include "planning/files/files.hpp"
#include "planning/search.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* instances[] = {"R101", "R103", "R105", "R109", "RC101", "RC103"};
/// A unit of the instances' plane and time, on the road.
constexpr double unit_s = 120;
/// Begin of the next day's work, in Bogota.
constexpr Duration morning = 6h;

/// The instance as the product can know it: places on the earth, no vans, nobody has to come home.
planning::Problem product_problem(planning::Problem problem) {
  constexpr planning::GreatCircleTravel::Road road;
  const auto degrees =
      unit_s * road.metres_per_second / road.detour / earth_radius_m * 180 / 3.14159265358979323846;
  // Across the equator, where a degree is a degree both ways.
  for (auto& place : problem.places)
    place = {(place.latitude - 50) * degrees, -75 + (place.longitude - 50) * degrees};
  problem.travel = planning::GreatCircleTravel(problem.places);
  const auto scale = [](planning::Window& window) {
    window.from *= unit_s;
    window.to *= unit_s;
  };
  for (auto& technician : problem.technicians) {
    technician.end.reset();
    technician.capacity.clear();
    for (auto& shift : technician.shifts) scale(shift.hours);
  }
  for (auto& visit : problem.visits) {
    visit.duration *= unit_s;
    visit.demand.clear();
    for (auto& window : visit.windows) scale(window);
  }
  return problem;
}

class PublishedDay {
 public:
  PublishedDay(const ServerProcess& server, planning::Problem problem)
      : server_(server), problem_(std::move(problem)), token_(sign_in(server)) {
    const auto today = std::chrono::floor<std::chrono::days>(system_clock().now() - 5h);
    begin_ = today + std::chrono::days(1) + 5h + morning;
    zone_ = make("/v1/zones", {{"name", problem_.name}, {"dispatch", "off"}});
    type_ = make("/v1/order-types", {{"name", "Visita"}, {"duration_ms", 600'000}});
    const auto hours = problem_.technicians.front().shifts.front().hours;
    const Json days{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    for (const auto& technician : problem_.technicians)
      technicians_[make(
          "/v1/technicians",
          {{"name", technician.id},
           {"zones", {zone_}},
           {"home", place(technician.start)},
           {"shifts", {{{"days", days}, {"from", clock(0)}, {"to", clock(hours.to)}}}}})] =
          technicians_.size();
    for (std::size_t i = 0; i < problem_.visits.size(); ++i) add(i);
  }

  /// From now on the zone's dispatcher plans.
  void begin() {
    const auto zone = ask(server_.http_port(), "GET", "/v1/zones/" + zone_, token_);
    const auto version = parse_json(zone.body).at("version").get<int>();
    const auto text = std::string(R"({"dispatch":"automatic"})");
    patch("/v1/zones/" + zone_, text, version);
  }

  /// What stands on the orders now.
  [[nodiscard]] planning::Plan plan() {
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
    return planning::time_sequences(problem_, sequences, *planning::find_objective("distance"));
  }

  [[nodiscard]] const planning::Problem& problem() const { return problem_; }

 private:
  std::string make(const std::string& path, const Json& body) {
    const auto answer = ask(server_.http_port(), "POST", path, token_, to_text(body));
    if (answer.status != 201)
      throw std::runtime_error(fmt::format("POST {}: {} {}", path, answer.status, answer.body));
    return parse_json(answer.body).at("id");
  }
  void post(const std::string& path, const Json& body) {
    const auto answer = ask(server_.http_port(), "POST", path, token_, to_text(body));
    if (answer.status != 200)
      throw std::runtime_error(fmt::format("POST {}: {} {}", path, answer.status, answer.body));
  }
  void patch(const std::string& path, const std::string& body, int version) {
    Wires wires(server_.http_port());
    wires.send(wires.open_http(),
               fmt::format("PATCH {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
                           "If-Match: \"{}\"\r\nContent-Type: application/merge-patch+json\r\n"
                           "Content-Length: {}\r\n\r\n{}",
                           path, token_, version, body.size(), body));
    bool is_done = false;
    while (!is_done)
      wires.poll(1000, [&](Wires::Id, int status, std::string_view text) {
        if (status != 200) throw std::runtime_error("PATCH: " + std::string(text));
        is_done = true;
      });
  }

  [[nodiscard]] Json place(std::size_t number) const {
    const auto& at = problem_.places[number];
    return {{"lat", at.latitude}, {"lon", at.longitude}};
  }
  [[nodiscard]] static std::string clock(double seconds) {
    const auto minutes = static_cast<int>(seconds / 60) +
                         static_cast<int>(std::chrono::minutes(morning / 1min).count());
    return fmt::format("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
  }
  [[nodiscard]] std::string moment(double seconds) const {
    return format_rfc3339(begin_ + Duration(std::llround(seconds * 1000)));
  }

  void add(std::size_t number) {
    const auto& visit = problem_.visits[number];
    const auto client = make("/v1/clients", {{"name", "Cliente " + visit.id},
                                             {"document_type", "CC"},
                                             {"document_number", fmt::format("{:08}", number)}});
    auto site = place(visit.place);
    site["name"] = "Casa";
    site["address"] = "Calle 10 # 43-12";
    site["zone"] = zone_;
    const auto where = make("/v1/clients/" + client + "/sites", site);
    const auto order = make(
        "/v1/orders",
        {{"type", type_}, {"client", client}, {"site", where}, {"title", "Visita " + visit.id}});
    const auto& window = visit.windows.front();
    post("/v1/orders/" + order + "/triage",
         {{"priority", 4},
          {"duration_ms", std::llround(visit.duration * 1000)},
          {"windows", {{{"from", moment(window.from)}, {"to", moment(window.to)}}}}});
    orders_.push_back(order);
  }

  const ServerProcess& server_;
  planning::Problem problem_;
  std::string token_, zone_, type_;
  Timestamp begin_;
  std::map<std::string, std::size_t> technicians_;
  std::vector<std::string> orders_;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void measure_published_days(const Options& options, Report& report) {
  const auto folder = options.instances / "solomon_100";
  if (!std::filesystem::is_directory(folder))
    return report.note("dispatch: no instances in " + folder.string());
  const auto& objective = *planning::find_objective("distance");
  double sum_ours = 0, sum_planner = 0;
  for (const auto* name : instances) {
    auto loaded = planning_files::load_problem(folder / (std::string(name) + ".txt"));
    if (!loaded) throw std::runtime_error(loaded.error().message);
    const ServerProcess server({options.binary, options.directory / name, {}});
    PublishedDay day(server, product_problem(std::move(*loaded)));
    day.begin();
    std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds));
    const auto ours = day.plan();
    const auto planned =
        planning::solve(day.problem(), objective, {.time = options.seconds, .clock = seconds_now});
    if (!planned) throw std::runtime_error(planned.error().message);
    const auto judged = planning::check(day.problem(), ours, objective);
    // The product begins at whole minutes; the sequence is what counts.
    const auto planner = planning::check(day.problem(), *planned, objective).score;
    const auto distance = planning::Term::distance;
    const auto gap = 100 * (judged.score[distance] / planner[distance] - 1);
    report.note(fmt::format("{}: {} broken rules, unserved {} and {}", name,
                            judged.violations.size(), ours.unserved.size(),
                            planned->unserved.size()));
    report.add("dispatch", fmt::format("{} through the product, beside the planner", name), gap,
               "%", "<= 1 %");
    sum_ours += judged.score[distance];
    sum_planner += planner[distance];
  }
  report.add("dispatch", "published days, all", 100 * (sum_ours / sum_planner - 1), "%", "<= 1 %");
}

}  // namespace mf::bench
