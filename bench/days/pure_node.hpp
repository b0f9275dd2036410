#pragma once
// A node on paper: the real entities, the real shard and the real board as steps of one thread,
// over a store in memory, under a clock that its owner moves. Whatever happens in it happens in the
// same order each time, and a working day takes seconds.
//
//   run ─► queue ─► EntityCore ─proposal─► ShardCore ─commit─► MemoryStore
//            ▲          │ asks, releases       │ reactions, timers      │
//            └──────────┴──────────────────────┘          board, events ◄┘
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/shard/shard_core.hpp"
#include "actors/views/boards/zone_view.hpp"
#include "actors/work_order/work_order_policy.hpp"
#include "storage/memory/memory_store.hpp"

namespace mf::bench {

class PureNode {
 public:
  explicit PureNode(Timestamp begin, const work_order::WorkOrderPolicy& policy = {});
  ~PureNode();
  PureNode(const PureNode&) = delete;

  [[nodiscard]] Timestamp now() const { return now_; }
  /// Time passes; every timer fires at its due time.
  void pass_until(Timestamp at);

  /// Carries out a command and everything that follows from it at this moment. `version`: the one
  /// it must find; 0: any. Throws std::runtime_error for a body that is malformed.
  entity::Reply run(const EntityRef& target, std::string_view verb, std::string_view body,
                    const Principal& by, std::uint64_t version = 0);
  /// The same, and it must be a yes.
  void yes(const EntityRef& target, std::string_view verb, std::string_view body,
           const Principal& by);
  /// The entity as staff sees it, a JSON object; empty when it does not exist.
  [[nodiscard]] std::string view(const EntityRef& target);
  /// As its owner has it at this moment, and its version.
  [[nodiscard]] std::shared_ptr<const entity::Entity> state(const EntityRef& target);
  [[nodiscard]] std::uint64_t version(const EntityRef& target);
  [[nodiscard]] const entity::Kind& orders() const { return kinds_.of(EntityKind::work_order); }
  /// The life-cycle state ("ASSIGNED").
  [[nodiscard]] std::string status(const EntityRef& target);

  /// The board of a zone is kept from here on; before anything is on it.
  void open_board(const Id& zone);
  [[nodiscard]] views::BoardReply board(const Id& zone);
  /// What changed on it since the last time; nullptr: nothing.
  [[nodiscard]] std::shared_ptr<const views::BoardDelta> changes(const Id& zone);

  /// All events so far, a line of JSON each, as `microflow journal export` prints them.
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }
  /// What an operator would be told: reactions and timers that were refused.
  [[nodiscard]] const std::vector<std::string>& alarms() const { return alarms_; }
  [[nodiscard]] std::uint64_t commands() const { return commands_; }

 private:
  /// Who waits for the answer under one tag.
  using Waiting = std::function<void(const shard::CommandReply&)>;

  shard::EntityCore& entity(const EntityRef& ref);
  void send(entity::Command command, Waiting waiting = {});
  void settle();
  void handle(const EntityRef& ref, shard::EntityEffects effects);
  void handle(shard::ShardEffects effects);
  void ask(const EntityRef& from, const shard::Ask& ask);
  void note(const shard::CommittedBatch& batch);

  Timestamp now_;
  std::unique_ptr<entity::KeyRing> keys_;
  entity::Kinds kinds_;
  storage::MemoryStore store_;
  std::unique_ptr<shard::ShardCore> core_;
  std::map<EntityRef, std::unique_ptr<shard::EntityCore>> entities_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::deque<std::function<void()>> queue_;
  std::vector<shard::Proposal> proposals_;
  views::ZoneViews views_;
  std::vector<std::string> events_, alarms_;
  std::uint64_t last_tag_ = 0, commands_ = 0;
  bool is_committing_ = false;
};

}  // namespace mf::bench
