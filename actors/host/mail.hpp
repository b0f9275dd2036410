#pragma once
// The messages between shard and view actors and the outside: one variant per receiver, so that an
// actor has one handler. Local to the process, never serialized.
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/entity/command.hpp"
#include "actors/host/door.hpp"
#include "actors/host/reply_batch.hpp"
#include "actors/host/runtime.hpp"
#include "actors/shard/entity_core.hpp"
#include "actors/views/boards/load_zone.hpp"
#include "actors/views/proposal.hpp"
#include "storage/store.hpp"

namespace mf::host {

/// Every shard has its address now: recover and begin.
struct OpenMail {};
/// Commands of one I/O turn, all of this shard.
struct SubmitMail {
  struct Item {
    entity::Command command;
    shard::ReplyTo reply_to;
  };
  std::vector<Item> commands;
};
/// A read of the entity's committed state: its view, or the answer to `query`.
struct ReadMail {
  EntityRef ref;
  Principal by;
  std::string query, body;  ///< empty query: the view
  std::uint64_t tag = 0;
  Sink* sink = nullptr;
  Door::Pass pass = {};  ///< counts at the door of reads until it is answered
};
/// A fact that another entity needs.
struct FactMail {
  EntityRef ref;
  std::string query, body;
  shard::ToShard reply_to;
};
/// The reply to a claim, a reaction or a timer that this shard sent out under `tag`.
struct AnsweredMail {
  std::uint64_t tag = 0;
  entity::Reply reply;
  std::string claim;  ///< JSON of a granted claim
};
struct FactAnsweredMail {
  std::uint64_t tag = 0;
  shard::AskAnswer answer;
};
struct CommitResultMail {
  storage::CommitResult result;
};
/// The time has come to look at the clock: what the receiver set its WakeUp for, or nothing when
/// LocalRuntime::wake() says so.
struct WakeMail {
  std::optional<Timestamp> at = {};
};
/// The key of this person is destroyed, durably: whoever shows something of it reads its stored
/// state again, in which that is sealed for ever. To every shard, and to all who are awake there.
struct ForgetMail {
  std::string person;
};
/// Accounts of this shard are to end that name this client, whose key is destroyed; none: any such.
struct EndAccountsMail {
  std::optional<Id> client = {};
};
/// The same for an entity of the shard.
struct WakeEntityMail {
  EntityRef ref;
  Timestamp at;
};
struct SweepMail {};  ///< once in a while: passivate what is idle, forget what was never answered
struct StopMail {};

using ShardWork = std::variant<OpenMail, SubmitMail, ReadMail, FactMail, AnsweredMail,
                               FactAnsweredMail, CommitResultMail, WakeMail, WakeEntityMail,
                               ForgetMail, EndAccountsMail, SweepMail, StopMail>;
struct ShardMail {
  ShardId shard = 0;
  ShardWork work;
};

/// In the order of each shard.
struct BatchesMail {
  struct Item {
    std::shared_ptr<const shard::CommittedBatch> batch;
    std::uint64_t bytes = 0;  ///< as ViewFeed counts it
  };
  std::vector<Item> batches;
};
/// Batches are missing from here on.
struct LossMail {};
struct BoardMail {
  std::uint64_t tag = 0;
  Id zone;
  Sink* sink = nullptr;
  Door::Pass pass = {};
};
struct WatchMail {
  Id zone;
  Sink* sink = nullptr;
  views::Pace pace = views::Pace::screens;
  bool watch = true;
};
/// What a zone's dispatcher proposes from now on.
struct ProposalsMail {
  Id zone;
  views::ProposalList proposals;
};
/// What the reading thread found, or why it could not.
struct ZoneLoadedMail {
  Id zone;
  std::uint64_t load = 0;
  std::expected<views::LoadedZone, std::string> zone_or_why;
};
struct ViewsMail {
  std::variant<BatchesMail, LossMail, BoardMail, WatchMail, ProposalsMail, ZoneLoadedMail, WakeMail,
               SweepMail, StopMail>
      what;
};

/// Of shards that live in one actor.
using ShardMailsPtr = std::shared_ptr<std::vector<ShardMail>>;
using ViewsMailPtr = std::shared_ptr<ViewsMail>;

}  // namespace mf::host
