#pragma once
// Spare time, alive: one thread for the searches of all zones, which gives way to whoever else
// wants the processor.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "actors/dispatch/search.hpp"

namespace mf::dispatch {

class SearchThread {
 public:
  struct Answer {
    Id zone;
    std::shared_ptr<const SearchTask> task;
    std::vector<Exchange> found;
  };
  /// `tell` is called on the thread. A search takes `time` at most; 0: there is no thread, and
  /// nothing is ever begun.
  SearchThread(Duration time, std::function<void(Answer)> tell);
  ~SearchThread() { stop(); }
  SearchThread(const SearchThread&) = delete;
  SearchThread& operator=(const SearchThread&) = delete;

  /// Searched when those before it are. A failed search finds nothing.
  void begin(Id zone, std::shared_ptr<const SearchTask> task);
  /// Ends the search under way, and the thread. Idempotent.
  void stop();

 private:
  struct Wanted {
    Id zone;
    std::shared_ptr<const SearchTask> task;
  };
  void loop();
  [[nodiscard]] std::optional<Wanted> next();
  [[nodiscard]] bool is_stopped() const { return is_stopped_.load(std::memory_order_relaxed); }

  const Duration time_;
  const std::function<void(Answer)> tell_;
  std::mutex mutex_;
  std::condition_variable rang_;
  std::deque<Wanted> wanted_;
  std::atomic<bool> is_stopped_ = false;
  std::thread thread_;  // the last one: it uses the others
};

}  // namespace mf::dispatch
