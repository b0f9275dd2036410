#pragma once
// A working day played by outside clients, through HTTP and WebSocket only: clients ask for work,
// supervisors triage and assign, technicians accept, travel, work, decline, fail, lose the network.
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "client/http_client.hpp"
#include "simulator/users.hpp"

namespace mf::simulator {

/// Who finds technicians for orders in zones with a dispatcher of their own.
enum class Dispatch : std::uint8_t {
  automatic,  ///< automatic zones are let alone; elsewhere supervisors take the best candidate
  suggest,    ///< the same, and where a dispatcher suggests they carry that out
  nearest     ///< supervisors everywhere
};

struct Options {
  client::Address server;
  double speed = 60;                                ///< simulated seconds per real one
  std::optional<std::chrono::milliseconds> length;  ///< real; none: until `stop`
  std::uint64_t seed = 1;
  std::size_t open_orders_max = 150;  ///< no new ones while there are more
  bool is_terminal = false;           ///< a screen; else a line every 5 s
  bool is_json = false;               ///< the report; nothing else goes to stdout
  Dispatch dispatch = Dispatch::automatic;
};

/// How it ended.
struct Report {
  std::string text, json;
  bool is_good = false;  ///< people got in, commands were answered, frames arrived
};

/// Runs on the calling thread until `length` is over or `stop` is set. Fails when nobody can sign
/// in.
[[nodiscard]] Result<Report> run(const Options& options, std::vector<User> users,
                                 const std::atomic<bool>& stop);

}  // namespace mf::simulator
