#include "actors/host/owned_shard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/host/erased_clients.hpp"
#include "actors/shard/claim_commands.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration sweep_every = std::chrono::seconds(10);
constexpr Duration reopen_wait_max = std::chrono::minutes(5);
constexpr std::uint64_t epoch_alone = 1;  // a node without a cluster has owned its shards for ever

}  // namespace

OwnedShard::OwnedShard(Host& host, ShardId shard, Outbox& out)
    : host_(host), shard_(shard), out_(out), reopen_wait_(sweep_every) {
  begin_life();
}

void OwnedShard::take(ShardWork& work) {
  try {
    std::visit([this](auto& what) { on(what); }, work);
  } catch (const std::exception& e) {
    close(e.what());
  }
}

void OwnedShard::end_turn() {
  try {
    while (!proposed_.empty()) run(core_->propose(std::exchange(proposed_, {}), clock()));
  } catch (const std::exception& e) {
    close(e.what());
  }
}

void OwnedShard::lose_commits(const std::string& why) {
  is_committing_ = false;
  close(why);
}

/// Numbers of two lives must differ: answers to the first may come in the second.
void OwnedShard::begin_life() {
  const auto number = xxh3_64(random_bytes(8));
  core_ = std::make_unique<shard::ShardCore>(shard_, host_.kinds, host_.keys, host_.store,
                                             epoch_alone, number, host_.limits.shard);
  core_->hold_timers(!host_.clock.is_settled());
}

void OwnedShard::open() {
  auto recovered = core_->recover(clock());
  if (!recovered) return close(recovered.error().message);
  run(std::move(*recovered));
  if (is_closed_) return;
  on(EndAccountsMail{});
  reopen_wait_ = sweep_every;
  in_doubt_.clear();
  host_.shard_states.opened(shard_);
}

/// What closed it may have been a disk that refused once: everything durable is read anew.
void OwnedShard::try_to_open_again() {
  if (is_committing_ || is_over_ || clock() < reopen_at_) return;
  begin_life();
  awaited_.clear();
  is_closed_ = false;
  log::info(log::shard, "shard-opens-again", {{"shard", shard_}});
  open();
}

void OwnedShard::on(OpenMail&) {
  later(sweep_every, SweepMail{});
  open();
}

void OwnedShard::on(SubmitMail& mail) {
  for (auto& item : mail.commands) {
    if (is_closed_) {
      refuse(item.command.id, item.reply_to);
      continue;
    }
    auto& entity = entity_of(item.command.target);
    auto envelope = core_->envelope(std::move(item.command), item.reply_to, clock());
    // The entity knows what has an outcome already, or gets one: that is answered all the same.
    if (!host_.store.has_room())
      envelope.refusal = entity::Fault{entity::Fault::Code::unavailable, "the disk is nearly full",
                                       Duration{30'000}};
    entity.receive(std::move(envelope));
  }
}

void OwnedShard::on(ReadMail& mail) {
  if (is_closed_) answer(*mail.sink, mail.tag, views::ReadReply{.fault = closed_fault()});
  else entity_of(mail.ref).read(mail);
}

void OwnedShard::on(FactMail& mail) {
  if (is_closed_) return answer(mail.reply_to, {.value = closed_fault()});
  entity_of(mail.ref).tell(mail);
}

void OwnedShard::on(AnsweredMail& mail) {
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

void OwnedShard::on(FactAnsweredMail& mail) {
  const auto awaited = take_awaited(mail.tag);
  if (!awaited || !awaited->asker) return;
  mail.answer.ask = awaited->id;
  if (auto* asker = awake(*awaited->asker)) asker->answered(std::move(mail.answer));
}

void OwnedShard::on(CommitResultMail& mail) {
  is_committing_ = false;
  const auto erased = std::exchange(erasing_, {});
  run(core_->finished(mail.result, clock()));
  if (mail.result.state != storage::CommitState::committed) return;
  for (const auto& person : erased)
    for (ShardId shard = 0; shard < host_.store.shard_count(); ++shard)
      send(shard, ForgetMail{person});
}

void OwnedShard::on(const ForgetMail& mail) {
  for (auto& [ref, slot] : entities_) slot.entity->forget(mail.person);
  // Once more for an account that was being made when its client was still there.
  on(EndAccountsMail{mail.person});
  later(sweep_every, EndAccountsMail{mail.person});
}

/// Whatever refuses a command or a read now is asked again, until there is no such account.
void OwnedShard::on(const EndAccountsMail& mail) {
  if (is_closed_) return;
  try {
    const auto serving = mail.client ? accounts_serving(host_.store, shard_, *mail.client)
                                     : accounts_serving_erased(host_.store, shard_, host_.keys);
    if (serving.empty()) return;
    for (const auto& one : serving) {
      auto command = lose_client_command(one, host_.kinds.of(EntityKind::account),
                                         clock() + host_.limits.shard.dispatch_deadline);
      if (command) submit(shard_, std::move(*command), shard::Nobody{});
    }
  } catch (const storage::ReadFailed& why) {
    log::error(log::shard, "accounts-not-ended", {{"shard", shard_}, {"why", why.what()}});
  }
  later(sweep_every, mail);
}

void OwnedShard::on(const WakeEntityMail& mail) {
  if (auto* entity = awake(mail.ref)) entity->wake(mail.at);
}

void OwnedShard::on(WakeMail& mail) {
  if (mail.at && !wake_up_.arrived(mail.at)) return;
  if (is_closed_ && !mail.at) try_to_open_again();
  look_at_clock();
}

void OwnedShard::on(SweepMail&) {
  later(sweep_every, SweepMail{});
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

void OwnedShard::on(StopMail&) {
  is_closed_ = true;
  core_->step_down();
  tell_all_to_step_down();
  has_stopped_ = true;
}

/// Carries out what the core wants, in the order its header asks for.
void OwnedShard::run(shard::ShardEffects effects) {
  if (effects.batch) host_.catalogue.see(*effects.batch);
  if (!effects.results.empty()) tell_results(effects.results);
  if (effects.batch) out_.batches.push_back(std::move(effects.batch));
  if (effects.commit) {
    for (const auto& key : effects.commit->keys)
      if (!key.key) erasing_.push_back(key.person);
    host_.figures.batch(effects.commit->batch.entries.size());
    out_.commits.push_back(std::move(*effects.commit));
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

void OwnedShard::tell_results(const std::vector<shard::ProposalResult>& results) {
  for (const auto& result : results)
    if (auto* entity = awake(result.entity)) entity->finished(result);
}

void OwnedShard::ask(const EntityRef& asker, const shard::Ask& ask) {
  if (is_closed_) return;
  const auto tag = await({asker, ask.id, ask.deadline + sweep_every});
  const auto target = host_.shard_of(ask.need.target);
  const shard::ToShard reply_to{shard_, tag};
  if (ask.need.type == entity::Need::Type::fact) {
    send(target, FactMail{ask.need.target, ask.need.verb, ask.need.body, reply_to});
    return;
  }
  auto command = claim_command(ask, host_.kinds.of(ask.need.target.kind));
  if (command) return submit(target, std::move(*command), reply_to);
  send(shard_, FactAnsweredMail{tag, {.value = std::move(command.error())}});
}

void OwnedShard::release(const shard::Release& release) {
  if (is_closed_) return;
  auto command = release_command(release, host_.kinds.of(release.target.kind),
                                 clock() + host_.limits.shard.dispatch_deadline);
  if (command) submit(host_.shard_of(release.target), std::move(*command), shard::Nobody{});
}

void OwnedShard::propose(shard::Proposal proposal) {
  if (!is_closed_) proposed_.push_back(std::move(proposal));
}

void OwnedShard::reply(shard::CommandReply reply) {
  if (const auto* to = std::get_if<shard::ToShard>(&reply.to)) {
    send(to->shard, AnsweredMail{to->tag, std::move(reply.reply), std::move(reply.claim)});
  } else if (const auto* to = std::get_if<shard::ToSink>(&reply.to)) {
    host_.commands.leave(to->bytes);
    out_.replies.add(*to->sink, {to->tag, std::move(reply.reply)});
  }
}

void OwnedShard::answer(Sink& sink, std::uint64_t tag, views::ReadReply reply) {
  out_.replies.add(sink, {tag, std::move(reply)});
}

void OwnedShard::answer(const shard::ToShard& to, shard::AskAnswer answer) {
  send(to.shard, FactAnsweredMail{to.tag, std::move(answer)});
}

void OwnedShard::wake_later(const EntityRef& who, Duration wait, Timestamp at) {
  later(wait, WakeEntityMail{who, at});
}

void OwnedShard::send_dispatch(shard::Dispatch dispatch) {
  if (dispatch.due) host_.figures.timer(clock() - *dispatch.due);
  const auto tag = await({std::nullopt, dispatch.ticket, dispatch.command.deadline + sweep_every});
  const auto target = host_.shard_of(dispatch.command.target);
  submit(target, std::move(dispatch.command), shard::ToShard{shard_, tag});
}

void OwnedShard::submit(ShardId target, entity::Command command, shard::ReplyTo reply_to) {
  SubmitMail mail;
  mail.commands.push_back({std::move(command), reply_to});
  send(target, std::move(mail));
}

/// What belongs to a running command is of use only to the entity that runs it.
AwakeEntity* OwnedShard::awake(const EntityRef& ref) {
  const auto found = entities_.find(ref);
  return found != entities_.end() ? found->second.entity.get() : nullptr;
}

/// Wakes it if need be.
AwakeEntity& OwnedShard::entity_of(const EntityRef& ref) {
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
void OwnedShard::make_room() {
  for (const auto* ref : ages_) {
    const auto found = entities_.find(*ref);
    if (found->second.entity->is_idle()) return forget(found);
  }
}

void OwnedShard::forget(Entities::iterator awake) {
  ages_.erase(awake->second.age);
  entities_.erase(awake);
}

std::uint64_t OwnedShard::await(Awaited awaited) {
  awaited_.emplace(++last_tag_, std::move(awaited));
  return last_tag_;
}

std::optional<OwnedShard::Awaited> OwnedShard::take_awaited(std::uint64_t tag) {
  const auto found = awaited_.extract(tag);
  if (!found || is_closed_) return {};
  return std::move(found.mapped());
}

void OwnedShard::look_at_clock() {
  if (is_closed_) return;
  const auto now = clock();
  wake_up_.looks(now);
  core_->hold_timers(!host_.clock.is_settled());
  run(core_->due(now));
}

void OwnedShard::set_wake() {
  if (is_closed_) return;
  if (const auto wait = wake_up_.set(core_->wake_at(), clock()))
    later(*wait, WakeMail{wake_up_.set_for()});
}

/// Nothing is acknowledged any more from here; the other shards live on.
void OwnedShard::close(const std::string& why) {
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

void OwnedShard::refuse(const CommandId& command, const shard::ReplyTo& to) {
  auto fault = closed_fault();
  if (in_doubt_.contains(command)) fault.code = entity::Fault::Code::outcome_unknown;
  reply({to, std::move(fault), {}});
}

void OwnedShard::tell_all_to_step_down() {
  for (auto& [ref, slot] : entities_) slot.entity->step_down();
  entities_.clear();
  ages_.clear();
  proposed_.clear();
}

entity::Fault OwnedShard::closed_fault() {
  return {entity::Fault::Code::unavailable, "this shard is closed", Duration{5000}};
}

}  // namespace mf::host
