#pragma once
// The way of committed batches to a view actor: bounded, and a loss is told.
#include <atomic>
#include <cstdint>

#include "actors/host/door.hpp"
#include "actors/shard/committed_batch.hpp"

namespace mf::host {

/// A view that is slower than the journal must not fill the memory, nor be wrong without knowing
/// it. Thread-safe.
class ViewFeed {
 public:
  ViewFeed(std::uint64_t batches_max, std::uint64_t bytes_max) : door_(batches_max, bytes_max) {}

  enum class Offer : std::uint8_t {
    taken,      ///< mail it; taken_out() must follow
    lost,       ///< the first that finds no room: tell the view, which calls begin_anew()
    lost_again  ///< nothing to do: the view has not begun anew yet
  };
  [[nodiscard]] Offer offer(std::uint64_t bytes) {
    if (is_lost_) return Offer::lost_again;
    if (door_.enter(bytes)) return Offer::taken;
    return is_lost_.exchange(true) ? Offer::lost_again : Offer::lost;
  }
  void taken_out(std::uint64_t bytes) { door_.leave(bytes); }
  /// The view has dropped all it had: batches are taken again. What was lost is durable, so it is
  /// in whatever the view loads from now on.
  void begin_anew() { is_lost_ = false; }

  /// Whether the view keeps anything that batches change. Set before it begins to read what is
  /// stored: a batch that went by before is in what it reads.
  std::atomic<bool> is_wanted{false};

  /// What the view could not keep: rows without room, or that could not be read.
  std::atomic<std::uint64_t> left_out{0};

  [[nodiscard]] std::uint64_t batches() const { return door_.count(); }
  [[nodiscard]] std::uint64_t bytes() const { return door_.bytes(); }

 private:
  Door door_;
  std::atomic<bool> is_lost_{false};
};

/// About what a batch takes in memory.
[[nodiscard]] inline std::uint64_t size_of(const shard::CommittedBatch& batch) {
  constexpr std::uint64_t change_overhead = 1024;  // its state is shared with the entity
  std::uint64_t bytes = 0;
  for (const auto& change : batch.changes) {
    bytes += change_overhead;
    for (const auto& event : change.events) bytes += 2 * event.body.json.size();
  }
  return bytes;
}

}  // namespace mf::host
