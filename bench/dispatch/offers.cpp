#include <fmt/format.h>

#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>

#include "base/json.hpp"
#include "bench/company.hpp"
#include "bench/dispatch/parts.hpp"
#include "bench/server_process.hpp"
#include "bench/wires.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

constexpr std::size_t people = 12, rounds = 300;
constexpr auto patience = std::chrono::seconds(20);

/// A zone that dispatches itself, and technicians with their phones in their hands.
class Zone {
 public:
  explicit Zone(const ServerProcess& server)
      : server_(server), admin_(sign_in(server)), wires_(server.http_port()) {
    zone_ = make("/v1/zones", {{"name", "Centro"}, {"dispatch", "automatic"}});
    type_ = make("/v1/order-types", {{"name", "Fibra"}, {"duration_ms", 1'800'000}});
    client_ =
        make("/v1/clients",
             {{"name", "Ana Restrepo"}, {"document_type", "CC"}, {"document_number", "10000001"}});
    site_ = make("/v1/clients/" + client_ + "/sites", {{"name", "Casa"},
                                                       {"address", "Calle 10 # 43-12"},
                                                       {"zone", zone_},
                                                       {"lat", 6.21},
                                                       {"lon", -75.57}});
    http_ = wires_.open_http();
    for (std::size_t i = 0; i < people; ++i) add_technician(i);
  }

  /// Triaged, pushed, declined, pushed to the next one, cancelled.
  void round() {
    const auto order = created();
    const auto triage = command_request(admin_, order, "triage", R"({"confirmed_distinct":true})",
                                        "triage-" + order);
    const auto first = until_pushed(order, triage, offered);
    const auto decline = command_request(tokens_.at(first), order, "decline",
                                         R"({"reason":"vehicle"})", "no-" + order);
    static_cast<void>(until_pushed(order, decline, offered_again));
    command(
        command_request(admin_, order, "cancel", R"({"reason":"client_request"})", "end-" + order),
        200);
  }

  Latencies offered, offered_again;

 private:
  std::string make(const std::string& path, const Json& body) {
    const auto answer = ask(server_.http_port(), "POST", path, admin_, to_text(body));
    if (answer.status != 201)
      throw std::runtime_error(fmt::format("POST {}: {} {}", path, answer.status, answer.body));
    return parse_json(answer.body).at("id");
  }

  void add_technician(std::size_t i) {
    const auto technician =
        make("/v1/technicians",
             {{"name", fmt::format("Técnico {}", i)},
              {"zones", {zone_}},
              {"home", {{"lat", 6.2 + 0.002 * static_cast<double>(i)}, {"lon", -75.57}}}});
    const auto name = fmt::format("tecnico{}", i);
    make("/v1/accounts", {{"username", name},
                          {"password", ServerProcess::password},
                          {"roles", {"technician"}},
                          {"technician", technician}});
    const Json body{{"username", name}, {"password", ServerProcess::password}};
    const auto session = ask(server_.http_port(), "POST", "/v1/sessions", {}, to_text(body));
    if (session.status != 201) throw std::runtime_error("no session: " + session.body);
    const std::string token = parse_json(session.body).at("token");
    tokens_[wires_.open_stream(token)] = token;
  }

  std::string created() {
    const Json body{{"type", type_}, {"client", client_}, {"site", site_}, {"title", "Falla"}};
    const auto text = to_text(body);
    const auto answer = command(
        fmt::format("POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
                    "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    admin_, text.size(), text),
        201);
    return parse_json(answer).at("id");
  }

  std::string command(const std::string& request, int expected) {
    std::optional<std::string> answer;
    wires_.send(http_, request);
    wait(
        [&](Wires::Id wire, int status, std::string_view text) {
          if (wire != http_) return static_cast<void>(pushed(wire, text));
          if (status != expected)
            throw std::runtime_error("a command failed: " + std::string(text));
          answer = text;
        },
        [&] { return answer.has_value(); });
    return *answer;
  }

  /// Whose phone got it.
  Wires::Id until_pushed(const std::string& order, const std::string& request,
                         Latencies& latencies) {
    std::optional<Wires::Id> phone;
    bool is_answered = false;
    const auto sent = Clock::now();
    wires_.send(http_, request);
    wait(
        [&](Wires::Id wire, int status, std::string_view text) {
          if (wire == http_) {
            if (status != 200) throw std::runtime_error("a command failed: " + std::string(text));
            is_answered = true;
          } else if (pushed(wire, text) == order && !phone) {
            latencies.add(std::chrono::nanoseconds(Clock::now() - sent).count());
            phone = wire;
          }
        },
        [&] { return phone && is_answered; });
    return *phone;
  }

  /// The order of an assignment, which is acknowledged; empty for other frames.
  std::string pushed(Wires::Id wire, std::string_view text) {
    if (!text.starts_with("{\"asg\"")) return {};
    const auto assignment = parse_json(text).at("asg");
    wires_.send(wire, to_text(Json{{"ack", {{"n", assignment.at("n")}}}}));
    return assignment.at("order").at("id");
  }

  void wait(const Wires::OnMessage& on_message, const auto& is_over) {
    const auto end = Clock::now() + patience;
    while (!is_over()) {
      wires_.poll(100, on_message);
      if (Clock::now() > end) throw std::runtime_error("nothing was pushed");
    }
  }

  const ServerProcess& server_;
  const std::string admin_;
  Wires wires_;
  std::string zone_, type_, client_, site_;
  Wires::Id http_ = 0;
  std::map<Wires::Id, std::string> tokens_;  ///< of technicians, by their stream
};

}  // namespace

void measure_offers(const Options& options, Report& report) {
  const ServerProcess server({options.binary, options.directory / "offers", {}});
  Zone zone(server);
  for (std::size_t i = 0; i < 20; ++i) zone.round();
  zone.offered.clear();
  zone.offered_again.clear();
  for (std::size_t i = 0; i < rounds; ++i) zone.round();
  zone.offered.report(report, "dispatch", "triage to the push of the offer", "<= 50,000 us");
  zone.offered_again.report(report, "dispatch", "decline to the next one's push", "<= 50,000 us");
}

}  // namespace mf::bench
