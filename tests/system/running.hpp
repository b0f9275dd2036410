#pragma once
#include "tests/system/node_process.hpp"

namespace mf::system_test {

/// A program that has ended.
struct Ended {
  int status = -1;  ///< -1: it did not end, and was killed
  std::string output, errors;
};
[[nodiscard]] inline Ended run(const Launch& launch, Patience patience = std::chrono::seconds(30)) {
  Process process(launch);
  const auto status = process.wait_for_exit(patience);
  return {status.value_or(-1), process.printed(), process.logged()};
}

}  // namespace mf::system_test
