#pragma once
// A whole installation under one seed: processes with shards, a network, a disk, clients. One
// thread, no real time; the same seed plays the same run.
#include <cstdint>
#include <string>
#include <vector>

#include "tests/shard/toy_kinds.hpp"

namespace mf::sim {

/// What is switched off on purpose, one at a time, to see that the checks find it.
struct Mutations {
  toy::Mistakes toy;
  bool reply_before_commit = false;
  bool people_forgotten = false;     ///< no dedup key for people's commands
  bool reactions_forgotten = false;  ///< no dedup key for reactions
  bool uncertain_is_failed = false;
  bool replaced_owner_answers = false;  ///< claims and refusals are not confirmed by the owner
  bool cursor_runs_ahead = false;       ///< reactions count as done when they are sent
  bool keys_follow_batch = false;       ///< a batch is durable before the keys it needs
  bool node_follows_wall = false;       ///< and not its own time (base/node_time.hpp)
  bool forgets_by_clock = false;        ///< outcomes age by the newest batch's time
  bool reactions_age_by_clock = false;
  bool shard_time_freezes = false;        ///< until the clock is where it once was
  bool failed_read_is_an_answer = false;  ///< for good, as if the command were to blame
};

struct Report {
  std::vector<std::string> violations;
  std::uint64_t steps = 0, commits = 0, crashes = 0, takeovers = 0, acknowledged = 0;
  std::uint64_t jumps = 0, throws = 0, failed_reads = 0;
};

/// Who plays: three toys with every mechanism, or the entity kinds of the company.
enum class Play : std::uint8_t { toys, company };
[[nodiscard]] Report simulate(std::uint64_t seed, const Mutations& mutations = {},
                              Play play = Play::toys);

}  // namespace mf::sim
