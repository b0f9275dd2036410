#pragma once
// given / when / then for orders. A World is one order with everybody around it: it answers the
// facts and claims a command asks for as an obliging company would, and remembers what happened.
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "actors/work_order/work_order_commands.hpp"

namespace mf::work_order::test {

using namespace std::chrono_literals;

inline Id id_of(const std::string& prefix, char letter) {
  return prefix + "_" + std::string(26, letter);
}
inline const Id the_order = id_of("ord", 'A'), the_client = id_of("cli", 'A'),
                the_site = id_of("sit", 'A'), zone_a = id_of("zon", 'A'),
                zone_b = id_of("zon", 'B'), repair = id_of("typ", 'A');

inline Principal person(std::string account, Role role) {
  return {.account = std::move(account), .roles = {role}};
}
inline Principal supervisor_of(const Id& zone) {
  auto by = person("acc_supervisor", Role::supervisor);
  by.zones = {zone};
  return by;
}
inline Principal technician(char letter) {
  auto by = person(std::string("acc_") + letter, Role::technician);
  by.technician = id_of("tec", letter);
  return by;
}
inline Principal client(char letter) {
  auto by = person(std::string("acc_client_") + letter, Role::client);
  by.client = id_of("cli", letter);
  return by;
}
inline const Principal sofia = supervisor_of(zone_a), foreign_supervisor = supervisor_of(zone_b),
                       ana = technician('N'), ben = technician('B'), clara = client('A'),
                       other_client = client('B'), root = person("acc_root", Role::administrator),
                       oscar = person("acc_oscar", Role::operator_),
                       the_system = Principal::system();

/// Monday, 2026-11-23, 08:00 in Bogotá.
inline const Timestamp start_time = *parse_rfc3339("2026-11-23T13:00:00Z");

/// How a command comes, besides its body.
struct Envelope {
  std::optional<Duration> said_at;  ///< device time, since the start
  Id on_behalf_of;
  std::string justification;
  std::optional<DeviceClock> device_clock;  ///< as the gateway found
};

/// The id, and nothing else yet.
inline Order nothing_yet() {
  Order order;
  order.id = the_order;
  return order;
}

struct World {
  Order order = nothing_yet();
  WorkOrderPolicy policy{.tracking_key = std::string(32, 'k')};
  Timestamp now = start_time;
  SiteFact site{the_client, the_site, zone_a, 6.2442,     -75.5812,
                true,       "Clara",  "Casa", "Calle 10", "Castilla"};
  std::optional<SiteFact> noted_site;  ///< when it is another by the time the order is noted
  Terms terms{.type = repair,
              .type_name = "Reparación",
              .duration = 60min,
              .skills = {{"fibre", 1}},
              .priority = 2,
              .limits = {60min, 240min, 480min}};
  /// What the others refuse with.
  std::optional<Rejection> agenda_no, work_no, site_no, terms_no, holds_no;
  std::optional<Id> twin;  ///< what the client has noted of late
  OfferTime offer;         ///< as the technician's duty lets it run; else a plain end
  std::uint64_t commands = 0;
  Wants::Agenda agenda_asked;  ///< the latest

  std::vector<Event> happened;  ///< all of it
  Decision<Event> last = std::vector<Event>{};
  std::set<std::string> held, granted;  ///< tokens the technicians hold; those of the last command

  Context context(const Principal& by, const Envelope& envelope = {}) {
    Context c{.by = by, .now = now, .occurred_at = now, .attempt = commands};
    c.command.bytes[0] = static_cast<std::uint8_t>(commands >> 8);
    c.command.bytes[1] = static_cast<std::uint8_t>(commands);
    c.command.bytes[2] = 1;
    if (envelope.said_at) {
      c.device_time = start_time + *envelope.said_at;
      if (is_believable(*c.device_time, now)) c.occurred_at = *c.device_time;
      c.device_clock = envelope.device_clock;
    }
    c.on_behalf_of = envelope.on_behalf_of;
    c.justification = envelope.justification;
    return c;
  }

  Facts answers(const Wants& wants) {
    Facts facts{policy};
    if (wants.site) {
      const bool is_known = wants.site->client == site.client && wants.site->site == site.site;
      if (site_no) facts.site = std::unexpected(*site_no);
      else if (is_known) facts.site = site;
      else facts.site = hide();
    }
    if (wants.terms) {
      auto t = terms;
      if (const auto p = wants.terms->priority) {
        t.priority = *p;
        if (*p == 1) t.limits = {15min, 60min, 240min};
      }
      if (terms_no) facts.terms = std::unexpected(*terms_no);
      else facts.terms = t;
    }
    if (wants.reason) {
      const auto& code = wants.reason->code;
      if (code == "lunch") facts.reason = refuse_field("reason", "unknown_value");
      else facts.reason = ReasonFact{code == "client_absent" || code == "no_access"};
    }
    if (wants.holds) {
      if (holds_no) facts.holds = std::unexpected(*holds_no);
      else facts.holds = true;
    }
    if (wants.offer) facts.offer = offer;
    if (wants.note) facts.noted = Noted{twin, noted_site};
    if (wants.agenda) {
      agenda_asked = *wants.agenda;
      const auto from = wants.agenda->from.value_or(now);
      if (agenda_no) facts.agenda = std::unexpected(*agenda_no);
      else
        facts.agenda = Grant{"Ana Pérez",
                             "Ana",
                             "acc_N",
                             {from, from + wants.agenda->duration},
                             wants.agenda->offer > Duration{0} ? offer : OfferTime{}};
      if (!agenda_no) granted.insert(wants.agenda->token);
    }
    if (wants.work) {
      if (work_no) facts.work = std::unexpected(*work_no);
      else facts.work = true;
      if (!work_no) granted.insert(wants.work->token);
    }
    return facts;
  }

  bool send(const Command& command, const Principal& by, const Envelope& envelope = {}) {
    ++commands;
    granted.clear();
    const auto c = context(by, envelope);
    last = decide(order, command, answers(wants(order, command, policy, c)), c);
    if (!last) return false;
    held.merge(granted);
    for (const auto& event : *last) {
      apply(order, event, c);
      happened.push_back(event);
      for (const auto& consequence : react(event))
        if (const auto* release = std::get_if<ReleaseClaim>(&consequence))
          held.erase(release->token);
    }
    return true;
  }

  /// Time goes by; timers fire when they are due.
  void wait_until(Timestamp later) {
    for (;;) {
      auto due = deadlines(order);
      std::ranges::sort(due, {}, &Deadline::due);
      if (due.empty() || due.front().due > later) break;
      now = std::max(now, due.front().due);
      const auto& name = due.front().name;
      const Command timer = name == "offer_expiry" ? Command(OfferExpiry{})
                            : name == "sla_check"  ? Command(SlaCheck{})
                                                   : Command(AutoClose{});
      INFO("timer " << name);
      REQUIRE(send(timer, the_system));
    }
    now = std::max(now, later);
  }
  void wait(Duration time) { wait_until(now + time); }
};

using Step = std::function<void(World&)>;

inline Step does(const Principal& by, const Command& command, const Envelope& envelope = {}) {
  return [=](World& world) {
    world.wait(1min);
    const bool is_done = world.send(command, by, envelope);
    if (!is_done) FAIL("a given step was refused: " << world.last.error().code);
  };
}

inline Create create_body() {
  return {.type = repair,
          .client = the_client,
          .site = the_site,
          .title = "Router sin señal",
          .fingerprint = "f"};
}
inline Assign assign_to(const Principal& who) { return {.technician = who.technician}; }

inline Step created() { return does(clara, create_body()); }
inline Step triaged() { return does(sofia, Triage{}); }
inline Step scheduled() {
  return does(sofia, Schedule{.from = start_time + 2h, .technician = ana.technician});
}
inline Step assigned_to(const Principal& who) { return does(sofia, assign_to(who)); }
inline Step accepted() { return does(ana, Accept{}); }
inline Step departed() { return does(ana, Depart{}); }
inline Step arrived() { return does(ana, Arrive{.lat = 6.2442, .lon = -75.5812}); }
inline Step started() { return does(ana, Start{}); }
inline Step paused(const std::string& reason = "parts") {
  return does(ana, Pause{.reason = reason});
}
inline Step completed() { return does(ana, Complete{}); }
inline Step approval_requested() { return does(sofia, RequestApproval{.reason = "check"}); }
inline Step closed() { return does(sofia, Approve{}); }
inline Step failed(const std::string& reason = "unsafe") {
  return does(ana, Fail{.reason = reason});
}
inline Step cancelled() { return does(sofia, Cancel{.reason = "duplicate"}); }
inline Step rejected() { return does(sofia, Reject{.reason = "out of area"}); }
inline Step passes(Duration time) {
  return [=](World& world) { world.wait(time); };
}
inline Step with(std::function<void(World&)> change) { return change; }

/// The shortest way into a state, for ana's hands where somebody has the order.
inline std::vector<Step> way_to(Status status) {
  std::vector<Step> triage{created(), triaged()};
  const auto after = [&](std::vector<Step> more) {
    auto steps = triage;
    steps.insert(steps.end(), more.begin(), more.end());
    return steps;
  };
  switch (status) {
    case Status::NEW: return {created()};
    case Status::TRIAGED: return triage;
    case Status::SCHEDULED: return after({scheduled()});
    case Status::ASSIGNED: return after({assigned_to(ana)});
    case Status::ACCEPTED: return after({assigned_to(ana), accepted()});
    case Status::EN_ROUTE: return after({assigned_to(ana), departed()});
    case Status::ON_SITE: return after({assigned_to(ana), departed(), arrived()});
    case Status::IN_PROGRESS: return after({assigned_to(ana), started()});
    case Status::PAUSED: return after({assigned_to(ana), started(), paused()});
    case Status::COMPLETED: return after({assigned_to(ana), started(), completed()});
    case Status::APPROVAL_REQUIRED:
      return after({assigned_to(ana), started(), completed(), approval_requested()});
    case Status::CLOSED: return after({assigned_to(ana), started(), completed(), closed()});
    case Status::FAILED: return after({assigned_to(ana), departed(), failed()});
    case Status::CANCELLED: return after({cancelled()});
    case Status::REJECTED: return {created(), rejected()};
  }
  return {};
}

struct Then {
  World world;

  template <class E>
  const E& event() const {
    REQUIRE(world.last.has_value());
    for (const auto& event : *world.last)
      if (const auto* found = std::get_if<E>(&event)) return *found;
    FAIL("that event did not happen");
    throw 0;
  }
  template <class E>
  Then& happens() {
    if (!world.last) FAIL("refused: " << world.last.error().code);
    event<E>();
    return *this;
  }
  Then& leads_to(Status status) {
    if (!world.last) FAIL("refused: " << world.last.error().code);
    CHECK(static_cast<int>(world.order.status) == static_cast<int>(status));
    return *this;
  }
  Then& is_rejected(std::string_view code) {
    REQUIRE_FALSE(world.last.has_value());
    CHECK(world.last.error().code == code);
    CHECK(world.last.error().kind == RejectionKind::conflict);
    return *this;
  }
  Then& refuses_field(std::string_view field, std::string_view code) {
    REQUIRE_FALSE(world.last.has_value());
    CHECK(world.last.error().kind == RejectionKind::invalid);
    CHECK(world.last.error().field == field);
    CHECK(world.last.error().code == code);
    return *this;
  }
  Then& is_forbidden() {
    REQUIRE_FALSE(world.last.has_value());
    CHECK(world.last.error().kind == RejectionKind::forbidden);
    return *this;
  }
  Then& is_hidden() {
    REQUIRE_FALSE(world.last.has_value());
    CHECK(world.last.error().kind == RejectionKind::not_found);
    return *this;
  }
  Then& when(const Command& command, const Principal& by, const Envelope& envelope = {}) {
    world.send(command, by, envelope);
    return *this;
  }
  Then& after(Duration time) {
    world.wait(time);
    return *this;
  }
  const Order& order() const { return world.order; }
};

template <class... Steps>
[[nodiscard]] Then given(const Steps&... steps) {
  Then then;
  (steps(then.world), ...);
  return then;
}
[[nodiscard]] inline Then given_in(Status status) {
  Then then;
  for (const auto& step : way_to(status)) step(then.world);
  return then;
}

inline constexpr Status all_statuses[] = {
    Status::NEW,      Status::TRIAGED,   Status::SCHEDULED,         Status::ASSIGNED,
    Status::ACCEPTED, Status::EN_ROUTE,  Status::ON_SITE,           Status::IN_PROGRESS,
    Status::PAUSED,   Status::COMPLETED, Status::APPROVAL_REQUIRED, Status::CLOSED,
    Status::FAILED,   Status::CANCELLED, Status::REJECTED};

template <class E>
[[nodiscard]] int count_of(const World& world) {
  return static_cast<int>(std::ranges::count_if(
      world.happened, [](const Event& e) { return std::holds_alternative<E>(e); }));
}

}  // namespace mf::work_order::test
