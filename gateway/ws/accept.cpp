#include "gateway/ws/accept.hpp"

namespace mf::gateway::ws {

void accept(PlainStream, Upgrade, IoThread&) {}
void accept(TlsStream, Upgrade, IoThread&) {}

}  // namespace mf::gateway::ws
