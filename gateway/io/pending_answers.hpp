#pragma once
// Who waits for which answer of the runtime. Belongs to one thread.
#include <chrono>
#include <cstdint>
#include <functional>
#include <variant>
#include <vector>

#include "actors/host/runtime.hpp"

namespace mf::gateway {

using SteadyTime = std::chrono::steady_clock::time_point;
[[nodiscard]] inline SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

/// Called exactly once, on the thread that asked. When the runtime stays silent past the deadline
/// the answer is a Fault (`outcome_unknown` for commands).
template <class Answer>
using Then = std::move_only_function<void(Answer)>;
using OnReply = Then<entity::Reply>;
using OnRead = Then<views::ReadReply>;
using OnTimeline = Then<views::TimelineReply>;
using OnList = Then<views::ListReply>;
using OnBoard = Then<views::BoardReply>;

class PendingAnswers {
 public:
  /// `patience`: how long an answer may take before it counts as lost.
  explicit PendingAnswers(Duration patience) : patience_(patience) {}

  /// The tag to ask the runtime with.
  template <class Answer>
  [[nodiscard]] std::uint64_t expect(Then<Answer> then) {
    return add(Waiting(std::move(then)));
  }
  /// Calls who waits for `tag`; nobody does when the answer came too late. What a callback throws
  /// ends here, logged: the answers behind it are somebody else's.
  void resolve(std::uint64_t tag, host::Answered answer);
  /// Answers those whose time is over.
  void expire(SteadyTime now);

 private:
  using Waiting = std::variant<OnReply, OnRead, OnTimeline, OnList, OnBoard>;
  struct Slot {
    Waiting then;
    bool is_used = false;
    SteadyTime due;
    std::uint32_t generation = 0;
    std::uint32_t next_free = 0;
  };
  static constexpr std::uint32_t none = 0xffff'ffff;

  std::uint64_t add(Waiting then);
  Waiting take(std::uint32_t slot);

  Duration patience_;
  std::vector<Slot> slots_;
  std::uint32_t free_ = none;
};

}  // namespace mf::gateway
