#include "base/window.hpp"

#include <algorithm>

namespace mf {

std::vector<Window> joined(std::vector<Window> windows) {
  std::ranges::sort(windows, {}, &Window::from);
  std::vector<Window> result;
  for (const auto& next : windows) {
    if (!result.empty() && next.from <= result.back().to)
      result.back().to = std::max(result.back().to, next.to);
    else result.push_back(next);
  }
  return result;
}

bool allows_begin(std::span<const Window> windows, Timestamp at) {
  return windows.empty() || std::ranges::any_of(windows, [&](const Window& window) {
           return window.from <= at && at <= window.to;
         });
}

}  // namespace mf
