// A zone that only suggests: what is proposed, for how long, and what a refusal means.
#include <catch2/catch.hpp>

#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;
using dispatch::Mode;
using views::Hearer;
using views::WhyProposed;

namespace {

struct Suggesting : PaperZone {
  explicit Suggesting(dispatch::Settings settings = {}) : PaperZone(settings) {
    dispatcher.set(Mode::suggest);
  }
  /// Of this order, after whatever there is to do; nullptr: none.
  views::ProposalPtr of(const std::string& order) {
    CHECK(commands().empty());
    for (const auto& proposal : dispatcher.proposals())
      if (proposal->order == order) return proposal;
    return nullptr;
  }
  /// As the order's own decide would have it.
  void accept(const views::Proposal& proposal) {
    done({.tag = 0,
          .order = proposal.order,
          .verb = proposal.verb,
          .body = proposal.body,
          .expected_version = proposal.order_version});
  }
  void refuse(const views::Proposal& proposal) {
    rows[proposal.order]["refused"].push_back({{"technician", proposal.technician},
                                               {"at", format_rfc3339(now)},
                                               {"from", format_rfc3339(proposal.slot.from)},
                                               {"reason", "other_crew"}});
    changed(proposal.order);
  }
};

}  // namespace

TEST_CASE("proposals: say what would be done, what it costs and who would hear of it") {
  Suggesting zone;
  zone.technician("tec_far", 6.30, -75.60);
  zone.technician("tec_near", 6.26, -75.57);
  zone.order("ord_1", 6.25, -75.57, 2);
  const auto proposal = zone.of("ord_1");
  REQUIRE(proposal);
  CHECK(is_id("prp", proposal->id));
  CHECK(proposal->order_version == 1);
  CHECK(proposal->verb == "assign");
  CHECK(proposal->technician == "tec_near");
  CHECK(proposal->technician_name == "Ana tec_near");
  CHECK(proposal->slot.to - proposal->slot.from == 1h);
  CHECK(proposal->adds.travel > 60);
  CHECK_FALSE(proposal->before);
  CHECK_FALSE(proposal->replaces);
  CHECK(proposal->why == WhyProposed::no_technician);
  CHECK(proposal->tells == std::vector{Hearer::client, Hearer::technician});
  CHECK(parse_json(proposal->body)["technician"] == "tec_near");
}

TEST_CASE("proposals: the same is proposed under the same id, by whichever dispatcher") {
  Suggesting one, other;
  for (auto* zone : {&one, &other}) {
    zone->technician("tec_1", 6.25, -75.57);
    zone->order("ord_1", 6.25, -75.57);
  }
  const auto first = one.of("ord_1");
  REQUIRE(first);
  CHECK(other.of("ord_1")->id == first->id);
  CHECK(one.dispatcher.new_proposals());
  CHECK_FALSE(one.dispatcher.new_proposals());
  // The hour goes on: for a while the same is meant.
  one.now += 2min;
  one.changed("tec_1");
  CHECK(one.of("ord_1")->id == first->id);
  CHECK_FALSE(one.dispatcher.new_proposals());
  one.now += 10min;
  one.changed("tec_1");
  const auto later = one.of("ord_1");
  REQUIRE(later);
  CHECK(later->id != first->id);
  CHECK(later->slot.from >= one.now);
  CHECK(later->version > first->version);
  // One that forgets all makes them anew.
  one.dispatcher.set(Mode::off);
  REQUIRE(one.dispatcher.new_proposals());
  CHECK(one.dispatcher.proposals().empty());
  one.dispatcher.set(Mode::suggest);
  const auto again = one.of("ord_1");
  REQUIRE(again);
  CHECK(again->slot.from - later->slot.from < 1min);
}

TEST_CASE("proposals: go when the order changes, whoever was faster") {
  Suggesting zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.technician("tec_2", 6.25, -75.58);
  zone.order("ord_1", 6.25, -75.57);
  const auto first = zone.of("ord_1");
  REQUIRE(first);
  zone.rows["ord_1"]["title"] = "another one";
  zone.changed("ord_1");
  const auto second = zone.of("ord_1");
  REQUIRE(second);
  CHECK(second->id != first->id);
  CHECK(second->order_version == 2);
  // A person gives it to somebody else.
  auto& row = zone.rows["ord_1"];
  row["status"] = "ASSIGNED";
  row["technician"] = "tec_2";
  row["slot"] = {{"from", format_rfc3339(zone.now + 5min)},
                 {"to", format_rfc3339(zone.now + 65min)}};
  zone.changed("ord_1");
  CHECK_FALSE(zone.of("ord_1"));
}

TEST_CASE("proposals: a technician who goes off is not proposed any longer") {
  Suggesting zone;
  zone.technician("tec_near", 6.25, -75.57);
  zone.technician("tec_far", 6.30, -75.60);
  zone.order("ord_1", 6.25, -75.57);
  REQUIRE(zone.of("ord_1"));
  CHECK(zone.of("ord_1")->technician == "tec_near");
  zone.rows["tec_near"]["availability"] = "off";
  zone.changed("tec_near");
  REQUIRE(zone.of("ord_1"));
  CHECK(zone.of("ord_1")->technician == "tec_far");
}

TEST_CASE("proposals: who was refused is not proposed again that day, the next best is") {
  Suggesting zone;
  zone.technician("tec_near", 6.25, -75.57);
  zone.technician("tec_far", 6.30, -75.60);
  zone.order("ord_1", 6.25, -75.57);
  const auto near = zone.of("ord_1");
  REQUIRE(near);
  zone.refuse(*near);
  const auto far = zone.of("ord_1");
  REQUIRE(far);
  CHECK(far->technician == "tec_far");
  zone.refuse(*far);
  CHECK_FALSE(zone.of("ord_1"));
  CHECK(zone.reason_of("ord_1") == "asked_already");
  // A dispatcher that begins anew reads it from the row, and an automatic one keeps to it.
  zone.dispatcher.set(Mode::off);
  zone.dispatcher.set(Mode::automatic);
  CHECK(zone.commands().empty());
  zone.dispatcher.set(Mode::suggest);
  zone.now = *parse_rfc3339("2026-12-01T04:59:00Z");  // 23:59 in Bogota
  CHECK_FALSE(zone.of("ord_1"));
  zone.now = *parse_rfc3339("2026-12-01T05:01:00Z");
  REQUIRE(zone.of("ord_1"));
  CHECK(zone.of("ord_1")->technician == "tec_near");
}

TEST_CASE("proposals: an accepted plan is proposed to be offered when its time comes") {
  Suggesting zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.technician("tec_2", 6.30, -75.60);
  zone.order("ord_1", 6.25, -75.57)["windows"] = {
      {{"from", format_rfc3339(zone.now + 6h)}, {"to", format_rfc3339(zone.now + 7h)}}};
  const auto plan = zone.of("ord_1");
  REQUIRE(plan);
  CHECK(plan->verb == "schedule");
  CHECK(plan->tells == std::vector{Hearer::client});
  zone.accept(*plan);
  CHECK_FALSE(zone.of("ord_1"));
  CHECK(zone.reason_of("ord_1") == "not_due");
  zone.now += 3h;
  const auto offer = zone.of("ord_1");
  REQUIRE(offer);
  CHECK(offer->verb == "assign");
  CHECK(offer->why == WhyProposed::due);
  CHECK(offer->technician == "tec_1");
  CHECK(offer->tells == std::vector{Hearer::technician});
  REQUIRE(offer->replaces);
  CHECK(offer->replaces->status == views::HeldAs::planned);
  CHECK(offer->replaces->technician == "tec_1");
  REQUIRE(offer->before);
  CHECK(offer->before->travel == offer->adds.travel);

  // Refused, the plan is somebody else's.
  zone.refuse(*offer);
  const auto other = zone.of("ord_1");
  REQUIRE(other);
  CHECK(other->technician == "tec_2");
  CHECK(other->why == WhyProposed::refused);
  CHECK(other->replaces->technician == "tec_1");
  zone.refuse(*other);
  CHECK_FALSE(zone.of("ord_1"));
  CHECK(zone.reason_of("ord_1") == "plan_refused");
}

TEST_CASE("proposals: a visit that will be late is proposed to another, and both hear of it") {
  Suggesting zone;
  zone.technician("tec_late", 6.25, -75.57)["agenda"] = {{{"order", "ord_0"},
                                                          {"from", format_rfc3339(zone.now)},
                                                          {"to", format_rfc3339(zone.now + 1h)},
                                                          {"running", "work"}}};
  zone.technician("tec_free", 6.26, -75.57);
  auto& running = zone.order("ord_0", 6.25, -75.57);
  running["status"] = "IN_PROGRESS";
  running["technician"] = "tec_late";
  running["started_at"] = format_rfc3339(zone.now);
  running["slot"] = {{"from", format_rfc3339(zone.now)}, {"to", format_rfc3339(zone.now + 1h)}};
  running["duration_ms"] = 4 * 3'600'000;
  auto& row = zone.order("ord_1", 6.25, -75.57);
  row["status"] = "ACCEPTED";
  row["technician"] = "tec_late";
  row["slot"] = {{"from", format_rfc3339(zone.now + 1h)}, {"to", format_rfc3339(zone.now + 2h)}};
  const auto proposal = zone.of("ord_1");
  REQUIRE(proposal);
  CHECK(proposal->verb == "reassign");
  CHECK(proposal->technician == "tec_free");
  CHECK(proposal->replaces->status == views::HeldAs::accepted);
  CHECK(std::ranges::count(proposal->tells, Hearer::former_technician) == 1);
  CHECK(std::ranges::count(proposal->tells, Hearer::technician) == 1);
  // The work ends sooner than expected: nothing is to be rescued any more.
  zone.rows["ord_0"]["status"] = "COMPLETED";
  zone.rows["tec_late"]["agenda"] = Json::array();
  zone.changed("ord_0");
  zone.changed("tec_late");
  zone.now += 6min;
  CHECK_FALSE(zone.of("ord_1"));
}

TEST_CASE("proposals: a plan that could be better is proposed with what it has and would have") {
  Suggesting zone({.offer_ahead = 1h, .frozen = 30min});
  zone.technician("tec_far", 6.33, -75.62);
  zone.technician("tec_near", 6.25, -75.57);
  auto& order = zone.order("ord_1", 6.25, -75.57);
  order["status"] = "SCHEDULED";
  order["plan"] = {{"technician", "tec_far"}, {"technician_name", "Ana"}};
  order["slot"] = {{"from", format_rfc3339(zone.now + 3h)}, {"to", format_rfc3339(zone.now + 4h)}};
  CHECK_FALSE(zone.of("ord_1"));
  zone.now += 6s;
  const auto nearer = zone.of("ord_1");
  REQUIRE(nearer);
  CHECK(nearer->why == WhyProposed::better);
  CHECK(nearer->verb == "schedule");
  CHECK(nearer->technician == "tec_near");
  CHECK(nearer->tells == std::vector{Hearer::client});
  CHECK(nearer->replaces->technician == "tec_far");
  REQUIRE(nearer->before);
  CHECK(nearer->before->travel > nearer->adds.travel + 600);
  CHECK(nearer->before->wait > nearer->adds.wait + 9'000);
  zone.now += 6min;  // looked at again, it is still one
  REQUIRE(zone.of("ord_1"));
  CHECK(zone.of("ord_1")->technician == "tec_near");

  // Refused: somebody else at that time, or the same sooner; refused again, the plan is left alone.
  zone.refuse(*zone.of("ord_1"));
  CHECK_FALSE(zone.of("ord_1"));
  zone.now += 11min;
  const auto sooner = zone.of("ord_1");
  REQUIRE(sooner);
  CHECK(sooner->technician == "tec_far");
  CHECK(sooner->slot.from < *parse_rfc3339(zone.rows["ord_1"]["slot"]["from"].get<std::string>()));
  zone.refuse(*sooner);
  CHECK_FALSE(zone.of("ord_1"));
  zone.now += 11min;
  CHECK_FALSE(zone.of("ord_1"));
  CHECK(zone.reason_of("ord_1") == "not_due");
}

TEST_CASE("proposals: become offers when the zone is automatic, and nothing when it is off") {
  Suggesting zone;
  zone.technician("tec_1", 6.25, -75.57);
  zone.order("ord_1", 6.25, -75.57);
  REQUIRE(zone.of("ord_1"));
  CHECK(zone.dispatcher.new_proposals()->size() == 1);
  zone.dispatcher.set(Mode::automatic);
  const auto sent = zone.commands();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].verb == "assign");
  CHECK(zone.dispatcher.new_proposals()->empty());
  zone.dispatcher.set(Mode::suggest);
  zone.done(sent[0]);
  CHECK_FALSE(zone.of("ord_1"));
  zone.order("ord_2", 6.25, -75.57);
  zone.changed("ord_2");
  REQUIRE(zone.of("ord_2"));
  zone.dispatcher.set(Mode::off);
  CHECK(zone.commands().empty());
  CHECK(zone.dispatcher.proposals().empty());
}

TEST_CASE("proposals: of many the most urgent are shown, and others come after them") {
  Suggesting zone;
  for (int i = 0; i < 30; ++i)
    zone.technician("tec_" + std::to_string(i), 6.25 + 0.001 * i, -75.57);
  for (int i = 0; i < 230; ++i)
    zone.order("ord_" + std::to_string(i), 6.25 + 0.0003 * i, -75.57, i < 225 ? 3 : 1);
  CHECK(zone.commands().empty());
  const auto shown = zone.dispatcher.proposals();
  REQUIRE(shown.size() == views::proposals_max);
  for (std::size_t i = 0; i < 5; ++i) CHECK(shown[i]->priority == 1);
  zone.gone(shown.front()->order);
  CHECK(zone.commands().empty());
  CHECK(zone.dispatcher.proposals().size() == views::proposals_max);
}

TEST_CASE("proposals: those that went are known for a while, and no other") {
  views::ProposalBook book;
  const auto proposal = [](int i) {
    return std::make_shared<const views::Proposal>(
        views::Proposal{.id = "prp_" + std::to_string(i), .order = "ord_" + std::to_string(i)});
  };
  book.put("zon_a", {proposal(1), proposal(2)});
  book.put("zon_a", {proposal(2)});
  REQUIRE(book.find("zon_a", "prp_1"));
  CHECK(book.find("zon_a", "prp_2")->order == "ord_2");
  CHECK_FALSE(book.find("zon_b", "prp_1"));
  CHECK_FALSE(book.find("zon_a", "prp_3"));
  for (int i = 10; i < 600; ++i) book.put("zon_a", {proposal(2), proposal(i)});
  CHECK_FALSE(book.find("zon_a", "prp_1"));
  CHECK(book.find("zon_a", "prp_2"));
  CHECK(book.find("zon_a", "prp_598"));
}
