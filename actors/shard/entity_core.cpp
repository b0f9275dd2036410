#include "actors/shard/entity_core.hpp"

#include <algorithm>
#include <utility>

#include "actors/shard/entity_proposal.hpp"
#include "actors/shard/timer_queue.hpp"
#include "base/assert.hpp"

namespace mf::shard {

constexpr std::uint64_t asks_per_run = 1024;

/// The command between its start and its reply.
struct EntityCore::Running {
  Envelope envelope;
  Context context;
  std::map<std::uint64_t, entity::Need> open;  ///< asks without an answer
  entity::Answers answers;
  std::vector<Release> claims;  ///< what to give back if the command comes to nothing
  bool is_proposed = false, is_answered = false;
  std::shared_ptr<const entity::Entity> after;
  storage::StateHeader header;
};

EntityCore::EntityCore(const entity::Kind& kind, entity::KeyRing& keys,
                       const storage::Reader& reader, EntityRef ref, ShardId shard,
                       EntityLimits limits)
    : kind_(kind),
      keys_(keys),
      reader_(reader),
      ref_(std::move(ref)),
      shard_(shard),
      limits_(limits) {}
EntityCore::~EntityCore() = default;
EntityCore::EntityCore(EntityCore&&) noexcept = default;

Status EntityCore::load() {
  auto loaded = entity::load(reader_, kind_, shard_, ref_, keys_);
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  header_ = loaded->header;
  state_ = std::move(loaded->entity);
  return {};
}

void EntityCore::see(Timestamp clock) {
  const auto now = shard_time(time_, clock, limits_.set_back_max);
  if (now < time_) {
    const auto last = now + limits_.patience_after_set_back;
    const auto shorten = [&](entity::Command& c) { c.deadline = std::min(c.deadline, last); };
    if (running_) shorten(running_->envelope.command);
    for (auto& waiting : queue_) shorten(waiting.command);
  }
  time_ = now;
}

EntityEffects EntityCore::receive(Envelope envelope, Timestamp clock) {
  see(envelope.now);
  const auto refuse_at_the_door = [&](entity::Fault::Code code, std::string why) {
    effects().replies.push_back(
        {envelope.reply_to, refusal(envelope.command, {code, std::move(why)}), {}});
  };
  if (clock >= envelope.command.deadline)
    refuse_at_the_door(entity::Fault::Code::unavailable,
                       "its deadline has passed; nothing happened");
  else if (queue_.size() >= limits_.queue_max)
    refuse_at_the_door(entity::Fault::Code::overloaded, "too many commands wait for this object");
  else queue_.push_back(std::move(envelope));
  start_next(clock);
  return take();
}

/// Of a repetition of the proposed command nobody can say that nothing happened.
entity::Fault EntityCore::refusal(const entity::Command& command, entity::Fault fault) const {
  if (running_ && running_->is_proposed && running_->envelope.command.id == command.id)
    return {entity::Fault::Code::outcome_unknown, "its first run has no outcome yet"};
  return fault;
}

void EntityCore::start_next(Timestamp clock) {
  see(clock);
  while (!running_ && !queue_.empty()) {
    auto next = std::move(queue_.front());
    queue_.pop_front();
    start(std::move(next));
  }
}

void EntityCore::start(Envelope envelope) {
  running_ = std::make_unique<Running>();
  running_->envelope = std::move(envelope);
  running_->context = make_context(running_->envelope, time_);
  const auto& command = running_->envelope.command;
  if (auto known = known_outcome(command)) return finish(std::move(*known));
  if (auto created = created_outcome(command); created && command.body.verb == "create")
    return finish(std::move(*created));
  if (const auto& refusal = running_->envelope.refusal) return finish(*refusal);
  if (command.origin == entity::Origin::timer && !is_due(command))
    return refuse(reject("already_done", "this deadline is not there any more"_en).error());
  if (auto no = version_mismatch(command)) return refuse(*no);

  auto needs = state_->needs(command.body, running_->context);
  MF_ASSERT(needs.size() < asks_per_run, "too many needs");
  // Unlike those of any other run, also of this entity's earlier lives: answers may come late.
  auto ask = running_->context.attempt * asks_per_run;
  for (auto& need : needs) {
    if (need.type == entity::Need::Type::claim)
      running_->claims.push_back({need.target, need.token, command.trace});
    effects().asks.push_back({ask, need, command.id, command.by, running_->context.attempt,
                              command.deadline, command.trace});
    running_->open.emplace(ask++, std::move(need));
  }
  if (running_->open.empty()) decide();
}

/// Claims are decided anew each time, and so are deadlines: one that fired is gone from the state,
/// one that was armed again for the same time is another under the same id.
std::optional<entity::Reply> EntityCore::known_outcome(const entity::Command& command) const {
  if (command.origin == entity::Origin::claim || command.origin == entity::Origin::timer) return {};
  const auto bytes = reader_.get(storage::Family::meta, storage::keys::dedup(shard_, command.id));
  if (!bytes) return {};
  const auto known = storage::decode_outcome(*bytes);
  if (!known) return entity::Fault{entity::Fault::Code::internal, known.error().message};
  if (known->fingerprint != command.fingerprint)
    return entity::Fault{entity::Fault::Code::idempotency_key_reused,
                         "this key was used with another body"};
  return entity::Outcome{ref_.id, known->version, known->status,
                         entity::position_text(shard_, known->seq), true};
}

/// A create repeated after its key was forgotten, or with another key.
std::optional<entity::Outcome> EntityCore::created_outcome(const entity::Command& command) const {
  if (header_.version == 0 || command.fingerprint != header_.created_fingerprint ||
      command.origin == entity::Origin::claim || !state_->viewpoint(command.by))
    return {};
  return entity::Outcome{ref_.id, header_.created_version, header_.created_status,
                         entity::position_text(shard_, header_.created_seq), true};
}

/// 404 and 403 come before 412 in every answer, so a mismatch still asks who is asking. A decision
/// that needs others is not worth their claims here.
std::optional<Rejection> EntityCore::version_mismatch(const entity::Command& command) const {
  const auto& expected = command.expected_versions;
  if (expected.empty() || std::ranges::find(expected, header_.version) != expected.end()) return {};
  if (header_.version > 0 && !state_->viewpoint(command.by)) return hide().error();
  if (state_->needs(command.body, running_->context).empty()) {
    const auto decision = state_->decide(command.body, {}, running_->context);
    if (!decision && (decision.error().kind == RejectionKind::not_found ||
                      decision.error().kind == RejectionKind::forbidden))
      return decision.error();
  }
  return Rejection{RejectionKind::precondition,
                   "version_mismatch",
                   "the version is {version}"_en.with("version", header_.version),
                   {}};
}

/// Not any deadline of this name: a late repetition of one must not pass for the next one.
bool EntityCore::is_due(const entity::Command& firing) const {
  return std::ranges::any_of(state_->deadlines(), [&](const Deadline& d) {
    return d.name == firing.body.verb && d.due <= running_->context.now &&
           firing_id(ref_, d) == firing.id;
  });
}

EntityEffects EntityCore::answered(AskAnswer answer, Timestamp clock) {
  see(clock);
  if (!running_) return take();
  const auto open = running_->open.find(answer.ask);
  if (open == running_->open.end()) return take();
  if (auto* fault = std::get_if<entity::Fault>(&answer.value)) {
    finish(
        entity::Fault{entity::Fault::Code::unavailable, open->second.name + ": " + fault->detail});
  } else {
    entity::Answer given{open->second.name, answer.version, {}};
    if (auto* no = std::get_if<Rejection>(&answer.value)) given.value = std::unexpected(*no);
    else given.value = std::move(std::get<std::string>(answer.value));
    running_->answers.push_back(std::move(given));
    running_->open.erase(open);
    if (running_->open.empty()) decide();
  }
  start_next(clock);
  return take();
}

void EntityCore::decide() {
  if (running_->context.now != time_) running_->context = make_context(running_->envelope, time_);
  auto events =
      state_->decide(running_->envelope.command.body, running_->answers, running_->context);
  if (!events) return refuse(events.error());
  MF_ASSERT(!events->empty(), "a yes without events: " + running_->envelope.command.body.verb);
  propose(std::move(*events));
}

void EntityCore::propose(std::vector<entity::EventBody> events) {
  auto made = make_proposal({kind_, keys_, ref_, shard_, limits_, header_, *state_,
                             running_->envelope.command, running_->context},
                            std::move(events));
  if (auto* no = std::get_if<Rejection>(&made)) return refuse(*no);
  if (auto* fault = std::get_if<entity::Fault>(&made)) return finish(*fault);
  auto& proposal = std::get<Proposal>(made);
  running_->after = proposal.after;
  running_->header = proposal.transition.header;
  running_->is_proposed = true;
  effects().proposal = std::move(proposal);
}

void EntityCore::refuse(const Rejection& no) {
  if (no.code == "already_exists" || no.code == "already_exists_same")
    if (auto same = created_outcome(running_->envelope.command)) return finish(std::move(*same));
  finish(no);
}

void EntityCore::finish(entity::Reply reply, std::string claim) {
  if (!running_->is_answered)
    effects().replies.push_back({running_->envelope.reply_to, std::move(reply), std::move(claim)});
  release_claims();
  running_.reset();
}

void EntityCore::release_claims() {
  std::ranges::move(running_->claims, std::back_inserter(effects().releases));
  running_->claims.clear();
}

EntityEffects EntityCore::committed(std::uint64_t seq, Timestamp clock) {
  MF_ASSERT(running_ && running_->is_proposed, "committed without a proposal: " + ref_.id);
  const auto& command = running_->envelope.command;
  running_->claims.clear();
  header_ = running_->header;
  header_.seq = seq;
  if (header_.created_seq == 0) header_.created_seq = seq;
  state_ = std::move(running_->after);
  std::string claim;
  see(clock);
  if (command.origin == entity::Origin::claim)
    claim = state_->answer("claim", command.body.json, command.by, time_).value_or("{}");
  finish(entity::Outcome{ref_.id, header_.version, state_->status(),
                         entity::position_text(shard_, seq)},
         std::move(claim));
  start_next(clock);
  return take();
}

EntityEffects EntityCore::commit_failed(const std::string& why, Timestamp clock) {
  MF_ASSERT(running_ && running_->is_proposed, "commit failed without a proposal: " + ref_.id);
  finish(entity::Fault{entity::Fault::Code::unavailable, why});
  start_next(clock);
  return take();
}

EntityEffects EntityCore::expire(Timestamp clock) {
  see(clock);
  std::erase_if(queue_, [&](const Envelope& waiting) {
    if (clock < waiting.command.deadline) return false;
    effects().replies.push_back(
        {waiting.reply_to,
         refusal(waiting.command, {entity::Fault::Code::unavailable,
                                   "it waited past its deadline; nothing happened"}),
         {}});
    return true;
  });
  if (running_ && !running_->is_answered && clock >= running_->envelope.command.deadline) {
    if (!running_->is_proposed) {
      finish(
          entity::Fault{entity::Fault::Code::unavailable, "no answer in time; nothing happened"});
    } else {
      running_->is_answered = true;
      effects().replies.push_back(
          {running_->envelope.reply_to,
           entity::Fault{entity::Fault::Code::outcome_unknown, "the commit has no outcome yet"},
           {}});
    }
  }
  start_next(clock);
  return take();
}

std::optional<Timestamp> EntityCore::next_deadline() const {
  std::optional<Timestamp> next;
  const auto consider = [&](Timestamp t) { next = next ? std::min(*next, t) : t; };
  if (running_ && !running_->is_answered) consider(running_->envelope.command.deadline);
  for (const auto& waiting : queue_) consider(waiting.command.deadline);
  return next;
}

void EntityCore::fail_all_waiting(const entity::Fault& fault) {
  for (const auto& waiting : queue_)
    effects().replies.push_back({waiting.reply_to, refusal(waiting.command, fault), {}});
  queue_.clear();
}

EntityEffects EntityCore::step_down() {
  fail_all_waiting({entity::Fault::Code::unavailable, "the shard has moved; nothing happened"});
  if (running_ && running_->is_proposed) {
    // Its claims may be in use now: their holders will ask the next owner.
    running_->claims.clear();
    finish(entity::Fault{entity::Fault::Code::outcome_unknown,
                         "the shard has moved during the commit"});
  } else if (running_) {
    finish(
        entity::Fault{entity::Fault::Code::unavailable, "the shard has moved; nothing happened"});
  }
  return take();
}

Result<EntityEffects> EntityCore::poisoned(const std::string& why, Timestamp clock) {
  if (auto gone_on = go_on_without_running({entity::Fault::Code::internal, why}, clock); !gone_on)
    return std::unexpected(std::move(gone_on.error()));
  return take();
}

EntityEffects EntityCore::read_failed(const std::string& why, Timestamp clock) {
  if (auto gone_on = go_on_without_running({entity::Fault::Code::unavailable, why}, clock);
      !gone_on)
    return quarantine({entity::Fault::Code::internal, gone_on.error().message});
  return take();
}

Status EntityCore::go_on_without_running(entity::Fault fault, Timestamp clock) {
  while (true) {
    effects().asks.clear();
    effects().proposal.reset();
    if (running_) finish(fault);
    // A failed read has left the state alone; anything else may have left anything.
    if (fault.code == entity::Fault::Code::internal)
      if (auto loaded = load(); !loaded) return loaded;
    try {
      start_next(clock);
      return {};
    } catch (const storage::ReadFailed& next) {
      fault = {entity::Fault::Code::unavailable, next.what()};
    } catch (const std::exception& next) {  // the next in the queue is no better
      fault = {entity::Fault::Code::internal, next.what()};
    }
  }
}

EntityEffects EntityCore::quarantine(const entity::Fault& fault) {
  fail_all_waiting(fault);
  if (running_) finish(fault);
  return take();
}

std::expected<std::string, Rejection> EntityCore::answer(std::string_view query,
                                                         std::string_view body_json,
                                                         const Principal& by, Timestamp now) const {
  if (query == "claim_in_use" && !is_idle()) return reject("busy", "a command is running"_en);
  return state_->answer(query, body_json, by, now);
}

std::string EntityCore::trace() const {
  return running_ ? running_->envelope.command.trace : std::string{};
}

std::string EntityCore::position() const { return entity::position_text(shard_, header_.seq); }

}  // namespace mf::shard
