#include "actors/host/host.hpp"

#include <algorithm>

#include <caf/send.hpp>

#include "actors/host/caf_types.hpp"

namespace mf::host {

void Host::send(ShardId shard, ShardMail mail) const {
  caf::anon_send(shards[shard], std::make_shared<ShardMail>(std::move(mail)));
}

void Host::post(Sink& sink, std::uint64_t tag, Answered answer) {
  std::vector<TaggedAnswer> answers;
  answers.push_back({tag, std::move(answer)});
  sink.post(std::move(answers));
}

void Host::reply(shard::CommandReply reply, ReplyBatch& batch) {
  if (const auto* to = std::get_if<shard::ToShard>(&reply.to)) {
    send(to->shard, {AnsweredMail{to->tag, std::move(reply.reply), std::move(reply.claim)}});
  } else if (const auto* to = std::get_if<shard::ToSink>(&reply.to)) {
    commands.leave(to->bytes);
    batch.add(*to->sink, {to->tag, std::move(reply.reply)});
  }
}

void Host::answer_fact(const shard::ToShard& to, std::uint64_t version,
                       std::expected<std::string, Rejection> value) const {
  shard::AskAnswer answer{.version = version};
  if (value) {
    answer.value = std::move(*value);
  } else {
    answer.value = std::move(value.error());
  }
  send(to.shard, {FactAnsweredMail{to.tag, std::move(answer)}});
}

void Host::fail_fact(const shard::ToShard& to, std::string why) const {
  const shard::AskAnswer answer{
      .value = entity::Fault{entity::Fault::Code::unavailable, std::move(why)}};
  send(to.shard, {FactAnsweredMail{to.tag, answer}});
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
