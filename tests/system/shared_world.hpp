#pragma once
#include "tests/system/company.hpp"

namespace mf::system_test {

/// One node for all tests that do not mind what others left on it. Nobody may stop it.
[[nodiscard]] World& shared_world();

}  // namespace mf::system_test
