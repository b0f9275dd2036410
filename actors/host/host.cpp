#include "actors/host/host.hpp"

#include <algorithm>

#include <caf/send.hpp>

#include "actors/host/caf_types.hpp"

namespace mf::host {

void Host::send(ShardId shard, ShardWork work) const {
  auto mails = std::make_shared<std::vector<ShardMail>>();
  mails->push_back({shard, std::move(work)});
  caf::anon_send(owner_of(shard), std::move(mails));
}

void Host::send(std::vector<ShardMail> mails) const {
  std::vector<ShardMailsPtr> by_owner(owners.size());
  for (auto& mail : mails) {
    auto& of_owner = by_owner[mail.shard % owners.size()];
    if (!of_owner) of_owner = std::make_shared<std::vector<ShardMail>>();
    of_owner->push_back(std::move(mail));
  }
  for (std::size_t i = 0; i < owners.size(); ++i)
    if (by_owner[i]) caf::anon_send(owners[i], std::move(by_owner[i]));
}

void Host::post(Sink& sink, std::uint64_t tag, Answered answer) {
  std::vector<TaggedAnswer> answers;
  answers.push_back({tag, std::move(answer)});
  sink.post(std::move(answers));
}

void Host::publish(const Batches& batches) const {
  if (on_batches) on_batches(batches);
  const std::scoped_lock lock(followers_mutex_);
  for (const auto& batch : batches)
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
