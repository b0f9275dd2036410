#pragma once
#include <utility>
#include <vector>

#include "actors/host/runtime.hpp"

namespace mf::host {

/// What one turn of a shard answers: each sink is posted to once. Belongs to the shard.
class ReplyBatch {
 public:
  void add(Sink& sink, TaggedAnswer answer) {
    // A node has one sink per gateway thread: few.
    for (auto& [known, answers] : by_sink_)
      if (known == &sink) return answers.push_back(std::move(answer));
    by_sink_.emplace_back(&sink, std::vector<TaggedAnswer>{});
    by_sink_.back().second.push_back(std::move(answer));
  }

  void post() {
    // Not kept beyond the turn: a sink outlives its answers, but not the runtime.
    for (auto& [sink, answers] : by_sink_) sink->post(std::move(answers));
    by_sink_.clear();
  }

 private:
  std::vector<std::pair<Sink*, std::vector<TaggedAnswer>>> by_sink_;
};

}  // namespace mf::host
