#include "actors/host/host.hpp"

#include <algorithm>

#include <caf/send.hpp>

#include "actors/host/caf_types.hpp"

namespace mf::host {

void Host::send(ShardId shard, ShardMail mail) const {
  caf::anon_send(shards[shard], std::make_shared<ShardMail>(std::move(mail)));
}

void Host::reply(shard::CommandReply reply) {
  if (reply.to.address == 0) return;
  if (is_shard(reply.to.address)) {
    send(static_cast<ShardId>(reply.to.address - 1),
         {AnsweredMail{reply.to.tag, std::move(reply.reply), std::move(reply.claim)}});
    return;
  }
  queued_commands.fetch_sub(1, std::memory_order_relaxed);
  std::vector<TaggedAnswer> answers;
  answers.push_back({reply.to.tag, std::move(reply.reply)});
  // NOLINTNEXTLINE(performance-no-int-to-ptr): dispatch() made the address of this sink
  reinterpret_cast<Sink*>(reply.to.address)->post(std::move(answers));
}

void Host::answer_fact(const shard::ReplyTo& to, std::uint64_t version,
                       std::expected<std::string, Rejection> value) const {
  shard::AskAnswer answer{.version = version};
  if (value) {
    answer.value = std::move(*value);
  } else {
    answer.value = std::move(value.error());
  }
  send(static_cast<ShardId>(to.address - 1), {FactAnsweredMail{to.tag, std::move(answer)}});
}

void Host::fail_fact(const shard::ReplyTo& to, std::string why) const {
  const shard::AskAnswer answer{
      .value = entity::Fault{entity::Fault::Code::unavailable, std::move(why)}};
  send(static_cast<ShardId>(to.address - 1), {FactAnsweredMail{to.tag, answer}});
}

void Host::publish(const std::shared_ptr<const shard::CommittedBatch>& batch) const {
  if (on_batch) on_batch(batch);
  const std::scoped_lock lock(followers_mutex_);
  for (auto* sink : followers_) sink->post(batch);
}

void Host::add_follower(Sink& sink) {
  const std::scoped_lock lock(followers_mutex_);
  followers_.push_back(&sink);
}

void Host::remove_follower(Sink& sink) {
  const std::scoped_lock lock(followers_mutex_);
  std::erase(followers_, &sink);
}

}  // namespace mf::host
