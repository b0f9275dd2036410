#include "base/log.hpp"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.hpp"
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

spdlog::logger& sink() {
  static const auto logger = spdlog::stderr_color_mt("microflow");
  return *logger;
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
