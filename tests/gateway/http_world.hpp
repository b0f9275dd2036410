#pragma once
#include "base/json.hpp"
#include "gateway/gateway.hpp"
#include "tests/gateway/fake_runtime.hpp"
#include "tests/gateway/http_client.hpp"

namespace mf::test {

inline const Id zone = "zon_00000000000000000000000001", order = "ord_00000000000000000000000001",
                tech = "tec_00000000000000000000000001", client = "cli_00000000000000000000000001";

/// Limits off and passwords cheap, so that only the test at hand meets them.
inline gateway::GatewayOptions quiet_options() {
  gateway::GatewayOptions options;
  options.listen = options.admin_listen = "127.0.0.1:0";
  options.limits = {.commands_per_second = 0,
                    .reads_per_second = 0,
                    .subscriptions_per_second = 0,
                    .position_frames_per_second = 0,
                    .logins_per_minute = 0,
                    .connections_per_address = 0,
                    .streams_per_account = 0,
                    .stream_bytes_per_second = 0};
  options.passwords.memory_bytes = 1 << 20;
  options.passwords.passes = 1;
  return options;
}

[[nodiscard]] inline nlohmann::json body_of(const HttpReply& reply) {
  return parse_json(reply.body);
}

/// A gateway over a fake runtime, and people of each role.
struct World {
  explicit World(gateway::GatewayOptions options = quiet_options())
      : gateway(std::move(options), runtime) {
    auto started = gateway.start();
    if (!started) throw std::runtime_error(started.error().message);
    bound = *started;
  }
  ~World() { gateway.stop(); }

  std::string administrator() {
    return runtime.log_in({"", {Role::administrator}, {}, {}, {}, {}});
  }
  std::string supervisor() { return runtime.log_in({"", {Role::supervisor}, {zone}, {}, {}, {}}); }
  std::string technician() { return runtime.log_in({"", {Role::technician}, {}, tech, {}, {}}); }
  std::string customer() { return runtime.log_in({"", {Role::client}, {}, {}, client, {}}); }
  std::string operator_() { return runtime.log_in({"", {Role::operator_}, {}, {}, {}, {}}); }

  HttpReply ask(const HttpRequest& request) const { return exchange(bound.http, request); }

  FakeRuntime runtime;
  gateway::Gateway gateway;
  gateway::Gateway::Bound bound;
};

}  // namespace mf::test
