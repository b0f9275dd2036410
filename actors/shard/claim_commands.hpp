#pragma once
// Claims and their releases as commands of the system.
#include <expected>

#include "actors/shard/entity_steps.hpp"

namespace mf::shard {

/// The command of a claim ask, by the system, Origin::claim. The target's kind parses the body; an
/// error there is a rejection `invalid`, to be given to answered().
[[nodiscard]] std::expected<entity::Command, Rejection> claim_command(const Ask& ask,
                                                                      const entity::Kind& target);
/// The command of a release; nobody waits for its reply.
[[nodiscard]] std::expected<entity::Command, Rejection> release_command(const Release& release,
                                                                        const entity::Kind& target,
                                                                        Timestamp deadline);

}  // namespace mf::shard
