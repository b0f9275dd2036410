#pragma once
// What goes into an entity's steps and comes out of them (entity_core.hpp).
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/entity/command.hpp"
#include "actors/shard/entry_changes.hpp"
#include "actors/shard/shard_time.hpp"
#include "storage/batch.hpp"

namespace mf::host {
class Sink;
}

namespace mf::shard {

// Where an answer goes; the cores only pass it on.
struct Nobody {
  bool operator==(const Nobody&) const = default;
};
struct ToShard {
  ShardId shard = 0;
  std::uint64_t tag = 0;
  bool operator==(const ToShard&) const = default;
};
/// A gateway's mailbox; outlives the runtime.
struct ToSink {
  host::Sink* sink = nullptr;
  std::uint64_t tag = 0;
  std::size_t bytes = 0;  ///< what the command counts at the door until it is answered
  bool operator==(const ToSink&) const = default;
};
using ReplyTo = std::variant<Nobody, ToShard, ToSink>;

/// A command as it is delivered to its entity. Made by ShardCore::envelope.
struct Envelope {
  entity::Command command;
  ReplyTo reply_to;
  Timestamp now;              ///< shard time at delivery, see ShardCore::time
  std::uint64_t attempt = 0;  ///< of this delivery, see Context::attempt
  /// Nothing new may be written now: the answer to what has no outcome yet.
  std::optional<entity::Fault> refusal = {};
};

struct CommandReply {
  ReplyTo to;
  entity::Reply reply;
  std::string claim;  ///< JSON; of a granted claim (Origin::claim), else empty
};

/// What a command has to know or hold first. The host asks `need.target` and gives the answer to
/// answered(), or never: then the command ends at its deadline.
/// A fact is Entity::answer of the target; a claim is a command (see claim_command).
struct Ask {
  std::uint64_t id = 0;
  entity::Need need;
  CommandId command;  ///< whose ask this is
  Principal by;       ///< who sent that command
  std::uint64_t attempt = 0;
  Timestamp deadline;
  std::string trace;
};
struct AskAnswer {
  std::uint64_t ask = 0;
  std::uint64_t version = 0;  ///< of the target
  std::variant<std::string, Rejection, entity::Fault>
      value;  ///< JSON, its no, or: no answer to be had
};

/// A claim that was asked for and is not used: `release_claim {"token":…}`, best effort (the holder
/// finds out by itself otherwise). Goes out after the claim itself, in order.
struct Release {
  EntityRef target;
  std::string token;
  std::string trace;
};

/// One command's yes, on its way into the next batch. Everything but what only the batch knows.
struct Proposal {
  Transition transition;
  storage::Entry entry;  ///< events sealed
  std::vector<entity::EventBody> events;
  std::vector<std::vector<entity::Reaction>> reactions;  ///< per event
  std::vector<storage::KeyChange> keys;                  ///< durable before the batch
  std::shared_ptr<const entity::Entity> after;
  entity::Concerns before, concerns;
  std::size_t batch_bytes = 0, change_bytes = 0;  ///< about what it adds to the commit
};

/// What is left of a proposal while its batch is under way.
struct CommittedEntry {
  EntityRef entity;
  CommandId command;
  std::string trace;
  std::vector<Timestamp> new_timers;
  std::vector<std::vector<entity::Reaction>> reactions;  ///< per event
};

/// What the host has to do after a step, in this order of members.
struct EntityEffects {
  std::vector<CommandReply> replies;
  std::vector<Ask> asks;
  std::vector<Release> releases;
  std::optional<Proposal> proposal;
};

struct EntityLimits {
  std::size_t queue_max = 256;                             ///< beyond: Fault overloaded
  std::size_t event_bytes_max = std::size_t{64} * 1024;    ///< beyond: rejection too_large
  std::size_t events_bytes_max = std::size_t{192} * 1024;  ///< all events of one command
  /// Of one command with all its texts: alone it must fit into a batch (ShardLimits).
  std::size_t entry_bytes_max = std::size_t{224} * 1024;
  Duration set_back_max = shard::set_back_max;  ///< see shard_time()
  /// How long what was sent by a clock that was ahead may still wait once it is right again.
  Duration patience_after_set_back = std::chrono::seconds(30);
};

}  // namespace mf::shard
