#pragma once
// The one door through which gateway/ and node/ reach the actors. No CAF in here.
// Every call is thread-safe and returns at once; answers come through the caller's Sink, which is
// posted to once per commit cycle, not once per command.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/runtime/kind.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::runtime {

/// What GET of an entity, or a need of the gateway itself, gives.
struct ReadReply {
  std::uint64_t version = 0;
  std::string position;
  std::string json;                    ///< view, row or answer
  std::optional<Viewpoint> viewpoint;  ///< as whom the caller saw it
  Concerns concerns;
  std::optional<Rejection> no;  ///< hidden or missing: not_found
  std::optional<Fault> fault;
};

/// One event as followers and timelines carry it.
struct EventRecord {
  EntityRef entity;
  std::uint64_t version = 0;  ///< of the entity after this event
  std::string id;             ///< "evt_<shard>-<seq>-<index>"
  EventBody body;
  Timestamp recorded_at, occurred_at;
  std::optional<Timestamp> device_time;
  std::string principal, role, on_behalf_of, justification, command, cause, trace;
};

/// One entity's change in one commit.
struct Change {
  EntityRef entity;
  std::uint64_t version = 0;
  std::shared_ptr<const Entity> after;
  Concerns before, concerns;  ///< before and after: a row may have left a board
  std::vector<EventRecord> events;
};

/// One committed batch of one shard. Shared, immutable.
struct CommittedBatch {
  ShardId shard = 0;
  std::uint64_t seq = 0;
  std::string era;
  Timestamp time;
  std::vector<Change> changes;
};

struct TimelineReply {
  std::vector<EventRecord> events;  ///< oldest first
  bool more = false;
  std::uint64_t version = 0;  ///< of the entity now
  std::optional<Viewpoint> viewpoint;
  std::optional<Rejection> no;
  std::optional<Fault> fault;
};

/// What a list asks of the indexes (actors/index/). Empty filters match all.
struct ListQuery {
  enum class Sort : std::uint8_t { created_at, due, priority };
  EntityKind kind = EntityKind::work_order;
  std::vector<std::string> status;
  Id zone, technician, client;
  std::vector<Id> zones;  ///< a supervisor's limit: any of these
  std::optional<int> priority;
  std::string q;  ///< words, each matched as a prefix, folded
  std::optional<Timestamp> due_before;
  Sort sort = Sort::created_at;
  bool descending = true;
  int limit = 50;      ///< 1–100
  std::string cursor;  ///< opaque, from the previous page
};
struct ListReply {
  std::vector<std::string> rows;  ///< JSON objects with id and version
  std::string next_cursor;        ///< empty on the last page
  std::string position;
  std::optional<Rejection> no;  ///< a malformed cursor
  std::optional<Fault> fault;
};

/// Open rows of one zone as boards show them.
struct BoardRow {
  std::string id;  ///< of the order or technician
  std::uint64_t version = 0;
  std::shared_ptr<const std::string> json;  ///< with "id", "version", "kind"
};
struct BoardReply {
  std::vector<BoardRow> rows;
  std::uint64_t at = 0;  ///< deltas continue after this number
  std::string counts;    ///< {"NEW":3,…} as JSON
  std::optional<Fault> fault;
};
/// What changed on one board since the last delta: at most 10 a second.
struct BoardDelta {
  Id zone;
  std::uint64_t at = 0;
  std::vector<BoardRow> rows;
  struct Gone {
    std::string id;
    std::uint64_t version = 0;
  };
  std::vector<Gone> gone;
};

using Answered = std::variant<Reply, ReadReply, TimelineReply, ListReply, BoardReply>;
struct TaggedAnswer {
  std::uint64_t tag = 0;
  Answered answer;
};

/// A gateway thread's mailbox for answers and live changes. Must outlive the runtime.
class Sink {
 public:
  virtual ~Sink() = default;
  /// From any runtime thread, one call per sink and cycle.
  virtual void post(std::vector<TaggedAnswer> answers) = 0;
  /// Committed batches in the order of each shard, after follow().
  virtual void post(std::shared_ptr<const CommittedBatch> batch) = 0;
  /// After watch_board().
  virtual void post(std::shared_ptr<const BoardDelta> delta) = 0;
};

struct TaggedCommand {
  std::uint64_t tag = 0;
  Command command;
};

/// Figures for /metrics and readiness.
struct Health {
  bool ready = false;
  std::string why_not;  ///< one line for people
  std::uint64_t shards_owned = 0, shards = 0;
  std::uint64_t queued_commands = 0;
};

/// The catalogue as of some committed version: immutable, shared. Empty texts: no such thing.
struct CatalogueView {
  std::uint64_t version = 0;
  std::string zones, order_types, sla_policies, reason_codes;  ///< JSON arrays as lists show them
};

class Runtime {
 public:
  virtual ~Runtime() = default;
  /// All commands of one I/O turn. Beyond the configured bound of queued commands the excess is
  /// answered `overloaded`. Every tag is answered exactly once.
  virtual void submit(std::vector<TaggedCommand> commands, Sink& sink) = 0;
  /// The entity as `by` may see it.
  virtual void read(std::uint64_t tag, const EntityRef& ref, const Principal& by, Sink& sink) = 0;
  /// Entity::answer of the owner.
  virtual void ask(std::uint64_t tag, const EntityRef& ref, std::string query, std::string body,
                   const Principal& by, Sink& sink) = 0;
  /// Events with version > `after`, at most `limit` (≤ 500), not yet filtered by event_view.
  virtual void timeline(std::uint64_t tag, const EntityRef& ref, std::uint64_t after, int limit,
                        const Principal& by, Sink& sink) = 0;
  virtual void list(std::uint64_t tag, ListQuery query, Viewpoint as, Sink& sink) = 0;
  /// Ranked technicians for an order, a ReadReply (actors/zone_view/candidates.hpp). For the
  /// dispatchers of its zone.
  virtual void candidates(std::uint64_t tag, const Id& order, const Principal& by, Sink& sink) {
    static_cast<void>(order), static_cast<void>(by);
    ReadReply reply;
    reply.fault = Fault{Fault::Code::unavailable, "nobody ranks technicians here"};
    sink.post({{tag, std::move(reply)}});
  }
  virtual void board(std::uint64_t tag, Id zone, Sink& sink) = 0;
  /// Deltas of that zone go to the sink until unwatch_board; counted per sink.
  virtual void watch_board(const Id& zone, Sink& sink) = 0;
  virtual void unwatch_board(const Id& zone, Sink& sink) = 0;
  /// Every committed batch from now on.
  virtual void follow(Sink& sink) = 0;
  virtual void unfollow(Sink& sink) = 0;

  [[nodiscard]] virtual std::shared_ptr<const CatalogueView> catalogue() const = 0;
  [[nodiscard]] virtual const Kinds& kinds() const = 0;
  [[nodiscard]] virtual std::uint16_t shard_count() const = 0;
  [[nodiscard]] virtual const std::string& era() const = 0;
  [[nodiscard]] virtual Health health() const = 0;
};

}  // namespace mf::runtime
