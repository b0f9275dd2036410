#pragma once
#include <algorithm>
#include <string>
#include <vector>

namespace mf {

/// What a technician can do, or an order asks for. A name alone means level 1.
struct Skill {
  std::string skill;
  int level = 1;  ///< 1–5
  bool operator==(const Skill&) const = default;
};

/// The first needed skill that is missing or held at too low a level; nullptr when none is.
[[nodiscard]] inline const Skill* missing_skill(const std::vector<Skill>& held,
                                                const std::vector<Skill>& needed) {
  for (const auto& need : needed) {
    const auto found = std::ranges::find(held, need.skill, &Skill::skill);
    if (found == held.end() || found->level < need.level) return &need;
  }
  return nullptr;
}

}  // namespace mf
