#pragma once
// The order among its real neighbours: what it asks for is what they answer, what it releases is
// what they hold. Commands and answers travel as JSON, like in the runtime.
#include <catch2/catch.hpp>

#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"

namespace mf::test::one_company {

using namespace std::chrono_literals;
using Json = nlohmann::json;

inline const Id north = id_of("zon", 'N'), south = id_of("zon", 'S'), repair = id_of("typ", 'R'),
                site = id_of("sit", 'S');

struct Company {
  Driver catalogue{std::shared_ptr(catalogue::make_catalogue_kind()), "catalogue"};
  Driver client{std::shared_ptr(client::make_client_kind()), id_of("cli", 'C')};
  Driver ana{std::shared_ptr(technician::make_technician_kind()), id_of("tec", 'A')};
  Driver order{std::shared_ptr(work_order::make_work_order_kind({})), id_of("ord", 'A')};
  std::size_t reactions_done = 0;

  Company() {
    catalogue.given("create_zone", to_text(Json{{"id", north}, {"name", "Norte"}}));
    catalogue.given("create_zone", to_text(Json{{"id", south}, {"name", "Sur"}}));
    catalogue.given("create_order_type", to_text(Json{{"id", repair},
                                                      {"name", "Reparación"},
                                                      {"duration_ms", 3'600'000},
                                                      {"priority", 2},
                                                      {"skills", {"fibre"}},
                                                      {"auto_triage", true}}));
    client.given("create", to_text(Json{{"name", "Clara Ruiz"},
                                        {"document_type", "CC"},
                                        {"document_number", "1020"}}));
    client.given("add_site", to_text(Json{{"id", site},
                                          {"name", "Casa"},
                                          {"address", "Calle 1"},
                                          {"zone", north},
                                          {"lat", 6.25},
                                          {"lon", -75.57}}));
    ana.given("create",
              to_text(Json{{"name", "Ana Pérez"}, {"skills", {"fibre"}}, {"zones", {north}}}));
    ana.as(Principal::system());
    client.as(Principal::system());
    order.as(supervisor_of({north})).answering([this](const entity::Need& need) {
      return respond(need);
    });
  }

  std::expected<std::string, Rejection> respond(const entity::Need& need) {
    auto& target = need.target.kind == EntityKind::client      ? client
                   : need.target.kind == EntityKind::catalogue ? catalogue
                                                               : ana;
    if (need.type == entity::Need::Type::claim) {
      const auto said = target.does(need.verb, need.body);
      if (said.no) return std::unexpected(*said.no);
      REQUIRE(said.invalid.empty());
    }
    const auto& query = need.type == entity::Need::Type::claim ? "claim" : need.verb;
    return target.entity().answer(query, need.body, Principal::system(),
                                  at("2026-11-24T13:00:00Z"));
  }

  /// What the runtime does after a commit.
  void deliver() {
    for (; reactions_done < order.reactions().size(); ++reactions_done) {
      const auto reaction = order.reactions()[reactions_done];
      if (reaction.target.kind == EntityKind::work_order) order.as(Principal::system());
      auto& target = reaction.target.kind == EntityKind::client       ? client
                     : reaction.target.kind == EntityKind::work_order ? order
                                                                      : ana;
      const auto said = target.does(reaction.verb, reaction.body);
      REQUIRE(said.invalid.empty());
      REQUIRE((!said.no || said.no->code == "claim_not_held" || said.no->code == "already_done"));
    }
  }
  /// What a change by one of the others has the order do.
  void tell_order(Driver& other, const std::string& verb, const Json& body) {
    const auto before = other.reactions().size();
    other.as(administrator()).given(verb, to_text(body)).as(Principal::system());
    for (auto i = before; i < other.reactions().size(); ++i) {
      const auto reaction = other.reactions()[i];
      if (reaction.target.kind != EntityKind::work_order) continue;
      const auto said = order.as(Principal::system()).does(reaction.verb, reaction.body);
      REQUIRE(said.invalid.empty());
      REQUIRE((!said.no || said.no->code == "already_done"));
    }
    deliver();
  }
  bool has_broken_plan() const {
    return order_seen().value("flags", Json::array()) == Json{"plan_broken"};
  }
  Company& supervisor(const std::string& verb, const Json& body) {
    order.as(supervisor_of({north})).given(verb, to_text(body));
    deliver();
    return *this;
  }
  Company& technician(const std::string& verb, const Json& body = Json::object()) {
    order.as(technician_named(id_of("tec", 'A'))).given(verb, to_text(body));
    deliver();
    return *this;
  }
  Json order_seen() const { return parse_json(order.entity().view(entity::Viewpoint::staff)); }
  Json ana_seen() const { return parse_json(ana.entity().view(entity::Viewpoint::staff)); }

  Company& create() {
    return supervisor(
        "create",
        {{"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Sin señal"}});
  }
  Company& assign() { return supervisor("assign", {{"technician", id_of("tec", 'A')}}); }
};

}  // namespace mf::test::one_company
