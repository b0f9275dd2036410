#include "actors/dispatch/road_asker.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// How soon a wish is noticed, and how long a service that failed is let alone: doubled each time.
constexpr auto look_every = 100ms;
constexpr Duration rest_min = 1s, rest_max = 60s;

}  // namespace

class RoadAsker::Impl {
 public:
  Impl(std::shared_ptr<RoadCache> cache, std::unique_ptr<RoadService> service)
      : cache_(std::move(cache)), service_(std::move(service)), thread_([this] { loop(); }) {}
  ~Impl() {
    {
      const std::scoped_lock lock(mutex_);
      is_stopped_ = true;
    }
    stopped_.notify_all();
    thread_.join();
  }

 private:
  void loop() {
    name_thread("roads");
    while (!wait(look_every)) {
      bool has_asked = true;
      while (has_asked && !wait(0ms))
        if (!guarded("roads", [&] { has_asked = ask(); })) break;
    }
  }

  /// True once it is to end.
  bool wait(Duration time) {
    std::unique_lock lock(mutex_);
    return stopped_.wait_for(lock, time, [this] { return is_stopped_; });
  }

  /// False: there was nothing to ask, or the service is let alone for a while.
  bool ask() {
    const auto question = cache_->next();
    if (!question) return false;
    auto text = service_->get(table_target(*question));
    auto legs = text ? read_table(*text, *question)
                     : Result<std::vector<planning::Leg>>(std::unexpected(std::move(text.error())));
    count(legs ? "answered" : "failed");
    if (!legs) {
      cache_->fail();
      if (rest_ == Duration{0})
        log::warn(log::dispatch, "road-service-lost", {{"why", legs.error().message}});
      up_.set(0);
      rest_ = std::clamp(rest_ * 2, rest_min, rest_max);
      static_cast<void>(wait(rest_));
      return false;
    }
    cache_->answer(*question, *legs);
    if (rest_ > Duration{0}) log::info(log::dispatch, "road-service-back", {});
    rest_ = Duration{0};
    up_.set(1);
    known_.set(static_cast<double>(cache_->size()));
    return true;
  }

  static void count(const char* outcome) {
    metrics::counter("microflow_travel_questions_total", "Tables asked of the road service",
                     {{"outcome", outcome}})
        .add();
  }

  std::shared_ptr<RoadCache> cache_;
  std::unique_ptr<RoadService> service_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool is_stopped_ = false;
  Duration rest_{0};
  metrics::Gauge& up_ = metrics::gauge(
      "microflow_travel_service_up", "1: the road service answers; 0: the great circle stands in");
  metrics::Gauge& known_ =
      metrics::gauge("microflow_travel_legs", "Legs that the road service has told");
  std::thread thread_;  // the last one: it uses the others
};

RoadAsker::RoadAsker(std::shared_ptr<RoadCache> cache, std::unique_ptr<RoadService> service)
    : impl_(std::make_unique<Impl>(std::move(cache), std::move(service))) {}
RoadAsker::~RoadAsker() = default;

}  // namespace mf::dispatch
