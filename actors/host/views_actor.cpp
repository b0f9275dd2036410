#include "actors/host/views_actor.hpp"

#include <map>
#include <numeric>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include "actors/host/actor_base.hpp"
#include "actors/host/caf_types.hpp"
#include "actors/host/wake_up.hpp"
#include "actors/views/boards/zone_view.hpp"
#include "base/log.hpp"

namespace mf::host {
namespace {

constexpr Duration forget_every = std::chrono::minutes(1);

const entity::Fault too_many_zones{entity::Fault::Code::overloaded, "too many zones are looked at",
                                   Duration{5000}};
const entity::Fault too_many_loads{entity::Fault::Code::overloaded, "too much is being read",
                                   Duration{1000}};
const entity::Fault not_loaded{entity::Fault::Code::unavailable,
                               "the disk refused to read it; try again", Duration{2000}};

std::vector<ShardId> all_shards(std::uint16_t count) {
  std::vector<ShardId> shards(count);
  std::iota(shards.begin(), shards.end(), ShardId{0});
  return shards;
}

class ViewsActor : public ActorBase {
 public:
  ViewsActor(caf::actor_config& config, Host* host, ViewFeed* feed, ReaderThread* reader)
      : ActorBase(config),
        host_(*host),
        feed_(*feed),
        reader_(*reader),
        shards_(all_shards(host->store.shard_count())) {}

  ~ViewsActor() override { const Turn end(*this); }

  const char* name() const override { return "views"; }

  caf::behavior make_behavior() override {
    const Turn begin(*this);
    delayed_send(this, forget_every, std::make_shared<ViewsMail>(ViewsMail{SweepMail{}}));
    return {[this](ViewsMailPtr& mail) {
      const Turn turn(*this);
      try {
        std::visit([this](auto& what) { on(what); }, mail->what);
      } catch (const std::exception& e) {
        // What is kept may be half of a change: it is loaded again.
        host_.figures.alarm("views-step-failed");
        log::error(log::live, "views-step-failed", {{"why", e.what()}});
        begin_anew();
      }
      set_wake();
    }};
  }

 private:
  struct Asker {
    std::uint64_t tag = 0;
    Sink* sink = nullptr;
    Door::Pass pass;
  };

  void on(BatchesMail& mail) {
    for (const auto& item : mail.batches) feed_.taken_out(item.bytes);
    for (const auto& item : mail.batches) zones_.apply(*item.batch);
  }

  void on(LossMail&) {
    host_.figures.view_lost();
    log::error(log::live, "views-fell-behind", {{"zones", zones_.zones()}});
    begin_anew();
  }

  /// Of what was kept nothing counts any more. Whoever watches hears it and asks again.
  void begin_anew() {
    for (const auto& [zone, sinks] : watchers_) {
      if (zones_.state(zone) != views::ZoneViews::State::ready) continue;
      auto lost = std::make_shared<views::BoardDelta>();
      lost->zone = zone;
      lost->is_lost = true;
      for (const auto& [watcher, count] : sinks) watcher.first->post(lost);
    }
    zones_.drop_all();
    feed_.begin_anew();
    // Loads that are under way began too early to be followed.
    std::vector<Id> asked_for;
    asked_for.reserve(askers_.size());
    for (const auto& [zone, askers] : askers_) asked_for.push_back(zone);
    for (const auto& zone : asked_for) load(zone);
  }

  void on(BoardMail& mail) {
    if (!host_.catalogue.get()->zone_ids.contains(mail.zone))
      return Host::post(*mail.sink, mail.tag,
                        views::BoardReply{.counts = "{}", .no = hide().error()});
    if (zones_.state(mail.zone) == views::ZoneViews::State::ready)
      return Host::post(*mail.sink, mail.tag, zones_.snapshot(mail.zone, now()));
    askers_[mail.zone].push_back({mail.tag, mail.sink, std::move(mail.pass)});
    if (zones_.state(mail.zone) == views::ZoneViews::State::absent) load(mail.zone);
  }

  void load(const Id& zone) {
    feed_.is_wanted = true;
    const auto load = zones_.begin_loading(zone, now());
    if (!load) return refuse(zone, too_many_zones);
    const bool is_queued = reader_.run([this, zone, load = *load, back = handle()] {
      ZoneLoadedMail mail{zone, load, std::unexpected("")};
      try {
        mail.zone_or_why =
            views::load_zone(host_.store, host_.kinds, shards_, zone, views::Limits{}.rows_max);
      } catch (const std::exception& e) {
        mail.zone_or_why = std::unexpected(std::string(e.what()));
      }
      caf::anon_send(back, std::make_shared<ViewsMail>(ViewsMail{std::move(mail)}));
    });
    if (is_queued) return;
    zones_.drop(zone);
    refuse(zone, too_many_loads);
  }

  void on(ZoneLoadedMail& mail) {
    if (!mail.zone_or_why) {
      if (zones_.is_loading(mail.zone, mail.load)) {
        log::error(log::live, "board-not-loaded",
                   {{"zone", mail.zone}, {"why", mail.zone_or_why.error()}});
        zones_.drop(mail.zone);
        refuse(mail.zone, not_loaded);
      }
      return;
    }
    if (!zones_.loaded(mail.zone, mail.load, std::move(*mail.zone_or_why))) return;
    const auto board = zones_.snapshot(mail.zone, now());
    feed_.left_out = zones_.left_out();
    if (board.left_out > 0)
      log::warn(log::live, "board-incomplete", {{"zone", mail.zone}, {"left_out", board.left_out}});
    for (const auto& asker : take_askers(mail.zone)) Host::post(*asker.sink, asker.tag, board);
  }

  void refuse(const Id& zone, const entity::Fault& fault) {
    for (const auto& asker : take_askers(zone))
      Host::post(*asker.sink, asker.tag, views::BoardReply{.counts = "{}", .fault = fault});
  }

  [[nodiscard]] std::vector<Asker> take_askers(const Id& zone) {
    auto found = askers_.extract(zone);
    return found ? std::move(found.mapped()) : std::vector<Asker>{};
  }

  void on(WatchMail& mail) {
    auto& watchers = watchers_[mail.zone];
    const Watcher watcher{mail.sink, mail.pace};
    if (mail.watch) {
      if (watchers[watcher]++ == 0) zones_.watch(mail.zone, mail.pace);
    } else if (const auto found = watchers.find(watcher);
               found != watchers.end() && --found->second == 0) {
      watchers.erase(found);
      zones_.unwatch(mail.zone, now(), mail.pace);
    }
    if (watchers.empty()) watchers_.erase(mail.zone);
  }

  void on(ProposalsMail& mail) {
    std::vector<views::BoardRow> rows;
    for (const auto& proposal : mail.proposals)
      rows.push_back({proposal->id, proposal->version,
                      std::make_shared<const std::string>(views::row_of(*proposal))});
    zones_.propose(mail.zone, rows);
  }

  void on(WakeMail& mail) {
    if (mail.at && !wake_up_.arrived(mail.at)) return;
    const auto now = this->now();
    wake_up_.looks(now);
    for (const auto pace : {views::Pace::prompt, views::Pace::screens})
      for (const auto& delta : zones_.flush(now, pace))
        for (const auto& [watcher, count] : watchers_[delta->zone])
          if (watcher.second == pace) watcher.first->post(delta);
  }

  void on(SweepMail&) {
    zones_.sweep(now());
    feed_.is_wanted = zones_.zones() > 0;
    feed_.left_out = zones_.left_out();
    delayed_send(this, forget_every, std::make_shared<ViewsMail>(ViewsMail{SweepMail{}}));
  }

  void on(StopMail&) { quit(); }

  [[nodiscard]] Timestamp now() const { return host_.clock.now(); }
  [[nodiscard]] caf::actor handle() { return caf::actor_cast<caf::actor>(this); }

  void set_wake() {
    if (const auto wait = wake_up_.set(zones_.next_flush(), now()))
      delayed_send(this, *wait,
                   std::make_shared<ViewsMail>(ViewsMail{WakeMail{wake_up_.set_for()}}));
  }

  Host& host_;
  ViewFeed& feed_;
  ReaderThread& reader_;
  const std::vector<ShardId> shards_;
  views::ZoneViews zones_;
  std::map<Id, std::vector<Asker>> askers_;  ///< wait for their zone
  using Watcher = std::pair<Sink*, views::Pace>;
  std::map<Id, std::map<Watcher, int>> watchers_;
  WakeUp wake_up_;
};

}  // namespace

caf::actor spawn_views(caf::actor_system& system, Host& host, ViewFeed& feed,
                       ReaderThread& reader) {
  return system.spawn<ViewsActor>(&host, &feed, &reader);
}

}  // namespace mf::host
