#include "gateway/ws/socket.hpp"

namespace mf::gateway::ws {

void accept(TlsStream stream, Upgrade upgrade, Worker& worker) {
  start(std::move(stream), upgrade, worker);
}

}  // namespace mf::gateway::ws
