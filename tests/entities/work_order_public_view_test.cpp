// What the client of an order, and whoever holds its tracking link, is told beyond times.
#include "actors/work_order/work_order_views.hpp"
#include "base/json.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {

TEST_CASE("order views: the client reads why an order failed, was rejected or cancelled") {
  for (const auto status : {Status::FAILED, Status::REJECTED, Status::CANCELLED}) {
    const auto order = given_in(status).order();
    REQUIRE(order.reason);
    CHECK(parse_json(view_of(order, Viewer{Viewpoint::client}, {})).value("reason", "") ==
          *order.reason);
  }
}

TEST_CASE("order views: no other reason is the client's to read") {
  auto order = given_in(Status::TRIAGED).order();
  order.reason = "the technician was rude";
  CHECK_FALSE(parse_json(view_of(order, Viewer{Viewpoint::client}, {})).contains("reason"));
}

}  // namespace mf::work_order::test
