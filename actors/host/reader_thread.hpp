#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace mf::host {

/// One thread for reads that may block on the disk (lists, timelines), so that they hold up no
/// actor. Jobs run in order.
class ReaderThread {
 public:
  explicit ReaderThread(std::size_t jobs_max);
  ~ReaderThread();

  /// False, and nothing happens, when `jobs_max` jobs are waiting or the thread was stopped.
  [[nodiscard]] bool run(std::function<void()> job);
  /// Finishes the waiting jobs. Idempotent.
  void stop();

 private:
  void loop();

  const std::size_t jobs_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace mf::host
