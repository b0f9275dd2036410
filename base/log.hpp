#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace mf::log {

/// One component per place that logs; printed as the first word.
inline constexpr std::string_view node = "node", shard = "shard", entity = "entity",
                                  journal = "journal", gateway = "gateway", auth = "auth",
                                  config = "config", live = "live", demo = "demo",
                                  security = "security", dispatch = "dispatch";

struct Field {
  std::string_view name;
  std::variant<std::int64_t, double, bool, std::string> value;
  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, const char* v) : name(n), value(std::string(v)) {}
  Field(std::string_view n, bool v) : name(n), value(v) {}
  Field(std::string_view n, double v) : name(n), value(v) {}
  template <class Integer>
    requires std::is_integral_v<Integer>
  Field(std::string_view n, Integer v) : name(n), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

enum class Level { debug, info, warn, error };
enum class Format { terminal, json };

/// Call once, before threads start. JSON for containers, aligned text for a terminal. To stderr.
void configure(Level level, Format format);

/// `event` is a stable kebab-case id. Never put a token, a password, a body or a client's personal
/// data in a field. Thread-safe; does nothing below the configured level.
void write(Level level, std::string_view component, std::string_view event, Fields fields = {});

inline void debug(std::string_view c, std::string_view e, Fields f = {}) {
  write(Level::debug, c, e, f);
}
inline void info(std::string_view c, std::string_view e, Fields f = {}) {
  write(Level::info, c, e, f);
}
inline void warn(std::string_view c, std::string_view e, Fields f = {}) {
  write(Level::warn, c, e, f);
}
inline void error(std::string_view c, std::string_view e, Fields f = {}) {
  write(Level::error, c, e, f);
}

/// Sets the trace id (32 hex digits) of the lines this thread logs while it lives.
class TraceScope {
 public:
  explicit TraceScope(std::string trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  std::string before_;
};

}  // namespace mf::log
