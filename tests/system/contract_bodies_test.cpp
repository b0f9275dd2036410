// The names on the wire: every body is taken with every optional field it may have.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {

/// Sends what must be taken; the answer's id.
std::string take(Person& by, const std::string& path, const Json& body) {
  const auto answer = by.post(path, body);
  INFO("POST " << path << " " << body << ": " << answer.text());
  CHECK(answer.ok());
  return answer.id();
}

const Json window{{"from", "2096-01-01T10:00:00Z"}, {"to", "2096-01-01T12:00:00Z"}};

}  // namespace

TEST_CASE("contract: the catalogue's bodies are those of the document") {
  World world;
  auto& admin = world.company->admin;
  const auto not_yet = [&](const std::string& path, Json body, const std::string& field,
                           const Json& value) {
    body[field] = value;
    const auto answer = admin.post(path, body);
    CHECK(answer.status == 422);
    CHECK(answer.json.at("code") == "not_supported_yet");
  };
  const Json a_zone{{"name", "Belén"}, {"lat", 6.23}, {"lon", -75.6}};
  auto off = a_zone;
  off["dispatch"] = "off";
  CHECK(admin.get("/v1/zones/" + take(admin, "/v1/zones", off)).json.at("dispatch") == "off");
  for (const auto* dispatch : {"suggest", "automatic"}) {
    auto zone = a_zone;
    zone["dispatch"] = dispatch;
    CHECK(admin.get("/v1/zones/" + take(admin, "/v1/zones", zone)).json.at("dispatch") == dispatch);
  }
  const Json type{{"name", "Instalación"},
                  {"duration_ms", 7'200'000},
                  {"skills", {{{"skill", "fibra"}, {"level", 3}}}},
                  {"required_evidence", {"signature"}},
                  {"priority", 2},
                  {"auto_triage", true},
                  {"approval", true}};
  const auto shown = admin.get("/v1/order-types/" + take(admin, "/v1/order-types", type)).json;
  for (const auto& [name, value] : type.items()) {
    INFO(name);
    CHECK(shown.at(name) == value);
  }
  not_yet("/v1/order-types", type, "checklist", {"Prueba de velocidad"});
  not_yet("/v1/order-types", type, "required_evidence", {"signature", "photo"});
  not_yet("/v1/order-types", type, "required_materials", {{{"material", "ONT"}, {"quantity", 1}}});
  take(admin, "/v1/sla-policies",
       {{"priority", 1},
        {"respond_ms", 900'000},
        {"arrive_ms", 3'600'000},
        {"resolve_ms", 14'400'000},
        {"calendar", "always"}});
  CHECK(admin.get("/v1/sla-policies/1").json.at("calendar") == "always");
}

TEST_CASE("contract: the bodies about people are those of the document") {
  World world;
  auto& c = *world.company;
  const Json person{{"name", "Íñigo Peña"},     {"document_type", "CE"},
                    {"document_number", "777"}, {"phones", {"+57 300 555 0199"}},
                    {"email", "i@example.org"}, {"language", "en"}};
  const auto client = take(c.admin, "/v1/clients", person);
  const Json site{{"name", "Oficina"},
                  {"address", "Carrera 7 # 1-2"},
                  {"zone", c.north_zone},
                  {"lat", 6.3},
                  {"lon", -75.56},
                  {"neighbourhood", "Popular"},
                  {"access_notes", "Timbre"},
                  {"contact", "Portería"}};
  take(c.admin, "/v1/clients/" + client + "/sites", site);
  const auto shown = c.admin.get("/v1/clients/" + client).json;
  for (const auto& [name, value] : person.items()) CHECK(shown.at(name) == value);
  for (const auto& [name, value] : site.items()) CHECK(shown.at("sites").at(0).at(name) == value);

  const auto account =
      take(c.admin, "/v1/accounts",
           {{"username", "inigo"},
            {"password", "contrasena-7"},
            {"roles", {"client", "technician", "supervisor", "operator", "administrator"}},
            {"zones", {c.north_zone}},
            {"technician", c.ben().technician},
            {"client", client},
            {"language", "en"}});
  CHECK(c.admin.get("/v1/accounts/" + account).json.at("roles").size() == 5);
  const auto lost = c.admin.post("/v1/accounts", {{"username", "sin.zona"},
                                                  {"password", "contrasena-7"},
                                                  {"zones", {"zon_" + std::string(26, '0')}}});
  CHECK(lost.status == 422);
  CHECK(lost.json.at("errors").at(0).at("field") == "zones");
  CHECK(lost.json.at("errors").at(0).at("code") == "unknown_zone");

  const Json shift{{"days", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
                   {"from", "08:00"},
                   {"to", "17:00"}};
  const auto hired =
      take(c.admin, "/v1/accounts",
           {{"username", "eva"}, {"roles", {"technician"}}, {"password", "contrasena-8"}});
  const auto technician = take(c.admin, "/v1/technicians",
                               {{"name", "Eva Díaz"},
                                {"account", hired},
                                {"skills", {"fibra"}},
                                {"zones", {c.north_zone}},
                                {"shifts", {shift}},
                                {"home", {{"lat", 6.2}, {"lon", -75.5}}},
                                {"max_orders", 5}});
  const auto view = c.admin.get("/v1/technicians/" + technician).json;
  CHECK(view.at("skills").at(0).at("skill") == "fibra");
  CHECK(view.at("shifts").at(0) == shift);
  for (const auto* availability : {"break", "available", "off"}) {
    take(c.admin, "/v1/technicians/" + technician + "/availability",
         {{"availability", availability}});
    CHECK(c.admin.get("/v1/technicians/" + technician).json.at("active") ==
          (std::string(availability) != "off"));
  }
}

TEST_CASE("contract: the bodies of orders are those of the document") {
  World world;
  auto& c = *world.company;
  Json order{{"type", c.type},
             {"client", c.laura().client},
             {"site", c.laura().site},
             {"title", "Sin internet"},
             {"id", "ord_0123456789ABCDEFGHJKMNPQRS"},
             {"description", "Desde ayer"},
             {"priority", 2},
             {"windows", {window}},
             {"skills", {{{"skill", "router"}, {"level", 1}}}},
             {"duration_ms", 1'800'000},
             {"tags", {"vip"}}};
  const auto id = take(c.supervisor(), "/v1/orders", order);
  const auto shown = c.supervisor().get("/v1/orders/" + id).json;
  order.erase("windows");
  for (const auto& [name, value] : order.items()) {
    INFO(name);
    CHECK(shown.at(name) == value);
  }
  CHECK(mf::parse_rfc3339(shown.at("windows").at(0).at("from").get<std::string>()) ==
        mf::parse_rfc3339("2096-01-01T10:00:00Z"));
  CHECK(shown.at("windows").at(0).at("from") == "2096-01-01T10:00:00.000Z");
  const Json plain{{"type", c.type},     {"client", c.laura().client}, {"site", c.laura().site},
                   {"title", "Otra"},    {"description", "x"},         {"priority", 1},
                   {"windows", {window}}};
  take(c.laura(), "/orders", plain);
}

TEST_CASE("contract: the bodies of commands are those of the document") {
  World world;
  auto& c = *world.company;
  auto &boss = c.supervisor(), &ana = c.ana();
  const Json why{{"reason", "other"}, {"note", "así quedó"}};
  const auto run = [&](Person& by, const std::string& id, const std::string& verb,
                       const Json& body = Json::object()) {
    return take(by, "/v1/orders/" + id + "/" + verb, body);
  };
  const auto fresh = [&] {
    const auto id = c.new_order();
    run(boss, id, "triage",
        {{"type", c.type},
         {"confirmed_distinct", true},
         {"priority", 2},
         {"duration_ms", 600'000},
         {"skills", {"router"}},
         {"windows", {window}}});
    return id;
  };
  run(boss, c.new_order(), "reject", why);
  run(c.laura(), c.new_order(), "cancel", why);

  const Json assign{{"technician", ana.technician},
                    {"from", "2096-01-01T10:00:00Z"},
                    {"override", true},
                    {"reason", "lo pidió el cliente"}};
  auto id = fresh();
  run(boss, id, "schedule", {{"from", "2096-01-01T10:00:00Z"}, {"to", "2096-01-01T11:00:00Z"}});
  run(boss, id, "assign", assign);
  run(c.laura(), id, "confirm_window");
  run(boss, id, "reassign",
      {{"technician", c.ben().technician},
       {"from", "2096-01-02T10:00:00Z"},
       {"override", true},
       {"reason", "se enfermó"}});
  run(c.ben(), id, "decline", why);
  run(boss, id, "assign", {{"technician", ana.technician}});
  run(boss, id, "unassign", why);
  run(c.laura(), id, "reschedule", {{"windows", {window}}, {"note", "mejor"}});
  run(boss, id, "assign", {{"technician", ana.technician}});
  run(ana, id, "depart", {{"occurred_at", "2026-01-01T10:00:00Z"}});
  run(ana, id, "arrive", {{"lat", 6.301}, {"lon", -75.56}});
  run(ana, id, "start");
  run(ana, id, "pause", why);
  run(boss, id, "resume", {{"on_behalf_of", ana.technician}, {"justification", "sin señal allá"}});
  run(ana, id, "fail", why);
  run(boss, id, "retry", why);
  run(boss, id, "assign", {{"technician", ana.technician}});
  run(ana, id, "start");
  run(ana, id, "follow_up", why);
  run(boss, id, "assign", {{"technician", ana.technician}});
  run(ana, id, "start");
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // of work
  run(ana, id, "complete",
      {{"note", "listo"},
       {"signature", "Laura V."},
       {"signature_refusal_reason", "ninguna"},
       {"occurred_at", "2026-01-01T10:00:00Z"}});
  const auto done = boss.get("/v1/orders/" + id).json;
  run(ana, id, "request_time_edit",
      {{"from", done.at("visits").back().at("assigned_at")},
       {"to", done.at("updated_at")},
       {"justification", "olvidé marcarlo"}});
  run(boss, id, "edit_time");
  run(c.laura(), id, "rate", {{"rating", 5}, {"text", "Muy bien"}});
  for (const auto* visibility : {"internal", "client"})
    run(boss, id, "comment", {{"text", "hola"}, {"visibility", visibility}});
  if (boss.get("/v1/orders/" + id).json.at("status") == "COMPLETED")
    run(boss, id, "request_approval", why);
  run(boss, id, "return", {{"remark", "faltan las fotos"}});

  id = fresh();
  run(boss, id, "set_priority", {{"priority", 1}, {"reason", "urgente"}});
  run(boss, id, "pin", {{"reason", "mío"}});
  run(boss, id, "unpin", {{"reason", "ya no"}});
  run(boss, id, "assign", {{"technician", c.ben().technician}});
  run(c.ben(), id, "accept");
  run(c.ben(), id, "start");
  run(c.ben(), id, "complete", {{"note", "listo"}});
  run(boss, id, "approve", {{"note", "bien"}});
  run(boss, id, "reopen", why);
}
