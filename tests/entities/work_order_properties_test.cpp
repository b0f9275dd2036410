// Random people do random things to an order: what must hold whatever they do.
#include <rapidcheck.h>

#include "actors/entity/index_keys.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "actors/work_order/work_order_fields.hpp"
#include "base/described_json.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

const Principal people[] = {sofia, ana, ben, clara, root, foreign_supervisor, other_client};

Command random_command() {
  const auto who = *rc::gen::element(ana, ben);
  const auto later = start_time + std::chrono::hours(*rc::gen::inRange(1, 200));
  const bool yes = *rc::gen::arbitrary<bool>();
  const auto reason = *rc::gen::element("client_absent", "parts");
  const auto failure = *rc::gen::element("no_access", "unsafe");
  switch (*rc::gen::inRange(0, 38)) {
    case 0: return Reject{.reason = "r"};
    case 1: return Triage{.priority = yes ? std::optional(1) : std::nullopt};
    case 2:
      return Schedule{.from = later,
                      .technician = yes ? std::optional(who.technician) : std::nullopt};
    case 3:
    case 4:
    case 5: return assign_to(who);
    case 6: return Reassign{assign_to(who)};
    case 7:
    case 8: return Accept{};
    case 9: return Decline{.reason = "r"};
    case 10: return Unassign{.reason = "r"};
    case 11:
    case 12: return Depart{};
    case 13:
    case 14: return Arrive{.lat = 6.2, .lon = -75.5, .confirmed = yes};
    case 15:
    case 16:
    case 17: return Start{};
    case 18:
    case 19: return Pause{.reason = reason};
    case 20:
    case 21: return Resume{};
    case 22: return FollowUp{.reason = "r"};
    case 23:
    case 24: return Complete{};
    case 25: return RequestApproval{.reason = "r"};
    case 26: return yes ? Command(Approve{}) : Command(Return{"not good enough"});
    case 27: return Fail{.reason = failure};
    case 28:
    case 29: return Retry{.reason = "r"};
    case 30: return yes ? Command(Cancel{.reason = "r"}) : Command(Comment{.text = "c"});
    case 31: return Reopen{.reason = "r"};
    case 32: return SetPriority{.priority = *rc::gen::inRange(1, 5)};
    case 33: return Edit{.title = {std::string("t")}};
    case 34: return yes ? Command(Pin{}) : Command(Unpin{});
    case 35: return ConfirmWindow{};
    case 36: return Rate{3};
    default: return Revoke{who.technician, "technician_off"};
  }
}

struct Attempt {
  Command command;
  Principal by;
};

/// What somebody with the right would do next; keeps lives from ending at the first step.
Attempt likely(const Order& order) {
  const auto* visit = alive(order);
  const auto mine = visit && visit->technician == ben.technician ? ben : ana;
  const auto other = mine.technician == ana.technician ? ben : ana;
  const bool yes = *rc::gen::arbitrary<bool>();
  switch (order.status) {
    case Status::NEW: return {Triage{}, sofia};
    case Status::TRIAGED:
      if (yes) return {Schedule{.from = start_time + 900h, .technician = ana.technician}, sofia};
      return {assign_to(yes ? ana : ben), sofia};
    case Status::SCHEDULED: return {assign_to(yes ? ana : ben), sofia};
    case Status::ASSIGNED: return {yes ? Command(Depart{}) : Command(Accept{}), mine};
    case Status::ACCEPTED: return {yes ? Command(Depart{}) : Command(Start{}), mine};
    case Status::EN_ROUTE:
      return yes ? Attempt{Reassign{assign_to(other)}, sofia} : Attempt{Arrive{}, mine};
    case Status::ON_SITE: return {Start{}, mine};
    case Status::IN_PROGRESS:
      return {yes ? Command(Pause{.reason = "client_absent"}) : Command(Complete{}), mine};
    case Status::PAUSED: return {yes ? Command(Resume{}) : Command(Fail{}), mine};
    case Status::COMPLETED: return {RequestApproval{.reason = "r"}, sofia};
    case Status::APPROVAL_REQUIRED: return {Return{"not good enough"}, sofia};
    case Status::FAILED: return {Retry{.reason = "r"}, sofia};
    default: return {Comment{.text = "c"}, clara};
  }
}

Attempt anything() {
  const auto command = random_command();
  if (std::holds_alternative<Revoke>(command)) return {command, the_system};
  return {command, people[*rc::gen::inRange<std::size_t>(0, std::size(people))]};
}

std::set<std::string> tokens_in(const Order& order) {
  std::set<std::string> tokens;
  if (order.plan && order.plan->token) tokens.insert(*order.plan->token);
  for (const auto& visit : order.visits)
    for (const auto& token : {visit.agenda_token, visit.travel_token, visit.work_token})
      if (token) tokens.insert(*token);
  return tokens;
}

/// Nothing about an order depends on whether it was kept in memory or read back.
void check_round_trip(const World& world) {
  static const auto kind = make_work_order_kind(world.policy);
  const auto text = json::to_text(world.order);
  RC_ASSERT(text.size() < std::size_t{64} * 1024);
  const auto decoded = kind->decode(world.order.id, text);
  RC_ASSERT(decoded.has_value());
  RC_ASSERT((*decoded)->encode() == text);
  RC_ASSERT((*decoded)->deadlines() == deadlines(world.order));
}

std::unique_ptr<entity::Entity> entity_of(const World& world) {
  static const auto kind = make_work_order_kind(world.policy);
  auto decoded = kind->decode(world.order.id, json::to_text(world.order));
  RC_ASSERT(decoded.has_value());
  return std::move(*decoded);
}

void check_invariants(const World& world) {
  const auto& order = world.order;
  const auto living = std::ranges::count_if(order.visits, is_alive);
  const bool is_with_somebody = order.status >= Status::ASSIGNED && order.status <= Status::PAUSED;
  RC_ASSERT(living == (is_with_somebody ? 1 : 0));
  RC_ASSERT((alive(order) != nullptr) == is_with_somebody);
  RC_ASSERT(order.slot.has_value() == (is_with_somebody || order.status == Status::SCHEDULED));
  RC_ASSERT(tokens_in(order) == world.held);

  const bool is_over = order.status == Status::CLOSED || order.status == Status::CANCELLED ||
                       order.status == Status::REJECTED;
  RC_ASSERT(order.ended_at.has_value() == is_over);
  RC_ASSERT(!is_over || deadlines(order).empty());

  for (const auto& visit : order.visits)
    for (const auto& entry : visit.time) {
      RC_ASSERT(!entry.to || *entry.to >= entry.from);
      RC_ASSERT(entry.to || visit.status == VisitStatus::working);
    }
  std::set<std::pair<int, bool>> told;
  for (const auto& event : world.happened) {
    if (const auto* e = std::get_if<SlaAtRisk>(&event))
      RC_ASSERT(told.insert({static_cast<int>(e->clock), false}).second);
    if (const auto* e = std::get_if<SlaBreached>(&event))
      RC_ASSERT(told.insert({static_cast<int>(e->clock), true}).second);
  }
}

TEST_CASE("work order: whatever people do, in whatever order, its promises hold") {
  const bool holds = rc::check([] {
    World world;
    world.terms.is_auto_triage = *rc::gen::arbitrary<bool>();
    RC_ASSERT(world.send(create_body(), clara));
    check_invariants(world);
    const int steps = *rc::gen::resize(100, rc::gen::inRange(1, 120));
    int done = 0;
    for (int i = 0; i < steps; ++i) {
      world.wait(std::chrono::minutes(*rc::gen::element(0, 1, 3, 10, 200)));
      const auto [command, by] = *rc::gen::inRange(0, 4) == 0 ? anything() : likely(world.order);
      Envelope envelope;
      if (*rc::gen::inRange(0, 5) == 0)
        envelope.said_at = std::chrono::duration_cast<Duration>(world.now - start_time) -
                           std::chrono::minutes(*rc::gen::inRange(-10, 600));
      done += world.send(command, by, envelope);
      check_invariants(world);
    }
    check_round_trip(world);
    RC_CLASSIFY(done > 20, "long lives");
    RC_CLASSIFY(world.order.visits.size() > 3, "many visits");
  });
  CHECK(holds);
}

std::vector<entity::IndexEntry> entries_of(const entity::Entity& entity, bool words) {
  auto entries = entity.index();
  std::erase_if(entries, [&](const entity::IndexEntry& entry) {
    return (entry.index == static_cast<std::uint8_t>(entity::Number::word)) != words;
  });
  return entries;
}
std::vector<entity::IndexEntry> words_of(const entity::Entity& entity) {
  return entries_of(entity, true);
}
std::vector<entity::IndexEntry> rows_of(const entity::Entity& entity) {
  return entries_of(entity, false);
}

TEST_CASE("work order: index entries count as unchanged exactly when they are the same") {
  const bool holds = rc::check([] {
    World world;
    RC_ASSERT(world.send(create_body(), clara));
    auto before = entity_of(world);
    int unchanged = 0;
    for (int i = 0; i < 40; ++i) {
      world.wait(1min);
      const auto [command, by] = *rc::gen::inRange(0, 4) == 0 ? anything() : likely(world.order);
      world.send(command, by);
      auto after = entity_of(world);
      RC_ASSERT(after->has_same_index(*before) == (after->index() == before->index()));
      unchanged += after->has_same_index(*before);
      const bool has_same_words = after->has_same_words(*before);
      RC_ASSERT(!has_same_words || words_of(*after) == words_of(*before));
      RC_ASSERT(has_same_words || !after->has_same_index(*before));
      RC_ASSERT(after->index_without_words() == rows_of(*after));
      before = std::move(after);
    }
    RC_CLASSIFY(unchanged > 5 && unchanged < 35, "both happen");
  });
  CHECK(holds);
}

}  // namespace
}  // namespace mf::work_order::test
