#include "actors/shard/claim_commands.hpp"

#include "base/hash.hpp"

namespace mf::shard {

std::expected<entity::Command, Rejection> claim_command(const Ask& ask,
                                                        const entity::Kind& target) {
  auto command =
      system_command(target, ask.need.target, ask.need.verb, ask.need.body,
                     blake2b_128({"claim", ask.need.verb, ask.need.token}), entity::Origin::claim);
  if (command) {
    command->deadline = ask.deadline;
    command->trace = ask.trace;
  }
  return command;
}

std::expected<entity::Command, Rejection> release_command(const Release& release,
                                                          const entity::Kind& target,
                                                          Timestamp deadline) {
  auto command = system_command(target, release.target, "release_claim",
                                "{\"token\":\"" + release.token + "\"}",
                                blake2b_128({"release", release.token}), entity::Origin::claim);
  if (command) {
    command->deadline = deadline;
    command->trace = release.trace;
  }
  return command;
}

}  // namespace mf::shard
