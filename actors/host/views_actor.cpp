#include "actors/host/views_actor.hpp"

#include <map>
#include <numeric>
#include <utility>

#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/wake_up.hpp"
#include "actors/views/boards/zone_view.hpp"
#include "actors/views/catalogue_view.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

std::vector<ShardId> all_shards(std::uint16_t count) {
  std::vector<ShardId> shards(count);
  std::iota(shards.begin(), shards.end(), ShardId{0});
  return shards;
}

class ViewsActor : public ActorBase {
 public:
  ViewsActor(caf::actor_config& config, Host* host, CatalogueSlot* slot)
      : ActorBase(config),
        host_(*host),
        slot_(*slot),
        views_(host->store, host->kinds, all_shards(host->store.shard_count())) {}

  ~ViewsActor() override { const Turn end(*this); }

  const char* name() const override { return "views"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    slot_.set(views::load_catalogue(host_.store, host_.kinds, host_.store.shard_count()));
    return {[this](ViewsMailPtr& mail) {
      const Turn turn(*this);
      try {
        std::visit([this](auto& what) { on(what); }, mail->what);
      } catch (const std::exception& e) {
        log::error(log::live, "views-step-failed", {{"why", e.what()}});
      }
      set_wake();
    }};
  }

 private:
  void on(const std::shared_ptr<const shard::CommittedBatch>& batch) {
    if (auto catalogue = views::catalogue_after(*batch, slot_.get()->version))
      slot_.set(std::move(catalogue));
    views_.apply(*batch);
  }

  void on(BoardMail& mail) { post(*mail.sink, mail.tag, views_.snapshot(mail.zone)); }

  void on(CandidatesMail& mail) {
    post(*mail.sink, mail.tag, views_.candidates(mail.order, mail.by, host_.clock.now()));
  }

  void on(WatchMail& mail) {
    auto& watchers = watchers_[mail.zone];
    if (mail.watch) {
      if (watchers[mail.sink]++ == 0) views_.watch(mail.zone);
    } else if (const auto found = watchers.find(mail.sink);
               found != watchers.end() && --found->second == 0) {
      watchers.erase(found);
      views_.unwatch(mail.zone);
    }
  }

  void on(WakeMail& mail) {
    if (mail.at && !wake_up_.arrived(mail.at)) return;
    const auto now = host_.clock.now();
    wake_up_.looks(now);
    for (const auto& delta : views_.flush(now))
      for (const auto& [sink, count] : watchers_[delta->zone]) sink->post(delta);
  }

  void on(StopMail&) { quit(); }

  static void post(Sink& sink, std::uint64_t tag, Answered answer) {
    std::vector<TaggedAnswer> answers;
    answers.push_back({tag, std::move(answer)});
    sink.post(std::move(answers));
  }

  void set_wake() {
    if (const auto wait = wake_up_.set(views_.next_flush(), host_.clock.now()))
      delayed_send(this, *wait,
                   std::make_shared<ViewsMail>(ViewsMail{WakeMail{wake_up_.set_for()}}));
  }

  Host& host_;
  CatalogueSlot& slot_;
  views::ZoneViews views_;
  std::map<Id, std::map<Sink*, int>> watchers_;
  WakeUp wake_up_;
};

}  // namespace

caf::actor spawn_views(caf::actor_system& system, Host& host, CatalogueSlot& slot) {
  return system.spawn<ViewsActor>(&host, &slot);
}

}  // namespace mf::host
