#include "tests/system/shared_world.hpp"

namespace mf::system_test {

World& shared_world() {
  static World world;
  return world;
}

}  // namespace mf::system_test
