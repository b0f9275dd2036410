#include "actors/host/shards_actor.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/owned_shard.hpp"

namespace mf::host {
namespace {

class ShardsActor : public ActorBase {
 public:
  ShardsActor(caf::actor_config& config, Host* host, std::size_t first, std::size_t of)
      : ActorBase(config), host_(*host), of_(of) {
    for (auto shard = first; shard < host_.store.shard_count(); shard += of)
      shards_.push_back(std::make_unique<OwnedShard>(host_, static_cast<ShardId>(shard), outbox_));
  }

  ~ShardsActor() override { const Turn end(*this); }

  const char* name() const override { return "shards"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    return {[this](ShardMailsPtr& mails) {
      const Turn turn(*this);
      for (auto& mail : *mails) {
        auto& shard = *shards_[mail.shard / of_];
        shard.take(mail.work);
        touched_.push_back(&shard);
      }
      for (auto* shard : touched_) shard->end_turn();
      try {
        send_out();
      } catch (const std::exception& e) {
        for (auto* shard : touched_) shard->give_up(e.what());
        outbox_ = {};
      }
      touched_.clear();
      if (std::ranges::all_of(shards_, &OwnedShard::has_stopped)) quit();
    }};
  }

 private:
  void send_out() {
    if (!outbox_.commits.empty()) commit();
    if (!outbox_.batches.empty()) host_.publish(std::exchange(outbox_.batches, {}));
    outbox_.replies.post();
    if (!outbox_.mails.empty()) host_.send(std::exchange(outbox_.mails, {}));
    for (auto& [wait, mail] : std::exchange(outbox_.later, {})) {
      auto mails = std::make_shared<std::vector<ShardMail>>();
      mails->push_back(std::move(mail));
      delayed_send(this, wait, std::move(mails));
    }
  }

  void commit() {
    std::vector<ShardId> of;
    of.reserve(outbox_.commits.size());
    for (const auto& commit : outbox_.commits) of.push_back(commit.batch.shard);
    try {
      host_.store.commit_all(std::exchange(outbox_.commits, {}));
    } catch (const std::exception& e) {
      for (const auto shard : of) shards_[shard / of_]->lose_commits(e.what());
    }
  }

  Host& host_;
  const std::size_t of_;
  std::vector<std::unique_ptr<OwnedShard>> shards_;
  std::vector<OwnedShard*> touched_;  ///< in this turn; some more than once
  Outbox outbox_;
};

}  // namespace

caf::actor spawn_shards(caf::actor_system& system, Host& host, std::size_t first, std::size_t of) {
  return system.spawn<ShardsActor>(&host, first, of);
}

}  // namespace mf::host
