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

class EntityActor : public ActorBase {
 public:
  EntityActor(caf::actor_config& config, Host* host, const EntityRef& ref, ShardId shard)
      : ActorBase(config),
        host_(*host),
        shard_(shard),
        core_(host->kinds.of(ref.kind), host->keys, host->store, ref, shard, host->limits.entity) {
    host_.figures.entity_began(core_.ref().kind);
  }
  ~EntityActor() override {
    const Turn end(*this);
    host_.figures.entity_ended(core_.ref().kind);
  }

  const char* name() const override { return "entity"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    if (auto loaded = guarded_load(); !loaded) quarantine(loaded.error().message);
    return {[this](EntityMailPtr& mail) {
      const Turn turn(*this);
      std::visit([this](auto& what) { on(what); }, mail->what);
      if (is_leaving_ && core_.is_idle()) leave();
    }};
  }

 private:
  [[nodiscard]] Timestamp now() const { return host_.clock.now(); }

  void on(shard::Envelope& envelope) {
    shard_time_ = std::max(shard_time_, envelope.now);
    if (quarantined_) return refuse(envelope);
    step([&] { return core_.receive(std::move(envelope), now()); });
  }

  void on(shard::AskAnswer& answer) {
    step([&] { return core_.answered(std::move(answer), now()); });
  }

  void on(ProposalResultMail& result) {
    step([&] {
      return result.committed ? core_.committed(result.seq, now())
                              : core_.commit_failed(result.why, now());
    });
  }

  void on(WakeMail& mail) {
    if (!wake_up_.arrived(mail.at)) return;
    step([&] { return core_.expire(now()); });
  }

  void on(ReadMail& read) {
    views::ReadReply reply{.version = core_.version(), .position = core_.position()};
    try {
      answer(read, reply);
    } catch (const std::exception& e) {
      alarm("entity-read-failed", e.what());
      reply.fault = entity::Fault{entity::Fault::Code::internal, "the object could not be shown"};
    }
    std::vector<TaggedAnswer> answers;
    answers.push_back({read.tag, std::move(reply)});
    read.sink->post(std::move(answers));
  }

  void on(FactMail& fact) {
    if (quarantined_) return host_.fail_fact(fact.reply_to, "the object is quarantined");
    try {
      host_.answer_fact(fact.reply_to, core_.version(),
                        core_.answer(fact.query, fact.body, Principal::system(), shard_time()));
    } catch (const std::exception& e) {
      alarm("entity-read-failed", e.what());
      host_.fail_fact(fact.reply_to, "the object could not be read");
    }
  }

  void on(PassivateMail&) { is_leaving_ = true; }

  void on(StepDownMail&) {
    deliver(core_.step_down());
    quit();
  }

  /// Runs one step of the core. A step that throws is the running command's fault: it is refused
  /// for good and the entity read again; if that fails too, the entity is quarantined.
  template <class Step>
  void step(Step&& step) {
    try {
      deliver(step());
    } catch (const std::exception& e) {
      alarm("command-broke-entity", e.what());
      auto rebuilt = guarded_rebuild(e.what());
      rebuilt ? deliver(std::move(*rebuilt)) : quarantine(rebuilt.error().message);
    }
    set_wake();
  }

  void deliver(shard::EntityEffects effects) {
    for (auto& reply : effects.replies) {
      host_.figures.command(core_.ref().kind, reply.reply);
      host_.reply(std::move(reply));
    }
    effects.replies.clear();
    if (effects.asks.empty() && effects.releases.empty() && !effects.proposal) return;
    host_.send(shard_, {EffectsMail{core_.ref(), std::move(effects)}});
  }

  void answer(const ReadMail& read, views::ReadReply& reply) const {
    if (quarantined_) {
      reply.fault = entity::Fault{entity::Fault::Code::internal, "the object is quarantined"};
      return;
    }
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

  [[nodiscard]] Status guarded_load() {
    try {
      return core_.load();
    } catch (const std::exception& e) {
      return fail(ErrorCode::corrupt, e.what());
    }
  }

  [[nodiscard]] Result<shard::EntityEffects> guarded_rebuild(const std::string& why) {
    try {
      return core_.poisoned(why, now());
    } catch (const std::exception& e) {
      return fail(ErrorCode::corrupt, e.what());
    }
  }

  void quarantine(const std::string& why) {
    quarantined_ = true;
    alarm("entity-quarantined", why);
    deliver(core_.quarantine(why));
  }

  void refuse(shard::Envelope& envelope) {
    host_.reply({envelope.reply_to,
                 entity::Fault{entity::Fault::Code::internal, "the object is quarantined",
                               Duration{60'000}},
                 {}});
  }

  /// Only while a command waits for something that may never come.
  void set_wake() {
    if (const auto wait = wake_up_.set(core_.next_deadline(), now()))
      delayed_send(this, *wait,
                   std::make_shared<EntityMail>(EntityMail{WakeMail{wake_up_.set_for()}}));
  }

  void leave() {
    host_.send(shard_, {PassivatedMail{core_.ref()}});
    quit();
  }

  void alarm(std::string_view event, const std::string& why) const {
    host_.figures.alarm(std::string(event));
    log::error(log::entity, event,
               {{"kind", to_string(core_.ref().kind)}, {"id", core_.ref().id}, {"why", why}});
  }

  [[nodiscard]] Timestamp shard_time() const { return std::max(shard_time_, now()); }

  Host& host_;
  ShardId shard_;
  shard::EntityCore core_;
  Timestamp shard_time_;
  WakeUp wake_up_;
  bool quarantined_ = false, is_leaving_ = false;
};

}  // namespace

caf::actor spawn_entity(caf::event_based_actor& shard, Host& host, EntityRef ref,
                        ShardId shard_id) {
  return shard.spawn<EntityActor>(&host, std::move(ref), shard_id);
}

}  // namespace mf::host
