#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace mf::host {

/// One thread for reads that may block on the disk (lists, timelines, the loading of views), so
/// that they hold up no actor. Jobs run in order.
class ReaderThread {
 public:
  using Job = std::move_only_function<void()>;

  ReaderThread(std::string name, std::size_t jobs_max);
  ~ReaderThread();

  /// False, and nothing happens, when `jobs_max` jobs are waiting or the thread was stopped.
  [[nodiscard]] bool run(Job job);
  /// Finishes the waiting jobs. Idempotent.
  void stop();

 private:
  void loop();

  const std::string name_;
  const std::size_t jobs_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace mf::host
