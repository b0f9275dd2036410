#include "gateway/io/pending_answers.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"

namespace mf::gateway {
namespace {

entity::Fault lost_fault() {
  return {entity::Fault::Code::unavailable, "no answer", Duration{1000}};
}

template <class Answer>
Answer silence() {
  return Answer{.fault = lost_fault()};
}
template <>
entity::Reply silence<entity::Reply>() {
  return entity::Fault{entity::Fault::Code::outcome_unknown, "no answer", Duration{1000}};
}

template <class Call>
void guarded_call(Call call) {
  try {
    call();
  } catch (const std::exception& error) {
    log::error(log::gateway, "answer-not-taken", {{"what", error.what()}});
  }
}

}  // namespace

std::uint64_t PendingAnswers::add(Waiting then) {
  std::uint32_t at = free_;
  if (at == none) {
    at = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    free_ = slots_[at].next_free;
  }
  auto& slot = slots_[at];
  slot.then = std::move(then);
  slot.is_used = true;
  slot.due = steady_now() + patience_;
  return static_cast<std::uint64_t>(slot.generation) << 32 | at;
}

PendingAnswers::Waiting PendingAnswers::take(std::uint32_t at) {
  auto& slot = slots_[at];
  auto then = std::exchange(slot.then, {});
  slot.is_used = false;
  ++slot.generation;
  slot.next_free = free_;
  free_ = at;
  return then;
}

void PendingAnswers::resolve(std::uint64_t tag, host::Answered answer) {
  const auto at = static_cast<std::uint32_t>(tag);
  const auto generation = static_cast<std::uint32_t>(tag >> 32);
  if (at >= slots_.size() || slots_[at].generation != generation || !slots_[at].is_used) return;
  auto then = take(at);
  MF_ASSERT(answer.index() == then.index(), "an answer of another kind");
  std::visit(
      [&]<class Answer>(Then<Answer>& call) {
        guarded_call([&] { call(std::get<Answer>(std::move(answer))); });
      },
      then);
}

void PendingAnswers::expire(SteadyTime now) {
  // By index: a callback may add to the vector.
  for (std::uint32_t at = 0; at < slots_.size(); ++at) {
    if (!slots_[at].is_used || slots_[at].due > now) continue;
    log::warn(log::gateway, "answer-lost");
    auto then = take(at);
    std::visit(
        []<class Answer>(Then<Answer>& call) { guarded_call([&] { call(silence<Answer>()); }); },
        then);
  }
}

}  // namespace mf::gateway
