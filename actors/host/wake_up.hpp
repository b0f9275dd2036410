#pragma once
#include <algorithm>
#include <optional>

#include "base/time.hpp"

namespace mf::host {

/// The delayed mail by which an actor wakes itself: at most one counts, that of the nearest time
/// asked for. Those it supersedes still arrive, and are told by the time they were sent for.
class WakeUp {
 public:
  /// How long to delay a mail for `at`; nothing when the one under way comes early enough.
  [[nodiscard]] std::optional<Duration> set(std::optional<Timestamp> at, Timestamp now) {
    if (!at || set_for_ <= *at) return {};
    set_for_ = *at;
    return std::clamp(*at - now, Duration{1}, wait_max);
  }
  /// Whether the mail sent for `at` counts; then none is under way any more.
  [[nodiscard]] bool arrived(std::optional<Timestamp> at) {
    if (at.value_or(nothing) != set_for_) return false;
    set_for_ = nothing;
    return true;
  }
  /// The actor looks at the clock for another reason. A mail that should have come by now was
  /// delayed by a clock that has jumped ahead since: it counts no more.
  void looks(Timestamp now) {
    if (set_for_ <= now) set_for_ = nothing;
  }
  [[nodiscard]] std::optional<Timestamp> set_for() const {
    return set_for_ == nothing ? std::nullopt : std::optional(set_for_);
  }

 private:
  /// Whoever wakes too early waits again; CAF's clock counts in nanoseconds and would wrap.
  static constexpr Duration wait_max = std::chrono::hours(1);
  static constexpr Timestamp nothing = Timestamp::max();
  Timestamp set_for_ = nothing;
};

}  // namespace mf::host
