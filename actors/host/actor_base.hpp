#pragma once
// What our actors derive from. CAF hands mail and actors from thread to thread with atomics inside
// a library that was not built with ThreadSanitizer, so that the sanitizer takes every hand-over
// for a race. Its builds are told of the order here; in all others this is CAF's own class.
#include <caf/event_based_actor.hpp>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#include <caf/execution_unit.hpp>
#endif

namespace mf::host {

#ifdef __SANITIZE_THREAD__

class ActorBase : public caf::event_based_actor {
 public:
  using caf::event_based_actor::event_based_actor;

  void enqueue(caf::mailbox_element_ptr mail, caf::execution_unit* unit) override {
    __tsan_release(this);
    caf::event_based_actor::enqueue(std::move(mail), unit);
  }
};

inline char all_turns;

/// Lives while an actor's own code runs: its beginning, one piece of mail, its destruction. Comes
/// after what was sent to the actor and after its earlier turns.
class Turn {
 public:
  explicit Turn(ActorBase& actor) : actor_(&actor) { __tsan_acquire(actor_); }
  ~Turn() {
    __tsan_release(actor_);
    __tsan_release(&all_turns);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  ActorBase* actor_;
};

/// Comes after every turn there was: for whoever has waited until all actors were done.
inline void after_all_turns() { __tsan_acquire(&all_turns); }

#else

using ActorBase = caf::event_based_actor;
struct Turn {
  explicit Turn(ActorBase&) {}
};
inline void after_all_turns() {}

#endif

}  // namespace mf::host
