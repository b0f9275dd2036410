#pragma once
// The reactions of one shard that are not done, and the cursor over those that are.
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/shard/dispatch.hpp"
#include "actors/shard/entity_core.hpp"
#include "storage/store.hpp"

namespace mf::shard {

/// First-in-first-out per target, sent again until the target has answered; what does not fit in
/// memory waits in the journal. Pure; part of ShardCore.
class ReactionQueue {
 public:
  ReactionQueue(ShardId shard, const entity::Kinds& kinds, entity::KeyRing& keys,
                const storage::Store& store, const ShardLimits& limits, std::uint64_t first_ticket);

  void recover(const storage::ReactionCursor& cursor);
  /// A batch of ours is durable: its reactions are due.
  void add(std::uint64_t seq, const std::vector<CommittedEntry>& entries, Timestamp clock);
  /// Reads on in the journal up to `seq` while there is room. An error: the journal is damaged.
  [[nodiscard]] Status load(std::uint64_t seq, Timestamp clock);
  /// What is to be sent (again) now.
  [[nodiscard]] std::vector<Dispatch> send(Timestamp clock);
  /// False: not a ticket of ours.
  bool answered(std::uint64_t ticket, const entity::Reply& reply, Timestamp clock);

  /// For the header of the next batch, together with the dead letters it must carry.
  [[nodiscard]] storage::ReactionCursor cursor() const;
  [[nodiscard]] std::vector<storage::Change> letters() const;
  /// The batch with the cursor and letters as of now has been assembled / is durable.
  void assembled() { assembled_ = changes_; }
  void written();
  /// Something is done that no durable cursor says.
  [[nodiscard]] bool is_dirty() const { return changes_ != written_; }

  [[nodiscard]] std::optional<Timestamp> wake_at() const;
  [[nodiscard]] std::size_t size() const { return pending_.size(); }
  [[nodiscard]] std::vector<Alarm> take_alarms() { return std::exchange(alarms_, {}); }

 private:
  using Mark = storage::ReactionMark;
  struct Pending {
    entity::Command command;
    std::uint64_t ticket = 0;
    int attempts = 0;
    bool is_sent = false;
    Timestamp next;  ///< is_sent: when its answer is overdue; else when it may be sent
  };
  struct Cause {  ///< the event a reaction comes from
    std::uint64_t seq = 0;
    std::uint32_t event = 0;
    std::string trace;
    std::string era;  ///< of its batch; empty: see reaction_id()
  };
  void add_all(const Cause& from, const std::vector<entity::Reaction>& reactions, Timestamp clock);
  void add_one(const Mark& mark, const Cause& from, const entity::Reaction& reaction, int ordinal,
               Timestamp clock);
  [[nodiscard]] Status load_batch(std::uint64_t seq, Timestamp clock);
  [[nodiscard]] bool may_send(const Mark& mark) const;
  [[nodiscard]] bool is_worth_retrying(const entity::Fault& fault, int attempts) const;
  void reschedule(const Mark& mark, Pending& pending, Timestamp next);
  void done(const Mark& mark);
  void bury(const Mark& mark, const entity::Command& command, std::string alarm,
            const std::string& why);
  void advance();

  ShardId shard_;
  const entity::Kinds& kinds_;
  entity::KeyRing& keys_;
  const storage::Store& store_;
  const ShardLimits& limits_;
  std::uint64_t next_ticket_;

  std::uint64_t low_ = 0, loaded_to_ = 0;
  std::set<Mark> done_;
  std::map<Mark, Pending> pending_;
  std::unordered_map<EntityRef, std::deque<Mark>, HashOfRef> by_target_;
  std::set<std::pair<Timestamp, Mark>> schedule_;  ///< the first of every target
  std::unordered_map<std::uint64_t, Mark> tickets_;
  std::size_t in_flight_ = 0;
  struct Letter {
    std::string value;
    std::uint64_t as_of = 0;  ///< which change
  };
  std::map<Mark, Letter> letters_;
  std::uint64_t changes_ = 0, assembled_ = 0, written_ = 0;
  Timestamp last_clock_;
  std::vector<Alarm> alarms_;
};

}  // namespace mf::shard
