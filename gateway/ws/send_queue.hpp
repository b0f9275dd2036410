#pragma once
// What one session still has to send: bounded, in order; latest-value messages replace their
// predecessor in place.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "gateway/topics/subscriber.hpp"

namespace mf::gateway::ws {

using topics::Frame;

class SendQueue {
 public:
  void push(Frame message) {
    bytes_ += message->size();
    entries_.push_back({std::move(message), 0});
  }
  /// Takes the place of the queued message with this key (not 0), or goes to the end.
  void push_latest(std::uint64_t key, Frame message) {
    const auto old = std::find_if(entries_.begin() + static_cast<std::ptrdiff_t>(head_),
                                  entries_.end(), [&](const Entry& e) { return e.key == key; });
    bytes_ += message->size();
    if (old == entries_.end()) return entries_.push_back({std::move(message), key});
    bytes_ -= old->message->size();
    old->message = std::move(message);
  }
  /// The next frame: one message as it is, or several joined by newlines (at most 16, and at most
  /// `bytes_max` unless the first alone is bigger). Null when empty.
  [[nodiscard]] Frame take(std::size_t bytes_max);
  void clear() {
    entries_ = {};
    head_ = bytes_ = 0;
  }
  [[nodiscard]] bool empty() const { return head_ == entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    Frame message;
    std::uint64_t key;
  };
  std::vector<Entry> entries_;
  std::size_t head_ = 0, bytes_ = 0;
};

}  // namespace mf::gateway::ws
