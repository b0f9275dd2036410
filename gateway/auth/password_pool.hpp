#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mf::gateway::auth {

/// Hashes passwords beside the I/O threads: at most two at once, a bounded number waiting.
class PasswordPool {
 public:
  explicit PasswordPool(std::size_t waiting_max, int threads = 2);
  ~PasswordPool();
  using Job = std::move_only_function<void()>;
  /// False when too many wait already; the job is then not run. Jobs post their result themselves.
  [[nodiscard]] bool run(Job job);
  /// Waits for running jobs and drops waiting ones, here: what they hold must not be in use on
  /// another thread any more. Idempotent.
  void stop();

 private:
  void work();
  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool is_stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mf::gateway::auth
