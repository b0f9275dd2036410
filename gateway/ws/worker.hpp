#pragma once
#include "gateway/auth/principals.hpp"
#include "gateway/io/io_thread.hpp"
#include "gateway/topics/hub.hpp"

namespace mf::gateway {

/// What the connections of one thread work with. Made before the thread runs, ends after it.
struct Worker {
  explicit Worker(Shared& shared) : thread(shared), principals(thread), hub(thread) {}
  IoThread thread;
  auth::Principals principals;  ///< hears of changes before the topics do
  topics::Hub hub;
};

}  // namespace mf::gateway
