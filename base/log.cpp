#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <mutex>

#include "base/json.hpp"
#include "base/log_lines.hpp"
#include "base/time.hpp"

namespace mf::log {
namespace {

Format format = Format::terminal;
thread_local std::string trace;

spdlog::level::level_enum translate(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warn: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view color_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug: return "\x1b[36m";
    case spdlog::level::warn: return "\x1b[33m\x1b[1m";
    case spdlog::level::err: return "\x1b[31m\x1b[1m";
    default: return "\x1b[32m";
  }
}

/// Lays lines out for standard error, in color on a terminal.
class LinesSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LinesSink() : is_terminal_(::isatty(STDERR_FILENO)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t laid_out;
    formatter_->format(message, laid_out);
    std::string line(laid_out.data(), laid_out.size());
    if (line.ends_with('\n')) line.pop_back();
    if (is_terminal_ && message.color_range_end > message.color_range_start) {
      line.insert(message.color_range_end, "\x1b[m");
      line.insert(message.color_range_start, color_of(message.level));
    }
    standard_error().put(line);
  }
  void flush_() override {}

  const bool is_terminal_;
};

spdlog::logger& sink() {
  // Never destroyed: threads log until the very end.
  static auto& logger = *new spdlog::logger("microflow", std::make_shared<LinesSink>());
  return logger;
}

std::string as_json(Level level, std::string_view component, std::string_view event,
                    Fields fields) {
  nlohmann::ordered_json line{{"at", format_rfc3339(system_clock().now())},
                              {"level", spdlog::level::to_string_view(translate(level)).data()},
                              {"component", component},
                              {"event", event}};
  if (!trace.empty()) line["trace"] = trace;
  for (const auto& field : fields)
    std::visit([&](const auto& v) { line[std::string(field.name)] = v; }, field.value);
  return to_text(line);
}

std::string as_text(std::string_view component, std::string_view event, Fields fields) {
  std::string line = fmt::format("{:<8} {}", component, event);
  for (const auto& field : fields)
    std::visit([&](const auto& v) { line += fmt::format(" {}={}", field.name, v); }, field.value);
  if (!trace.empty()) line += " trace=" + trace.substr(0, 8);
  return line;
}

}  // namespace

void configure(Level level, Format chosen) {
  format = chosen;
  sink().set_level(translate(level));
  sink().set_pattern(chosen == Format::json ? "%v" : "%H:%M:%S.%e %^%-5l%$ %v");
}

void write(Level level, std::string_view component, std::string_view event, Fields fields) {
  if (!sink().should_log(translate(level))) return;
  const auto line = format == Format::json ? as_json(level, component, event, fields)
                                           : as_text(component, event, fields);
  sink().log(translate(level), "{}", line);
}

TraceScope::TraceScope(std::string id) : before_(std::exchange(trace, std::move(id))) {}
TraceScope::~TraceScope() { trace = std::move(before_); }

}  // namespace mf::log
