// Whatever is answered is what OpenAPI describes: no member without a description, and none missing
// that is promised.
#include <catch2/catch.hpp>

#include "tests/system/company.hpp"
#include "tests/system/described.hpp"

using namespace mf::system_test;

namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// Its technicians are busy with nothing of other tests.
World& own_world() {
  static World world;
  return world;
}

const Described& described() {
  static const Described all([] {
    auto& world = own_world();
    return Person(world.loop, world.node->http()).get("/v1/openapi.json").json;
  }());
  return all;
}

void is_described(const std::string& method, const std::string& path, const Answer& answer) {
  INFO(answer.text());
  const auto faults = joined(described().faults(method, path, answer));
  CHECK(faults == "");
}

Answer got(Person& person, const std::string& path, int status = 200) {
  auto answer = person.get(path);
  INFO("GET " << path << " " << answer.text());
  CHECK(answer.status == status);
  is_described("GET", path, answer);
  return answer;
}

Answer sent(Person& person, const std::string& path, const Json& body, int status = 200,
            const std::string& key = {}) {
  auto answer = person.post(path, body, key);
  INFO("POST " << path << " " << answer.text());
  CHECK(answer.status == status);
  is_described("POST", path, answer);
  return answer;
}

std::string path_of(const std::string& order, const std::string& more = {}) {
  return "/v1/orders/" + order + more;
}

/// Through everybody's eyes: the order, its row, its history, and its link.
void all_see(Company& c, const std::string& order) {
  for (auto* person : {&c.supervisor(), &c.admin, &c.ana(), &c.ben(), &c.laura()}) {
    const auto status = person->get(path_of(order)).status;
    got(*person, path_of(order), status);
    got(*person, path_of(order, "/timeline?limit=100"), status);
    got(*person, "/v1/orders?limit=100");
  }
  const auto view = c.laura().get(path_of(order)).json;
  if (!view.contains("tracking")) return;
  Person holder(own_world().loop, own_world().node->http());
  is_described("GET", "/v1/track",
               holder.request("GET", "/v1/track", {},
                              {{"Authorization",
                                "Tracking " + view["tracking"]["token"].get<std::string>()}}));
}

void run(Person& person, const std::string& order, const std::string& verb,
         const Json& body = Json::object()) {
  sent(person, path_of(order, "/" + verb), body);
}

}  // namespace

TEST_CASE("described: a check that finds what is missing, unknown or of another type") {
  auto& c = *own_world().company;
  const auto order = c.assigned_order();
  const auto view = c.supervisor().get(path_of(order)).json;
  CHECK(joined(described().faults("Order", view)) == "");
  const auto broken = [&](const auto& change) {
    auto other = view;
    change(other);
    return !described().faults("Order", other).empty();
  };
  CHECK(broken([](Json& v) { v.erase("title"); }));
  CHECK(broken([](Json& v) { v["nickname"] = "x"; }));
  CHECK(broken([](Json& v) { v["visits"][0]["nickname"] = "x"; }));
  CHECK(broken([](Json& v) { v["visits"][0].erase("slot"); }));
  CHECK(broken([](Json& v) { v["status"] = "LOST"; }));
  CHECK(broken([](Json& v) { v["priority"] = "3"; }));
  CHECK(broken([](Json& v) { v["created_at"] = "yesterday"; }));
  CHECK(broken([](Json& v) { v["twin"] = nullptr; }));
  // To an answer's caller the forms are told apart: a client gets no staff's order.
  CHECK_FALSE(described().faults("OrderForClient", view).empty());
}

TEST_CASE("described: an order as everybody sees it, in every state") {
  auto& c = *own_world().company;
  auto &boss = c.supervisor(), &ana = c.ana();
  const auto order = c.new_order("Sin internet");
  all_see(c, order);
  run(boss, order, "triage", {{"confirmed_distinct", true}, {"priority", 2}});
  run(boss, order, "pin", {{"reason", "vip"}});
  run(boss, order, "comment", {{"text", "interno"}});
  run(boss, order, "comment", {{"text", "para el cliente"}, {"visibility", "client"}});
  run(boss, order, "set_priority", {{"priority", 1}, {"reason", "urgente"}});
  got(boss, path_of(order, "/candidates"));
  sent(boss, path_of(order, "/preview"), {{"verb", "assign"}, {"technician", ana.technician}});
  const auto version = boss.get(path_of(order)).json.at("version").get<std::uint64_t>();
  is_described("PATCH", path_of(order),
               boss.patch(path_of(order), {{"title", "Sin señal"}, {"tags", {"fibra"}}}, version));
  run(boss, order, "assign", {{"technician", c.ben().technician}});
  run(c.ben(), order, "decline", {{"reason", "enfermo"}, {"note", "gripe"}});
  run(boss, order, "assign", {{"technician", ana.technician}});
  all_see(c, order);
  run(ana, order, "accept");
  run(c.laura(), order, "confirm_window");
  run(ana, order, "depart");
  all_see(c, order);
  run(ana, order, "arrive", {{"lat", 6.301}, {"lon", -75.56}});
  run(ana, order, "start");
  run(ana, order, "pause", {{"reason", "client_absent"}, {"note", "no abre"}});
  all_see(c, order);
  run(ana, order, "resume");
  run(ana, order, "complete", {{"note", "listo"}, {"signature", "Laura"}});
  all_see(c, order);
  run(boss, order, "approve");
  run(c.laura(), order, "rate", {{"rating", 5}, {"text", "gracias"}});
  run(boss, order, "reopen", {{"reason", "volvió"}});
  all_see(c, order);
}

TEST_CASE("described: an order that takes the other ways") {
  auto& c = *own_world().company;
  auto &boss = c.supervisor(), &ana = c.ana();
  const auto order = c.assigned_order();
  run(boss, order, "unassign", {{"reason", "otro plan"}});
  const auto from = mf::format_rfc3339(
      std::chrono::floor<mf::Duration>(std::chrono::system_clock::now()) + std::chrono::hours(30));
  run(boss, order, "schedule",
      {{"technician", ana.technician}, {"from", from}, {"override", true}, {"reason", "pactado"}});
  all_see(c, order);
  run(boss, order, "assign", {{"technician", ana.technician}});
  run(boss, order, "reassign", {{"technician", c.ben().technician}});
  run(boss, order, "reassign", {{"technician", ana.technician}});
  run(boss, order, "unassign", {{"reason", "hoy mismo"}});
  run(boss, order, "assign", {{"technician", ana.technician}});
  run(ana, order, "start");
  run(ana, order, "follow_up", {{"reason", "falta"}, {"parts", {"ONT"}}});
  all_see(c, order);
  run(boss, order, "assign", {{"technician", c.ben().technician}});
  run(c.ben(), order, "start");
  all_see(c, order);  // what Ana sees now is what her visit was
  run(c.ben(), order, "fail", {{"reason", "no_access"}, {"note", "sin llave"}});
  all_see(c, order);
  run(boss, order, "retry", {{"reason", "hay llave"}});
  run(boss, order, "withdraw_tracking");
  run(c.laura(), order, "cancel", {{"reason", "ya no"}});
  all_see(c, order);
  const auto refused = c.new_order("Otra");
  run(boss, refused, "reject", {{"reason", "duplicada"}, {"note", "la misma"}});
  all_see(c, refused);
}

TEST_CASE("described: people, places and the catalogue, to everybody who may read them") {
  auto& c = *own_world().company;
  const auto site = "/v1/clients/" + c.laura().client + "/sites/" + c.laura().site;
  const auto asset =
      sent(c.admin, "/v1/clients/" + c.laura().client + "/assets",
           {{"site", c.laura().site}, {"kind", "ONT"}, {"serial", "S1"}, {"model", "HG8"}}, 201);
  c.assigned_order();  // there is a line in an agenda
  const std::vector<std::string> paths{"/v1/technicians",
                                       "/v1/technicians/" + c.ana().technician,
                                       "/v1/technicians/" + c.ana().technician + "/agenda",
                                       "/v1/clients",
                                       "/v1/clients/" + c.laura().client,
                                       "/v1/clients/" + c.laura().client + "/sites",
                                       site,
                                       "/v1/clients/" + c.laura().client + "/assets/" + asset.id(),
                                       "/v1/accounts",
                                       "/v1/accounts/" + c.laura().account,
                                       "/v1/zones",
                                       "/v1/zones/" + c.north_zone,
                                       "/v1/zones/" + c.north_zone + "/dispatch",
                                       "/v1/order-types",
                                       "/v1/order-types/" + c.type,
                                       "/v1/sla-policies",
                                       "/v1/sla-policies/1",
                                       "/v1/reason-codes",
                                       "/v1/reason-codes/weather",
                                       "/v1/sessions/current",
                                       "/v1/sessions/own",
                                       "/v1/letters",
                                       "/v1/cluster"};
  for (const auto& path : paths) {
    for (auto* person : c.everybody()) got(*person, path, person->get(path).status);
    CHECK(c.admin.get(path).status == 200);
  }
}

TEST_CASE("described: what is created, refused, and sent from a phone") {
  auto& world = own_world();
  auto& c = *world.company;
  sent(c.admin, "/v1/zones", {{"name", "Aranjuez"}, {"dispatch", "off"}}, 201);
  sent(c.admin, "/v1/zones", {{"name", ""}}, 422);
  sent(c.laura(), "/v1/zones", {{"name", "x"}}, 403);
  const auto account = sent(c.admin, "/v1/accounts", {{"username", "nueva"}}, 201).id();
  sent(c.admin, "/v1/accounts/" + account + "/invite", Json::object(), 413);
  is_described("POST", "/v1/accounts/" + account + "/invite",
               c.admin.request("POST", "/v1/accounts/" + account + "/invite"));
  const auto key = "described-1";
  const Json body{{"type", c.type},
                  {"client", c.laura().client},
                  {"site", c.laura().site},
                  {"title", "Sin internet"}};
  for (int again = 0; again < 2; ++again) sent(c.laura(), "/v1/orders", body, 201, key);
  got(c.laura(), "/v1/orders?sort=name", 422);
  got(c.laura(), "/v1/orders/ord_00000000000000000000000000", 404);
  Person stranger(world.loop, world.node->http());
  got(stranger, "/v1/orders", 401);
  sent(stranger, "/v1/sessions", {{"username", "laura"}, {"password", "contrasena-1"}}, 201);

  const auto order = c.assigned_order();
  const auto queued = [&](const std::string& method, const Json& params, const std::string& key) {
    return Json{{"method", method}, {"params", params}, {"key", key}};
  };
  sent(c.ana(), "/v1/sync",
       {{"commands",
         {queued("orders.accept", {{"id", order}}, "d1" + order),
          queued("orders.comment", {{"id", order}, {"text", ""}}, "d2" + order),
          queued("orders.nonsense", {{"id", order}}, "d3" + order)}}});

  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const auto positions = "/v1/technicians/" + c.ana().technician + "/positions";
  sent(c.ana(), positions, {{"positions", {{1, now, 6.3, -75.5, 5.0, nullptr, nullptr}}}});
  got(c.supervisor(), positions);
  sent(c.ana(), positions, {{"positions", {{2, now + 86'400'000, 6.3, -75.5}}}});
  got(c.supervisor(), positions);
}
