#include "base/skill.hpp"

#include <catch2/catch.hpp>

using namespace mf;

TEST_CASE("skill: who has it at the level that is needed lacks nothing") {
  const std::vector<Skill> held{{"fibra", 2}, {"router", 1}};
  CHECK_FALSE(missing_skill(held, {}));
  CHECK_FALSE(missing_skill(held, {{"fibra", 2}, {"router", 1}}));
  const std::vector<Skill> high{{"fibra", 3}}, other{{"router", 1}, {"antenas", 1}};
  CHECK(missing_skill(held, high) == &high[0]);
  CHECK(missing_skill(held, other) == &other[1]);
}

TEST_CASE("skill: names that were stored as they were typed are compared as they are kept now") {
  CHECK_FALSE(missing_skill({{"Fibra  Óptica", 1}}, {{"fibra óptica", 1}}));
  CHECK_FALSE(missing_skill({{"fibra óptica", 1}}, {{"FIBRA ÓPTICA", 1}}));
  const std::vector<Skill> needed{{"fibra", 1}};
  CHECK(missing_skill({{"Fibras", 1}}, needed) == &needed[0]);
}
