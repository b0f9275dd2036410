#pragma once
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"

namespace mf {

/// A stretch of time. Of a client: when work may begin there (its end is the latest begin), however
/// long it takes.
struct Window {
  Timestamp from{}, to{};
  bool operator==(const Window&) const = default;
};

/// Ascending, what touches or overlaps as one. Each must be longer than nothing.
[[nodiscard]] std::vector<Window> joined(std::vector<Window> windows);

/// May work begin at that time? Without windows: at any.
[[nodiscard]] bool allows_begin(std::span<const Window> windows, Timestamp at);

}  // namespace mf
