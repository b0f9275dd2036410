// What the client of an order, and whoever holds its tracking link, is told beyond times.
#include <algorithm>

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

namespace {

/// What whoever holds the link reads of an event; "-": nothing.
std::string to_link_holder(const Event& event) {
  Principal by;
  by.tracked_order = the_order;
  return view_of(event, Viewer(Viewpoint::client, by)).value_or("-");
}

}  // namespace

TEST_CASE("order views: a link's holder reads no words of the client's or of ours") {
  const Patch<std::string> words{"words"};
  for (const Event& event : {Event(Commented{.comment = "com_1",
                                             .text = "words",
                                             .visibility = Visibility::client,
                                             .author = "acc_1"}),
                             Event(Rated{.rating = 1, .text = "words"}), Event(Reopened{}),
                             Event(Created{.code = "ORD-1", .title = "words"}),
                             Event(Edited{.title = words, .description = words})})
    CHECK(to_link_holder(event) == "-");
}

TEST_CASE("order views: a link's holder reads times, reasons and the first name") {
  CHECK(to_link_holder(TravelStarted{.visit = "vis_1", .technician = "tec_1", .at = start_time}) ==
        R"({"at":"2026-11-23T13:00:00.000Z"})");
  CHECK(to_link_holder(Cancelled{.reason = "other", .note = "words", .by_client = true}) ==
        R"({"reason":"other"})");
  const auto then = given_in(Status::ASSIGNED);
  const auto event = std::ranges::find_if(
      then.world.happened, [](const Event& e) { return std::holds_alternative<Assigned>(e); });
  REQUIRE(event != then.world.happened.end());
  const auto assigned = parse_json(to_link_holder(*event));
  CHECK(assigned.size() == 3);
  CHECK(assigned.contains("technician_name"));
  const auto windows = parse_json(to_link_holder(Edited{
      .description = {"words"}, .windows = {std::vector{Window{start_time, start_time + 1h}}}}));
  CHECK(windows.size() == 1);
  CHECK(windows.contains("windows"));
  CHECK(to_link_holder(Rescheduled{{}, "words"}) == R"({"windows":[]})");
}

}  // namespace mf::work_order::test
