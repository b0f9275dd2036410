#pragma once
// Windows of time as people give them: in any order, touching, overlapping.
#include <algorithm>
#include <utility>
#include <vector>

namespace mf::planning {

/// The same moments in order of time and without overlaps: windows that touch or overlap are one.
/// One that ends before it begins has no moments and is left out; where there are no others, one
/// stays, since no window at all means any time. For every struct with `from` and `to`, both ends
/// belonging to it.
template <class Window>
[[nodiscard]] std::vector<Window> united(std::vector<Window> windows) {
  std::ranges::sort(windows, {}, &Window::from);
  const auto is_reversed = [](const Window& window) { return window.to < window.from; };
  if (std::ranges::all_of(windows, is_reversed))
    windows.resize(std::min<std::size_t>(1, windows.size()));
  else std::erase_if(windows, is_reversed);
  std::vector<Window> result;
  for (auto& window : windows) {
    if (result.empty() || result.back().to < window.from) result.push_back(std::move(window));
    else result.back().to = std::max(result.back().to, window.to);
  }
  return result;
}

}  // namespace mf::planning
