#pragma once
// When a client may expect somebody, and which news of that are worth telling. Pure, and known to
// the dispatcher as well: it asks the same rule before it sends a command that would be refused.
#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "base/window.hpp"

namespace mf::work_order {

/// How late a planned visit may begin and still be in time for its client: nobody's day is planned
/// to the minute. A visit that would begin later is given to somebody else (docs/dispatch.md).
inline constexpr Duration arrival_span = std::chrono::minutes(30);

/// Less is no news.
inline constexpr Duration eta_step = std::chrono::minutes(5);
/// So often at most, but for the first that is too late; and so often for one visit.
inline constexpr Duration eta_interval = std::chrono::minutes(2);
inline constexpr int eta_times_max = 40;

/// The planned window of arrival: from the slot's begin, and never beyond the client's own window.
[[nodiscard]] inline Window arrival_window(const Window& slot, const std::vector<Window>& windows) {
  Window arrival{slot.from, slot.from + arrival_span};
  for (const auto& window : windows)
    if (window.from <= slot.from && slot.from <= window.to)
      arrival.to = std::min(arrival.to, window.to);
  return arrival;
}

/// Is it too late for the planned window, and what the client knows isn't?
[[nodiscard]] inline bool breaks_window(const Window& planned, Timestamp known, Timestamp eta) {
  return eta > planned.to && known <= planned.to;
}

/// Is an expected arrival news? `known` is what the client was told last; before that the begin of
/// the planned window.
[[nodiscard]] inline bool is_news(const Window& planned, Timestamp known, Timestamp eta) {
  return breaks_window(planned, known, eta) || std::chrono::abs(eta - known) >= eta_step;
}

}  // namespace mf::work_order
