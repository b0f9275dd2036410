#pragma once
// One shard of this node: its core, its entities that are awake, and what is awaited from others.
// Several live in one actor (shards_actor.hpp) and run on its turns.
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/host/awake_entity.hpp"

namespace mf::host {

/// What the shards of an actor have for the outside when its turn ends.
struct Outbox {
  struct Later {
    Duration wait;
    ShardMail mail;
  };
  std::vector<storage::Commit> commits;
  std::vector<std::shared_ptr<const shard::CommittedBatch>> batches;  ///< go before the replies
  ReplyBatch replies;
  std::vector<ShardMail> mails;  ///< to these shards and others
  std::vector<Later> later;      ///< mail that comes back after a while
};

/// Routes what comes to its entities, their proposals to its ShardCore, and the core's commits to
/// the store. Recovers at its OpenMail, and tells Host::shard_states; a shard that is closed tries
/// again now and then. Whatever throws closes this shard alone.
class OwnedShard final : public Home {
 public:
  OwnedShard(Host& host, ShardId shard, Outbox& out);

  void take(ShardWork& work);
  /// After all that came for it in this turn: what its entities propose becomes one batch.
  void end_turn();
  /// The store has not taken the commits of this turn.
  void lose_commits(const std::string& why);
  /// What this turn had to say has not gone out.
  void give_up(const std::string& why) { close(why); }
  [[nodiscard]] bool has_stopped() const { return has_stopped_; }

  // Home. Of a shard that closes entities want nothing any more but to answer.
  void ask(const EntityRef& asker, const shard::Ask& ask) override;
  void release(const shard::Release& release) override;
  void propose(shard::Proposal proposal) override;
  void reply(shard::CommandReply reply) override;
  void answer(Sink& sink, std::uint64_t tag, views::ReadReply reply) override;
  void answer(const shard::ToShard& to, shard::AskAnswer answer) override;
  void wake_later(const EntityRef& who, Duration wait, Timestamp at) override;

 private:
  struct Slot {
    std::unique_ptr<AwakeEntity> entity;
    std::list<const EntityRef*>::iterator age;  ///< place in ages_, oldest first
    Timestamp used;
  };
  using Entities = std::unordered_map<EntityRef, Slot, HashOfRef>;
  /// What an answer under one of our tags is for.
  struct Awaited {
    std::optional<EntityRef> asker;  ///< an entity's ask, else a dispatch of the core
    std::uint64_t id = 0;            ///< ask id or ticket
    Timestamp deadline;
  };

  void on(OpenMail&);
  void on(SubmitMail& mail);
  void on(ReadMail& mail);
  void on(FactMail& mail);
  void on(AnsweredMail& mail);
  void on(FactAnsweredMail& mail);
  void on(CommitResultMail& mail);
  void on(const WakeEntityMail& mail);
  void on(WakeMail& mail);
  void on(const ForgetMail& mail);
  void on(const EndAccountsMail& mail);
  void on(SweepMail&);
  void on(StopMail&);

  void begin_life();
  void open();
  void try_to_open_again();
  void run(shard::ShardEffects effects);
  void tell_results(const std::vector<shard::ProposalResult>& results);
  void send_dispatch(shard::Dispatch dispatch);
  void submit(ShardId target, entity::Command command, shard::ReplyTo reply_to);
  void send(ShardId target, ShardWork work) { out_.mails.push_back({target, std::move(work)}); }
  [[nodiscard]] AwakeEntity* awake(const EntityRef& ref);
  AwakeEntity& entity_of(const EntityRef& ref);
  void make_room();
  void forget(Entities::iterator awake);
  std::uint64_t await(Awaited awaited);
  std::optional<Awaited> take_awaited(std::uint64_t tag);
  void look_at_clock();
  void set_wake();
  void close(const std::string& why);
  void tell_all_to_step_down();
  [[nodiscard]] static entity::Fault closed_fault();
  void refuse(const CommandId& command, const shard::ReplyTo& to);
  void later(Duration wait, ShardWork work) {
    out_.later.push_back({wait, {shard_, std::move(work)}});
  }
  [[nodiscard]] Timestamp clock() const { return host_.clock.now(); }

  Host& host_;
  const ShardId shard_;
  Outbox& out_;
  std::unique_ptr<shard::ShardCore> core_;
  Entities entities_;
  std::list<const EntityRef*> ages_;       ///< keys of entities_
  std::vector<shard::Proposal> proposed_;  ///< in this turn
  std::unordered_map<std::uint64_t, Awaited> awaited_;
  /// Committing when the shard closed: nobody can say that nothing happened, until it opens again.
  std::set<CommandId> in_doubt_;
  std::vector<std::string> erasing_;  ///< persons whose keys the running commit destroys
  std::uint64_t last_tag_ = 0;
  WakeUp wake_up_;
  bool is_closed_ = false, has_stopped_ = false;
  bool is_committing_ = false;  ///< a commit of this shard has no result yet
  bool is_over_ = false;        ///< the process ends; nothing may go on
  Timestamp reopen_at_;
  Duration reopen_wait_;
};

}  // namespace mf::host
