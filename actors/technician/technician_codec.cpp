#include "actors/technician/technician_codec.hpp"

#include <algorithm>
#include <array>

#include "actors/entity/claims.hpp"
#include "actors/entity/index_keys.hpp"
#include "actors/entity/skills_json.hpp"
#include "actors/entity/typed_kind.hpp"
#include "actors/technician/technician.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Skill, (), (skill, level))
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf::technician {

BOOST_DESCRIBE_ENUM(Day, sun, mon, tue, wed, thu, fri, sat)
BOOST_DESCRIBE_ENUM(Availability, off, available, traveling, working, break_)
BOOST_DESCRIBE_ENUM(Purpose, travel, work)
BOOST_DESCRIBE_STRUCT(Shift, (), (days, from, to))
BOOST_DESCRIBE_STRUCT(Absence, (), (from, to, reason))
BOOST_DESCRIBE_STRUCT(Place, (), (lat, lon))
BOOST_DESCRIBE_STRUCT(Position, (), (at, lat, lon, accuracy))
BOOST_DESCRIBE_STRUCT(Profile, (),
                      (name, account, skills, zones, shifts, breaks, absences, home, vehicle,
                       max_orders))
BOOST_DESCRIBE_STRUCT(OfferTime, (), (expires_at, left_ms))
BOOST_DESCRIBE_STRUCT(Replaced, (), (token, visit, from, to, is_acked, offer))
BOOST_DESCRIBE_STRUCT(Slot, (),
                      (token, order, visit, from, to, is_acked, is_confirmed, check_at, replaced,
                       offer))
BOOST_DESCRIBE_STRUCT(Hold, (), (token, order, visit, purpose, is_confirmed, check_at, replaced))
BOOST_DESCRIBE_STRUCT(Technician, (Profile),
                      (created_at, created_by, availability, agenda, holds, position, disabled))
BOOST_DESCRIBE_STRUCT(Create, (Profile), ())
BOOST_DESCRIBE_STRUCT(Edit, (),
                      (name, account, skills, zones, shifts, breaks, absences, home, vehicle,
                       max_orders, disabled))
BOOST_DESCRIBE_STRUCT(Link, (), (account))
BOOST_DESCRIBE_STRUCT(Linked, (), (account))
BOOST_DESCRIBE_STRUCT(SetAvailability, (), (availability))
BOOST_DESCRIBE_STRUCT(VisitTerms, (), (zone, skills, windows))
BOOST_DESCRIBE_STRUCT(ClaimAgenda, (VisitTerms),
                      (token, order, visit, duration_ms, from, offer_ms, override_, reason,
                       seen_zones))
BOOST_DESCRIBE_STRUCT(ClaimWork, (), (token, order, visit, purpose))
BOOST_DESCRIBE_STRUCT(ReleaseClaim, (), (token))
BOOST_DESCRIBE_STRUCT(VerifyClaims, (), ())
BOOST_DESCRIBE_STRUCT(AckAssignment, (), (visit))
BOOST_DESCRIBE_STRUCT(RecordTrail, (), (points))
BOOST_DESCRIBE_STRUCT(Created, (Profile), (created_by))
BOOST_DESCRIBE_STRUCT(Edited, (), (changes, orders))
BOOST_DESCRIBE_STRUCT(AvailabilityChanged, (), (from, to, orders))
BOOST_DESCRIBE_STRUCT(AgendaClaimed, (), (token, order, visit, from, to, override_reason, offer_ms))
BOOST_DESCRIBE_STRUCT(WorkClaimed, (), (token, order, visit, purpose))
BOOST_DESCRIBE_STRUCT(ClaimReleased, (), (token))
BOOST_DESCRIBE_STRUCT(ClaimConfirmed, (), (token))
BOOST_DESCRIBE_STRUCT(ClaimKept, (), (token))
BOOST_DESCRIBE_STRUCT(AssignmentAcked, (), (visit))
BOOST_DESCRIBE_STRUCT(TrailRecorded, (), (points))

BOOST_DESCRIBE_STRUCT(NamedAccount, (), (technician, is_technicians, zones))

namespace {

using namespace mf::entity;

struct AgendaLine {
  Id order, visit;
  Timestamp from{}, to{};
  bool acked = false;
  std::optional<Purpose> running;
  std::optional<Timestamp> offer_expires_at;
};
BOOST_DESCRIBE_STRUCT(AgendaLine, (), (order, visit, from, to, acked, running, offer_expires_at))
struct Undelivered {
  Id visit, order;
};
BOOST_DESCRIBE_STRUCT(Undelivered, (), (visit, order))
struct ClaimAnswer {
  Id technician;
  std::string name, first_name;
  Id account;
  std::optional<Timestamp> from, to, offer_expires_at;
  std::optional<Duration> offer_left_ms;
};
BOOST_DESCRIBE_STRUCT(ClaimAnswer, (),
                      (technician, name, first_name, account, from, to, offer_expires_at,
                       offer_left_ms))
/// Of a claim's body, what its answer depends on.
struct ClaimQuery {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(ClaimQuery, (), (token))
struct VisitQuery : VisitTerms {
  Timestamp from{}, to{};
};
BOOST_DESCRIBE_STRUCT(VisitQuery, (VisitTerms), (from, to))

/// What everybody who sees a technician sees, in lists as alone.
struct Row {
  Id id;
  std::string name;
  std::optional<Id> account;
  std::vector<Skill> skills;
  std::vector<Id> zones;
  Availability availability = Availability::available;
  bool active = true;
  std::optional<bool> disabled;
  std::optional<Place> home;
  std::optional<std::string> vehicle;
  std::optional<int> max_orders;
  std::optional<Position> position;
  std::vector<AgendaLine> agenda;
  Timestamp created_at{};
  std::vector<Shift> shifts, breaks;
  std::vector<Absence> absences;
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (id, name, account, skills, zones, availability, active, disabled, home,
                       vehicle, max_orders, position, agenda, created_at, shifts, breaks, absences))

constexpr auto notes_on(const AgendaLine*) {
  return std::array{
      json::Note{"acked", "Whether the technician's device has the assignment."},
      json::Note{"running", "On the way there, or at work; none: not begun."},
      json::Note{"offer_expires_at", "When the visit's offer is over, unless it was accepted."}};
}
constexpr auto notes_on(const Row*) {
  return std::array{json::Note{"availability", "Set by the technician; `off` is not on duty."},
                    json::Note{"active", "Whether the availability is another than `off`."},
                    json::Note{"home", "Where the day begins, while no position is known."},
                    json::Note{"max_orders", "How many visits the agenda may hold at a time."},
                    json::Note{"position", "The last one that was recorded with an order."},
                    json::Note{"agenda", "Visits that have not ended, and time that is planned."},
                    json::Note{"shifts", "Repeated every week; none: always on duty."},
                    json::Note{"breaks", "Holes in the shifts."}};
}

std::vector<AgendaLine> agenda_of(const Technician& t) {
  std::vector<AgendaLine> lines;
  lines.reserve(t.agenda.size());
  for (const auto& s : t.agenda) {
    AgendaLine line{s.order, s.visit, s.from, s.to, s.is_acked, {}, {}};
    if (s.offer) line.offer_expires_at = s.offer->expires_at;
    for (const auto& hold : t.holds)
      if (hold.order == s.order && line.running != Purpose::work) line.running = hold.purpose;
    lines.push_back(std::move(line));
  }
  return lines;
}

Row row_of(const Technician& t) {
  return {t.id,
          t.name,
          t.account,
          t.skills,
          t.zones,
          t.availability,
          t.availability != Availability::off,
          t.disabled,
          t.home,
          t.vehicle,
          t.max_orders,
          t.position,
          agenda_of(t),
          t.created_at,
          t.shifts,
          t.breaks,
          t.absences};
}

std::expected<std::string, Rejection> claim_answer(const Technician& t, const std::string& token) {
  ClaimAnswer answer{.technician = t.id,
                     .name = t.name,
                     .first_name = t.name.substr(0, t.name.find(' ')),
                     .account = t.account.value_or("")};
  const auto slot = std::ranges::find(t.agenda, token, &Slot::token);
  if (slot != t.agenda.end()) {
    answer.from = slot->from;
    answer.to = slot->to;
    answer.offer_expires_at = slot->offer.value_or(OfferTime{}).expires_at;
    answer.offer_left_ms = slot->offer.value_or(OfferTime{}).left_ms;
  } else if (std::ranges::find(t.holds, token, &Hold::token) == t.holds.end()) {
    return hide();
  }
  return json::to_text(answer);
}

/// What another entity of ours asks is well-formed.
template <class Query>
Query asked(std::string_view body) {
  auto query = json::from_stored<Query>(body);
  MF_ASSERT(query.has_value(), "a question that is not what can be answered");
  return *std::move(query);
}

std::string undelivered(const Technician& t) {
  std::vector<Undelivered> visits;
  for (const auto& slot : t.agenda)
    if (!slot.is_acked && !slot.visit.empty()) visits.push_back({slot.visit, slot.order});
  return "{\"visits\":" + json::to_text(visits) + '}';
}

using Named = std::expected<NamedAccount, Rejection>;

/// What an order is told of its plan with this technician.
struct PlanQuestion {
  Id technician;
  std::optional<std::string> code;
};
BOOST_DESCRIBE_STRUCT(PlanQuestion, (), (technician, code))

void tell(std::vector<Reaction>& reactions, const std::vector<Id>& orders, const char* verb,
          const PlanQuestion& question) {
  const auto body = json::to_text(question);
  for (const auto& order : orders)
    reactions.push_back({{EntityKind::work_order, order}, verb, body});
}

struct Traits : KindDefaults {
  using State = Technician;
  using Command = technician::Command;
  using Event = technician::Event;
  static constexpr EntityKind kind = EntityKind::technician;
  static constexpr std::tuple verbs{
      Verb<Create>{"create"},
      Verb<Edit>{"edit"},
      Verb<SetAvailability>{"set_availability", "Say whether one is on duty"},
      Verb<AckAssignment>{"ack_assignment", Audience::gateway},
      Verb<RecordTrail>{"record_trail", Audience::system},
      Verb<Link>{"link", Audience::system},
      Verb<ClaimAgenda>{"claim_agenda", Audience::system},
      Verb<ClaimWork>{"claim_work", Audience::system},
      Verb<ReleaseClaim>{"release_claim", Audience::system},
      Verb<VerifyClaims>{"verify_claims", Audience::system}};
  static constexpr std::tuple events{
      EventType<Created>{"technician.created"},
      EventType<Edited>{"technician.edited"},
      EventType<Linked>{"technician.linked"},
      EventType<AvailabilityChanged>{"technician.availability_changed"},
      EventType<AgendaClaimed>{"technician.agenda_claimed"},
      EventType<WorkClaimed>{"technician.work_claimed"},
      EventType<ClaimReleased>{"technician.claim_released"},
      EventType<ClaimConfirmed>{"technician.claim_confirmed"},
      EventType<ClaimKept>{"technician.claim_kept"},
      EventType<AssignmentAcked>{"technician.assignment_acked"},
      EventType<TrailRecorded>{"technician.trail_recorded"}};

  static bool exists(const State& t) { return technician::exists(t); }
  static std::string status(const State& t) {
    return exists(t) ? std::string(json::enum_name(t.availability)) : std::string{};
  }

  static std::vector<Need> needs(const State& t, const Command& command, const Context& context) {
    std::vector<Need> needs;
    for (const auto& zone : zones_to_check(t, command)) needs.push_back(fact_of_zone(zone, zone));
    if (const auto account = account_to_check(t, command); !account.empty())
      needs.push_back({.name = "account",
                       .target = {EntityKind::account, account},
                       .verb = "whose",
                       .body = "{}"});
    if (std::holds_alternative<VerifyClaims>(command))
      for (const auto& [token, order] : claims_to_verify(t, context.now))
        needs.push_back(use_of_claim("work_order/" + order, token, t.id));
    return needs;
  }
  static Decision<Event> decide(const State& t, const Command& command, const Answers& answers,
                                const Context& context) {
    Facts facts;
    for (const auto& answer : answers) {
      if (std::holds_alternative<VerifyClaims>(command))
        facts.uses[answer.name] = claim_use(answer);
      else if (answer.name == "account")
        facts.account = answer.value ? Named(asked<NamedAccount>(*answer.value))
                                     : Named(std::unexpected(answer.value.error()));
      else if (!answer.value) facts.refused_zones.emplace(answer.name, answer.value.error());
    }
    return technician::decide(t, command, facts, context);
  }
  static void apply(State& t, const Event& event, const Context& context) {
    technician::apply(t, event, context);
  }
  static std::vector<Deadline> deadlines(const State& t) { return technician::deadlines(t); }
  static void prepare(nlohmann::json& body) { expand_skills(body); }

  /// Orders that had given their visit to somebody who went off duty take it back, and judge it
  /// anew when what it rests on has changed; an account learns its technician from the technician
  /// that names it.
  static std::vector<Reaction> react(std::string_view id, const Event& event) {
    std::vector<Reaction> reactions;
    std::optional<Id> account;
    if (const auto* created = std::get_if<Created>(&event)) account = created->account;
    if (const auto* edited = std::get_if<Edited>(&event);
        edited && edited->changes.account.is_set())
      account = edited->changes.account.value;
    if (account)
      reactions.push_back({{EntityKind::account, *account},
                           "link",
                           "{\"technician\":\"" + std::string(id) + "\"}"});
    if (const auto* edited = std::get_if<Edited>(&event))
      tell(reactions, edited->orders, "recheck", PlanQuestion{Id(id), {}});
    if (const auto* change = std::get_if<AvailabilityChanged>(&event)) {
      if (change->to == Availability::off)
        tell(reactions, change->orders, "revoke", PlanQuestion{Id(id), "technician_off"});
      else tell(reactions, change->orders, "recheck", PlanQuestion{Id(id), {}});
    }
    return reactions;
  }

  static std::vector<IndexEntry> index(const State& t) {
    return entity::technician_entries(t.id, t.created_at, t.zones, t.name);
  }
  static Concerns concerns(const State& t) {
    return {.technician = t.id, .zones = t.zones, .is_open = exists(t)};
  }
  static std::optional<Viewpoint> viewpoint(const State& t, const Principal& by) {
    if (is_dispatcher_of(t, by)) return Viewpoint::staff;
    if (is_that_technician(t, by)) return Viewpoint::technician;
    return {};
  }
  static std::string view(const State& t, Viewpoint) { return json::to_text(row_of(t)); }
  static std::string row(const State& t, Viewpoint) { return json::to_text(row_of(t)); }
  static std::vector<Shown> shown() {
    using enum Shown::Use;
    return {json::shown<Row>(view, "Technician"), json::shown<Row>(row, "TechnicianRow"),
            json::shown<AgendaLine>(part, "AgendaLine", "One slot of a technician's agenda.")};
  }

  /// Bookkeeping between holder and order interests nobody who watches.
  static std::optional<std::string> event_view(const Event& event, Viewpoint as) {
    if (as == Viewpoint::client || std::holds_alternative<ClaimConfirmed>(event) ||
        std::holds_alternative<ClaimKept>(event))
      return {};
    return KindDefaults::event_view(event, as);
  }

  static std::expected<std::string, Rejection> answer(const State& t, std::string_view query,
                                                      std::string_view body, const Principal& by,
                                                      Timestamp) {
    if (!exists(t) || !viewpoint(t, by)) return hide();
    if (query == "agenda") return "{\"agenda\":" + json::to_text(agenda_of(t)) + '}';
    if (query == "undelivered" && (by.is_system() || is_that_technician(t, by)))
      return undelivered(t);
    if (query == "claim" && by.is_system()) return claim_answer(t, asked<ClaimQuery>(body).token);
    if (query == "visit_holds" && by.is_system()) {
      const auto visit = asked<VisitQuery>(body);
      if (auto no = objection(t, visit, {visit.from, visit.to})) return std::unexpected(*no);
      return "{}";
    }
    return hide();
  }
};

}  // namespace

std::unique_ptr<Kind> make_technician_kind() { return std::make_unique<TypedKind<Traits>>(); }

}  // namespace mf::technician
