#pragma once
// The shorthand for skills in bodies of people. Only *_codec.cpp include this.
#include "base/json.hpp"

#include <nlohmann/json.hpp>

namespace mf::entity {

/// "skills":["fibre"] means "skills":[{"skill":"fibre","level":1}].
inline void expand_skills(nlohmann::json& body) {
  const auto skills = body.find("skills");
  if (skills == body.end() || !skills->is_array()) return;
  for (auto& skill : *skills) {
    if (skill.is_string()) skill = {{"skill", skill}};
    if (skill.is_object() && !skill.contains("level")) skill["level"] = 1;
  }
}

}  // namespace mf::entity
