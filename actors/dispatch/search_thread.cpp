// The thread rests as long as it has searched: on a small machine it never takes more than half of
// a processor, whatever the scheduler does with its priority.
#include "actors/dispatch/search_thread.hpp"

#include <sys/resource.h>

#include <chrono>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

/// Of a small part more than these win nothing any more.
constexpr std::uint64_t iterations_max = 5'000;

double seconds_since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

}  // namespace

SearchThread::SearchThread(Duration time, std::function<void(Answer)> tell)
    : time_(time), tell_(std::move(tell)) {
  if (time_ > Duration{0}) thread_ = std::thread([this] { loop(); });
}

void SearchThread::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    rang_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SearchThread::begin(Id zone, std::shared_ptr<const SearchTask> task) {
  const std::scoped_lock lock(mutex_);
  wanted_.push_back({std::move(zone), std::move(task)});
  rang_.notify_all();
}

std::optional<SearchThread::Wanted> SearchThread::next() {
  std::unique_lock lock(mutex_);
  rang_.wait(lock, [this] { return is_stopped() || !wanted_.empty(); });
  if (is_stopped()) return {};
  auto wanted = std::move(wanted_.front());
  wanted_.pop_front();
  return wanted;
}

void SearchThread::loop() {
  name_thread("search");
  // On Linux who = 0 is the calling thread alone. Refused: then it is as any other.
  if (setpriority(PRIO_PROCESS, 0, 19) != 0)
    log::warn(log::dispatch, "search-priority", {{"why", "not permitted"}});
  auto& times = metrics::histogram("microflow_dispatch_search_seconds",
                                   "A search for a better plan of a part of a zone",
                                   metrics::latency_buckets());
  while (auto wanted = next()) {
    const auto begin = Steady::now();
    Answer answer{std::move(wanted->zone), std::move(wanted->task), {}};
    static_cast<void>(guarded("search", [&] {
      answer.found = search(*answer.task, {.iterations = iterations_max,
                                           .time = static_cast<double>(time_.count()) / 1000,
                                           .clock = [&] { return seconds_since(begin); },
                                           .is_cancelled = [this] { return is_stopped(); }});
    }));
    const auto took = seconds_since(begin);
    times.observe(took);
    metrics::counter("microflow_dispatch_searches_total", "Searches, and what they found",
                     {{"found", answer.found.empty() ? "nothing" : "better"}})
        .add();
    tell_(std::move(answer));
    std::unique_lock lock(mutex_);
    rang_.wait_for(lock, std::chrono::duration<double>(took), [this] { return is_stopped(); });
  }
}

}  // namespace mf::dispatch
