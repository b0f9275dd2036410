#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "actors/host/runtime.hpp"

namespace mf::node {

/// A Sink for code that may block: the command line and the start of a node.
class WaitingSink final : public host::Sink {
 public:
  void post(std::vector<host::TaggedAnswer> answers) override {
    const std::scoped_lock lock(mutex_);
    for (auto& answer : answers) answers_.emplace(answer.tag, std::move(answer.answer));
    arrived_.notify_all();
  }
  void post(std::shared_ptr<const shard::CommittedBatch>) override {}
  void post(std::shared_ptr<const views::BoardDelta>) override {}

  /// The answer with this tag; nullopt after `patience`.
  std::optional<host::Answered> wait(std::uint64_t tag, Duration patience) {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, patience, [&] { return answers_.contains(tag); })) return {};
    return std::move(answers_.extract(tag).mapped());
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::uint64_t, host::Answered> answers_;
};

}  // namespace mf::node
