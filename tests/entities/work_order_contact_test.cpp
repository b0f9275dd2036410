// What an order shows of its client and its site, to whom, and how it hears that it has changed.
#include <set>

#include "actors/client/client_codec.hpp"
#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/described_json.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "tests/entities/kind_driver.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

using Json = nlohmann::json;

constexpr const char* copies[] = {"client_name", "site_name", "address", "neighbourhood"};

/// Seals nothing, and knows nobody who was erased.
class Keys final : public entity::KeyRing {
 public:
  bool is_erased = false;
  class Plain final : public PersonalCipher {
   public:
    std::string seal(std::string_view plain) const override { return std::string(plain); }
    std::optional<std::string> open(std::string_view sealed) const override {
      return std::string(sealed);
    }
  };
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override {
    return is_erased ? nullptr : std::make_shared<const Plain>();
  }
  mf::Status erase(std::string_view) override { return {}; }
};

SiteFact moved() {
  return {the_client, the_site,     zone_a,  6.25,       -75.6,
          true,       "Clara Ruiz", "Finca", "Calle 99", std::nullopt};
}
SiteFact erased() { return {the_client, the_site, zone_a, std::nullopt, std::nullopt, false}; }
std::unique_ptr<entity::Entity> entity_of(const Order& order) {
  static const auto kind = make_work_order_kind({});
  return std::move(*kind->decode(order.id, json::to_text(order)));
}

TEST_CASE("order contact: a new order shows its client and its site") {
  const auto order = given(created()).order();
  CHECK(order.client_name == "Clara");
  CHECK(order.site_name == "Casa");
  CHECK(order.address == "Calle 10");
  CHECK(order.neighbourhood == "Castilla");
}

TEST_CASE(
    "order contact: what the client says when it notes the order counts, not what it said "
    "before") {
  const auto order = given(with([](World& w) { w.noted_site = moved(); }), created()).order();
  CHECK(order.address == "Calle 99");
  CHECK(order.lat == 6.25);
  CHECK_FALSE(order.neighbourhood);
}

TEST_CASE("order contact: the order that a reopened one asks for is noted, and shows the same") {
  World world;
  const OpenLinked linked{.parent = id_of("ord", 'B'),
                          .type = repair,
                          .client = the_client,
                          .site = the_site,
                          .title = "Otra vez"};
  const auto wanted = wants(world.order, linked, world.policy, world.context(the_system));
  REQUIRE(wanted.note);
  CHECK(wanted.note->client == the_client);
  REQUIRE(world.send(linked, the_system));
  CHECK(world.order.address == "Calle 10");
}

TEST_CASE("order contact: staff and the technician of the visit alive see it in rows and views") {
  for (const auto status : all_statuses) {
    const auto order = given_in(status).order();
    const bool is_hers = alive(order) != nullptr;
    for (const auto& viewer : {Viewer{Viewpoint::staff}, Viewer{Viewpoint::technician, ana}})
      for (const auto& text : {row_of(order, viewer), view_of(order, viewer, {})}) {
        const auto seen = parse_json(text);
        INFO(text);
        for (const auto* name : copies)
          CHECK(seen.contains(name) == (viewer == Viewpoint::staff || is_hers));
      }
  }
}

TEST_CASE("order contact: clients see their own address, former technicians and links nothing") {
  auto then = given_in(Status::EN_ROUTE);
  const auto own = parse_json(row_of(then.order(), Viewpoint::client));
  CHECK(own["address"] == "Calle 10");
  CHECK(own["site_name"] == "Casa");
  CHECK_FALSE(own.contains("client_name"));
  const auto link = parse_json(link_view_of(then.order(), {}));
  for (const auto* name : copies) CHECK_FALSE(link.contains(name));
  then.when(Fail{.reason = "unsafe"}, ana);
  const Viewer former{Viewpoint::former, ana};
  for (const auto& text : {row_of(then.order(), former), view_of(then.order(), former, {})})
    for (const auto* name : copies) CHECK_FALSE(parse_json(text).contains(name));
}

TEST_CASE("order contact: the events that carry it are shown to nobody else, either") {
  const auto created_event = given(created()).world.happened.at(0);
  auto then = given_in(Status::ASSIGNED);
  then.world.site = moved();
  then.when(RefreshContact{}, the_system);
  const Event changed = then.event<ContactChanged>();
  const auto is_shown_to_few = [](const Event& event, std::string_view word) {
    const auto tells = [&](const Viewer& viewer) {
      const auto text = view_of(event, viewer);
      return text && text->find(word) != std::string::npos;
    };
    CHECK(tells(Viewpoint::staff));
    CHECK(tells({Viewpoint::technician, ana}));
    CHECK_FALSE(tells(Viewpoint::client));
    CHECK_FALSE(tells({Viewpoint::former, ana}));
  };
  is_shown_to_few(created_event, "Calle 10");
  is_shown_to_few(changed, "Calle 99");
}

TEST_CASE("order contact: an edited client or site is shown at once, in whatever state") {
  for (const auto status : all_statuses) {
    auto then = given_in(status);
    then.world.site = moved();
    then.when(RefreshContact{}, the_system).happens<ContactChanged>().leads_to(status);
    CHECK(then.order().client_name == "Clara Ruiz");
    CHECK(then.order().address == "Calle 99");
    CHECK(then.order().lat == 6.25);
    CHECK_FALSE(then.order().neighbourhood);
  }
}

TEST_CASE("order contact: an edit of another site concerns an order not at all") {
  auto then = given_in(Status::ASSIGNED);
  then.when(RefreshContact{.site = the_site}, the_system).happens<ContactChanged>();
  then.when(RefreshContact{.site = id_of("sit", 'Z')}, the_system).is_rejected("already_done");
}

TEST_CASE("order contact: only the system says that it has changed") {
  auto then = given_in(Status::ASSIGNED);
  for (const auto& by : {sofia, ana, clara, root}) {
    then.when(RefreshContact{}, by).is_hidden();
    CHECK(then.order().address == "Calle 10");
  }
  // What was noted and then not made answers what its reaction takes for done.
  Then nothing;
  nothing.when(RefreshContact{}, the_system).is_rejected("already_done");
}

TEST_CASE("order contact: an order of an erased client shows and keeps nothing of it") {
  auto then = given_in(Status::CLOSED);
  then.world.site = erased();
  then.when(RefreshContact{}, the_system).happens<ContactChanged>();
  const auto seen = parse_json(view_of(then.order(), Viewpoint::staff, {}));
  for (const auto* name : copies) CHECK_FALSE(seen.contains(name));
  CHECK_FALSE(seen.contains("lat"));
  CHECK_FALSE(seen.contains("lon"));
  for (const auto* word : {"Clara", "Calle", "Castilla", "6.2442"})
    CHECK(json::to_text(then.order()).find(word) == std::string::npos);
}

TEST_CASE("order contact: events hold it with the client's key alone") {
  const auto kind = make_work_order_kind({});
  Keys keys;
  const auto sealed = [&](const Event& event, const std::string& type) {
    entity::EventBody body{type, 1, std::make_shared<const Event>(event), {}};
    REQUIRE(kind->seal(the_order, body, keys));
    return body.json;
  };
  const Event made = given(created()).world.happened.at(0);
  const Event changed = ContactChanged{.client = the_client,
                                       .client_name = {"Clara"},
                                       .site_name = {"Casa"},
                                       .address = {"Calle 10"},
                                       .neighbourhood = {"Castilla"},
                                       .lat = {6.2442},
                                       .lon = {-75.5812}};
  for (const auto& [event, type] :
       {std::pair{made, "order.created"}, {changed, "order.contact_changed"}}) {
    keys.is_erased = false;
    const auto body = parse_json(sealed(event, type));
    for (const auto* name : {"client_name", "site_name", "address", "neighbourhood", "lat", "lon"})
      CHECK(body[name].contains("sealed"));
    keys.is_erased = true;
    for (const auto* word : {"Clara", "Casa", "Calle", "Castilla", "6.2442"})
      CHECK(sealed(event, type).find(word) == std::string::npos);
  }
}

TEST_CASE("order contact: what was stored before rows showed it is read, and shows none") {
  const auto kind = make_work_order_kind({});
  auto state = parse_json(json::to_text(given_in(Status::ASSIGNED).order()));
  for (const auto* name : copies) state.erase(name);
  const auto entity = kind->decode(the_order, to_text(state));
  REQUIRE(entity);
  CHECK((*entity)->encode() == to_text(parse_ordered_json((*entity)->encode())));
  CHECK_FALSE(parse_json((*entity)->row(Viewpoint::staff)).contains("address"));
}

TEST_CASE("order contact: the stored bytes of a new order's event are pinned") {
  const auto kind = make_work_order_kind({});
  mf::test::MarkingKeys keys;
  const Event made = Created{.code = "ORD-7K3Q-9F2M-XW",
                             .type = "typ_A",
                             .type_name = "Reparación",
                             .title = "Sin señal",
                             .client = "cli_A",
                             .site = "sit_A",
                             .zone = "zon_A",
                             .lat = {6.2442},
                             .lon = {-75.5812},
                             .client_name = {"Luz Gómez"},
                             .site_name = {"Casa"},
                             .address = {"Calle 10"},
                             .neighbourhood = {"Castilla"}};
  entity::EventBody body{"order.created", 1, std::make_shared<const Event>(made), {}};
  REQUIRE(kind->seal(the_order, body, keys));
  mf::test::check_golden_events("work_order", {{"order.created.v1.with_contact", body.json}});
  const auto opened = kind->open(the_order, "order.created", 1, body.json, keys);
  REQUIRE(opened);
  auto order = nothing_yet();
  apply(order, *static_cast<const Event*>(opened->typed.get()), {.now = start_time});
  CHECK(order.address == "Calle 10");
}

TEST_CASE("order contact: the stored bytes of a move into another zone are pinned") {
  const auto kind = make_work_order_kind({});
  mf::test::MarkingKeys keys;
  const Event moved = ContactChanged{.client = "cli_A",
                                     .client_name = {"Luz Gómez"},
                                     .site_name = {"Casa"},
                                     .address = {"Calle 10"},
                                     .neighbourhood = {"Castilla"},
                                     .lat = {6.2442},
                                     .lon = {-75.5812},
                                     .zone = "zon_B"};
  entity::EventBody body{"order.contact_changed", 1, std::make_shared<const Event>(moved), {}};
  REQUIRE(kind->seal(the_order, body, keys));
  mf::test::check_golden_events("work_order", {{"order.contact_changed.v1.with_zone", body.json}});
}

TEST_CASE("order contact: a new order lies in the zone its site has when it is noted") {
  auto site = moved();
  site.zone = zone_b;
  CHECK(given(with([&](World& w) { w.noted_site = site; }), created()).order().zone == zone_b);
}

TEST_CASE("order contact: a site that moves takes its open orders along, and its plan is judged") {
  auto then = given_in(Status::ACCEPTED);
  then.when(RefreshContact{}, the_system);
  CHECK_FALSE(then.event<ContactChanged>().zone);
  then.world.site.zone = zone_b;
  then.when(RefreshContact{}, the_system);
  CHECK(then.order().zone == zone_b);
  CHECK(react(then.event<ContactChanged>()).size() == 1);
  then.world.holds_no = reject("wrong_zone").error();
  then.when(Recheck{}, the_system).leads_to(Status::TRIAGED);
  CHECK(then.event<Revoked>().code == "wrong_zone");
  then.when(Recheck{}, the_system).is_rejected("already_done");

  auto ended = given_in(Status::CANCELLED);
  ended.world.site.zone = zone_b;
  ended.when(RefreshContact{}, the_system);
  CHECK(ended.order().zone == zone_a);
}

TEST_CASE("order agenda: a visit's row is for staff and its technician, while it is alive") {
  auto then = given_in(Status::ASSIGNED);
  const auto visit = then.order().visits.back().id;
  const auto row = [&](const Principal& by, const Id& of) {
    return entity_of(then.order())
        ->answer("agenda_row", to_text(Json{{"visit", of}}), by, start_time);
  };
  for (const auto& by : {sofia, root, ana}) {
    REQUIRE(row(by, visit));
    CHECK(parse_json(*row(by, visit))["address"] == "Calle 10");
  }
  for (const auto& by : {ben, clara, other_client, oscar, foreign_supervisor})
    CHECK_FALSE(row(by, visit));
  Principal link;
  link.account = "tracking";
  link.tracked_order = the_order;
  CHECK_FALSE(row(link, visit));
  CHECK_FALSE(row(ana, id_of("vis", 'Z')));
  CHECK_FALSE(row(sofia, ""));
  then.when(Reassign{assign_to(ben)}, sofia);
  CHECK_FALSE(row(ana, visit));
  CHECK_FALSE(row(sofia, visit));
}

TEST_CASE("order agenda: a visit's row ends with the visit, however that ends") {
  for (const auto& end :
       {does(ana, Decline{.reason = "x"}), does(sofia, Unassign{.reason = "x"}),
        does(sofia, Cancel{.reason = "x"}),
        does(the_system, Revoke{ana.technician, "technician_off"}), Step([](World& w) {
          for (const auto& step : {started(), completed()}) step(w);
        }),
        Step([](World& w) {
          for (const auto& step : {departed(), failed()}) step(w);
        }),
        Step([](World& w) { w.wait(24h); })}) {
    auto then = given(with([](World& w) { w.offer.expires_at = start_time + 10min; }), created(),
                      triaged(), assigned_to(ana));
    const auto visit = then.order().visits.back().id;
    const auto body = to_text(Json{{"visit", visit}});
    REQUIRE(entity_of(then.order())->answer("agenda_row", body, ana, start_time));
    end(then.world);
    INFO(static_cast<int>(then.order().status));
    CHECK_FALSE(entity_of(then.order())->answer("agenda_row", body, ana, start_time));
    const auto seen = entity_of(then.order())->viewpoint(ana);
    CHECK(seen != Viewpoint::technician);
  }
}

TEST_CASE("order agenda: a plan without a visit has a row for staff alone") {
  const auto order = given_in(Status::SCHEDULED).order();
  CHECK(entity_of(order)->answer("agenda_row", "{}", sofia, start_time));
  CHECK_FALSE(entity_of(order)->answer("agenda_row", "{}", ana, start_time));
}

}  // namespace
}  // namespace mf::work_order::test
