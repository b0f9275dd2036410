#include "base/skill.hpp"

#include <algorithm>

#include "base/plain_text.hpp"

namespace mf {
namespace {

/// Names are folded at the door; those that were stored before that are as somebody typed them.
bool is_same(std::string_view a, std::string_view b) { return a == b || key_of(a) == key_of(b); }

}  // namespace

const Skill* missing_skill(const std::vector<Skill>& held, const std::vector<Skill>& needed) {
  for (const auto& need : needed) {
    const auto found =
        std::ranges::find_if(held, [&](const Skill& s) { return is_same(s.skill, need.skill); });
    if (found == held.end() || found->level < need.level) return &need;
  }
  return nullptr;
}

}  // namespace mf
