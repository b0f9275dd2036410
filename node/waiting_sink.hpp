#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "actors/host/runtime.hpp"

namespace mf::node {

/// A Sink for code that may block: the command line and the start of a node. Answers come late,
/// too: it must outlive the runtime.
class WaitingSink final : public host::Sink {
 public:
  /// A tag under which one answer will be waited for.
  [[nodiscard]] std::uint64_t expect() {
    const std::scoped_lock lock(mutex_);
    answers_.try_emplace(++last_tag_);
    return last_tag_;
  }
  /// The answer to a tag of expect(); nullopt after `patience`. Once per tag.
  [[nodiscard]] std::optional<host::Answered> wait(std::uint64_t tag, Duration patience) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, patience, [&] { return answers_.at(tag).has_value(); });
    return std::move(answers_.extract(tag).mapped());
  }

  void post(std::vector<host::TaggedAnswer> answers) override {
    const std::scoped_lock lock(mutex_);
    for (auto& [tag, answer] : answers)
      if (const auto expected = answers_.find(tag); expected != answers_.end())
        expected->second = std::move(answer);
    arrived_.notify_all();
  }
  void post(std::shared_ptr<const shard::CommittedBatch>) override {}
  void post(std::shared_ptr<const views::BoardDelta>) override {}

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::uint64_t last_tag_ = 0;
  std::map<std::uint64_t, std::optional<host::Answered>> answers_;  ///< of those waited for
};

}  // namespace mf::node
