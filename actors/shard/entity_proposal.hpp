#pragma once
// How a decision becomes a proposal: sealed events, the state after them, and what they change.
// Pure but for the look at keys of persons; new ones go with the proposal.
#include <variant>
#include <vector>

#include "actors/shard/entity_core.hpp"

namespace mf::shard {

/// The time of a device counts in commands of persons alone.
[[nodiscard]] Context make_context(const Envelope& envelope, Timestamp now);

struct Decided {
  const entity::Kind& kind;
  entity::KeyRing& keys;
  const EntityRef& ref;
  ShardId shard;
  const EntityLimits& limits;
  const storage::StateHeader& header;  ///< of the state before
  const entity::Entity& before;
  const entity::Command& command;
  const Context& context;
};
/// Rejection `too_large` when an event or the state after them is over its bound; Fault when an
/// event can't be sealed.
[[nodiscard]] std::variant<Proposal, Rejection, entity::Fault> make_proposal(
    const Decided& decided, std::vector<entity::EventBody> events);

}  // namespace mf::shard
