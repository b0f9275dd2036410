#include "bench/days/pure_node.hpp"

#include <stdexcept>

#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/shard/claim_commands.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "base/json.hpp"
#include "bench/days/plain_keys.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::ordered_json;

constexpr ShardId home = 0;
constexpr Duration patience = 20s;
/// Turns of one moment; beyond, something feeds itself.
constexpr std::size_t turns_max = 1'000'000;

void add_text(Json& line, const char* name, const std::string& text) {
  if (!text.empty()) line[name] = text;
}

}  // namespace

PureNode::PureNode(Timestamp begin, const work_order::WorkOrderPolicy& policy)
    : now_(begin),
      keys_(std::make_unique<PlainKeys>()),
      store_(1, "era-of-the-bench", storage::MemoryStore::Mode::queued),
      views_({.flush_every = Duration{0}}) {
  kinds_.add(work_order::make_work_order_kind(policy));
  kinds_.add(technician::make_technician_kind());
  kinds_.add(client::make_client_kind());
  kinds_.add(account::make_account_kind());
  kinds_.add(unique_name::make_unique_name_kind());
  kinds_.add(catalogue::make_catalogue_kind());
  kinds_.open_with(*keys_);
  core_ = std::make_unique<shard::ShardCore>(home, kinds_, *keys_, store_, 1, 1);
  auto recovered = core_->recover(now_);
  if (!recovered) throw std::runtime_error(recovered.error().message);
  handle(std::move(*recovered));
  settle();
}

PureNode::~PureNode() = default;

shard::EntityCore& PureNode::entity(const EntityRef& ref) {
  auto& core = entities_[ref];
  if (core) return *core;
  core = std::make_unique<shard::EntityCore>(kinds_.of(ref.kind), *keys_, store_, ref, home);
  if (auto loaded = core->load(); !loaded) throw std::runtime_error(loaded.error().message);
  return *core;
}

void PureNode::pass_until(Timestamp at) {
  while (true) {
    const auto wake = core_->wake_at();
    if (!wake || *wake > at) break;
    // What is due and stays so (it waits for something) is looked at again a little later.
    now_ = *wake > now_ ? *wake : now_ + 1ms;
    if (now_ > at) break;
    handle(core_->due(now_));
    settle();
  }
  now_ = std::max(now_, at);
}

entity::Reply PureNode::run(const EntityRef& target, std::string_view verb, std::string_view body,
                            const Principal& by, std::uint64_t version) {
  auto parsed = kinds_.of(target.kind).parse(verb, body);
  if (!parsed)
    throw std::runtime_error(std::string(verb) + ": " + parsed.error().front().field + " " +
                             parsed.error().front().detail.in_english());
  entity::Command command{.target = target, .body = std::move(*parsed), .by = by};
  command.id = blake2b_128({"bench", std::to_string(++commands_)});
  command.fingerprint = entity::fingerprint_of(command.body);
  command.deadline = now_ + patience;
  if (version > 0) command.expected_versions = {version};
  std::optional<entity::Reply> reply;
  send(std::move(command), [&](const shard::CommandReply& answer) { reply = answer.reply; });
  settle();
  if (!reply) throw std::runtime_error("nobody answered " + std::string(verb));
  return *reply;
}

void PureNode::yes(const EntityRef& target, std::string_view verb, std::string_view body,
                   const Principal& by) {
  const auto reply = run(target, verb, body, by);
  if (const auto* no = std::get_if<Rejection>(&reply))
    throw std::runtime_error(std::string(verb) + ": " + no->code + " " + no->detail.in_english());
  if (const auto* fault = std::get_if<entity::Fault>(&reply))
    throw std::runtime_error(std::string(verb) + ": " + fault->detail);
}

std::string PureNode::view(const EntityRef& target) {
  const auto& state = entity(target).state();
  return state->exists() ? state->view(Viewpoint::staff) : std::string();
}

std::shared_ptr<const entity::Entity> PureNode::state(const EntityRef& target) {
  return entity(target).state();
}
std::uint64_t PureNode::version(const EntityRef& target) { return entity(target).version(); }

std::string PureNode::status(const EntityRef& target) { return entity(target).state()->status(); }

void PureNode::open_board(const Id& zone) {
  const auto load = views_.begin_loading(zone, now_);
  if (!load || !views_.loaded(zone, *load, {})) throw std::runtime_error("no room for a board");
  views_.watch(zone);
}

views::BoardReply PureNode::board(const Id& zone) { return views_.snapshot(zone, now_); }

std::shared_ptr<const views::BoardDelta> PureNode::changes(const Id& zone) {
  for (auto& delta : views_.flush(now_))
    if (delta->zone == zone) return delta;
  return nullptr;
}

void PureNode::send(entity::Command command, Waiting waiting) {
  const auto tag = ++last_tag_;
  if (waiting) waiting_[tag] = std::move(waiting);
  queue_.push_back([this, tag, command = std::move(command)]() mutable {
    const auto ref = command.target;
    auto envelope = core_->envelope(std::move(command), shard::ToShard{home, tag}, now_);
    handle(ref, entity(ref).receive(std::move(envelope), now_));
  });
}

/// One thing after the other until nothing is left to do at this moment.
void PureNode::settle() {
  for (std::size_t turn = 0; turn < turns_max; ++turn) {
    if (!queue_.empty()) {
      const auto next = std::move(queue_.front());
      queue_.pop_front();
      next();
    } else if (is_committing_) {
      is_committing_ = false;
      handle(core_->finished(store_.complete(home, storage::MemoryStore::Fate::committed), now_));
    } else if (!proposals_.empty()) {
      handle(core_->propose(std::exchange(proposals_, {}), now_));
    } else {
      return;
    }
  }
  throw std::runtime_error("a moment that never ends");
}

void PureNode::handle(const EntityRef& ref, shard::EntityEffects effects) {
  for (auto& reply : effects.replies) {
    const auto waiting = waiting_.extract(std::get<shard::ToShard>(reply.to).tag);
    if (waiting) waiting.mapped()(reply);
  }
  for (const auto& one : effects.asks) ask(ref, one);
  for (const auto& release : effects.releases)
    if (auto command =
            shard::release_command(release, kinds_.of(release.target.kind), now_ + patience))
      send(std::move(*command));
  if (effects.proposal) proposals_.push_back(std::move(*effects.proposal));
}

void PureNode::ask(const EntityRef& from, const shard::Ask& ask) {
  const auto answered = [this, from](shard::AskAnswer answer) {
    queue_.push_back([this, from, answer = std::move(answer)] {
      handle(from, entity(from).answered(answer, now_));
    });
  };
  shard::AskAnswer answer{.ask = ask.id, .version = 0, .value = {}};
  if (ask.need.type == entity::Need::Type::fact) {
    const auto& asked = entity(ask.need.target);
    answer.version = asked.version();
    auto value = asked.answer(ask.need.verb, ask.need.body, Principal::system(), now_);
    if (value) answer.value = std::move(*value);
    else answer.value = std::move(value.error());
    return answered(std::move(answer));
  }
  auto command = shard::claim_command(ask, kinds_.of(ask.need.target.kind));
  if (!command) {
    answer.value = std::move(command.error());
    return answered(std::move(answer));
  }
  send(std::move(*command), [answer, answered](const shard::CommandReply& reply) mutable {
    if (const auto* outcome = std::get_if<entity::Outcome>(&reply.reply)) {
      answer.version = outcome->version;
      answer.value = reply.claim;
    } else if (const auto* no = std::get_if<Rejection>(&reply.reply)) {
      answer.value = *no;
    } else {
      answer.value = std::get<entity::Fault>(reply.reply);
    }
    answered(std::move(answer));
  });
}

void PureNode::handle(shard::ShardEffects effects) {
  if (effects.batch) note(*effects.batch);
  for (const auto& result : effects.results) {
    auto& core = entity(result.entity);
    handle(result.entity, result.committed ? core.committed(result.seq, now_)
                                           : core.commit_failed(result.why, now_));
  }
  if (effects.commit) {
    store_.commit(std::move(*effects.commit));
    is_committing_ = true;
  }
  for (auto& dispatch : effects.dispatches)
    send(std::move(dispatch.command),
         [this, ticket = dispatch.ticket](const shard::CommandReply& reply) {
           queue_.push_back([this, ticket, answer = reply.reply] {
             handle(core_->answered(ticket, answer, now_));
           });
         });
  for (const auto& alarm : effects.alarms) alarms_.push_back(alarm.id + ": " + alarm.detail);
}

void PureNode::note(const shard::CommittedBatch& batch) {
  views_.apply(batch);
  for (const auto& change : batch.changes)
    for (const auto& event : change.events) {
      Json line{{"id", event.id},
                {"type", event.body.type},
                {"schema", event.body.schema},
                {"entity", std::string(to_string(event.entity.kind)) + "/" + event.entity.id},
                {"version", event.version},
                {"recorded_at", format_rfc3339(event.recorded_at)}};
      add_text(line, "principal", event.principal);
      add_text(line, "role", event.role);
      add_text(line, "on_behalf_of", event.on_behalf_of);
      add_text(line, "justification", event.justification);
      line["occurred_at"] = format_rfc3339(event.occurred_at);
      line["data"] = parse_ordered_json(event.body.json);
      events_.push_back(to_text(line));
    }
}

}  // namespace mf::bench
