// Two orders for the same, and what becomes of the second when the first ends.
#include "tests/entities/work_order_company.hpp"

namespace mf::test::one_company {
namespace {

TEST_CASE("company: a second order for the same names the first, until that one has ended") {
  Company company;
  company.create();
  const auto second = [&](char letter, const Json& more = Json::object()) {
    Driver order{std::shared_ptr(work_order::make_work_order_kind({})), id_of("ord", letter)};
    order.as(client_named(id_of("cli", 'C'))).answering([&](const entity::Need& need) {
      return company.respond(need);
    });
    Json body{{"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Otra"}};
    body.update(more);
    order.given("create", to_text(body));
    return parse_json(order.entity().view(entity::Viewpoint::staff));
  };
  const auto seen = second('B');
  CHECK(seen["twin"] == id_of("ord", 'A'));
  CHECK(seen["flags"] == Json{"possible_duplicate"});
  CHECK(seen["status"] == "NEW");
  company.supervisor("cancel", {{"reason", "solved"}});
  CHECK(second('C')["twin"] == id_of("ord", 'B'));
  company.client.does("forget_order", to_text(Json{{"order", id_of("ord", 'B')}}));
  company.client.does("forget_order", to_text(Json{{"order", id_of("ord", 'C')}}));
  CHECK_FALSE(second('D').contains("twin"));
  company.client.later(31min);
  CHECK_FALSE(second('E').contains("twin"));
}

TEST_CASE("company: a second order goes on by itself when the first is cancelled or done") {
  for (const std::string end : {"cancel", "complete"}) {
    INFO(end);
    Company company;
    company.create();
    Driver second{std::shared_ptr(work_order::make_work_order_kind({})), id_of("ord", 'B')};
    second.as(client_named(id_of("cli", 'C'))).answering([&](const entity::Need& need) {
      return company.respond(need);
    });
    second.given(
        "create",
        to_text(Json{
            {"type", repair}, {"client", id_of("cli", 'C')}, {"site", site}, {"title", "Otra"}}));
    const auto seen = [&] { return parse_json(second.entity().view(entity::Viewpoint::staff)); };
    REQUIRE(seen()["flags"] == Json{"possible_duplicate"});
    if (end == "cancel") company.supervisor("cancel", {{"reason", "solved"}});
    else company.assign().technician("start").technician("complete");
    REQUIRE(company.client.reactions().size() == 1);
    const auto& reaction = company.client.reactions()[0];
    CHECK(reaction.target == EntityRef{EntityKind::work_order, id_of("ord", 'B')});
    CHECK(second.as(Principal::system()).does(reaction.verb, reaction.body).text() ==
          "order.twin_changed, order.triaged");
    CHECK(seen()["status"] == "TRIAGED");
    CHECK_FALSE(seen().contains("twin"));
    CHECK(second.rebuilt_state() == second.entity().encode());
  }
}

TEST_CASE("company: a disabled type is not reopened") {
  Company company;
  company.create().supervisor("cancel", {{"reason", "solved"}});
  company.catalogue.given("edit_order_type", to_text(Json{{"id", repair}, {"disabled", true}}));
  company.order.as(supervisor_of({north}));
  const auto refused = company.order.does("reopen", R"({"reason":"again"})");
  CHECK(refused.text() == "type_disabled");
  CHECK(refused.no->kind == RejectionKind::conflict);
}

}  // namespace
}  // namespace mf::test::one_company
