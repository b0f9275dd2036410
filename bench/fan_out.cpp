#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "bench/company.hpp"
#include "bench/parts.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;
using WallSeconds = std::chrono::duration<double>;

constexpr const char* part = "fanout";
constexpr std::size_t board_orders = 10, per_source = 1000;
constexpr int fan_out_rounds = 40;

/// Waits for at least `count` messages that begin with `begin`; gives how many came.
std::size_t wait_for(Wires& wires, std::size_t count, std::string_view begin) {
  const auto end = Clock::now() + std::chrono::seconds(60);
  std::size_t seen = 0;
  while (seen < count) {
    wires.poll(1000,
               [&](Wires::Id, int, std::string_view text) { seen += text.starts_with(begin); });
    if (Clock::now() > end)
      throw std::runtime_error(fmt::format("{} of {} messages came", seen, count));
  }
  return seen;
}

/// One change of a board at a time, each to every subscriber.
void measure_deliveries(const ServerProcess& server, const Company& company,
                        const std::vector<std::string>& orders, Wires& wires, Report& report) {
  Latencies all;
  double waited = 0;
  const auto cpu = server.cpu();
  for (int round = 0; round < fan_out_rounds; ++round) {
    const auto* body = round % 2 == 0 ? R"({"priority":1})" : R"({"priority":4})";
    const auto begin = Clock::now();
    const auto answer = ask(server.http_port(), "POST", "/v1/orders/" + orders[0] + "/set_priority",
                            company.token, body);
    if (answer.status != 200) throw std::runtime_error(answer.body);
    // The first view tells when the board was flushed (at most 10 times a second).
    const auto early = wait_for(wires, 1, "{\"view\"");
    const auto first = Clock::now();
    static_cast<void>(wait_for(wires, wires.size() - early, "{\"view\""));
    waited += WallSeconds(Clock::now() - first).count();
    all.add(std::chrono::nanoseconds(Clock::now() - begin).count());
  }
  const auto used = difference(cpu, server.cpu());
  const double deliveries = static_cast<double>(wires.size()) * fan_out_rounds;
  report.add(part, "deliveries, from the first to the last of one change", deliveries / waited,
             "/s");
  for (const auto& [stage, cpu_of] : used)
    if (cpu_of.all() * 1e6 / deliveries >= 0.05)
      report.add(part,
                 fmt::format("CPU per delivery, {} (user {:.1f}, system {:.1f})", stage,
                             cpu_of.user * 1e6 / deliveries, cpu_of.system * 1e6 / deliveries),
                 cpu_of.all() * 1e6 / deliveries, "us", stage == "gateway" ? "<= 11" : "");
  all.report(report, part, "command to the last of all subscribers");
}

}  // namespace

void measure_fan_out(const Options& options, Report& report) {
  const ServerProcess server({options.binary, options.directory / "fanout", {}});
  const auto company = make_company(server);
  const auto orders = make_orders(server, company, board_orders);
  Wires wires(server.http_port());
  // The first ones pay for what all share.
  for (int i = 0; i < 100; ++i) static_cast<void>(wires.open_stream(company.token));
  const auto few = server.resident_bytes();
  for (std::size_t i = 100; i < options.subscribers; ++i)
    static_cast<void>(wires.open_stream(company.token, 1 + static_cast<int>(i / per_source)));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto idle = server.resident_bytes();
  report.add(part, "memory per idle authenticated connection",
             static_cast<double>(idle - few) / static_cast<double>(options.subscribers - 100), "B",
             "<= 8192");
  const auto subscription = fmt::format(R"({{"id":2,"sub":{{"topic":"board:{}"}}}})", company.zone);
  for (std::size_t sent = 0, answers = 0; answers < wires.size();) {
    while (sent < wires.size() && sent < answers + 64) wires.send(sent++, subscription);
    answers += wait_for(wires, 1, "{\"id\":2,\"ok\"");
  }
  report.add(part, "memory per connection that follows a board",
             static_cast<double>(server.resident_bytes() - few) /
                 static_cast<double>(options.subscribers - 100),
             "B");
  measure_deliveries(server, company, orders, wires, report);
}

}  // namespace mf::bench
