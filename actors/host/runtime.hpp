#pragma once
// The one door through which gateway/ and node/ reach the actors. No CAF in here.
// Every call is thread-safe and returns at once; answers come through the caller's Sink. Those of
// one commit of a shard come in one post.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "actors/entity/command.hpp"
#include "actors/shard/committed_batch.hpp"
#include "actors/views/boards/board.hpp"
#include "actors/views/catalogue_view.hpp"
#include "actors/views/dispatch_report.hpp"
#include "actors/views/letters.hpp"
#include "actors/views/list_query.hpp"
#include "actors/views/proposal.hpp"
#include "actors/views/question.hpp"
#include "actors/views/read_reply.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::host {

using Answered = std::variant<entity::Reply, views::ReadReply, views::TimelineReply,
                              views::ListReply, views::BoardReply>;
struct TaggedAnswer {
  std::uint64_t tag = 0;
  Answered answer;
};

/// A gateway thread's mailbox for answers and live changes. Must outlive the runtime.
///
/// post() returns at once and never says no. What bounds it: answers, by what the runtime lets in
/// (commands_max, queued_reads_max); deltas, so many a second per watched zone as its pace
/// says. Committed batches come
/// as fast as the journal writes them: a sink whose thread falls behind drops them from some bound
/// on, in number or bytes, and says so itself to everybody whose stream has a hole (close 4508, a
/// new snapshot). The journal never waits for it.
class Sink {
 public:
  virtual ~Sink() = default;
  /// From any runtime thread: at once for reads and refusals, in one call per commit for the rest.
  virtual void post(std::vector<TaggedAnswer> answers) = 0;
  /// Committed batches in the order of each shard, after follow().
  virtual void post(std::shared_ptr<const shard::CommittedBatch> batch) = 0;
  /// After watch_board().
  virtual void post(std::shared_ptr<const views::BoardDelta> delta) = 0;
};

struct TaggedCommand {
  std::uint64_t tag = 0;
  entity::Command command;
};

/// A shard that could not be opened, or had to close while it served. It is tried again.
struct ClosedShard {
  ShardId shard = 0;
  std::string why;
};

/// Figures for /metrics and readiness.
struct Health {
  bool ready = false;
  std::string why_not;  ///< one line for people
  std::uint64_t shards_owned = 0, shards = 0;
  std::uint64_t queued_commands = 0;
  bool is_started = false;  ///< every shard has opened, or said why it can't
  std::vector<ClosedShard> closed = {};
};

/// Answers questions about zones' days (actors/dispatch). Thread-safe; returns at once.
class Adviser {
 public:
  virtual ~Adviser() = default;
  /// `question` has its order. Answered once, by a ReadReply.
  virtual void answer(std::uint64_t tag, views::Question question, Sink& sink) = 0;
};
inline const entity::Fault nobody_advises{entity::Fault::Code::unavailable,
                                          "nobody plans the zone's day here; try again",
                                          Duration{1000}};

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
  virtual void list(std::uint64_t tag, views::ListQuery query, entity::Viewpoint as,
                    Sink& sink) = 0;
  /// Who could do an order, or what a command would do: a ReadReply (actors/views/advice.hpp). For
  /// the dispatchers of its zone. Its texts are as the question's `say` says them.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides it keeps the question
  virtual void consult(std::uint64_t tag, views::Question question, Sink& sink) {
    static_cast<void>(question);
    sink.post({{tag, views::ReadReply{.fault = nobody_advises}}});
  }
  /// Who finds that out, from now on; nullptr: nobody.
  virtual void set_adviser(Adviser* adviser) { static_cast<void>(adviser); }
  /// Dead letters, a ListReply (actors/views/letters.hpp).
  virtual void letters(std::uint64_t tag, const views::LettersQuery& query, Sink& sink) {
    static_cast<void>(query);
    views::ListReply reply;
    reply.fault = entity::Fault{entity::Fault::Code::unavailable, "nobody keeps letters here"};
    sink.post({{tag, std::move(reply)}});
  }
  virtual void board(std::uint64_t tag, Id zone, Sink& sink) = 0;
  /// Deltas of that zone go to the sink until unwatch_board; counted per sink. A sink keeps to one
  /// pace.
  virtual void watch_board(const Id& zone, Sink& sink, views::Pace pace = views::Pace::screens) = 0;
  virtual void unwatch_board(const Id& zone, Sink& sink,
                             views::Pace pace = views::Pace::screens) = 0;
  /// Every committed batch from now on.
  virtual void follow(Sink& sink) = 0;
  virtual void unfollow(Sink& sink) = 0;

  /// What a zone's dispatcher tells of itself, and the latest that one told; nullptr: nothing yet.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides it keeps the report
  virtual void tell(std::shared_ptr<const views::DispatchReport> /*report*/) {}
  [[nodiscard]] virtual std::shared_ptr<const views::DispatchReport> dispatch_report(
      const Id& zone) const {
    static_cast<void>(zone);
    return nullptr;
  }

  /// What a zone's dispatcher proposes from now on: rows of its board, beside the others.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides it keeps them
  virtual void propose(const Id& zone, views::ProposalList proposals) {
    static_cast<void>(zone), static_cast<void>(proposals);
  }
  /// One that is proposed or was a while ago; nullptr: none that anybody knows.
  [[nodiscard]] virtual views::ProposalPtr proposal(const Id& zone, const Id& id) const {
    static_cast<void>(zone), static_cast<void>(id);
    return nullptr;
  }

  [[nodiscard]] virtual std::shared_ptr<const views::CatalogueView> catalogue() const = 0;
  [[nodiscard]] virtual const entity::Kinds& kinds() const = 0;
  [[nodiscard]] virtual std::uint16_t shard_count() const = 0;
  [[nodiscard]] virtual const std::string& era() const = 0;
  [[nodiscard]] virtual Health health() const = 0;
};

}  // namespace mf::host
