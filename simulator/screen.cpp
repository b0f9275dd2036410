#include "simulator/screen.hpp"

#include <fmt/format.h>

#include "base/json.hpp"

namespace mf::simulator {
namespace {

constexpr const char* life[] = {"NEW",      "TRIAGED",   "SCHEDULED",         "ASSIGNED",
                                "ACCEPTED", "EN_ROUTE",  "ON_SITE",           "IN_PROGRESS",
                                "PAUSED",   "COMPLETED", "APPROVAL_REQUIRED", "CLOSED",
                                "FAILED",   "CANCELLED", "REJECTED"};
constexpr int lines_on_screen = 5;

double seconds(std::chrono::milliseconds elapsed) {
  return std::chrono::duration<double>(elapsed).count();
}

std::string clock_text(const Day& day, std::chrono::milliseconds elapsed) {
  const auto minutes = 8 * 60 + static_cast<int>(seconds(elapsed) * day.options.speed / 60);
  return fmt::format("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
}

Moment now() { return std::chrono::steady_clock::now(); }

}  // namespace

std::string states_text(const Figures& figures) {
  const auto by_state = figures.orders_by_state();
  std::string out;
  for (const auto* state : life) {
    const auto found = by_state.find(state);
    if (found == by_state.end()) continue;
    if (!out.empty()) out += " · ";
    out += fmt::format("{} {}", state, found->second);
  }
  return out.empty() ? "none" : out;
}

std::string log_line(Day& day, std::chrono::milliseconds elapsed) {
  auto& f = day.figures;
  auto line =
      fmt::format("{:7.1f}s  {}  {:>7} commands  {:6.1f}/s  push {:.1f}/{:.1f} ms  {:>6} open",
                  seconds(elapsed), clock_text(day, elapsed), f.commands,
                  f.commands_per_second(now()), f.latency(0.5), f.latency(0.99), f.open());
  for (const auto& [name, count] : {std::pair("refused", f.refused), {"unanswered", f.unanswered}})
    if (count > 0) line += fmt::format("  {} {}", count, name);
  return line + "\n";
}

std::string screen(Day& day, std::chrono::milliseconds elapsed) {
  auto& f = day.figures;
  std::string out =
      f.commands == 0 && elapsed.count() < 300 ? std::string(lines_on_screen, '\n') : std::string();
  out += fmt::format("\033[{}A", lines_on_screen);
  const auto line = [&](std::string_view name, const std::string& text) {
    out += fmt::format("\r\033[2K\033[1m{:<10}\033[0m {}\n", name, text);
  };
  line("day", fmt::format("{} (×{:g}), {:.0f} s", clock_text(day, elapsed), day.options.speed,
                          seconds(elapsed)));
  line("orders", states_text(f));
  line("commands",
       fmt::format("{:.1f}/s · {} in all · {} rejected · {} refused · {} unanswered",
                   f.commands_per_second(now()), f.commands, f.rejected, f.refused, f.unanswered));
  line("push",
       fmt::format("p50 {:.2f} ms · p99 {:.2f} ms (command sent → frame received, {} of {})",
                   f.latency(0.5), f.latency(0.99), f.latencies(), f.frames));
  line("clients", fmt::format("{} connected · {} assignments · {} positions · {} synced later",
                              f.connected, f.assignments, f.positions, f.synced));
  return out;
}

Report report(Day& day, std::chrono::milliseconds elapsed) {
  auto& f = day.figures;
  const double per_second = static_cast<double>(f.commands) / std::max(0.001, seconds(elapsed));
  nlohmann::ordered_json json{
      {"duration_ms", elapsed.count()},
      {"speed", day.options.speed},
      {"commands", f.commands},
      {"commands_per_second", per_second},
      {"rejected", f.rejected},
      {"refused", f.refused},
      {"unanswered", f.unanswered},
      {"push_latency_ms",
       {{"count", f.latencies()}, {"p50", f.latency(0.5)}, {"p99", f.latency(0.99)}}},
      {"frames", f.frames},
      {"assignments", f.assignments},
      {"positions", f.positions},
      {"synced", f.synced},
      {"reconnects", f.reconnects},
      {"connected", f.connected},
      {"orders", f.orders_by_state()},
      {"by_command", f.by_method},
      {"by_code", f.by_code}};
  Report report{.json = to_text(json, 2) + "\n"};
  report.is_good = f.commands > 0 && f.unanswered == 0 && f.refused == 0 && f.frames > 0;
  report.text = fmt::format(
      "\nThe day in figures\n"
      "  orders       {}\n"
      "  commands     {} in {:.0f} s ({:.1f}/s); {} rejected by the domain, {} refused, {} "
      "unanswered\n"
      "  push         p50 {:.2f} ms, p99 {:.2f} ms over {} commands\n"
      "  people       {} connected, {} reconnects; {} assignments, {} positions, {} commands "
      "synced later\n",
      states_text(f), f.commands, seconds(elapsed), per_second, f.rejected, f.refused, f.unanswered,
      f.latency(0.5), f.latency(0.99), f.latencies(), f.connected, f.reconnects, f.assignments,
      f.positions, f.synced);
  for (const auto& [code, count] : f.by_code)
    report.text += fmt::format("  {:<12} {}\n", count, code);
  return report;
}

}  // namespace mf::simulator
