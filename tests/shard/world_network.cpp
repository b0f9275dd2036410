// How messages travel between people, entities and shards.
#include "tests/shard/world_parts.hpp"

namespace mf::sim {

Duration World::delay() {
  if (is_calm_) return random_.between(1ms, 3ms);
  if (random_.chance(25)) return random_.between(500ms, 5s);
  return random_.between(1ms, 30ms);
}

/// First-in-first-out per sender and target within one process life; a duplicate comes whenever.
void World::transmit(int from, const EntityRef& to, const std::function<void(int)>& deliver) {
  const auto shard = shard_of(to, shard_count);
  // Routing tables lag behind.
  const auto process = !is_calm_ && random_.chance(150) ? previous_[shard] : owner_[shard];
  const auto arrive = [=, this] {
    if (process >= 0 && shard_at(process, shard)) deliver(process);
  };
  const bool is_dropped = !is_calm_ && random_.chance(25);
  const bool is_doubled = !is_calm_ && random_.chance(25);
  if (is_doubled) at(now_ + delay(), arrive);
  if (is_dropped) return;
  auto when = now_ + delay();
  if (from >= 0) {
    auto& last = lanes_[{from, to}];
    when = last = std::max(last, when);
  }
  at(when, arrive);
}

void World::transmit_back(std::function<void()> deliver) {
  if (!is_calm_ && random_.chance(25)) return;
  if (!is_calm_ && random_.chance(25)) after(delay(), deliver);
  after(delay(), std::move(deliver));
}

void World::send(int from, const Command& command, const Return& back) {
  checker_.sent(command);
  // A duplicate of the network is a copy too; counting one more than there are is harmless.
  if (!is_calm_) checker_.sent(command);
  // A deadline travels as what is left of it: clocks differ.
  const auto left = command.deadline - (from < 0 ? now_ : clock(from));
  transmit(from, command.target, [=, this, expires = now_ + left](int process) {
    auto arrived = command;
    arrived.deadline = clock(process) + (expires - now_);
    auto to = back;
    to.expires = expires;
    receive(process, arrived, std::move(to));
  });
}

void World::receive(int process, const Command& command, Return back) {
  const auto shard = shard_of(command.target, shard_count);
  back.command = command;
  back.is_open = true;
  back.at = process;
  returns_.push_back(std::move(back));
  const ReplyTo to = ToShard{0, returns_.size() - 1};
  step(process, command.target, [&](EntityCore& core) {
    auto envelope = shard_at(process, shard)->core.envelope(command, to, clock(process));
    return core.receive(std::move(envelope), clock(process));
  });
}

void World::reply(int process, ShardId shard, const CommandReply& r) {
  const auto address = std::get<ToShard>(r.to).tag;
  auto& back = returns_[address];
  if (!back.is_open) return checker_.violated("answered twice: " + back.command.body.verb);
  back.is_open = false;
  checker_.replied(back.command, r.reply);
  // What no commit of its own proves, a replaced owner must not tell other entities.
  const bool is_proved = std::holds_alternative<Outcome>(r.reply);
  if (!is_proved && back.type != Return::Type::client && !is_owner(process, shard) &&
      !mutations_.replaced_owner_answers)
    return;
  switch (back.type) {
    case Return::Type::nobody: return;
    case Return::Type::client:
      return transmit_back([=, this, said = r.reply] { heard(returns_[address].number, said); });
    case Return::Type::dispatch:
      return transmit_back([=, this, said = r.reply] {
        const auto to = returns_[address];
        step(to.process, to.shard,
             [&](ShardCore& core) { return core.answered(to.number, said, clock(to.process)); });
      });
    case Return::Type::ask: break;
  }
  AskAnswer answer{back.number, 0, {}};
  if (const auto* yes = std::get_if<Outcome>(&r.reply)) {
    answer.version = yes->version;
    answer.value = r.claim;
  } else if (const auto* no = std::get_if<Rejection>(&r.reply)) {
    answer.value = *no;
  } else {
    answer.value = std::get<Fault>(r.reply);
  }
  answer_ask(back, std::move(answer));
}

void World::answer_ask(const Return& to, AskAnswer answer) {
  transmit_back([=, this] {
    auto* host = shard_at(to.process, to.shard);
    if (!host || !host->entities.contains(to.entity)) return;
    step(to.process, to.entity,
         [&](EntityCore& core) { return core.answered(answer, clock(to.process)); });
  });
}

}  // namespace mf::sim
