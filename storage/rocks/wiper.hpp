#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "storage/rocks/database.hpp"

namespace mf::storage {

/// Makes what was deleted of somebody erased leave the files, too: a deleted row stays readable in
/// the log and in tables until they are rewritten. One thread, one entity after the other. What is
/// still to be done stands in `meta` (keys::to_wipe), so that an end of the process loses nothing.
/// What fails is tried again, after growing pauses.
class Wiper {
 public:
  /// Goes on with what the last process left. `database` outlives it.
  explicit Wiper(Database& database);
  ~Wiper();  ///< what is not done waits for the next start
  Wiper(const Wiper&) = delete;

  /// The row keys::to_wipe(state_key) is durable. Any thread; never waits.
  void wipe(const std::string& state_key);

 private:
  void run();
  [[nodiscard]] Status rewrite(const std::string& state_key);
  [[nodiscard]] std::set<std::string> left() const;

  Database& database_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> waiting_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace mf::storage
