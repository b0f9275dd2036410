#pragma once
#include <cstdint>
#include <iostream>
#include <random>
#include <string>

#include "base/environment.hpp"

namespace mf::test {

/// What a test draws from: MF_SEED, or a new one; printed, so that a failure can be had again.
inline std::uint64_t seed() {
  const auto given = environment_value("MF_SEED");
  const std::uint64_t seed = given ? std::stoull(*given) : std::random_device{}();
  std::cout << "seed=" << seed << std::endl;
  return seed;
}

}  // namespace mf::test
