#include "actors/host/shard_actor.hpp"

#include <algorithm>
#include <iterator>
#include <list>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>

#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/entity_actor.hpp"
#include "actors/host/wake_up.hpp"
#include "actors/shard/claim_commands.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration sweep_every = std::chrono::seconds(10);
constexpr Duration reopen_wait_max = std::chrono::minutes(5);
constexpr std::uint64_t epoch_alone = 1;  // a node without a cluster has owned its shards for ever

class ShardActor : public ActorBase {
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
      } catch (const std::exception& e) {
        close(e.what());
      }
    }};
  }

 private:
  struct Slot {
    caf::actor actor;
    std::list<EntityRef>::iterator age;  ///< place in ages_, oldest first
    Timestamp used;
    bool is_leaving = false;
    std::vector<EntityMailPtr> stash;  ///< mail for its successor while it leaves
  };
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
    ++life_;
  }

  void open() {
    auto recovered = core_->recover(clock());
    if (!recovered) return close(recovered.error().message);
    run(std::move(*recovered));
    if (is_closed_) return;
    reopen_wait_ = sweep_every;
    in_doubt_.clear();
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
      if (is_closed_) {
        refuse(item.command.id, item.reply_to);
        continue;
      }
      const auto ref = item.command.target;
      auto envelope = core_->envelope(std::move(item.command), item.reply_to, clock());
      // The entity knows what has an outcome already, or gets one: that is answered all the same.
      if (!host_.store.has_room())
        envelope.refusal = entity::Fault{entity::Fault::Code::unavailable,
                                         "the disk is nearly full", Duration{30'000}};
      to_entity(ref, {std::move(envelope)});
    }
  }

  void on(ReadMail& mail) {
    if (!is_closed_) {
      const auto ref = mail.ref;
      return to_entity(ref, {std::move(mail)});
    }
    refuse(mail);
  }

  void on(FactMail& mail) {
    if (is_closed_) return host_.fail_fact(mail.reply_to, closed_fault().detail);
    const auto ref = mail.ref;
    to_entity(ref, {std::move(mail)});
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
    to_asker(*awaited->asker, std::move(answer));
  }

  void on(FactAnsweredMail& mail) {
    const auto awaited = take_awaited(mail.tag);
    if (!awaited || !awaited->asker) return;
    mail.answer.ask = awaited->id;
    to_asker(*awaited->asker, std::move(mail.answer));
  }

  void on(EffectsMail& mail) {
    if (is_closed_ || mail.life != life_) return;
    for (const auto& ask : mail.effects.asks) send_ask(mail.ref, ask);
    for (auto& release : mail.effects.releases) send_release(release);
    if (!mail.effects.proposal) return;
    std::vector<shard::Proposal> proposals;
    proposals.push_back(std::move(*mail.effects.proposal));
    run(core_->propose(std::move(proposals), clock()));
  }

  void on(CommitResultMail& mail) {
    is_committing_ = false;
    const auto erased = std::exchange(erasing_, {});
    run(core_->finished(mail.result, clock()));
    if (mail.result.state != storage::CommitState::committed) return;
    for (const auto& person : erased)
      for (ShardId shard = 0; shard < host_.shards.size(); ++shard)
        host_.send(shard, {ForgetMail{person}});
  }

  void on(ForgetMail& mail) {
    for (const auto& [ref, slot] : entities_)
      send(slot.actor, std::make_shared<EntityMail>(EntityMail{mail}));
  }

  void on(PassivatedMail& mail) {
    const auto found = entities_.find(mail.ref);
    if (found == entities_.end() || mail.life != life_) return;
    auto stash = std::move(found->second.stash);
    ages_.erase(found->second.age);
    entities_.erase(found);
    for (auto& waiting : stash) send(slot_of(mail.ref).actor, std::move(waiting));
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
    for (const auto& ref : ages_) {
      auto& slot = entities_.at(ref);
      if (slot.used + host_.limits.entity_idle > now) break;
      passivate(slot);
    }
    std::erase_if(awaited_, [&](const auto& entry) { return entry.second.deadline < now; });
    // A clock that was set forward brings deadlines nearer than the waits that were set for them.
    look_at_clock();
  }

  void on(StopMail&) {
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
      for (const auto& key : effects.commit->keys)
        if (!key.key) erasing_.push_back(key.person);
      host_.store.commit(std::move(*effects.commit));
      is_committing_ = true;
    }
    for (auto& dispatch : effects.dispatches) send_dispatch(std::move(dispatch));
    for (const auto& alarm : effects.alarms) {
      host_.figures.alarm(alarm.id);
      log::error(log::shard, alarm.id, {{"shard", shard_}, {"detail", alarm.detail}});
    }
    if (effects.find_out || effects.stepped_down) {
      // A single node finds out by reading its directory again at the next start.
      is_over_ = true;
      close("the outcome of a commit is unknown");
      host_.fatal("the outcome of a commit is unknown; what is durable is read at the next start");
    }
    set_wake();
  }

  void tell_results(std::vector<shard::ProposalResult>& results) {
    const auto replies = std::make_shared<ReplyBatch>();
    for (auto& result : results)
      to_asker(result.entity,
               ProposalResultMail{result.committed, result.seq, std::move(result.why), replies});
  }

  void send_ask(const EntityRef& asker, const shard::Ask& ask) {
    const auto tag = await({asker, ask.id, ask.deadline + sweep_every});
    const auto target = host_.shard_of(ask.need.target);
    const shard::ToShard reply_to{shard_, tag};
    if (ask.need.type == entity::Need::Type::fact) {
      host_.send(target, {FactMail{ask.need.target, ask.need.verb, ask.need.body, reply_to}});
      return;
    }
    auto command = claim_command(ask, host_.kinds.of(ask.need.target.kind));
    if (command) return submit(target, std::move(*command), reply_to);
    awaited_.erase(tag);
    to_asker(asker, shard::AskAnswer{.ask = ask.id, .value = std::move(command.error())});
  }

  void send_release(const shard::Release& release) {
    auto command = release_command(release, host_.kinds.of(release.target.kind),
                                   clock() + host_.limits.shard.dispatch_deadline);
    if (command) submit(host_.shard_of(release.target), std::move(*command), shard::Nobody{});
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

  void to_entity(const EntityRef& ref, EntityMail mail) {
    auto& slot = slot_of(ref);
    auto message = std::make_shared<EntityMail>(std::move(mail));
    slot.is_leaving ? slot.stash.push_back(std::move(message))
                    : send(slot.actor, std::move(message));
  }

  /// What belongs to a running command goes to the actor that runs it, or is of no use any more.
  template <class Step>
  void to_asker(const EntityRef& asker, Step step) {
    const auto found = entities_.find(asker);
    if (found != entities_.end())
      send(found->second.actor, std::make_shared<EntityMail>(EntityMail{std::move(step)}));
  }

  Slot& slot_of(const EntityRef& ref) {
    const auto now = clock();
    const auto found = entities_.find(ref);
    if (found != entities_.end()) {
      found->second.used = now;
      ages_.splice(ages_.end(), ages_, found->second.age);
      return found->second;
    }
    if (entities_.size() >= host_.limits.entities_max) make_room();
    ages_.push_back(ref);
    Slot slot{
        spawn_entity(*this, host_, ref, {shard_, life_}), std::prev(ages_.end()), now, {}, {}};
    return entities_.emplace(ref, std::move(slot)).first->second;
  }

  void make_room() {
    for (const auto& ref : ages_) {
      auto& slot = entities_.at(ref);
      if (slot.is_leaving) continue;
      passivate(slot);
      return;
    }
  }

  void passivate(Slot& slot) {
    if (std::exchange(slot.is_leaving, true)) return;
    send(slot.actor, std::make_shared<EntityMail>(EntityMail{PassivateMail{}}));
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
    std::ranges::copy(core_->commands_in_flight(), std::inserter(in_doubt_, in_doubt_.end()));
    core_->step_down();
    tell_all_to_step_down();
  }

  void tell_all_to_step_down() {
    for (auto& [ref, slot] : entities_) {
      send(slot.actor, std::make_shared<EntityMail>(EntityMail{StepDownMail{}}));
      for (auto& waiting : slot.stash) refuse(*waiting);
    }
    entities_.clear();
    ages_.clear();
  }

  [[nodiscard]] entity::Fault closed_fault() const {
    return {entity::Fault::Code::unavailable, "this shard is closed", Duration{5000}};
  }
  void refuse(const CommandId& command, const shard::ReplyTo& to) {
    auto fault = closed_fault();
    if (in_doubt_.contains(command)) fault.code = entity::Fault::Code::outcome_unknown;
    host_.reply({to, std::move(fault), {}});
  }
  /// Mail that waited for an entity that will not come.
  void refuse(const EntityMail& mail) {
    if (const auto* envelope = std::get_if<shard::Envelope>(&mail.what))
      refuse(envelope->command.id, envelope->reply_to);
    if (const auto* read = std::get_if<ReadMail>(&mail.what)) refuse(*read);
    if (const auto* fact = std::get_if<FactMail>(&mail.what))
      host_.fail_fact(fact->reply_to, closed_fault().detail);
  }
  void refuse(const ReadMail& read) {
    Host::post(*read.sink, read.tag, views::ReadReply{.fault = closed_fault()});
  }

  Host& host_;
  const ShardId shard_;
  std::unique_ptr<shard::ShardCore> core_;
  std::uint64_t life_ = 0;  ///< from each opening to the next closing
  std::unordered_map<EntityRef, Slot, HashOfRef> entities_;
  std::list<EntityRef> ages_;
  std::unordered_map<std::uint64_t, Awaited> awaited_;
  /// Committing when the shard closed: nobody can say that nothing happened, until it opens again.
  std::set<CommandId> in_doubt_;
  std::uint64_t last_tag_ = 0;
  WakeUp wake_up_;
  bool is_closed_ = false;
  std::vector<std::string> erasing_;  ///< persons whose keys the running commit destroys
  bool is_committing_ = false;        ///< a commit of this shard has no result yet
  bool is_over_ = false;              ///< the process ends; nothing may go on
  Timestamp reopen_at_;
  Duration reopen_wait_ = sweep_every;
};

}  // namespace

caf::actor spawn_shard(caf::actor_system& system, Host& host, ShardId shard) {
  return system.spawn<ShardActor>(&host, shard);
}

}  // namespace mf::host
