#include "tests/system/rights_table.hpp"

namespace mf::system_test {
namespace {

// Columns: nobody, Laura, Mateo, Ana, Ben, supervisors of north and south, operator, administrator.
constexpr std::string_view dispatch = "13434y44y", visit = "134y43443", on_behalf = "13434y443",
                           visible = "1y4y4y44y", client_only = "1y4343443",
                           client_or_dispatch = "1y434y44y", list_staff = "13333yy3y",
                           only_admin = "13333333y", everybody_in = "1yyyyyyyy",
                           technician_seen = "144y4y44y", technician_kept = "14434y44y",
                           technician_self = "144y43443", client_seen = "1y444y44y",
                           client_kept = "13444y44y", account_own = "1y444334y",
                           account_kept = "13444334y", catalogue_kept = "14444334y";

Right order(const std::string& verb, std::string body, std::string_view who) {
  return {"POST", "/v1/orders/{id}/" + verb, "orders." + verb, std::move(body), who};
}
/// The same command by somebody else than the technician; `body`: what else it says.
Right order_for_ana(const std::string& verb, const std::string& body = {}) {
  return order(verb,
               "{" + body + R"("on_behalf_of":"$technician","justification":"se quedó sin señal"})",
               on_behalf);
}

/// An order's commands, for each column.
const std::vector<Right> orders{
    {"GET", "/v1/orders", "", "", "1yyyyyy3y", false},
    {"POST", "/v1/orders", "orders.create",
     R"({"type":"$type","client":"$client","site":"$site","title":"Sin internet"})", "1y433y43y",
     false},
    {"POST", "/orders", "",
     R"({"type":"$type","client":"$client","site":"$site","title":"Sin internet"})", "1y433y43y",
     false},
    {"GET", "/v1/orders/{id}", "", "", visible},
    {"PATCH", "/v1/orders/{id}", "orders.edit", R"({"title":"Otra"})", dispatch},
    {"GET", "/v1/orders/{id}/timeline", "", "", visible},
    {"GET", "/v1/orders/{id}/candidates", "", "", dispatch},
    {"POST", "/v1/orders/{id}/preview", "", R"({"verb":"assign","technician":"$technician"})",
     dispatch},
    order("triage", R"({"confirmed_distinct":true})", dispatch),
    order("reject", R"({"reason":"duplicate"})", dispatch),
    order("schedule", R"({"from":"2096-01-01T10:00:00Z"})", dispatch),
    order("assign", R"({"technician":"$technician"})", dispatch),
    order("reassign", R"({"technician":"$technician"})", dispatch),
    order("unassign", R"({"reason":"other"})", dispatch),
    order("set_priority", R"({"priority":1})", dispatch),
    order("pin", "{}", dispatch),
    order("unpin", "{}", dispatch),
    order("refuse_proposal", R"({"technician":"$technician","reason":"other_crew"})", dispatch),
    order("withdraw_tracking", "{}", dispatch),
    order("request_approval", R"({"reason":"cost"})", dispatch),
    order("approve", "{}", dispatch),
    order("return", R"({"remark":"faltan las fotos"})", dispatch),
    order("retry", R"({"reason":"other"})", dispatch),
    order("reopen", R"({"reason":"other"})", dispatch),
    order("edit_time", "{}", dispatch),
    order("accept", "{}", visit),
    order("decline", R"({"reason":"other"})", visit),
    order("depart", "{}", visit),
    order("arrive", "{}", visit),
    order("start", "{}", visit),
    order("pause", R"({"reason":"break"})", "134y4y443"),
    order("resume", "{}", visit),
    order("complete", "{}", visit),
    order("fail", R"({"reason":"no_access"})", visit),
    order("request_time_edit",
          R"({"from":"2026-01-01T10:00:00Z","to":"2026-01-01T11:00:00Z",)"
          R"("justification":"olvidé pausar"})",
          visit),
    order_for_ana("accept"),
    order_for_ana("decline", R"("reason":"other",)"),
    order_for_ana("depart"),
    order_for_ana("arrive", R"("confirmed":true,)"),
    order_for_ana("start"),
    order_for_ana("pause", R"("reason":"break",)"),
    order_for_ana("resume"),
    order_for_ana("complete", R"("note":"listo",)"),
    order_for_ana("fail", R"("reason":"no_access",)"),
    order("follow_up", R"({"reason":"parts"})", "134y4y44y"),
    order("cancel", R"({"reason":"other"})", client_or_dispatch),
    order("confirm_window", "{}", client_or_dispatch),
    order("reschedule",
          R"({"windows":[{"from":"2096-01-01T10:00:00Z","to":"2096-01-01T12:00:00Z"}]})",
          client_or_dispatch),
    order("rate", R"({"rating":5})", client_only),
    order("comment", R"({"text":"hola"})", visible),
    order("comment", R"({"text":"hola","visibility":"internal"})", "134y4y44y"),
    {"POST", "/v1/sync", "", R"({"commands":[]})", "133yy3333", false}};

const std::vector<Right> people{
    {"GET", "/v1/technicians", "", "", list_staff, false},
    {"POST", "/v1/technicians", "technicians.create", R"({"name":"Eva Díaz","zones":["$zone"]})",
     "13333y33y", false},
    {"GET", "/v1/technicians/{id}", "", "", technician_seen},
    {"PATCH", "/v1/technicians/{id}", "technicians.edit", R"({"max_orders":60})", technician_kept},
    {"GET", "/v1/technicians/{id}/agenda", "", "", technician_seen},
    {"POST", "/v1/technicians/{id}/availability", "technicians.set_availability",
     R"({"availability":"available"})", technician_seen},
    {"GET", "/v1/technicians/{id}/positions", "", "", technician_seen},
    {"POST", "/v1/technicians/{id}/positions", "", R"({"positions":[[1,1700000000000,6.3,-75.5]]})",
     technician_self},

    {"GET", "/v1/clients", "", "", list_staff, false},
    {"POST", "/v1/clients", "clients.create",
     R"({"name":"Nueva","document_type":"CC","document_number":"$new"})", list_staff, false},
    {"GET", "/v1/clients/{id}", "", "", client_seen},
    {"PATCH", "/v1/clients/{id}", "clients.edit", R"({"language":"es"})", client_kept},
    {"GET", "/v1/clients/{id}/sites", "", "", client_seen},
    {"POST", "/v1/clients/{id}/sites", "clients.add_site",
     R"({"name":"Finca","address":"Km 4","zone":"$zone","lat":6.3,"lon":-75.5})", client_kept},
    {"GET", "/v1/clients/{id}/sites/{site}", "", "", client_seen},
    {"GET", "/v1/clients/{id}/assets/{asset}", "", "", client_seen},
    {"PATCH", "/v1/clients/{id}/sites/{site}", "clients.edit_site", R"({"name":"Casa"})",
     client_kept},
    {"POST", "/v1/clients/{id}/assets", "clients.add_asset", R"({"site":"$site","kind":"router"})",
     client_kept},
    {"POST", "/v1/clients/{id}/erase", "clients.erase", "{}", "13444334y"},

    {"GET", "/v1/accounts", "", "", list_staff, false},
    {"POST", "/v1/accounts", "", R"({"username":"$new","password":"contrasena-2"})", only_admin,
     false},
    {"POST", "/v1/accounts", "accounts.create", R"({"username":"$new"})", only_admin, false},
    {"GET", "/v1/accounts/{id}", "", "", "1y444yy4y"},
    {"PATCH", "/v1/accounts/{id}", "accounts.edit", R"({"language":"en"})", account_own},
    {"PATCH", "/v1/accounts/{id}", "accounts.edit", R"({"roles":["administrator"]})", account_kept},
    {"POST", "/v1/accounts/{id}/set_password", "", R"({"password":"contrasena-3"})", account_own},
    {"POST", "/v1/accounts/{id}/close_session", "accounts.close_session",
     R"({"session":"ses_00000000000000000000000000"})", account_own},
    {"POST", "/v1/accounts/{id}/set_totp", "", "{}", account_own},
    {"POST", "/v1/accounts/{id}/unlock", "accounts.unlock", "{}", account_kept},
    {"POST", "/v1/accounts/{id}/invite", "", "", account_kept}};

const std::vector<Right> company{
    {"GET", "/v1/zones", "", "", list_staff, false},
    {"POST", "/v1/zones", "zones.create", R"({"name":"Otra"})", only_admin, false},
    {"GET", "/v1/zones/{id}", "", "", "14444yy4y"},
    {"GET", "/v1/zones/{id}/dispatch", "", "", "14444y44y"},
    {"POST", "/v1/zones/{id}/accept_proposals", "",
     R"({"proposals":["prp_00000000000000000000000000"]})", "14444y44y"},
    {"PATCH", "/v1/zones/{id}", "zones.edit", R"({"name":"Popular"})", catalogue_kept},
    {"GET", "/v1/order-types", "", "", everybody_in, false},
    {"POST", "/v1/order-types", "order_types.create", R"({"name":"Otra","duration_ms":60000})",
     only_admin, false},
    {"GET", "/v1/order-types/{id}", "", "", everybody_in},
    {"PATCH", "/v1/order-types/{id}", "order_types.edit", R"({"name":"Reparación"})", only_admin},
    {"GET", "/v1/sla-policies", "", "", list_staff, false},
    {"POST", "/v1/sla-policies", "sla_policies.put",
     R"({"priority":4,"respond_ms":60000,"arrive_ms":120000,"resolve_ms":180000})", only_admin,
     false},
    {"GET", "/v1/sla-policies/{id}", "", "", "14444yy4y"},
    {"GET", "/v1/reason-codes", "", "", everybody_in, false},
    {"POST", "/v1/reason-codes", "reason_codes.put",
     R"({"code":"lluvia","verbs":["pause"],"name_es":"Lluvia","name_en":"Rain"})", only_admin,
     false},
    {"GET", "/v1/reason-codes/{id}", "", "", everybody_in},
    {"GET", "/v1/cluster", "", "", "1333333yy", false},
    {"GET", "/v1/letters", "", "", "1333333yy", false},
    {"GET", "/v1/stream", "", "", "1uuuuuuuu", false}};

}  // namespace

const std::vector<Right>& rights() {
  static const auto all = [] {
    auto table = orders;
    table.insert(table.end(), people.begin(), people.end());
    table.insert(table.end(), company.begin(), company.end());
    return table;
  }();
  return all;
}

const std::vector<std::string_view>& open_routes() {
  static const std::vector<std::string_view> routes{"GET /",
                                                    "GET /admin",
                                                    "GET /assets/{name}",
                                                    "GET /dispatch",
                                                    "GET /favicon.ico",
                                                    "GET /favicon.svg",
                                                    "GET /field",
                                                    "GET /field-sw.js",
                                                    "GET /field.webmanifest",
                                                    "GET /invite",
                                                    "GET /t",
                                                    "GET /track",
                                                    "GET /v1/openapi.json",
                                                    "GET /v1/asyncapi.json",
                                                    "POST /v1/sessions",
                                                    "GET /v1/sessions/own",
                                                    "DELETE /v1/sessions/others",
                                                    "GET /v1/sessions/current",
                                                    "POST /v1/invitations",
                                                    "DELETE /v1/sessions/current",
                                                    "GET /v1/track"};
  return routes;
}

const std::vector<TopicRight>& topic_rights() {
  static const std::vector<TopicRight> topics{
      {"order:$order", "order:ord_00000000000000000000000000", "-ynynynny"},
      {"technician:$technician", "technician:tec_00000000000000000000000000", "-nnynynny"},
      {"client:$client", "client:cli_00000000000000000000000000", "-ynnnnnnn"},
      {"board:$zone", "board:zon_00000000000000000000000000", "-nnnnynny"},
      {"position:$technician", "position:tec_00000000000000000000000000", "-nnynynny"},
      {"cluster", "", "-nnnnnnyy"}};
  return topics;
}

}  // namespace mf::system_test
