#pragma once
// One entity in memory: gives what comes for it to its EntityCore, and the core's effects to its
// shard. Lives in the actor of its shard and runs on that actor's turns, so that a step costs a
// call and no mail.
#include <optional>
#include <string_view>

#include "actors/host/host.hpp"
#include "actors/host/wake_up.hpp"

namespace mf::host {

/// What an entity wants of the shard it lives in. Nothing of it comes back within the same call.
class Home {
 public:
  virtual ~Home() = default;
  virtual void ask(const EntityRef& asker, const shard::Ask& ask) = 0;
  virtual void release(const shard::Release& release) = 0;
  virtual void propose(shard::Proposal proposal) = 0;
  /// Goes out at the end of the turn, with the others.
  virtual void reply(shard::CommandReply reply) = 0;
  virtual void answer(Sink& sink, std::uint64_t tag, views::ReadReply reply) = 0;
  virtual void answer(const shard::ToShard& to, shard::AskAnswer answer) = 0;
  /// Calls AwakeEntity::wake(at) after `wait`.
  virtual void wake_later(const EntityRef& who, Duration wait, Timestamp at) = 0;
};

class AwakeEntity {
 public:
  /// Reads what is stored; what can't be read is said to whoever asks, and tried again.
  AwakeEntity(Host& host, Home& home, const EntityRef& ref, ShardId shard);
  ~AwakeEntity();
  AwakeEntity(const AwakeEntity&) = delete;

  void receive(shard::Envelope envelope);
  void answered(shard::AskAnswer answer);
  void finished(const shard::ProposalResult& result);
  void read(const ReadMail& read);
  void tell(const FactMail& fact);
  void wake(std::optional<Timestamp> at);
  /// The key of this person is destroyed: what tells of somebody by it is read again from the disk,
  /// where that is sealed for ever, as soon as nothing runs.
  void forget(std::string_view person);
  /// The shard closes: everybody hears it. Nothing may follow.
  void step_down();
  /// Nothing runs and nothing waits: it may leave memory.
  [[nodiscard]] bool is_idle() const { return core_.is_idle(); }

 private:
  template <class Step>
  void step(Step&& step);
  template <class Recover>
  void recover(Recover recover);
  void deliver(shard::EntityEffects effects);
  [[nodiscard]] std::vector<shard::AskAnswer> answers_at_hand(std::vector<shard::Ask>& asks) const;
  void answer(const ReadMail& read, views::ReadReply& reply) const;
  void load();
  void read_again_if_outdated();
  [[nodiscard]] bool is_loaded();
  void set_aside(entity::Fault trouble, const std::string& why);
  void set_wake();
  void alarm(std::string_view event, const std::string& why) const;
  [[nodiscard]] Timestamp now() const { return host_.clock.now(); }
  [[nodiscard]] Timestamp shard_time() const { return shard::shard_time(shard_time_, now()); }

  Host& host_;
  Home& home_;
  shard::EntityCore core_;
  Timestamp shard_time_;
  WakeUp wake_up_;
  std::optional<entity::Fault> trouble_;  ///< why the object can't be read
  Timestamp load_again_;
  bool is_outdated_ = false;  ///< its state still tells of somebody who was erased
};

}  // namespace mf::host
