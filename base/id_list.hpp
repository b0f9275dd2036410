#pragma once
#include <algorithm>
#include <vector>

#include "base/id.hpp"

namespace mf {

/// Those of `wanted` that are not among `held`, each once, in their order.
[[nodiscard]] inline std::vector<Id> added_ids(const std::vector<Id>& wanted,
                                               const std::vector<Id>& held) {
  const auto is_in = [](const std::vector<Id>& list, const Id& id) {
    return std::ranges::find(list, id) != list.end();
  };
  std::vector<Id> added;
  for (const auto& id : wanted)
    if (!is_in(held, id) && !is_in(added, id)) added.push_back(id);
  return added;
}

}  // namespace mf
