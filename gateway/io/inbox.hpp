#pragma once
// A gateway thread's mailbox: the runtime's threads put things in, the thread takes all at once.
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "actors/host/runtime.hpp"

namespace mf::gateway {

/// Bounded: changes beyond `items_max` or `bytes_max` are dropped *with everything that waits in
/// front of them*, and the taker is told so (`has_lost_changes`), which ends the streams: a
/// subscriber never sees a hole. Answers are not bounded here: each was asked for, and who may ask
/// is. post() from any thread; take() and close() from the owner's.
class Inbox final : public host::Sink {
 public:
  struct Limits {
    std::size_t items_max, bytes_max;
  };
  /// `wake` is called from posting threads, once until the next take().
  Inbox(Limits limits, std::function<void()> wake) : limits_(limits), wake_(std::move(wake)) {}

  void post(std::vector<host::TaggedAnswer> answers) override;
  void post(std::shared_ptr<const shard::CommittedBatch> batch) override;
  void post(std::shared_ptr<const views::BoardDelta> delta) override;

  struct Taken {
    std::vector<host::TaggedAnswer> answers;
    std::vector<std::shared_ptr<const shard::CommittedBatch>> batches;
    std::vector<std::shared_ptr<const views::BoardDelta>> deltas;
    bool has_lost_changes = false;
  };
  [[nodiscard]] Taken take();
  /// What is posted from now on is dropped.
  void close();

 private:
  /// False when it did not fit; the changes that wait are dropped, too.
  bool make_room(std::size_t bytes);
  void wake(std::unique_lock<std::mutex> lock);

  const Limits limits_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  Taken waiting_;          // guarded by mutex_
  std::size_t bytes_ = 0;  // of batches and deltas
  bool is_awake_ = false, is_closed_ = false;
};

}  // namespace mf::gateway
