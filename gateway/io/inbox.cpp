#include "gateway/io/inbox.hpp"

#include <iterator>

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::gateway {
namespace {

/// Roughly what it keeps in memory. The states behind the changes are shared and not counted.
std::size_t size_of(const shard::CommittedBatch& batch) {
  std::size_t bytes = sizeof batch;
  for (const auto& change : batch.changes) {
    bytes += sizeof change;
    for (const auto& event : change.events) bytes += sizeof event + event.body.json.size();
  }
  return bytes;
}

std::size_t size_of(const views::BoardDelta& delta) {
  std::size_t bytes = sizeof delta + delta.gone.size() * sizeof(views::BoardDelta::Gone);
  for (const auto& row : delta.rows) bytes += sizeof row + row.json->size();
  return bytes;
}

}  // namespace

void Inbox::post(std::vector<host::TaggedAnswer> answers) {
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  auto& all = waiting_.answers;
  if (all.empty()) all = std::move(answers);
  else
    all.insert(all.end(), std::make_move_iterator(answers.begin()),
               std::make_move_iterator(answers.end()));
  wake(std::move(lock));
}

void Inbox::post(std::shared_ptr<const shard::CommittedBatch> batch) {
  const auto bytes = size_of(*batch);
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  if (make_room(bytes)) waiting_.batches.push_back(std::move(batch));
  wake(std::move(lock));
}

void Inbox::post(std::shared_ptr<const views::BoardDelta> delta) {
  const auto bytes = size_of(*delta);
  std::unique_lock lock(mutex_);
  if (is_closed_) return;
  if (make_room(bytes)) waiting_.deltas.push_back(std::move(delta));
  wake(std::move(lock));
}

bool Inbox::make_room(std::size_t bytes) {
  if (waiting_.has_lost_changes) return false;
  const auto items = waiting_.batches.size() + waiting_.deltas.size();
  if (items < limits_.items_max && bytes_ + bytes <= limits_.bytes_max) {
    bytes_ += bytes;
    return true;
  }
  static auto& overflows = metrics::counter("microflow_gateway_inbox_overflows_total",
                                            "Times a gateway thread fell behind the changes");
  overflows.add();
  log::error(log::gateway, "inbox-overflow",
             {{"items", std::to_string(items)}, {"bytes", std::to_string(bytes_)}});
  waiting_.has_lost_changes = true;
  waiting_.batches = {};
  waiting_.deltas = {};
  bytes_ = 0;
  return false;
}

void Inbox::wake(std::unique_lock<std::mutex> lock) {
  if (std::exchange(is_awake_, true)) return;
  lock.unlock();
  wake_();
}

Inbox::Taken Inbox::take() {
  const std::lock_guard lock(mutex_);
  is_awake_ = false;
  bytes_ = 0;
  return std::exchange(waiting_, {});
}

void Inbox::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
}

}  // namespace mf::gateway
