#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <unordered_map>

#include "bench/company.hpp"
#include "bench/parts.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::size_t order_count = 128;  // what one session may follow
constexpr int connections = 64, per_second = 1000;

/// Open loop: a command is due every millisecond, whether the last ones were answered or not.
class Pushes {
 public:
  Pushes(const ServerProcess& server, const Company& company, std::vector<std::string> orders)
      : company_(company),
        orders_(std::move(orders)),
        wires_(server.http_port()),
        sent_at_(orders_.size()),
        rounds_(orders_.size()) {
    stream_ = wires_.open_stream(company.token);
    for (std::size_t i = 0; i < orders_.size(); ++i) {
      number_[orders_[i]] = i;
      idle_orders_.push_back(i);
      wires_.send(stream_,
                  fmt::format(R"({{"id":{},"sub":{{"topic":"order:{}"}}}})", i + 2, orders_[i]));
    }
    std::size_t answers = 0;
    while (answers < orders_.size())
      wires_.poll(1000, [&](Wires::Id, int, std::string_view text) {
        if (text.find("\"ok\"") == text.npos)
          throw std::runtime_error("not subscribed: " + std::string(text));
        ++answers;
      });
    for (int i = 0; i < connections; ++i) idle_wires_.push_back(wires_.open_http());
  }

  void run(double seconds) {
    const auto begin = Clock::now();
    const auto count = static_cast<std::size_t>(seconds * per_second);
    for (std::size_t sent = 0; sent < count || waiting_ > 0;) {
      const auto due = begin + nanoseconds(1'000'000'000 / per_second) * sent;
      const bool is_due = sent < count && Clock::now() >= due;
      if (is_due && !idle_wires_.empty() && !idle_orders_.empty()) {
        late.add(nanoseconds(Clock::now() - due).count());
        send();
        ++sent;
      }
      wires_.poll(
          is_due && !idle_wires_.empty() ? 0 : 1,
          [&](Wires::Id wire, int status, std::string_view text) { take(wire, status, text); });
      if (Clock::now() - begin > std::chrono::duration<double>(seconds * 3 + 10))
        throw std::runtime_error(fmt::format("{} pushes did not come", waiting_));
    }
  }

  Latencies pushed, replied, late;

 private:
  void send() {
    const auto order = idle_orders_.front();
    idle_orders_.erase(idle_orders_.begin());
    const auto wire = idle_wires_.back();
    idle_wires_.pop_back();
    const auto* body = rounds_[order]++ % 2 == 0 ? R"({"priority":1})" : R"({"priority":3})";
    const auto key = fmt::format("{}-{}", order, rounds_[order]);
    const auto request = command_request(company_.token, orders_[order], "set_priority", body, key);
    reply_to_[wire] = sent_at_[order] = Clock::now();
    wires_.send(wire, request);
    ++waiting_;
  }

  void take(Wires::Id wire, int status, std::string_view text) {
    const auto now = Clock::now();
    if (wire != stream_) {
      if (status != 200) throw std::runtime_error("a command failed: " + std::string(text));
      replied.add(nanoseconds(now - reply_to_[wire]).count());
      return idle_wires_.push_back(wire);
    }
    constexpr std::string_view topic = "\"topic\":\"order:";
    const auto at = text.find(topic);
    if (!text.starts_with("{\"pub\"") || at == text.npos) return;
    const auto order = number_.at(std::string(text.substr(at + topic.size(), orders_[0].size())));
    pushed.add(nanoseconds(now - sent_at_[order]).count());
    idle_orders_.push_back(order);
    --waiting_;
  }

  const Company& company_;
  std::vector<std::string> orders_;
  Wires wires_;
  Wires::Id stream_ = 0;
  std::unordered_map<std::string, std::size_t> number_;
  std::unordered_map<Wires::Id, Clock::time_point> reply_to_;
  std::vector<Clock::time_point> sent_at_;
  std::vector<std::size_t> rounds_, idle_orders_;
  std::vector<Wires::Id> idle_wires_;
  std::size_t waiting_ = 0;
};

}  // namespace

void measure_push(const Options& options, Report& report) {
  constexpr const char* part = "push";
  const ServerProcess server({options.binary, options.directory / "push", {}});
  const auto company = make_company(server);
  Pushes pushes(server, company, make_orders(server, company, order_count));
  pushes.run(options.seconds / 5);
  pushes.pushed.clear();
  pushes.replied.clear();
  pushes.late.clear();
  const auto cpu = server.cpu();
  pushes.run(options.seconds);
  const auto used = sum(difference(cpu, server.cpu()));
  pushes.pushed.report(report, part, "command to push at 1,000/s", "<= 5000");
  pushes.replied.report(report, part, "command to reply at 1,000/s");
  report.add(part, "requests sent late by the generator, p99", pushes.late.at(0.99), "us");
  report.add(part, "server CPU per command and push",
             used.all() * 1e6 / static_cast<double>(pushes.pushed.size()), "us");
}

}  // namespace mf::bench
