// Bodies in, stored bytes and views out.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/described_json.hpp"
#include "base/environment.hpp"
#include "base/json.hpp"
#include "tests/entities/work_order_world.hpp"
#include "tests/source_dir.hpp"

namespace mf::work_order::test {
namespace {

using Json = nlohmann::json;
using entity::EventBody;
using entity::Viewpoint;

/// Seals so that one can see it.
class Brackets final : public PersonalCipher {
 public:
  std::string seal(std::string_view plain) const override { return "<" + std::string(plain) + ">"; }
  std::optional<std::string> open(std::string_view sealed) const override {
    return std::string(sealed.substr(1, sealed.size() - 2));
  }
};
class Keys final : public entity::KeyRing {
 public:
  std::string asked_for;
  bool is_erased = false;
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool) override {
    asked_for = person;
    return is_erased ? nullptr : std::make_shared<const Brackets>();
  }
  mf::Status erase(std::string_view) override { return {}; }
};

std::unique_ptr<entity::Kind> the_kind() {
  return make_work_order_kind({.tracking_key = std::string(32, 'k')});
}

TEST_CASE("order verbs: people see the public ones alone") {
  std::set<std::string> verbs;
  for (const auto& verb : the_kind()->public_verbs()) verbs.insert(verb.name);
  CHECK(verbs == std::set<std::string>{"create",
                                       "triage",
                                       "reject",
                                       "schedule",
                                       "assign",
                                       "accept",
                                       "decline",
                                       "unassign",
                                       "reassign",
                                       "depart",
                                       "arrive",
                                       "start",
                                       "pause",
                                       "resume",
                                       "follow_up",
                                       "complete",
                                       "request_approval",
                                       "approve",
                                       "return",
                                       "fail",
                                       "retry",
                                       "cancel",
                                       "reopen",
                                       "comment",
                                       "set_priority",
                                       "edit",
                                       "pin",
                                       "unpin",
                                       "refuse_proposal",
                                       "withdraw_tracking",
                                       "confirm_window",
                                       "reschedule",
                                       "rate",
                                       "request_time_edit",
                                       "edit_time"});
}

TEST_CASE(
    "order state: where the client lives is stored with the client's key, and opened with it") {
  const auto kind = the_kind();
  const auto order = given_in(Status::TRIAGED).order();
  REQUIRE(order.lat);
  const auto entity = kind->decode(the_order, json::to_text(order));
  Keys keys;
  const auto stored = (*entity)->clone()->seal(keys);
  CHECK(keys.asked_for == order.client);
  auto open_part = parse_json(stored);
  CHECK_FALSE(open_part.contains("lat"));
  CHECK(open_part["sealed"].get<std::string>().starts_with("<{\"lat\":"));
  CHECK((*kind->unseal(the_order, stored, keys))->encode() == json::to_text(order));
  keys.is_erased = true;
  const auto erased = parse_json((*kind->unseal(the_order, stored, keys))->encode());
  CHECK_FALSE(erased.contains("lat"));
  CHECK(erased["client"] == order.client);
  CHECK((*entity)->clone()->seal(keys).find("lat") == std::string::npos);
}

TEST_CASE("order needs: assigning asks the technician for the agenda, with a token to release") {
  const auto kind = the_kind();
  const auto order = kind->decode(the_order, json::to_text(given_in(Status::TRIAGED).order()));
  const auto body = kind->parse("assign", "{\"technician\":\"" + ana.technician + "\"}");
  const Context context{.by = sofia, .now = start_time, .attempt = 7};
  const auto needs = (*order)->needs(*body, context);
  REQUIRE(needs.size() == 1);
  CHECK(needs[0].type == entity::Need::Type::claim);
  CHECK(needs[0].target == EntityRef{EntityKind::technician, ana.technician});
  CHECK(needs[0].verb == "claim_agenda");
  CHECK(needs[0].token == the_order + "/agenda/" + std::string(32, '0') + "/7");
  const auto claim = parse_json(needs[0].body);
  CHECK(claim["token"] == needs[0].token);
  CHECK(claim["order"] == the_order);
  CHECK(claim["zone"] == zone_a);
  CHECK(claim["duration_ms"] == 3'600'000);
  CHECK(claim["skills"] == parse_json(R"([{"skill":"fibre","level":1}])"));
  CHECK((*order)->needs(*body, {.by = clara, .now = start_time}).empty());

  const auto granted = (*order)->decide(
      *body, {{"agenda", 3, R"({"technician":"t","name":"Ana Pérez","first_name":"Ana",
              "account":"acc_N","from":"2026-11-23T14:00:00Z","to":"2026-11-23T15:00:00Z"})"}},
      context);
  REQUIRE(granted);
  CHECK((*granted)[0].type == "assignment.created");
  const auto unknown = (*order)->decide(*body, {{"agenda", 0, hide()}}, context);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().field == "technician");
}

TEST_CASE("order events: what a device told happened when its event says, and nothing else does") {
  const auto kind = the_kind();
  const auto order = kind->decode(the_order, json::to_text(given_in(Status::ASSIGNED).order()));
  const auto later = start_time + 1h;
  const auto events = (*order)->decide(
      *kind->parse("accept", "{}"), {},
      {.by = ana, .now = later, .occurred_at = later, .device_time = start_time - 5h});
  REQUIRE(events);
  REQUIRE((*events)[0].at);
  CHECK(*(*events)[0].at > start_time);  // when it was assigned, not what the phone said
  CHECK(*(*events)[0].at < later);
  const auto said = (*order)->decide(*kind->parse("comment", R"({"text":"hola"})"), {},
                                     {.by = ana, .now = later, .occurred_at = later});
  REQUIRE(said);
  CHECK_FALSE((*said)[0].at);
}

TEST_CASE("order claims: a token is in use exactly while the order holds it") {
  const auto kind = the_kind();
  const auto used = [&](const Order& order, const std::string& token) {
    const auto entity = kind->decode(the_order, json::to_text(order));
    return (*entity)
        ->answer("claim_in_use", "{\"token\":\"" + token + "\",\"holder\":\"x\"}", the_system,
                 start_time)
        .value();
  };
  auto then = given_in(Status::EN_ROUTE);
  const auto tokens = then.world.held;
  REQUIRE(tokens.size() == 2);
  for (const auto& token : tokens) CHECK(used(then.order(), token) == "{\"used\":true}");
  then.when(Fail{}, ana);
  for (const auto& token : tokens) CHECK(used(then.order(), token) == "{\"used\":false}");
  const auto entity = kind->decode(the_order, json::to_text(then.order()));
  CHECK_FALSE((*entity)->answer("claim_in_use", "{}", sofia, start_time));
  CHECK_FALSE(kind->empty(the_order)->answer("claim_in_use", "{}", the_system, start_time));
}

TEST_CASE("order events: coordinates are sealed with the client's key and open with it") {
  const auto kind = the_kind();
  Keys keys;
  auto then = given(created());
  EventBody body{"order.created", 1, std::make_shared<const Event>(then.world.happened[0]), {}};
  REQUIRE(kind->seal(the_order, body, keys));
  CHECK(keys.asked_for == the_client);
  CHECK(body.json.find(R"("lat":{"sealed":"<6.2442>"})") != body.json.npos);
  keys.asked_for.clear();
  auto opened = kind->open(the_order, body.type, 1, body.json, keys);
  REQUIRE(opened);
  CHECK(keys.asked_for == the_client);
  CHECK(std::get<Created>(*static_cast<const Event*>(opened->typed.get())).lat.value == 6.2442);
  keys.is_erased = true;
  opened = kind->open(the_order, body.type, 1, body.json, keys);
  REQUIRE(opened);
  CHECK_FALSE(std::get<Created>(*static_cast<const Event*>(opened->typed.get())).lat.value);
}

TEST_CASE("order events: of an erased client nothing personal is kept, neither sealed nor plain") {
  const auto kind = the_kind();
  Keys keys;
  keys.is_erased = true;
  const Event event = WorkCompleted{.visit = "vis_1",
                                    .technician = {},
                                    .client = the_client,
                                    .note = {},
                                    .signature = {"<svg>"},
                                    .signature_refusal_reason = {}};
  EventBody body{"tracking.work_completed", 1, std::make_shared<const Event>(event), {}};
  REQUIRE(kind->seal(the_order, body, keys));
  CHECK(keys.asked_for == the_client);
  CHECK(body.json.find("svg") == body.json.npos);
  CHECK(body.json.find("sealed") == body.json.npos);
  CHECK(body.json.find(the_client) != body.json.npos);
  // What is applied is what is stored.
  CHECK_FALSE(
      std::get<WorkCompleted>(*static_cast<const Event*>(body.typed.get())).signature.value);
}

TEST_CASE("order state: what is open to the order is open to its lists") {
  CHECK(std::size(all_statuses) == entity::all_statuses().size());
  for (const auto status : all_statuses) {
    const auto name = json::enum_name(status);
    CHECK(std::ranges::find(entity::all_statuses(), name) != entity::all_statuses().end());
    CHECK(is_open(status) == entity::is_open_status(name));
  }
}

TEST_CASE("order state: a fresh one is about a kilobyte") {
  CHECK(json::to_text(given(created()).order()).size() <= 1300);
}

TEST_CASE("order reactions: released claims and the new order of a reopened one") {
  const auto kind = the_kind();
  const auto reactions = [&](std::string type, const Event& event) {
    return kind->react(the_order, {std::move(type), 1, std::make_shared<const Event>(event), {}});
  };
  const auto released =
      reactions("assignment.expired", Expired{"v", ana.technician, {{ana.technician, "tok"}}});
  REQUIRE(released.size() == 1);
  CHECK(released[0].target == EntityRef{EntityKind::technician, ana.technician});
  CHECK(released[0].verb == "release_claim");
  CHECK(released[0].body == R"({"token":"tok"})");
  auto then = given_in(Status::CLOSED).when(Reopen{.reason = "again"}, sofia);
  const auto opened = reactions("order.reopened", then.event<Reopened>());
  REQUIRE(opened.size() == 1);
  CHECK(opened[0].verb == "open_linked");
  CHECK(kind->parse("open_linked", opened[0].body));
}

TEST_CASE("order index and counter follow the state") {
  const auto kind = the_kind();
  const auto entity = kind->decode(the_order, json::to_text(given_in(Status::ASSIGNED).order()));
  CHECK((*entity)->counter() == zone_a + "|ASSIGNED");
  CHECK((*entity)->status() == "ASSIGNED");
  const auto concerns = (*entity)->concerns();
  CHECK(concerns.zone == zone_a);
  CHECK(concerns.client == the_client);
  CHECK(concerns.technician == ana.technician);
  CHECK(concerns.is_open);
  CHECK_FALSE((*entity)->index().empty());
  const auto closed = kind->decode(the_order, json::to_text(given_in(Status::CLOSED).order()));
  CHECK_FALSE((*closed)->concerns().is_open);
  CHECK(kind->empty(the_order)->counter().empty());
}

// Golden files: the stored bytes of every event version
std::vector<std::pair<std::string, Event>> samples() {
  const auto t = *parse_rfc3339("2026-11-23T13:00:00.250Z");
  const Window w{t, t + 1h};
  const Released r{{"tec_A", "ord_A/agenda/00/1"}};
  const SlaLimits limits{15min, 60min, 240min};
  const Assignment a{"vis_A", "tec_A", "Ana Pérez", "Ana", "acc_A",  t,
                     t + 1h,  "token", t + 5min,    true,  "urgent", r};
  return {
      {"order.created", Created{"ORD-7K3Q-9F2M-XW",
                                "typ_A",
                                "Reparación",
                                "Sin señal",
                                "desde ayer",
                                2,
                                1,
                                "cli_A",
                                "sit_A",
                                "zon_A",
                                {6.2442},
                                {-75.5812},
                                60min,
                                {{"fibre", 2}},
                                {w},
                                {"vip"},
                                limits,
                                true,
                                true,
                                "aa",
                                "bb",
                                Link{Relation::reopened, "ord_B"}}},
      {"order.rejected", Rejected{"out of area", "nota"}},
      {"order.triaged",
       Triaged{true, "typ_A", "Reparación", 1, 90min, {{"fibre", 1}}, {w}, limits, true, false}},
      {"order.scheduled", Scheduled{t, t + 1h, Plan{"tec_A", "Ana", "token"}, true, "agreed", r}},
      {"assignment.created", Assigned{a}},
      {"assignment.accepted", Accepted{"vis_A", "tec_A", t, true}},
      {"assignment.declined", Declined{"vis_A", "tec_A", "too far", "nota", t, false, r}},
      {"assignment.revoked", Revoked{"vis_A", "tec_A", "unassigned", "sick", "nota", r}},
      {"assignment.expired", Expired{"vis_A", "tec_A", r}},
      {"order.escalated", Escalated{3}},
      {"assignment.reassigned", Reassigned{a, "vis_B", "tec_B"}},
      {"tracking.travel_started", TravelStarted{"vis_A", "tec_A", "token", t, false}},
      {"tracking.arrived", Arrived{"vis_A", "tec_A", t, false, 250, true, false, r}},
      {"tracking.work_started", WorkStarted{"vis_A", "tec_A", "token", t, false}},
      {"tracking.work_paused", WorkPaused{"vis_A", "tec_A", "break", "nota", t, false, true, r}},
      {"tracking.work_resumed", WorkResumed{"vis_A", "tec_A", "token", t, false}},
      {"order.followup_required",
       FollowUpRequired{"vis_A", "tec_A", "parts", "nota", {"ONT"}, t, false, r}},
      {"tracking.work_completed",
       WorkCompleted{"vis_A", "tec_A", "cli_A", "nota", {"firma"}, "no", t, true, t + 24h, r}},
      {"tracking.work_failed",
       WorkFailed{"vis_A", "tec_A", "no_access", "nota", t, false, true, r}},
      {"order.approval_requested",
       ApprovalRequested{true, {Flag::late_report, Flag::override_used}, "check", "nota"}},
      {"order.closed", Closed{true, "nota"}},
      {"order.returned", Returned{"the photo is blurred", "tec_A"}},
      {"order.retried", Retried{"tomorrow", "nota"}},
      {"order.cancelled", Cancelled{"solved", "nota", true, "vis_A", "tec_A", r}},
      {"order.reopened", Reopened{"ord_B",
                                  "again",
                                  "nota",
                                  true,
                                  "typ_A",
                                  "cli_A",
                                  "sit_A",
                                  "Sin señal",
                                  "desde",
                                  2,
                                  {{"fibre", 1}},
                                  60min,
                                  {"vip"}}},
      {"order.commented",
       Commented{"cmt_A", "hola", Visibility::client, "acc_A", Viewpoint::client}},
      {"order.priority_changed", PriorityChanged{3, 1, limits, "vip"}},
      {"order.edited", Edited{{"Sin internet"},
                              Patch<std::string>::removal(),
                              {{w}},
                              {{{"fibre", 1}}},
                              {90min},
                              {{"vip"}}}},
      {"order.pinned", Pinned{"agreed"}},
      {"order.unpinned", Unpinned{"free"}},
      {"order.proposal_refused", ProposalRefused{"tec_A", "other_crew", "nota", t}},
      {"order.tracking_withdrawn", TrackingWithdrawn{1, "cc"}},
      {"order.window_confirmed", WindowConfirmed{t, t + 1h}},
      {"order.rescheduled", Rescheduled{{w}, "nota"}},
      {"order.rated", Rated{5, "gracias"}},
      {"tracking.time_edit_requested",
       TimeEditRequested{"vis_A", 1, t, t + 1h, "tec_A", "forgot to press start"}},
      {"tracking.time_edited", TimeEdited{"vis_A", 1, t, t + 1h, w, true, "forgot to press start"}},
      {"tracking.time_edit_refused", TimeEditRefused{"vis_A", 1}},
      {"order.plan_broken", PlanBroken{"vis_A", "tec_A", "off_shift"}},
      {"order.plan_restored", PlanRestored{"vis_A", "tec_A"}},
      {"assignment.offer_changed", OfferChanged{"vis_A", "tec_A", {}, 90s}},
      {"assignment.slot_changed", SlotChanged{"vis_A", "tec_A", t, t + 2h, "token", r}},
      {"order.contact_changed",
       ContactChanged{
           "cli_A", {"Luz Gómez"}, {"Casa"}, {"Calle 10"}, {"Castilla"}, {6.2442}, {-75.5812}}},
      {"order.twin_changed", TwinChanged{"ord_B", "ord_A"}},
      {"tracking.eta_changed", EtaChanged{"vis_A", "tec_A", t + 1h, t, true}},
      {"tracking.arrival_proposed", ArrivalProposed{"vis_A", "tec_A", t, 42}},
      {"order.sla_at_risk", SlaAtRisk{ClockName::respond, t}},
      {"order.sla_breached", SlaBreached{ClockName::resolve, t}},
  };
}

TEST_CASE("golden: the stored bytes of every order event stay as they are, and read back") {
  const auto kind = the_kind();
  Keys keys;
  const auto folder = source_dir() / "tests/golden/events/work_order";
  CHECK(samples().size() == std::variant_size_v<Event>);
  for (const auto& [type, event] : samples()) {
    INFO(type);
    EventBody body{type, 1, std::make_shared<const Event>(event), {}};
    REQUIRE(kind->seal(the_order, body, keys));
    const auto path = folder / (type + ".v1.json");
    if (environment_value("MF_WRITE")) {
      std::filesystem::create_directories(folder);
      std::ofstream(path) << body.json << '\n';
    }
    std::ifstream file(path);
    std::string stored;
    std::getline(file, stored);
    CHECK(stored == body.json);
    auto opened = kind->open(the_order, type, 1, stored, keys);
    REQUIRE(opened);
    CHECK(static_cast<const Event*>(opened->typed.get())->index() == event.index());
    REQUIRE(kind->seal(the_order, *opened, keys));
    CHECK(opened->json == stored);
  }
}

}  // namespace
}  // namespace mf::work_order::test
