#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mf {

/// Wall-clock time in UTC, to the millisecond: the only time that is stored or sent.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

[[nodiscard]] inline std::int64_t to_millis(Timestamp t) { return t.time_since_epoch().count(); }
[[nodiscard]] inline Timestamp from_millis(std::int64_t ms) { return Timestamp{Duration{ms}}; }

/// RFC 3339 in UTC with exactly three decimals: 2026-11-24T13:05:00.000Z.
[[nodiscard]] std::string format_rfc3339(Timestamp t);
void append_rfc3339(std::string& to, Timestamp t);
/// Accepts any RFC 3339 offset and 0–9 decimals (truncated to ms); nullopt for anything else.
[[nodiscard]] std::optional<Timestamp> parse_rfc3339(std::string_view text);

/// Where the present comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// False while this may be far off and will be known better soon: no timer fires by it.
  [[nodiscard]] virtual bool is_settled() const { return true; }
};

[[nodiscard]] const Clock& system_clock();

}  // namespace mf
