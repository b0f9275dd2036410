#pragma once
#include <string>
#include <vector>

namespace mf {

/// What a technician can do, or an order asks for. A name alone means level 1.
struct Skill {
  std::string skill;  ///< as TextForm::key: however it was typed, it is one
  int level = 1;      ///< 1–5
  bool operator==(const Skill&) const = default;
};

/// The first needed skill that is missing or held at too low a level; nullptr when none is.
[[nodiscard]] const Skill* missing_skill(const std::vector<Skill>& held,
                                         const std::vector<Skill>& needed);

}  // namespace mf
