#pragma once
// The timers of one shard: rows of the timers family, fired when they are due.
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/shard/dispatch.hpp"
#include "actors/shard/entity_core.hpp"
#include "storage/store.hpp"

namespace mf::shard {

/// The id of the command that a deadline sends when it is due: the same at every try.
[[nodiscard]] CommandId firing_id(const EntityRef& ref, const Deadline& deadline);

/// A row is the truth: the firing's own batch deletes it, and until then it is fired again (with
/// the same command id). Pure; part of ShardCore.
class TimerQueue {
 public:
  TimerQueue(ShardId shard, const entity::Kinds& kinds, const storage::Store& store,
             const ShardLimits& limits, std::uint64_t first_ticket);

  void recover() { next_ = Timestamp::min(); }
  /// A timer has become durable.
  void added(Timestamp due);
  /// What is due at shard time `now`.
  [[nodiscard]] std::vector<Dispatch> fire(Timestamp now, Timestamp clock);
  /// False: not a ticket of ours.
  bool answered(std::uint64_t ticket, const entity::Reply& reply, Timestamp now, Timestamp clock);

  [[nodiscard]] std::optional<Timestamp> wake_at(Timestamp now) const;
  [[nodiscard]] std::vector<Alarm> take_alarms() { return std::exchange(alarms_, {}); }

 private:
  struct Firing {
    entity::Command command;
    std::uint64_t ticket = 0;
    int faults = 0, refusals = 0;
    bool is_sent = false, is_left_alone = false;
    Timestamp next;  ///< is_sent: when its answer is overdue; else when it may be sent again
    Timestamp due = {};
  };
  using Firings = std::map<std::string, Firing>;  ///< by the row's key
  void collect(Timestamp now, Timestamp clock);
  void begin(const std::string& key, Timestamp clock);
  [[nodiscard]] bool has_budget(Timestamp clock);
  /// collect() is to begin no later than there.
  void look_at(Timestamp due);
  Firings::iterator forget(Firings::iterator firing, Timestamp now);
  [[nodiscard]] bool has_row(const std::string& key) const;
  void refused(Firing& firing, std::string why);

  ShardId shard_;
  const entity::Kinds& kinds_;
  const storage::Store& store_;
  const ShardLimits& limits_;
  std::uint64_t next_ticket_;
  std::optional<Timestamp> next_;  ///< no row that is not firing is due earlier
  Firings firings_;
  std::unordered_map<std::uint64_t, std::string> tickets_;
  std::size_t in_flight_ = 0, left_alone_ = 0;
  Timestamp window_;
  int fired_in_window_ = 0;
  Timestamp last_clock_;
  std::vector<Alarm> alarms_;
};

}  // namespace mf::shard
