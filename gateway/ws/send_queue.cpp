#include "gateway/ws/send_queue.hpp"

namespace mf::gateway::ws {
namespace {

constexpr std::size_t messages_sent_per_frame_max = 16;
constexpr std::size_t kept_capacity = 32;

}  // namespace

Frame SendQueue::take(std::size_t bytes_max) {
  if (empty()) return nullptr;
  std::size_t count = 1, size = entries_[head_].message->size();
  while (head_ + count < entries_.size() && count < messages_sent_per_frame_max) {
    const auto more = entries_[head_ + count].message->size() + 1;
    if (size + more > bytes_max) break;
    size += more;
    ++count;
  }
  Frame frame = std::move(entries_[head_].message);
  bytes_ -= frame->size();
  if (count > 1) {
    std::string joined;
    joined.reserve(size);
    joined += *frame;
    for (std::size_t i = 1; i < count; ++i) {
      const Frame message = std::move(entries_[head_ + i].message);
      bytes_ -= message->size();
      joined += '\n';
      joined += *message;
    }
    frame = topics::make_frame(std::move(joined));
  }
  head_ += count;
  if (head_ == entries_.size()) {
    // An idle session keeps no buffer.
    if (entries_.capacity() > kept_capacity) entries_ = {};
    else entries_.clear();
    head_ = 0;
  } else if (head_ > entries_.size() / 2) {
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
  return frame;
}

}  // namespace mf::gateway::ws
