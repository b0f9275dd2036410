#pragma once
// The envelopes between gateway, shards and entities.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/entity/kind.hpp"
#include "base/decision.hpp"
#include "base/entity_ref.hpp"

namespace mf::entity {

/// Why the command exists; decides how long its outcome is remembered.
enum class Origin : std::uint8_t {
  person,    ///< ≥ 24 h
  reaction,  ///< ≥ 7 days
  timer,     ///< like a reaction
  claim,     ///< never remembered: idempotent by its token
};

struct Command {
  CommandId id;
  EntityRef target;
  CommandBody body;
  Principal by;
  std::uint64_t fingerprint = 0;  ///< of verb and body: same id, other fingerprint → refused
  Timestamp deadline;             ///< when its caller stops waiting
  std::string trace;              ///< 32 hex digits
  std::string cause;              ///< the event id a reaction comes from
  std::vector<std::uint64_t> expected_versions;  ///< If-Match: one of these; none: any
  Origin origin = Origin::person;
};

/// What a command that made events answers, now and at every repetition.
struct Outcome {
  std::string id;  ///< of the entity
  std::uint64_t version = 0;
  std::string status;
  std::string position;  ///< "<shard>-<seq>": where its batch stands
  bool replayed = false;
};

/// Not the domain's no: we could not.
struct Fault {
  enum class Code : std::uint8_t {
    outcome_unknown,         ///< retry with the same key
    unavailable,             ///< nothing happened; retry
    overloaded,              ///< nothing happened; retry after `retry_after`
    idempotency_key_reused,  ///< same key, other body
    internal,                ///< the command broke an invariant; do not retry
  };
  Code code = Code::unavailable;
  std::string detail;
  Duration retry_after{1000};
};
[[nodiscard]] std::string_view to_string(Fault::Code code);

using Reply = std::variant<Outcome, Rejection, Fault>;

/// A command by the system to another entity: reactions, timers, claims.
[[nodiscard]] std::expected<Command, Rejection> system_command(const Kind& target, EntityRef ref,
                                                               std::string_view verb,
                                                               std::string_view body_json,
                                                               CommandId id, Origin origin);
/// What Command::fingerprint is: of verb and body.
[[nodiscard]] std::uint64_t fingerprint_of(const CommandBody& body);
/// "<shard>-<seq>".
[[nodiscard]] std::string position_text(ShardId shard, std::uint64_t seq);

}  // namespace mf::entity
