#include "gateway/io/connections.hpp"

namespace mf::gateway {

void Connections::tick(SteadyTime now) {
  for (auto at = all_.begin(); at != all_.end();) {
    auto& connection = *at++;
    if (connection.deadline > now) continue;
    connection.deadline = SteadyTime::max();
    connection.expire();
  }
}

void Connections::drain(Duration time) {
  for (auto at = all_.begin(); at != all_.end();) (at++)->drain(time);
}

void Connections::abort_all() {
  while (!all_.empty()) {
    auto& connection = all_.front();
    all_.pop_front();
    connection.abort();
  }
}

bool Connections::close_idle_stranger() {
  for (auto& connection : all_) {
    if (!connection.is_idle_stranger()) continue;
    connection.unlink();
    connection.abort();
    return true;
  }
  return false;
}

}  // namespace mf::gateway
