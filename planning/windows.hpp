#pragma once
// Windows of time as people give them: in any order, touching, overlapping.
#include <algorithm>
#include <utility>
#include <vector>

namespace mf::planning {

/// The same moments in order of time and without overlaps: windows that touch or overlap are one.
/// For every struct with `from` and `to`, both ends belonging to it.
template <class Window>
[[nodiscard]] std::vector<Window> united(std::vector<Window> windows) {
  std::ranges::sort(windows, {}, &Window::from);
  std::vector<Window> result;
  for (auto& window : windows) {
    if (result.empty() || result.back().to < window.from) result.push_back(std::move(window));
    else result.back().to = std::max(result.back().to, window.to);
  }
  return result;
}

}  // namespace mf::planning
