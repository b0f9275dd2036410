#pragma once
// Which shards of this node are open, and why the others are not: for readiness and metrics.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/host/runtime.hpp"

namespace mf::host {

/// Thread-safe.
class ShardStates {
 public:
  explicit ShardStates(std::uint16_t count);

  void opened(ShardId shard);
  void closed(ShardId shard, std::string why);

  /// How many are open.
  [[nodiscard]] std::uint64_t open() const;
  /// Those that are closed, lowest number first.
  [[nodiscard]] std::vector<ClosedShard> closed() const;
  /// Whether every shard has opened or said why it can't; waits for that, at most `patience`.
  [[nodiscard]] bool wait_until_decided(Duration patience) const;

 private:
  enum class State : std::uint8_t { opening, open, closed };
  struct Shard {
    State state = State::opening;
    std::string why;
  };
  void set(ShardId shard, Shard to);
  [[nodiscard]] std::size_t count(State state) const;  // requires the lock
  void collect() const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<Shard> shards_;
  std::shared_ptr<void> collected_;
};

}  // namespace mf::host
