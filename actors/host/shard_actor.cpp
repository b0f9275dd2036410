#include "actors/host/shard_actor.hpp"

#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/awake_entity.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/wake_up.hpp"
#include "actors/shard/claim_commands.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration sweep_every = std::chrono::seconds(10);
constexpr Duration reopen_wait_max = std::chrono::minutes(5);
constexpr std::uint64_t epoch_alone = 1;  // a node without a cluster has owned its shards for ever

class ShardActor : public ActorBase, public Home {
 public:
  ShardActor(caf::actor_config& config, Host* host, ShardId shard)
      : ActorBase(config), host_(*host), shard_(shard) {
    begin_life();
  }

  ~ShardActor() override { const Turn end(*this); }

  const char* name() const override { return "shard"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    return {[this](ShardMailPtr& mail) {
      const Turn turn(*this);
      try {
        std::visit([this](auto& what) { on(what); }, mail->what);
        while (!proposed_.empty()) run(core_->propose(std::exchange(proposed_, {}), clock()));
      } catch (const std::exception& e) {
        close(e.what());
      }
      replies_.post();
    }};
  }

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

  [[nodiscard]] Timestamp clock() const { return host_.clock.now(); }

  /// Numbers of two lives must differ: answers to the first may come in the second.
  void begin_life() {
    const auto number = xxh3_64(random_bytes(8));
    core_ = std::make_unique<shard::ShardCore>(shard_, host_.kinds, host_.keys, host_.store,
                                               epoch_alone, number, host_.limits.shard);
  }

  void open() {
    auto recovered = core_->recover(clock());
    if (!recovered) return close(recovered.error().message);
    run(std::move(*recovered));
    if (is_closed_) return;
    reopen_wait_ = sweep_every;
    host_.shard_states.opened(shard_);
  }

  /// What closed it may have been a disk that refused once: everything durable is read anew.
  void try_to_open_again() {
    if (is_committing_ || is_over_ || clock() < reopen_at_) return;
    begin_life();
    awaited_.clear();
    is_closed_ = false;
    log::info(log::shard, "shard-opens-again", {{"shard", shard_}});
    open();
  }

  void on(OpenMail&) {
    delayed_send(this, sweep_every, std::make_shared<ShardMail>(ShardMail{SweepMail{}}));
    open();
  }

  void on(SubmitMail& mail) {
    for (auto& item : mail.commands) {
      if (is_closed_ || !host_.store.has_room()) {
        refuse(item.reply_to);
        continue;
      }
      auto& entity = entity_of(item.command.target);
      entity.receive(core_->envelope(std::move(item.command), item.reply_to, clock()));
    }
  }

  void on(ReadMail& mail) {
    if (is_closed_) answer(*mail.sink, mail.tag, views::ReadReply{.fault = closed_fault()});
    else entity_of(mail.ref).read(mail);
  }

  void on(FactMail& mail) {
    if (is_closed_) return host_.fail_fact(mail.reply_to, closed_fault().detail);
    entity_of(mail.ref).tell(mail);
  }

  void on(AnsweredMail& mail) {
    const auto awaited = take_awaited(mail.tag);
    if (!awaited) return;
    if (!awaited->asker) return run(core_->answered(awaited->id, mail.reply, clock()));
    shard::AskAnswer answer{.ask = awaited->id};
    if (const auto* outcome = std::get_if<entity::Outcome>(&mail.reply)) {
      answer.version = outcome->version;
      answer.value = std::move(mail.claim);
    } else if (auto* no = std::get_if<Rejection>(&mail.reply)) {
      answer.value = std::move(*no);
    } else {
      answer.value = std::move(std::get<entity::Fault>(mail.reply));
    }
    if (auto* asker = awake(*awaited->asker)) asker->answered(std::move(answer));
  }

  void on(FactAnsweredMail& mail) {
    const auto awaited = take_awaited(mail.tag);
    if (!awaited || !awaited->asker) return;
    mail.answer.ask = awaited->id;
    if (auto* asker = awake(*awaited->asker)) asker->answered(std::move(mail.answer));
  }

  void on(CommitResultMail& mail) {
    is_committing_ = false;
    run(core_->finished(mail.result, clock()));
  }

  void on(const WakeEntityMail& mail) {
    if (auto* entity = awake(mail.ref)) entity->wake(mail.at);
  }

  void on(WakeMail& mail) {
    if (mail.at && !wake_up_.arrived(mail.at)) return;
    if (is_closed_ && !mail.at) try_to_open_again();
    look_at_clock();
  }

  void on(SweepMail&) {
    delayed_send(this, sweep_every, std::make_shared<ShardMail>(ShardMail{SweepMail{}}));
    const auto now = clock();
    if (is_closed_) try_to_open_again();
    for (auto at = ages_.begin(); at != ages_.end();) {
      const auto found = entities_.find(**at++);
      if (found->second.used + host_.limits.entity_idle > now) break;
      if (found->second.entity->is_idle()) forget(found);
    }
    std::erase_if(awaited_, [&](const auto& entry) { return entry.second.deadline < now; });
    // A clock that was set forward brings deadlines nearer than the waits that were set for them.
    look_at_clock();
  }

  void on(StopMail&) {
    is_closed_ = true;
    core_->step_down();
    tell_all_to_step_down();
    quit();
  }

  /// Carries out what the core wants, in the order its header asks for.
  void run(shard::ShardEffects effects) {
    if (effects.batch) host_.catalogue.see(*effects.batch);
    if (!effects.results.empty()) tell_results(effects.results);
    if (effects.batch) host_.publish(effects.batch);
    if (effects.commit) host_.figures.batch(effects.commit->batch.entries.size());
    if (effects.commit) {
      host_.store.commit(std::move(*effects.commit));
      is_committing_ = true;
    }
    for (auto& dispatch : effects.dispatches) send_dispatch(std::move(dispatch));
    for (const auto& alarm : effects.alarms) {
      host_.figures.alarm(alarm.id);
      log::error(log::shard, alarm.id, {{"shard", shard_}, {"detail", alarm.detail}});
    }
    if (effects.find_out || effects.stepped_down) {
      // A single node finds out by reading its directory again at the next start (design.md §6).
      is_over_ = true;
      close("the outcome of a commit is unknown");
      host_.fatal("the outcome of a commit is unknown; what is durable is read at the next start");
    }
    set_wake();
  }

  void tell_results(const std::vector<shard::ProposalResult>& results) {
    for (const auto& result : results)
      if (auto* entity = awake(result.entity)) entity->finished(result);
  }

  // Home: what entities want. Of a shard that closes they want nothing any more but to answer.

  void ask(const EntityRef& asker, const shard::Ask& ask) override {
    if (is_closed_) return;
    const auto tag = await({asker, ask.id, ask.deadline + sweep_every});
    const auto target = host_.shard_of(ask.need.target);
    const shard::ToShard reply_to{shard_, tag};
    if (ask.need.type == entity::Need::Type::fact) {
      host_.send(target, {FactMail{ask.need.target, ask.need.verb, ask.need.body, reply_to}});
      return;
    }
    auto command = claim_command(ask, host_.kinds.of(ask.need.target.kind));
    if (command) return submit(target, std::move(*command), reply_to);
    host_.send(shard_, {FactAnsweredMail{tag, {.value = std::move(command.error())}}});
  }

  void release(const shard::Release& release) override {
    if (is_closed_) return;
    auto command = release_command(release, host_.kinds.of(release.target.kind),
                                   clock() + host_.limits.shard.dispatch_deadline);
    if (command) submit(host_.shard_of(release.target), std::move(*command), shard::Nobody{});
  }

  void propose(shard::Proposal proposal) override {
    if (!is_closed_) proposed_.push_back(std::move(proposal));
  }

  void reply(shard::CommandReply reply) override { host_.reply(std::move(reply), replies_); }

  void answer(Sink& sink, std::uint64_t tag, views::ReadReply reply) override {
    replies_.add(sink, {tag, std::move(reply)});
  }

  void wake_later(const EntityRef& who, Duration wait, Timestamp at) override {
    delayed_send(this, wait, std::make_shared<ShardMail>(ShardMail{WakeEntityMail{who, at}}));
  }

  void send_dispatch(shard::Dispatch dispatch) {
    if (dispatch.due) host_.figures.timer(clock() - *dispatch.due);
    const auto tag =
        await({std::nullopt, dispatch.ticket, dispatch.command.deadline + sweep_every});
    const auto target = host_.shard_of(dispatch.command.target);
    submit(target, std::move(dispatch.command), shard::ToShard{shard_, tag});
  }

  void submit(ShardId target, entity::Command command, shard::ReplyTo reply_to) {
    SubmitMail mail;
    mail.commands.push_back({std::move(command), reply_to});
    host_.send(target, {std::move(mail)});
  }

  /// What belongs to a running command is of use only to the entity that runs it.
  [[nodiscard]] AwakeEntity* awake(const EntityRef& ref) {
    const auto found = entities_.find(ref);
    return found != entities_.end() ? found->second.entity.get() : nullptr;
  }

  /// Wakes it if need be.
  AwakeEntity& entity_of(const EntityRef& ref) {
    const auto now = clock();
    if (const auto found = entities_.find(ref); found != entities_.end()) {
      found->second.used = now;
      ages_.splice(ages_.end(), ages_, found->second.age);
      return *found->second.entity;
    }
    if (entities_.size() >= host_.limits.entities_max) make_room();
    auto entity = std::make_unique<AwakeEntity>(host_, *this, ref, shard_);
    const auto [at, is_new] = entities_.try_emplace(ref);
    at->second = {std::move(entity), ages_.insert(ages_.end(), &at->first), now};
    return *at->second.entity;
  }

  /// Those that work stay: there are at most as many as commands may wait.
  void make_room() {
    for (const auto* ref : ages_) {
      const auto found = entities_.find(*ref);
      if (found->second.entity->is_idle()) return forget(found);
    }
  }

  void forget(Entities::iterator awake) {
    ages_.erase(awake->second.age);
    entities_.erase(awake);
  }

  std::uint64_t await(Awaited awaited) {
    awaited_.emplace(++last_tag_, std::move(awaited));
    return last_tag_;
  }

  std::optional<Awaited> take_awaited(std::uint64_t tag) {
    const auto found = awaited_.extract(tag);
    if (!found || is_closed_) return {};
    return std::move(found.mapped());
  }

  void look_at_clock() {
    if (is_closed_) return;
    const auto now = clock();
    wake_up_.looks(now);
    run(core_->due(now));
  }

  void set_wake() {
    if (is_closed_) return;
    if (const auto wait = wake_up_.set(core_->wake_at(), clock()))
      delayed_send(this, *wait,
                   std::make_shared<ShardMail>(ShardMail{WakeMail{wake_up_.set_for()}}));
  }

  /// Nothing is acknowledged any more from here; the other shards live on.
  void close(const std::string& why) {
    if (std::exchange(is_closed_, true)) return;
    host_.shard_states.closed(shard_, why);
    reopen_at_ = clock() + reopen_wait_;
    reopen_wait_ = std::min(reopen_wait_ * 2, reopen_wait_max);
    host_.figures.alarm("shard-closed");
    log::error(log::shard, "shard-closed", {{"shard", shard_}, {"why", why}});
    core_->step_down();
    tell_all_to_step_down();
  }

  void tell_all_to_step_down() {
    for (auto& [ref, slot] : entities_) slot.entity->step_down();
    entities_.clear();
    ages_.clear();
    proposed_.clear();
  }

  [[nodiscard]] entity::Fault closed_fault() const {
    return is_closed_ ? entity::Fault{entity::Fault::Code::unavailable, "this shard is closed",
                                      Duration{5000}}
                      : entity::Fault{entity::Fault::Code::unavailable, "the disk is nearly full",
                                      Duration{30'000}};
  }
  void refuse(const shard::ReplyTo& to) { reply({to, closed_fault(), {}}); }

  Host& host_;
  const ShardId shard_;
  std::unique_ptr<shard::ShardCore> core_;
  Entities entities_;
  std::list<const EntityRef*> ages_;       ///< keys of entities_
  std::vector<shard::Proposal> proposed_;  ///< in this turn
  ReplyBatch replies_;                     ///< of this turn
  std::unordered_map<std::uint64_t, Awaited> awaited_;
  std::uint64_t last_tag_ = 0;
  WakeUp wake_up_;
  bool is_closed_ = false;
  bool is_committing_ = false;  ///< a commit of this shard has no result yet
  bool is_over_ = false;        ///< the process ends; nothing may go on
  Timestamp reopen_at_;
  Duration reopen_wait_ = sweep_every;
};

}  // namespace

caf::actor spawn_shard(caf::actor_system& system, Host& host, ShardId shard) {
  return system.spawn<ShardActor>(&host, shard);
}

}  // namespace mf::host
