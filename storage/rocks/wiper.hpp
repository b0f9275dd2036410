#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "storage/disk_guard.hpp"
#include "storage/rocks/database.hpp"

namespace mf::storage {

/// A range of keys, both ends within.
struct KeyRange {
  std::string begin, end;
  auto operator<=>(const KeyRange&) const = default;
};
/// The fewest ranges that can be rewritten one after the other without rewriting a table twice:
/// those that overlap are one, and so are those that lie in the same table.
[[nodiscard]] std::vector<KeyRange> joined(std::vector<KeyRange> ranges,
                                           const std::vector<KeyRange>& tables);

/// Makes what was deleted of somebody erased leave the files, too: a deleted row stays readable in
/// the log and in tables until they are rewritten. One thread; all that waits is rewritten
/// together, no table twice. What is still to be done stands in `meta` (keys::to_wipe), so that an
/// end of the process loses nothing. What fails is tried again one by one, after growing pauses.
class Wiper {
 public:
  /// Goes on with what the last process left. Both outlive it. Rewriting needs room for as much
  /// again, and a write that finds none ends the node: it waits until `guard` says that there is.
  Wiper(Database& database, const DiskGuard& guard);
  ~Wiper();  ///< what is not done waits for the next start
  Wiper(const Wiper&) = delete;

  /// The row keys::to_wipe(state_key) is durable. Any thread; never waits.
  void wipe(const std::string& state_key);

 private:
  void run();
  [[nodiscard]] std::vector<std::string> choose(const std::string& failed, std::size_t most) const;
  [[nodiscard]] Status rewrite(const std::vector<std::string>& state_keys);
  [[nodiscard]] Status rewrite(Family family, std::vector<KeyRange> ranges);
  [[nodiscard]] std::set<std::string> left() const;

  Database& database_;
  const DiskGuard& guard_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> waiting_;
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace mf::storage
