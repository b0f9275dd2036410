#pragma once
// What every part works on: one zone, one type, one client with a site, and orders, made through
// the server's own API.
#include <string>
#include <vector>

#include "bench/server_process.hpp"
#include "bench/wires.hpp"

namespace mf::bench {

struct Company {
  std::string token;  ///< of the administrator
  std::string zone, type, client, site;
};

[[nodiscard]] std::string sign_in(const ServerProcess& server);
[[nodiscard]] Company make_company(const ServerProcess& server);
/// TRIAGED orders, so that nothing but the load changes them.
[[nodiscard]] std::vector<std::string> make_orders(const ServerProcess& server,
                                                   const Company& company, std::size_t count);

/// POST /v1/orders/{id}/{verb} on a keep-alive connection.
[[nodiscard]] std::string command_request(const std::string& token, const std::string& order,
                                          const std::string& verb, const std::string& body,
                                          const std::string& key);
/// The same as rpc; `id` is the message's.
[[nodiscard]] std::string command_message(std::uint64_t id, const std::string& order,
                                          const std::string& verb, const std::string& body,
                                          const std::string& key);

}  // namespace mf::bench
