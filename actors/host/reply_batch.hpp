#pragma once
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "actors/host/runtime.hpp"

namespace mf::host {

/// The replies of one commit. The entities that were in it share it; when the last one has added
/// its own and let go, each sink is posted to once. Thread-safe.
class ReplyBatch {
 public:
  ReplyBatch() = default;
  ReplyBatch(const ReplyBatch&) = delete;
  ~ReplyBatch() {
    for (auto& [sink, answers] : by_sink_) sink->post(std::move(answers));
  }
  void add(Sink& sink, TaggedAnswer answer) {
    const std::scoped_lock lock(mutex_);
    // A node has one sink per gateway thread: few.
    for (auto& [known, answers] : by_sink_)
      if (known == &sink) return answers.push_back(std::move(answer));
    by_sink_.emplace_back(&sink, std::vector<TaggedAnswer>{});
    by_sink_.back().second.push_back(std::move(answer));
  }

 private:
  std::mutex mutex_;
  std::vector<std::pair<Sink*, std::vector<TaggedAnswer>>> by_sink_;
};

}  // namespace mf::host
