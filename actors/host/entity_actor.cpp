#include "actors/host/entity_actor.hpp"

#include <optional>
#include <utility>

#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/wake_up.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration read_retry = std::chrono::seconds(1), quarantine_retry = std::chrono::minutes(1);

class EntityActor : public ActorBase {
 public:
  EntityActor(caf::actor_config& config, Host* host, const EntityRef& ref, LifeOfShard shard)
      : ActorBase(config),
        host_(*host),
        shard_(shard),
        core_(host->kinds.of(ref.kind), host->keys, host->store, ref, shard.shard,
              host->limits.entity) {
    host_.figures.entity_began(core_.ref().kind);
  }
  ~EntityActor() override {
    const Turn end(*this);
    host_.figures.entity_ended(core_.ref().kind);
  }

  const char* name() const override { return "entity"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    load();
    return {[this](EntityMailPtr& mail) {
      const Turn turn(*this);
      std::visit([this](auto& what) { on(what); }, mail->what);
      if (is_outdated_ && core_.is_idle()) {
        is_outdated_ = false;
        load();
      }
      if (is_leaving_ && core_.is_idle()) leave();
    }};
  }

 private:
  [[nodiscard]] Timestamp now() const { return host_.clock.now(); }

  void on(shard::Envelope& envelope) {
    const log::TraceScope trace(envelope.command.trace);
    shard_time_ = envelope.now;
    if (!is_loaded()) return host_.reply({envelope.reply_to, *trouble_, {}});
    step([&] { return core_.receive(std::move(envelope), now()); });
  }

  void on(shard::AskAnswer& answer) {
    const log::TraceScope trace(core_.trace());
    step([&] { return core_.answered(std::move(answer), now()); });
  }

  void on(ProposalResultMail& result) {
    const log::TraceScope trace(core_.trace());
    replies_ = std::move(result.replies);
    step([&] {
      return result.committed ? core_.committed(result.seq, now())
                              : core_.commit_failed(result.why, now());
    });
    replies_.reset();
  }

  void on(WakeMail& mail) {
    if (!wake_up_.arrived(mail.at)) return;
    const log::TraceScope trace(core_.trace());
    step([&] { return core_.expire(now()); });
  }

  void on(ReadMail& read) {
    const bool can_answer = is_loaded();
    views::ReadReply reply{.version = core_.version(), .position = core_.position()};
    try {
      if (can_answer) answer(read, reply);
      else reply.fault = trouble_;
    } catch (const storage::ReadFailed& e) {
      alarm("entity-read-failed", e.what());
      reply.fault = unreadable_now();
    } catch (const std::exception& e) {
      alarm("entity-read-failed", e.what());
      reply.fault = entity::Fault{entity::Fault::Code::internal, "the object could not be shown"};
    }
    Host::post(*read.sink, read.tag, std::move(reply));
  }

  void on(FactMail& fact) {
    if (!is_loaded()) return host_.fail_fact(fact.reply_to, trouble_->detail);
    try {
      host_.answer_fact(fact.reply_to, core_.version(),
                        core_.answer(fact.query, fact.body, Principal::system(), shard_time()));
    } catch (const std::exception& e) {
      alarm("entity-read-failed", e.what());
      host_.fail_fact(fact.reply_to, "the object could not be read");
    }
  }

  void on(ForgetMail& mail) {
    is_outdated_ |= is_loaded() && core_.state()->concerns().client == mail.person;
  }

  void on(PassivateMail&) { is_leaving_ = true; }

  void on(StepDownMail&) {
    deliver(core_.step_down());
    quit();
  }

  /// Runs one step of the core. A failed read is the disk's fault: the command may be sent again.
  /// Any other step that throws is the running command's: it is refused for good and the entity
  /// read again; if that fails too, the entity is quarantined.
  template <class Step>
  void step(Step&& step) {
    try {
      deliver(step());
    } catch (const storage::ReadFailed& e) {
      alarm("entity-read-failed", e.what());
      recover([&] { return Result<shard::EntityEffects>(core_.read_failed(e.what(), now())); });
    } catch (const std::exception& e) {
      alarm("command-broke-entity", e.what());
      recover([&] { return core_.poisoned(e.what(), now()); });
    }
    set_wake();
  }

  template <class Recover>
  void recover(Recover recover) {
    try {
      auto effects = recover();
      if (effects) return deliver(std::move(*effects));
      set_aside({entity::Fault::Code::internal, "the object is quarantined", quarantine_retry},
                effects.error().message);
    } catch (const storage::ReadFailed& e) {
      set_aside(unreadable_now(), e.what());
    } catch (const std::exception& e) {
      set_aside({entity::Fault::Code::internal, "the object is quarantined", quarantine_retry},
                e.what());
    }
  }

  void deliver(shard::EntityEffects effects) {
    for (auto& reply : effects.replies) {
      host_.figures.command(core_.ref().kind, reply.reply);
      host_.reply(std::move(reply), replies_.get());
    }
    effects.replies.clear();
    auto known = answers_at_hand(effects.asks);
    send_to_shard(std::move(effects));
    for (auto& answer : known) deliver(core_.answered(std::move(answer), now()));
  }

  /// Facts of the catalogue come from the node's own copy of it, without any mail.
  [[nodiscard]] std::vector<shard::AskAnswer> answers_at_hand(std::vector<shard::Ask>& asks) const {
    std::vector<shard::AskAnswer> answers;
    std::erase_if(asks, [&](const shard::Ask& ask) {
      const auto& need = ask.need;
      if (need.type != entity::Need::Type::fact || need.target.kind != EntityKind::catalogue)
        return false;
      const auto catalogue = host_.catalogue.get();
      if (!catalogue->entity) return false;
      auto value =
          catalogue->entity->answer(need.verb, need.body, Principal::system(), shard_time());
      shard::AskAnswer answer{.ask = ask.id, .version = catalogue->version};
      if (value) answer.value = std::move(*value);
      else answer.value = std::move(value.error());
      answers.push_back(std::move(answer));
      return true;
    });
    return answers;
  }

  void send_to_shard(shard::EntityEffects effects) {
    if (effects.asks.empty() && effects.releases.empty() && !effects.proposal) return;
    host_.send(shard_.shard, {EffectsMail{core_.ref(), shard_.life, std::move(effects)}});
  }

  void answer(const ReadMail& read, views::ReadReply& reply) const {
    const auto& entity = *core_.state();
    if (!read.query.empty()) {
      // By the clock, as deadlines are (decision 0004): a session's end, a lock's, a link's.
      auto value = core_.answer(read.query, read.body, read.by, now());
      value ? void(reply.json = std::move(*value)) : void(reply.no = std::move(value.error()));
      return;
    }
    reply.viewpoint = entity.exists() ? entity.viewpoint(read.by) : std::nullopt;
    if (!reply.viewpoint) {
      reply.no = hide().error();
      return;
    }
    reply.json = entity.view({*reply.viewpoint, read.by});
    reply.concerns = entity.concerns();
  }

  static entity::Fault unreadable_now() {
    return {entity::Fault::Code::unavailable, "the disk refused to read the object; try again",
            read_retry};
  }

  void load() {
    recover([&]() -> Result<shard::EntityEffects> {
      if (auto loaded = core_.load(); !loaded) return std::unexpected(loaded.error());
      trouble_.reset();
      return shard::EntityEffects{};
    });
  }

  /// A disk recovers and an operator repairs: what could not be read is tried again, now and then.
  [[nodiscard]] bool is_loaded() {
    if (trouble_ && now() >= load_again_) load();
    return !trouble_;
  }

  /// Nothing of the object can be said or done until it is read again.
  void set_aside(entity::Fault trouble, const std::string& why) {
    const bool is_quarantine = trouble.code == entity::Fault::Code::internal;
    alarm(is_quarantine ? "entity-quarantined" : "entity-read-failed", why);
    load_again_ = now() + trouble.retry_after;
    trouble_ = std::move(trouble);
    deliver(core_.quarantine(*trouble_));
  }

  /// Only while a command waits for something that may never come.
  void set_wake() {
    if (const auto wait = wake_up_.set(core_.next_deadline(), now()))
      delayed_send(this, *wait,
                   std::make_shared<EntityMail>(EntityMail{WakeMail{wake_up_.set_for()}}));
  }

  void leave() {
    host_.send(shard_.shard, {PassivatedMail{core_.ref(), shard_.life}});
    quit();
  }

  void alarm(std::string_view event, const std::string& why) const {
    host_.figures.alarm(std::string(event));
    log::error(log::entity, event,
               {{"kind", to_string(core_.ref().kind)}, {"id", core_.ref().id}, {"why", why}});
  }

  [[nodiscard]] Timestamp shard_time() const { return shard::shard_time(shard_time_, now()); }

  Host& host_;
  LifeOfShard shard_;
  shard::EntityCore core_;
  Timestamp shard_time_;
  WakeUp wake_up_;
  std::shared_ptr<ReplyBatch> replies_;   ///< of the commit whose result is being told
  std::optional<entity::Fault> trouble_;  ///< why the object can't be read
  Timestamp load_again_;
  bool is_leaving_ = false;
  bool is_outdated_ = false;  ///< its state still tells of somebody who was erased
};

}  // namespace

caf::actor spawn_entity(caf::event_based_actor& shard, Host& host, EntityRef ref,
                        LifeOfShard life) {
  return shard.spawn<EntityActor>(&host, std::move(ref), life);
}

}  // namespace mf::host
