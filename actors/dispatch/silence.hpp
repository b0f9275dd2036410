#pragma once
// Who seems to have vanished: a phone without power, somebody without a phone.
#include <map>

#include "actors/dispatch/picture.hpp"

namespace mf::dispatch {

/// So many offers in a row that somebody let pass without a sign of life, and how long nothing is
/// offered after the last of them. Then one is tried again.
inline constexpr std::size_t unanswered_max = 2;
inline constexpr Duration silence_lasts = std::chrono::hours(1);

/// Technicians who let offers expire and gave no sign of life since, as far as the board knows: no
/// position, no visit that they accepted or work at, no decline. Until when they are left alone.
[[nodiscard]] std::map<Id, Timestamp> silent_until(const Picture& picture);

}  // namespace mf::dispatch
