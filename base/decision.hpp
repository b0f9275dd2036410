#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/entity_ref.hpp"
#include "base/principal.hpp"
#include "base/sentence.hpp"
#include "base/time.hpp"

namespace mf {

/// What kind of "no" it is; the gateway turns it into 404, 403, 409, 412 or 422.
enum class RejectionKind : std::uint8_t { not_found, forbidden, conflict, precondition, invalid };

/// The domain's "no": a named fact, never a fault. `code` is stable, snake_case and public.
struct Rejection {
  RejectionKind kind = RejectionKind::conflict;
  std::string code;   ///< e.g. "offer_expired"
  Sentence detail;    ///< for people, no personal data
  std::string field;  ///< for `invalid`: the field, in dots: "windows.0.from"
  bool operator==(const Rejection&) const = default;
};

[[nodiscard]] inline std::unexpected<Rejection> reject(std::string code, Sentence detail = {}) {
  return std::unexpected(
      Rejection{RejectionKind::conflict, std::move(code), std::move(detail), {}});
}
/// What a caller may not see looks as if it did not exist.
[[nodiscard]] inline std::unexpected<Rejection> hide() {
  return std::unexpected(Rejection{RejectionKind::not_found, "not_found", "no such object"_en, {}});
}
[[nodiscard]] inline std::unexpected<Rejection> forbid(Sentence detail = {}) {
  return std::unexpected(Rejection{RejectionKind::forbidden, "forbidden", std::move(detail), {}});
}
[[nodiscard]] inline std::unexpected<Rejection> refuse_field(std::string field, std::string code,
                                                             Sentence detail = {}) {
  return std::unexpected(
      Rejection{RejectionKind::invalid, std::move(code), std::move(detail), std::move(field)});
}

/// What `decide` gives: the events that happened (at least one), or a rejection.
template <class Event>
using Decision = std::expected<std::vector<Event>, Rejection>;

/// How far a device's clock may be off before the times it tells are shifted, and flagged.
inline constexpr Duration clock_tolerance{10'000};
/// How far back and ahead of ours a time counts that a device tells.
inline constexpr Duration device_age_max = std::chrono::hours(72),
                          device_ahead_max = std::chrono::minutes(2);

/// What is known of a device's clock by whoever sent its command.
struct DeviceClock {
  Duration lacks{};          ///< to be added to its times
  bool is_measured = false;  ///< the device told its present; otherwise supposed from its stamps
};

[[nodiscard]] inline bool is_believable(Timestamp device, Timestamp now) {
  return device >= now - device_age_max && device <= now + device_ahead_max;
}
/// What to add to a device's times: less than the tolerance is the road's, and nothing.
[[nodiscard]] inline Duration correction(const std::optional<DeviceClock>& clock) {
  return clock && std::chrono::abs(clock->lacks) > clock_tolerance ? clock->lacks : Duration{0};
}

/// Everything a `decide` may know besides state, command and facts. It comes with the command: the
/// domain reads no clock and draws no random number.
struct Context {
  Principal by;
  /// Shard time (actors/shard/shard_time.hpp): when we record it.
  Timestamp now;
  /// When it happened: what the device said, corrected, if that is believable; otherwise `now`.
  /// Of events that have an `at` of their own that one is kept instead.
  Timestamp occurred_at;
  /// What a person's device claimed, whether or not it counts, and what is known of its clock.
  std::optional<Timestamp> device_time;
  std::optional<DeviceClock> device_clock;
  CommandId command;
  /// Different for every run of a command, also for a retry of the same id: makes claim tokens of
  /// two attempts distinct (docs/decisions/0002-claim-attempts.md).
  std::uint64_t attempt = 0;
  /// A supervisor acting for a technician (empty otherwise), and why.
  Id on_behalf_of;
  std::string justification;
};

/// A named due time of an entity; `name` is also the verb of the command the timer sends.
struct Deadline {
  std::string name;
  Timestamp due;
  auto operator<=>(const Deadline&) const = default;
};

/// One wrong field of a request.
struct FieldError {
  std::string field;  ///< in dots, "windows.0.from"; empty for the whole body
  std::string code;   ///< unknown_field, required, wrong_type, too_long, out_of_range, malformed …
  Sentence detail;
  bool operator==(const FieldError&) const = default;
};

/// A field that tells who a person is. In stored events it is encrypted with the person's key
/// (docs/decisions/0016-keys-and-erasure.md); empty once that key is gone.
template <class T>
struct Personal {
  std::optional<T> value;
  bool operator==(const Personal&) const = default;
};

}  // namespace mf
