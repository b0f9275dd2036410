// Windows as clients give them: touching, overlapping, in any order.
#include "planning/windows.hpp"

#include <catch2/catch.hpp>

#include "tests/planning/plans.hpp"

namespace mf::planning::search_test {

TEST_CASE("windows: those that touch or overlap are one, and all are in order") {
  using Windows = std::vector<Window>;
  CHECK(united(Windows{}).empty());
  CHECK(united(Windows{{8, 10}, {10, 12}}) == Windows{{8, 12}});
  CHECK(united(Windows{{14, 16}, {8, 10}}) == Windows{{8, 10}, {14, 16}});
  CHECK(united(Windows{{8, 12}, {9, 10}, {11, 13}}) == Windows{{8, 13}});
  CHECK(united(Windows{{8, 10}, {8, 10}, {8, 9}}) == Windows{{8, 10}});
  CHECK(united(Windows{{5, 5}, {4, 4}, {5, 6}}) == Windows{{4, 4}, {5, 6}});
}

TEST_CASE("windows: however they are cut and shuffled, the plan is the same") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    auto features = Features::some(seed, 30);
    features.several_windows = true;
    const auto problem = random_problem(seed, features);
    auto cut = problem;
    for (auto& visit : cut.visits) {
      std::vector<Window> pieces;
      for (const auto& window : visit.windows) {
        const auto middle = (window.from + window.to) / 2;
        pieces.insert(pieces.begin(), {{middle, window.to}, {window.from, middle}, window});
      }
      visit.windows = pieces;
    }
    for (const auto& objective : ready_made_objectives()) {
      INFO("seed " << seed << ", " << objective.name);
      const auto whole = solved(problem, objective, {.iterations = 40, .seed = seed});
      const auto pieces = solved(cut, objective, {.iterations = 40, .seed = seed});
      CHECK(faults(cut, pieces, objective) == "");
      CHECK(pieces.unserved == whole.unserved);
      for (const auto& level : objective.levels)
        CHECK(is_near(pieces.score[level.term], whole.score[level.term]));
    }
  }
}

}  // namespace mf::planning::search_test
