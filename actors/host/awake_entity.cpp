#include "actors/host/awake_entity.hpp"

#include <utility>

#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration read_retry = std::chrono::seconds(1), quarantine_retry = std::chrono::minutes(1);

entity::Fault unreadable_now() {
  return {entity::Fault::Code::unavailable, "the disk refused to read the object; try again",
          read_retry};
}

}  // namespace

AwakeEntity::AwakeEntity(Host& host, Home& home, const EntityRef& ref, ShardId shard)
    : host_(host),
      home_(home),
      core_(host.kinds.of(ref.kind), host.keys, host.store, ref, shard, host.limits.entity) {
  host_.figures.entity_began(core_.ref().kind);
  load();
}

AwakeEntity::~AwakeEntity() { host_.figures.entity_ended(core_.ref().kind); }

void AwakeEntity::receive(shard::Envelope envelope) {
  const log::TraceScope trace(envelope.command.trace);
  shard_time_ = envelope.now;
  if (!is_loaded()) return home_.reply({envelope.reply_to, *trouble_, {}});
  step([&] { return core_.receive(std::move(envelope), now()); });
}

void AwakeEntity::answered(shard::AskAnswer answer) {
  const log::TraceScope trace(core_.trace());
  step([&] { return core_.answered(std::move(answer), now()); });
}

void AwakeEntity::finished(const shard::ProposalResult& result) {
  const log::TraceScope trace(core_.trace());
  step([&] {
    return result.committed ? core_.committed(result.seq, now())
                            : core_.commit_failed(result.why, now());
  });
}

void AwakeEntity::wake(std::optional<Timestamp> at) {
  if (!wake_up_.arrived(at)) return;
  const log::TraceScope trace(core_.trace());
  step([&] { return core_.expire(now()); });
}

void AwakeEntity::read(const ReadMail& read) {
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
  home_.answer(*read.sink, read.tag, std::move(reply));
}

void AwakeEntity::tell(const FactMail& fact) {
  const auto fail = [&](std::string why) {
    home_.answer(fact.reply_to,
                 {.value = entity::Fault{entity::Fault::Code::unavailable, std::move(why)}});
  };
  if (!is_loaded()) return fail(trouble_->detail);
  try {
    auto value = core_.answer(fact.query, fact.body, Principal::system(), shard_time());
    shard::AskAnswer answer{.version = core_.version()};
    if (value) answer.value = std::move(*value);
    else answer.value = std::move(value.error());
    home_.answer(fact.reply_to, std::move(answer));
  } catch (const std::exception& e) {
    alarm("entity-read-failed", e.what());
    fail("the object could not be read");
  }
}

void AwakeEntity::forget(std::string_view person) {
  is_outdated_ |= !trouble_ && core_.state()->concerns().client == person;
  read_again_if_outdated();
}

void AwakeEntity::read_again_if_outdated() {
  if (is_outdated_ && core_.is_idle()) {
    is_outdated_ = false;
    load();
  }
}

void AwakeEntity::step_down() { deliver(core_.step_down()); }

/// Runs one step of the core. A failed read is the disk's fault: the command may be sent again.
/// Any other step that throws is the running command's: it is refused for good and the entity
/// read again; if that fails too, the entity is quarantined.
template <class Step>
void AwakeEntity::step(Step&& step) {
  try {
    deliver(step());
  } catch (const storage::ReadFailed& e) {
    alarm("entity-read-failed", e.what());
    recover([&] { return Result<shard::EntityEffects>(core_.read_failed(e.what(), now())); });
  } catch (const std::exception& e) {
    alarm("command-broke-entity", e.what());
    recover([&] { return core_.poisoned(e.what(), now()); });
  }
  read_again_if_outdated();
  set_wake();
}

template <class Recover>
void AwakeEntity::recover(Recover recover) {
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

void AwakeEntity::deliver(shard::EntityEffects effects) {
  for (auto& reply : effects.replies) {
    host_.figures.command(core_.ref().kind, reply.reply);
    home_.reply(std::move(reply));
  }
  auto known = answers_at_hand(effects.asks);
  for (const auto& ask : effects.asks) home_.ask(core_.ref(), ask);
  for (const auto& release : effects.releases) home_.release(release);
  if (effects.proposal) home_.propose(std::move(*effects.proposal));
  for (auto& answer : known) deliver(core_.answered(std::move(answer), now()));
}

/// Facts of the catalogue come from the node's own copy of it, without any mail.
std::vector<shard::AskAnswer> AwakeEntity::answers_at_hand(std::vector<shard::Ask>& asks) const {
  std::vector<shard::AskAnswer> answers;
  std::erase_if(asks, [&](const shard::Ask& ask) {
    const auto& need = ask.need;
    if (need.type != entity::Need::Type::fact || need.target.kind != EntityKind::catalogue)
      return false;
    const auto catalogue = host_.catalogue.get();
    if (!catalogue->entity) return false;
    auto value = catalogue->answer(need.verb, need.body);
    shard::AskAnswer answer{.ask = ask.id, .version = catalogue->version};
    if (value) answer.value = std::move(*value);
    else answer.value = std::move(value.error());
    answers.push_back(std::move(answer));
    return true;
  });
  return answers;
}

void AwakeEntity::answer(const ReadMail& read, views::ReadReply& reply) const {
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

void AwakeEntity::load() {
  recover([&]() -> Result<shard::EntityEffects> {
    if (auto loaded = core_.load(); !loaded) return std::unexpected(loaded.error());
    trouble_.reset();
    return shard::EntityEffects{};
  });
}

/// A disk recovers and an operator repairs: what could not be read is tried again, now and then.
bool AwakeEntity::is_loaded() {
  if (trouble_ && now() >= load_again_) load();
  return !trouble_;
}

/// Nothing of the object can be said or done until it is read again.
void AwakeEntity::set_aside(entity::Fault trouble, const std::string& why) {
  const bool is_quarantine = trouble.code == entity::Fault::Code::internal;
  alarm(is_quarantine ? "entity-quarantined" : "entity-read-failed", why);
  load_again_ = now() + trouble.retry_after;
  trouble_ = std::move(trouble);
  deliver(core_.quarantine(*trouble_));
}

/// Only while a command waits for something that may never come.
void AwakeEntity::set_wake() {
  if (const auto wait = wake_up_.set(core_.next_deadline(), now()))
    home_.wake_later(core_.ref(), *wait, *wake_up_.set_for());
}

void AwakeEntity::alarm(std::string_view event, const std::string& why) const {
  host_.figures.alarm(std::string(event));
  log::error(log::entity, event,
             {{"kind", to_string(core_.ref().kind)}, {"id", core_.ref().id}, {"why", why}});
}

}  // namespace mf::host
