#pragma once
#include <string>
#include <vector>

#include "config/config.hpp"
#include "storage/dead_letter.hpp"

namespace mf::node {

/// What became of a dead letter that was sent again.
struct Resent {
  storage::DeadLetter letter;
  std::string outcome;  ///< "done", "refused" by its target, or "failed"
  std::string detail;
};

/// Sends dead letters of a directory that no node serves to their targets, one after the other,
/// each under the command id it had: what was done after all is not done twice. Those that are done
/// are forgotten, the others stay.
[[nodiscard]] Result<std::vector<Resent>> resend_dead_letters(
    const config::Config& config, const std::vector<storage::DeadLetter>& letters);

}  // namespace mf::node
