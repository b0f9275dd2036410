#include "tests/system/company.hpp"

namespace mf::system_test {
namespace {

constexpr const char* password = "contrasena-1";

}  // namespace

Company::Company(Loop& loop, const Address& address)
    : admin(log_in(loop, address, "admin", "administrator")),
      operator_(loop, address),
      loop_(loop) {
  north_zone = add_zone("Popular", 6.30);
  south_zone = add_zone("El Poblado", 6.20);
  type = make("/v1/order-types", {{"name", "Reparación"},
                                  {"duration_ms", 3'600'000},
                                  {"priority", 3},
                                  {"skills", {{{"skill", "router"}, {"level", 1}}}}});
  operator_ = add_account("operator", "operator", Json::object());
  supervisors.push_back(add_account("supervisor.north", "supervisor", {{"zones", {north_zone}}}));
  supervisors.push_back(add_account("supervisor.south", "supervisor", {{"zones", {south_zone}}}));
  add_technician("ana", "Ana Gómez Restrepo", north_zone);
  add_technician("ben", "Ben Ríos Zapata", north_zone);
  add_technician("caro", "Caro Mesa Ochoa", south_zone);
  add_client("laura", "Laura Vélez", north_zone, 6.301);
  add_client("mateo", "Mateo Duque", south_zone, 6.201);
}

std::string Company::make(const std::string& path, const Json& body) {
  const auto answer = admin.post(path, body);
  if (answer.status != 201) throw std::runtime_error("POST " + path + ": " + answer.text());
  return answer.id();
}

std::string Company::add_zone(const std::string& name, double lat) {
  return make("/v1/zones", {{"name", name}, {"lat", lat}, {"lon", -75.56}});
}

Person Company::add_account(const std::string& username, const std::string& role, Json rights) {
  rights["username"] = username;
  rights["password"] = password;
  rights["roles"] = {role};
  make("/v1/accounts", rights);
  return log_in(loop_, admin.address(), username, password);
}

void Company::add_technician(const std::string& username, const std::string& name,
                             const std::string& zone) {
  const auto id =
      make("/v1/technicians",
           {{"name", name}, {"skills", {{{"skill", "router"}, {"level", 2}}}}, {"zones", {zone}}});
  auto person = add_account(username, "technician", {{"technician", id}});
  person.technician = id;
  const auto answer =
      person.post("/v1/technicians/" + id + "/availability", {{"availability", "available"}});
  if (!answer.ok()) throw std::runtime_error("availability: " + answer.text());
  technicians.push_back(std::move(person));
}

void Company::add_client(const std::string& username, const std::string& name,
                         const std::string& zone, double lat) {
  const auto id = make("/v1/clients", {{"name", name},
                                       {"document_type", "CC"},
                                       {"document_number", "900" + std::to_string(clients.size())},
                                       {"phones", {"+57 300 555 0101"}}});
  auto person = add_account(username, "client", {{"client", id}});
  person.client = id;
  person.site = make("/v1/clients/" + id + "/sites", {{"name", "Casa"},
                                                      {"address", "Calle 10 # 20-30"},
                                                      {"zone", zone},
                                                      {"lat", lat},
                                                      {"lon", -75.56}});
  clients.push_back(std::move(person));
}

std::vector<Person*> Company::everybody() {
  std::vector<Person*> all{&admin, &operator_};
  for (auto* group : {&supervisors, &technicians, &clients})
    for (auto& person : *group) all.push_back(&person);
  return all;
}

void Company::move_to(const Address& address) {
  for (auto* person : everybody()) person->move_to(address);
}

std::string Company::new_order(const std::string& title) {
  const auto answer = laura().post(
      "/v1/orders",
      {{"type", type}, {"client", laura().client}, {"site", laura().site}, {"title", title}});
  if (answer.status != 201) throw std::runtime_error("new order: " + answer.text());
  return answer.id();
}

std::string Company::assigned_order() {
  const auto order = new_order();
  for (const auto& [verb, body] :
       {std::pair<std::string, Json>{"triage", {{"confirmed_distinct", true}}},
        {"assign", {{"technician", ana().technician}}}}) {
    const auto answer = supervisor().post("/v1/orders/" + order + "/" + verb, body);
    if (!answer.ok()) throw std::runtime_error(verb + ": " + answer.text());
  }
  return order;
}

World::World(std::vector<std::string> flags) {
  start(serve(directory / "data", std::move(flags)));
  company = std::make_unique<Company>(loop, node->http());
}

void World::start(const Launch& launch) {
  node.reset();
  node = std::make_unique<Process>(launch);
  if (!node->wait_until_ready())
    throw std::runtime_error("the node did not get ready:\n" + node->logged());
}

void World::start_as(const Launch& launch) {
  start(launch);
  company->move_to(node->http());
}

void World::start_again(std::vector<std::string> flags) {
  start_as(serve(directory / "data", std::move(flags)));
}

}  // namespace mf::system_test
