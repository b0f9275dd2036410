#pragma once
#include <algorithm>

#include "gateway/io/pending_answers.hpp"

namespace mf::gateway::ws {

/// When a session must do what. Each is never while it does not run.
struct Deadlines {
  static constexpr SteadyTime never = SteadyTime::max();
  SteadyTime connect = never;    ///< the connect message has to be here
  SteadyTime ping = never;       ///< the next `{}` goes out; the last one must be answered
  SteadyTime write = never;      ///< the frame that is being written must be out
  SteadyTime cut = never;        ///< the socket is cut, whatever it does
  SteadyTime bye = never;        ///< the node drains: the turn of this session
  SteadyTime expiry = never;     ///< the login ends
  SteadyTime positions = never;  ///< positions are acknowledged

  [[nodiscard]] SteadyTime earliest() const {
    return std::min({connect, ping, write, cut, bye, expiry, positions});
  }
};

}  // namespace mf::gateway::ws
