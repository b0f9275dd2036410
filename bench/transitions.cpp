#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <stdexcept>

#include "bench/company.hpp"
#include "bench/parts.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;
using WallSeconds = std::chrono::duration<double>;

constexpr std::size_t orders_per_caller = 8;
constexpr const char* transitions_part = "transitions";

enum class Door { stream, http };

Cpu own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

/// What one transition is: a verb with two bodies that take turns. `comment` changes the order and
/// adds an event, like the peer's update and insert; `set_priority` is the dearest one we have: it
/// rewrites every index entry of the order, its clocks and its timers.
struct Transition {
  const char* verb;
  std::array<const char*, 2> bodies;
};
constexpr Transition set_priority{"set_priority", {R"({"priority":1})", R"({"priority":3})"}};
constexpr Transition comment{"comment",
                             {R"({"text":"Llamé al cliente, espera desde las 9."})",
                              R"({"text":"Llamé al cliente, espera desde las 10."})"}};

std::string name_of(const Transition& transition, Door door, int callers) {
  return fmt::format("{} {} {} callers", transition.verb, door == Door::http ? "HTTP" : "WebSocket",
                     callers);
}

/// Closed loop: each caller sends its next command when it has the answer to the last.
class Callers {
 public:
  Callers(const ServerProcess& server, const Company& company,
          const std::vector<std::string>& orders, Transition transition, Door door, int count,
          int round)
      : company_(company),
        orders_(orders),
        transition_(transition),
        door_(door),
        round_(round),
        wires_(server.http_port()),
        callers_(static_cast<std::size_t>(count)) {
    for (std::size_t i = 0; i < callers_.size(); ++i)
      static_cast<void>(door == Door::http ? wires_.open_http()
                                           : wires_.open_stream(company.token));
  }

  void start() {
    for (std::size_t i = 0; i < callers_.size(); ++i) next(i);
  }
  /// Runs on; returns how many answers came.
  std::size_t run(double seconds, Latencies* latencies) {
    const auto end = Clock::now() + WallSeconds(seconds);
    std::size_t answers = 0;
    while (Clock::now() < end)
      wires_.poll(100, [&](Wires::Id wire, int status, std::string_view text) {
        if (door_ == Door::http ? status != 200 : text.find("\"ok\"") == text.npos)
          throw std::runtime_error("a transition failed: " + std::string(text));
        ++answers;
        if (latencies)
          latencies->add(std::chrono::nanoseconds(Clock::now() - callers_[wire].sent_at).count());
        next(wire);
      });
    return answers;
  }

 private:
  struct Caller {
    std::uint64_t sent = 0;
    Clock::time_point sent_at;
  };

  void next(std::size_t i) {
    auto& caller = callers_[i];
    const auto n = caller.sent++;
    const auto& order = orders_[(i * orders_per_caller + n % orders_per_caller)];
    const auto* body = transition_.bodies[n / orders_per_caller % 2];
    const auto key = fmt::format("{}-{}-{}", round_, i, n);
    caller.sent_at = Clock::now();
    if (door_ == Door::http)
      wires_.send(i, command_request(company_.token, order, transition_.verb, body, key));
    else wires_.send(i, command_message(n + 2, order, transition_.verb, body, key));
  }

  const Company& company_;
  const std::vector<std::string>& orders_;
  Transition transition_;
  Door door_;
  int round_;
  Wires wires_;
  std::vector<Caller> callers_;
};

void report_cpu(Report& report, const std::string& name, const CpuByStage& stages, Cpu own,
                double commands) {
  const auto add = [&](const std::string& stage, const Cpu& cpu) {
    if (cpu.all() * 1e6 / commands < 0.05) return;
    report.add(transitions_part,
               fmt::format("{}, CPU {} (user {:.1f}, system {:.1f})", name, stage,
                           cpu.user * 1e6 / commands, cpu.system * 1e6 / commands),
               cpu.all() * 1e6 / commands, "us/cmd");
  };
  for (const auto& [stage, cpu] : stages) add(stage, cpu);
  add("server in all", sum(stages));
  add("load generator", own);
}

/// Gives the transitions per second.
double run_one(const Options& options, Report& report, const Transition& transition, Door door,
               int callers) {
  const Settings settings{options.binary, options.directory / "transitions", {}};
  std::filesystem::remove_all(settings.directory);
  ServerProcess server(settings);
  const auto company = make_company(server);
  const auto orders =
      make_orders(server, company, static_cast<std::size_t>(callers) * orders_per_caller);
  Callers load(server, company, orders, transition, door, callers, 1);
  load.start();
  static_cast<void>(load.run(options.seconds / 5, nullptr));

  const auto cpu = server.cpu();
  const auto own = own_cpu();
  const double writes = server.metric("microflow_journal_write_seconds_count");
  const double write_seconds = server.metric("microflow_journal_write_seconds_sum");
  const double batches = server.metric("microflow_journal_cycle_batches_sum");
  const auto begin = Clock::now();
  Latencies latencies;
  const auto count = static_cast<double>(load.run(options.seconds, &latencies));
  const double took = WallSeconds(Clock::now() - begin).count();
  const auto own_after = own_cpu();
  const auto stages = difference(cpu, server.cpu());
  const double all_writes = server.metric("microflow_journal_write_seconds_count") - writes;

  const auto name = name_of(transition, door, callers);
  report.add(transitions_part, name, count / took, "/s", ">= 20000");
  latencies.report(report, transitions_part, name);
  report.add(transitions_part, name + ", commands per synced write", count / all_writes, "");
  report.add(transitions_part, name + ", shards per synced write",
             (server.metric("microflow_journal_cycle_batches_sum") - batches) / all_writes, "");
  report.add(
      transitions_part, name + ", one synced write",
      (server.metric("microflow_journal_write_seconds_sum") - write_seconds) * 1e6 / all_writes,
      "us");
  report_cpu(report, name, stages, {own_after.user - own.user, own_after.system - own.system},
             count);
  server.kill();  // the write-ahead log stays, for write_again()
  return count / took;
}

void compare(const Options& options, Report& report, const std::string& name, double per_second,
             const Peer::Transition& peer) {
  const auto raw = write_again(options.directory / "transitions" / "data",
                               options.directory / "raw", options.seconds / 2);
  report.add(transitions_part, name + ", raw limit", raw.commands_per_second, "/s");
  report.add(transitions_part, name + ", bytes written per command", raw.bytes_per_command, "B");
  report.add(transitions_part, name + ", keys written per command", raw.keys_per_command, "");
  report.add(transitions_part, name + ", of the raw limit", per_second / raw.commands_per_second,
             "x", ">= 0.5");
  if (peer.per_second > 0)
    report.add(transitions_part, name + ", of PostgreSQL", per_second / peer.per_second, "x",
               ">= 3");
}

Peer measure_peer(const Options& options, Report& report) {
  Peer peer;
  try {
    peer = measure_postgresql(options.directory / "postgresql", 64, options.seconds);
  } catch (const std::exception& error) {
    report.note(std::string("PostgreSQL: ") + error.what());
    return peer;
  }
  const auto add = [&](const char* verb, const Peer::Transition& figures) {
    const auto name = fmt::format("{} PostgreSQL 64 connections", verb);
    report.add(transitions_part, name, figures.per_second, "/s");
    report.add(transitions_part, name + ", mean", figures.mean_ms * 1000, "us");
  };
  add("comment", peer.comment);
  add("set_priority", peer.set_priority);
  return peer;
}

}  // namespace

void measure_transitions(const Options& options, Report& report) {
  const auto peer = options.is_alone ? Peer{} : measure_peer(options, report);
  for (const auto* transition : {&comment, &set_priority})
    for (const int callers : options.callers)
      for (const auto door : {Door::stream, Door::http}) {
        const auto per_second = run_one(options, report, *transition, door, callers);
        if (options.is_alone) continue;
        compare(options, report, name_of(*transition, door, callers), per_second,
                transition == &comment ? peer.comment : peer.set_priority);
      }
}

}  // namespace mf::bench
