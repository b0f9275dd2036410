// Every role × route × ownership of the table, through both doors. A route or a method that the
// documents describe and the table does not know fails the test.
#include <catch2/catch.hpp>
#include <cctype>
#include <map>
#include <set>

#include "base/json.hpp"
#include "tests/system/company.hpp"
#include "tests/system/rights_table.hpp"

using namespace mf::system_test;

namespace {

constexpr std::string_view no_id = "00000000000000000000000000";

/// Somebody of the table: one of its columns, or several (who has several roles).
struct Somebody {
  std::string name;
  Person* person;
  std::vector<Column> columns;
};

struct Target {
  std::string id, site, asset;
};

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

bool is_about(const Right& right, std::string_view collection) {
  return right.path.starts_with("/v1/" + std::string(collection));
}

bool is_as_expected(char letter, int status) {
  switch (letter) {
    case '1': return status == 401;
    case '3': return status == 403;
    case '4': return status == 404;
    case 'u': return status == 426;
    default: return (status >= 200 && status < 300) || status == 409 || status == 422;
  }
}

/// What several roles give together: to see a thing is more than not to; where there is nothing to
/// see, to be allowed something is more than to be allowed nothing.
char best_of(const Right& right, const std::vector<Column>& columns) {
  const std::string_view order = right.has_missing ? "yu341" : "yu431";
  auto best = order.size();
  for (const auto column : columns) best = std::min(best, order.find(right.who[column]));
  return order[best];
}

class Walk {
 public:
  Walk() : stranger_(world_.loop, world_.node->http()) {
    auto& c = company();
    everybody_ = {{"nobody", &stranger_, {nobody}},
                  {"Laura", &c.laura(), {laura}},
                  {"Mateo", &c.clients[1], {mateo}},
                  {"Ana", &c.ana(), {ana}},
                  {"Ben", &c.ben(), {ben}},
                  {"north", &c.supervisor(), {supervisor_north}},
                  {"south", &c.supervisors[1], {supervisor_south}},
                  {"operator", &c.operator_, {operations}},
                  {"administrator", &c.admin, {administrator}}};
    add_several("laura.operator", {{"roles", {"client", "operator"}}, {"client", c.laura().client}},
                {laura, operations});
    add_several("ana.south",
                {{"roles", {"technician", "supervisor"}},
                 {"technician", c.ana().technician},
                 {"zones", {c.south_zone}}},
                {ana, supervisor_south});
    last_order_ = c.assigned_order();
    const Json router{{"site", c.laura().site}, {"kind", "router"}};
    asset_ = c.admin.post("/v1/clients/" + c.laura().client + "/assets", router).id();
    c.ana().post(
        "/v1/technicians/" + c.ana().technician + "/positions",
        {{"positions", {{1, mf::to_millis(mf::system_clock().now()), 6.3012345, -75.5612345}}}});
  }

  Company& company() { return *world_.company; }
  World& world() { return world_; }
  std::vector<Somebody>& everybody() { return everybody_; }
  const std::string& order() const { return last_order_; }

  /// Who is denied is asked first, about one thing; each who is allowed gets a fresh one.
  void walk(const Right& right, bool is_rpc) {
    INFO(right.method << " " << right.path << " " << right.body << (is_rpc ? " (rpc)" : ""));
    const auto shared = target_of(right);
    for (auto& who : everybody_) {
      if (is_rpc && who.columns[0] == nobody) continue;
      INFO(who.name);
      const char wanted = expected(right, who);
      const auto target = wanted == 'y' ? target_of(right) : shared;
      auto* by = &who;
      Somebody owner{"the owner", owner_.get(), {laura}};
      if (is_about(right, "accounts/") && who.columns == owner.columns) by = &owner;
      check(wanted, ask(right, *by, target, is_rpc));
      if (wanted == 'y') finish(right, target);
      if (right.has_missing)
        check(who.columns[0] == nobody ? '1' : '4', ask(right, who, missing_of(right), is_rpc));
    }
    finish(right, shared);
  }

  std::string filled(std::string text) {
    auto& c = company();
    text = replaced(std::move(text), "$new", "nuevo" + std::to_string(++names_));
    text = replaced(std::move(text), "$order", last_order_);
    text = replaced(std::move(text), "$technician", c.ana().technician);
    text = replaced(std::move(text), "$client", c.laura().client);
    text = replaced(std::move(text), "$site", c.laura().site);
    text = replaced(std::move(text), "$type", c.type);
    return replaced(std::move(text), "$zone", c.north_zone);
  }

 private:
  static void check(char wanted, int got) {
    INFO("wanted " << wanted << ", got " << got);
    CHECK(is_as_expected(wanted, got));
  }

  void add_several(const std::string& name, Json account, std::vector<Column> columns) {
    several_.push_back(std::make_unique<Person>(new_person(name, std::move(account))));
    everybody_.push_back({name, several_.back().get(), std::move(columns)});
  }

  Person new_person(const std::string& name, Json account) {
    account["username"] = name;
    account["password"] = "contrasena-1";
    REQUIRE(company().admin.post("/v1/accounts", account).status == 201);
    return log_in(world_.loop, world_.node->http(), name, "contrasena-1");
  }

  char expected(const Right& right, const Somebody& who) const {
    // An account of Laura's is made for each of these: others of hers are not its owner.
    if (is_about(right, "accounts/") && who.columns.size() > 1 && who.columns[0] == laura)
      return best_of(right, {mateo, who.columns[1]});
    return best_of(right, who.columns);
  }

  Target target_of(const Right& right) {
    auto& c = company();
    if (is_about(right, "orders/")) return {last_order_ = c.assigned_order(), {}, {}};
    if (is_about(right, "technicians/")) return {c.ana().technician, {}, {}};
    if (is_about(right, "zones/")) return {c.north_zone, {}, {}};
    if (is_about(right, "order-types/")) return {c.type, {}, {}};
    if (is_about(right, "sla-policies/")) return {"3", {}, {}};
    if (is_about(right, "reason-codes/")) return {"weather", {}, {}};
    if (right.path.ends_with("/erase")) return {new_client(), {}, {}};
    if (is_about(right, "clients/")) return {c.laura().client, c.laura().site, asset_};
    if (!is_about(right, "accounts/")) return {};
    owner_ = std::make_unique<Person>(new_person(filled("$new"), {{"roles", {"client"}}}));
    return {owner_->account, {}, {}};
  }

  /// Nobody of the table; Laura's column asks about her own instead.
  std::string new_client() {
    const auto body = mf::parse_json(
        filled(R"({"name":"Otra persona","document_type":"CC","document_number":"$new"})"));
    return company().admin.post("/v1/clients", body).id();
  }

  static Target missing_of(const Right& right) {
    for (const auto& [collection, prefix] : {std::pair{"orders/", "ord_"},
                                             {"technicians/", "tec_"},
                                             {"zones/", "zon_"},
                                             {"order-types/", "typ_"},
                                             {"clients/", "cli_"},
                                             {"accounts/", "acc_"}})
      if (is_about(right, collection))
        return {prefix + std::string(no_id), "sit_" + std::string(no_id),
                "ast_" + std::string(no_id)};
    return {"9", {}, {}};
  }

  int ask(const Right& right, Somebody& who, Target target, bool is_rpc) {
    const bool is_lauras = who.columns[0] == laura && right.path.ends_with("/erase");
    if (is_lauras && !target.id.ends_with(no_id)) target.id = company().laura().client;
    const auto body = filled(right.body);
    if (is_rpc) return call(right, who, target, mf::parse_json(body));
    auto path = replaced(replaced(right.path, "{id}", target.id), "{site}", target.site);
    path = replaced(std::move(path), "{asset}", target.asset);
    mf::client::Headers headers;
    if (right.method == "PATCH")
      headers = {{"Content-Type", "application/merge-patch+json"}, {"If-Match", "*"}};
    return who.person->request(right.method, path, body, headers).status;
  }

  int call(const Right& right, Somebody& who, const Target& target, Json params) {
    if (right.path.find("{id}") != right.path.npos) params["id"] = target.id;
    if (right.path.find("{site}") != right.path.npos) params["site"] = target.site;
    const auto reply = stream_of(who).rpc(right.operation, params);
    if (reply.contains("ok")) return 200;
    return reply.contains("err") ? reply["err"].at("status").get<int>() : 0;
  }

  Live& stream_of(Somebody& who) {
    auto& live = streams_[who.person->token()];
    if (!live) live = std::make_unique<Live>(world_.loop);
    if (!live->is_open()) live->open(world_.node->http(), who.person->token());
    return *live;
  }

  /// The technician's agenda has room for 64.
  void finish(const Right& right, const Target& target) {
    if (is_about(right, "orders/"))
      company().admin.post("/v1/orders/" + target.id + "/cancel", {{"reason", "other"}});
  }

  World world_;
  Person stranger_;
  std::vector<std::unique_ptr<Person>> several_;
  std::unique_ptr<Person> owner_;
  std::vector<Somebody> everybody_;
  std::map<std::string, std::unique_ptr<Live>> streams_;
  std::string last_order_, asset_;
  int names_ = 0;
};

}  // namespace

TEST_CASE("rights: every role meets every route as the company's rules say") {
  Walk walk;
  for (const auto& right : rights()) walk.walk(right, false);
}

TEST_CASE("rights: the stream's commands ask for the same rights as REST") {
  Walk walk;
  for (const auto& right : rights())
    if (!right.operation.empty()) walk.walk(right, true);
}

TEST_CASE("rights: the table knows every route and every method that is described") {
  World world;
  auto& admin = world.company->admin;
  std::set<std::string> known(open_routes().begin(), open_routes().end()), described, methods;
  for (const auto& right : rights()) {
    known.insert(right.method + " " + right.path);
    methods.insert(right.operation);
  }
  const auto paths = admin.get("/v1/openapi.json").json.at("paths");
  for (const auto& [path, operations] : paths.items())
    for (const auto& [method, operation] : operations.items()) {
      std::string name = method;
      for (auto& c : name) c = static_cast<char>(std::toupper(c));
      described.insert(name + " " + path);
    }
  if (!described.contains("GET /dispatch"))  // MF_WEB=OFF
    for (const auto* page : {"/", "/admin", "/dispatch", "/field", "/field-sw.js",
                             "/field.webmanifest", "/invite", "/t", "/track"})
      known.erase(std::string("GET ") + page);
  CHECK(described == known);

  // A password is hashed and an invitation made by REST alone.
  methods.insert({"accounts.set_password", "accounts.invite"});
  const auto document = admin.get("/v1/asyncapi.json").json;
  for (const auto& method : document.at("components").at("schemas").at("method").at("enum"))
    CHECK(methods.contains(method.get<std::string>()));
}

TEST_CASE("rights: a topic without the right looks like one that does not exist") {
  Walk walk;
  for (auto& who : walk.everybody()) {
    if (who.columns[0] == nobody) continue;
    Live live(walk.world().loop);
    live.open(walk.world().node->http(), who.person->token());
    for (const auto& topic : topic_rights()) {
      const auto name = walk.filled(std::string(topic.topic));
      INFO(who.name << " " << name);
      auto reply = live.call("sub", {{"topic", name}});
      bool is_allowed = false;
      for (const auto column : who.columns) is_allowed |= topic.who[column] == 'y';
      CHECK(reply.contains("ok") == is_allowed);
      auto missing =
          topic.missing.empty() ? Json::object() : live.call("sub", {{"topic", topic.missing}});
      CHECK_FALSE(missing.contains("ok"));
      if (is_allowed) continue;
      const int status = reply["err"]["status"].get<int>();
      CHECK((status == 404 || status == 403));
      if (!topic.missing.empty()) CHECK(reply["err"] == missing["err"]);
    }
  }
}

TEST_CASE("rights: without a login the stream closes with 4401 and REST answers 401") {
  World world;
  Live live(world.loop);
  CHECK_THROWS(live.open(world.node->http(), {}));
  REQUIRE(world.loop.wait([&] { return !live.is_open(); }));
  CHECK(live.close_code() == 4401);
  Person stranger(world.loop, world.node->http(), "mf_acc_" + std::string(no_id) + ".wrong");
  CHECK(stranger.get("/v1/orders").status == 401);
  CHECK(stranger.request("DELETE", "/v1/sessions/current").status == 401);
}
