#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mf::gateway::auth {

/// Hashes passwords beside the I/O threads: a few at once, a bounded number waiting. Who has logged
/// in from there before goes first; when too many wait, the newest of the busiest place is shed, so
/// that a few addresses can't keep everybody else out.
class PasswordPool {
 public:
  explicit PasswordPool(std::size_t waiting_max, int threads = 2);
  ~PasswordPool();
  struct Caller {
    std::string place;       ///< address prefix
    bool is_proven = false;  ///< it had a good login lately
  };
  enum class Turn : std::uint8_t { run, shed };
  /// Called once, unless stop() comes first: on the pool with `run`, or, when it must not wait any
  /// longer, with `shed` on any thread (also inside run(), for the job given there).
  using Job = std::move_only_function<void(Turn)>;
  void run(Caller caller, Job job);
  /// Waits for running jobs and drops waiting ones, here: what they hold must not be in use on
  /// another thread any more. Idempotent.
  void stop();

 private:
  struct Waiting {
    Caller caller;
    Job job;
  };
  void work();
  /// Takes the newest of the busiest place out of the strangers' queue.
  Waiting shed_one();
  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> proven_, strangers_;
  bool is_stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mf::gateway::auth
