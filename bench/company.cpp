#include "bench/company.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/json.hpp"

namespace mf::bench {
namespace {

using Json = nlohmann::json;

std::string create(const ServerProcess& server, const std::string& token, const std::string& path,
                   const Json& body) {
  const auto answer = ask(server.http_port(), "POST", path, token, to_text(body));
  if (answer.status != 201)
    throw std::runtime_error(fmt::format("POST {}: {} {}", path, answer.status, answer.body));
  return parse_json(answer.body).at("id");
}

}  // namespace

std::string sign_in(const ServerProcess& server) {
  const Json body{{"username", "admin"}, {"password", ServerProcess::password}};
  const auto answer = ask(server.http_port(), "POST", "/v1/sessions", {}, to_text(body));
  if (answer.status != 201) throw std::runtime_error("no session: " + answer.body);
  return parse_json(answer.body).at("token");
}

Company make_company(const ServerProcess& server) {
  Company company{.token = sign_in(server)};
  const auto& token = company.token;
  company.zone = create(server, token, "/v1/zones", {{"name", "Centro"}, {"dispatch", "off"}});
  company.type = create(server, token, "/v1/order-types",
                        {{"name", "Fibra"},
                         {"duration_ms", 3'600'000},
                         {"auto_triage", true},
                         {"skills", {{{"skill", "fibra"}, {"level", 2}}}}});
  company.client = create(server, token, "/v1/clients",
                          {{"name", "Ana Restrepo"},
                           {"document_type", "CC"},
                           {"document_number", "10000001"},
                           {"phones", {"+57 300 555 0001"}}});
  company.site = create(server, token, "/v1/clients/" + company.client + "/sites",
                        {{"name", "Casa"},
                         {"address", "Calle 10 # 43-12"},
                         {"zone", company.zone},
                         {"lat", 6.2101},
                         {"lon", -75.5712}});
  return company;
}

std::vector<std::string> make_orders(const ServerProcess& server, const Company& company,
                                     std::size_t count) {
  const Json body{{"type", company.type},
                  {"client", company.client},
                  {"site", company.site},
                  {"title", "Sin servicio de internet desde ayer"},
                  {"description", "El módem no enciende la luz de enlace. Ya lo reinició."}};
  const auto text = to_text(body);
  const auto request = fmt::format(
      "POST /v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
      "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      company.token, text.size(), text);
  Wires wires(server.http_port());
  std::vector<std::string> orders;
  std::size_t asked = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(64, count); ++i, ++asked)
    wires.send(wires.open_http(), request);
  while (orders.size() < count)
    wires.poll(1000, [&](Wires::Id wire, int status, std::string_view answer) {
      if (status != 201) throw std::runtime_error("no order: " + std::string(answer));
      orders.push_back(parse_json(answer).at("id"));
      if (asked < count) ++asked, wires.send(wire, request);
    });
  return orders;
}

std::string command_request(const std::string& token, const std::string& order,
                            const std::string& verb, const std::string& body,
                            const std::string& key) {
  return fmt::format(
      "POST /v1/orders/{}/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
      "Idempotency-Key: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      order, verb, token, key, body.size(), body);
}

std::string command_message(std::uint64_t id, const std::string& order, const std::string& verb,
                            const std::string& body, const std::string& key) {
  const std::string_view members = std::string_view(body).substr(1);
  return fmt::format(
      R"({{"id":{},"rpc":{{"method":"orders.{}","params":{{"id":"{}"{}{},"key":"{}"}}}})", id, verb,
      order, members.size() > 1 ? "," : "", members, key);
}

}  // namespace mf::bench
