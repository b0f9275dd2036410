// What is done about one order. The order of things: what people keep for themselves is left
// alone; what has nobody is placed; what has somebody is offered when its time comes; a plan that
// can't be kept any more is made anew; and when nothing else is to do, one that wins enough.
#include <algorithm>
#include <chrono>

#include "actors/dispatch/advice.hpp"
#include "actors/dispatch/dispatcher.hpp"
#include "base/json_text.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// A plan that begins so much later than its time is none.
constexpr Duration late_max = 15min;
static_assert(late_max > Day::doubt_after);
/// What nobody could do is looked at again when something changed, not oftener than this; and now
/// and then anyway, for the hour changes, too.
constexpr Duration retry_every = 15s, retry_anyway = 5min, explain_every = 5min;
constexpr int explanations_max = 4;
/// Of a visit that somebody was promised, and how much sooner another one must be there.
constexpr Duration rescue_late = 30min, rescue_gain = 20min;
/// What a change of a plan must win, as seconds on the road, and how often one is looked at.
constexpr double gain_min = 600;
constexpr Duration improve_every = 10min;
constexpr Duration improve_pause = 100ms;
/// What waits for an exchange looks again as soon.
constexpr Duration wave_pause = 100ms;

/// The day in America/Bogota (UTC−5 all year).
auto local_day(Timestamp at) { return std::chrono::floor<std::chrono::days>(at - 5h); }

bool has_time(const OrderRow& order, Timestamp now) {
  return order.stage == Stage::planned && order.slot && order.slot->to > now;
}

/// When the first of its windows begins that isn't over.
std::optional<Timestamp> first_window(const OrderRow& order, Timestamp now) {
  std::optional<Timestamp> first;
  for (const auto& window : order.windows)
    if (window.to >= now) first = std::min(first.value_or(window.from), window.from);
  return first;
}

/// `why`: of a change of what somebody was told; it stands in the event.
std::string body_of(const Choice& choice, bool is_schedule, bool keeps_time, std::string_view why) {
  std::string body = "{\"technician\":";
  json::append_quoted(body, choice.technician);
  if (is_schedule || !keeps_time) {
    body += ",\"from\":\"";
    append_rfc3339(body, choice.slot.from);
    body += '"';
  }
  if (is_schedule) {
    body += ",\"to\":\"";
    append_rfc3339(body, choice.slot.to);
    body += '"';
  }
  if (!why.empty()) {
    body += ",\"reason\":";
    json::append_quoted(body, why);
  }
  return body + '}';
}

}  // namespace

bool Dispatcher::is_left_to_people(const OrderRow& order) {
  return order.is_pinned || (order.is_escalated && !order.lost.empty()) ||
         order.duration <= Duration{0};
}

bool Dispatcher::has_something_to_do(const OrderRow& order, Memory& memory, Timestamp now) {
  if (now < memory.not_before || now < memory.stays_until) return false;
  // What is proposed for a waiting order is held against what changes; a better plan stands until
  // its order changes; the rest is looked at now and then.
  const auto proposal = proposals_.find(order.id);
  const bool is_looked_at = proposal != proposals_.end() && order.stage != Stage::waiting &&
                            proposal->second->why != views::WhyProposed::better;
  if (is_looked_at && memory.is_done) return now - memory.tried >= retry_anyway;
  const bool has_visit = order.stage == Stage::offered || order.stage == Stage::accepted;
  if (order.stage != Stage::waiting && order.stage != Stage::planned) {
    const bool is_late = has_visit && needs_rescue(order);
    if (!is_late) {
      waiting_.erase(order.id);
      drop_proposal(order.id, now);
    }
    return is_late;
  }
  if (!memory.is_done) return true;
  if (order.stage == Stage::planned && !order.technician.empty() && has_time(order, now))
    return needs_repair(order) || is_unwanted(order, now) || is_out_of_touch(order, now) ||
           (is_due(order, now) && may_offer(order.technician));
  const bool has_news = memory.seen_changes != changes_;
  return now - memory.tried >= (has_news ? retry_every : retry_anyway);
}

void Dispatcher::decide(const OrderRow& order, Timestamp now, Step& step) {
  begin_thinking();
  auto& memory = memory_[order.id];
  memory.is_done = true;
  memory.tried = now;
  memory.seen_changes = changes_;
  if (proposals_.contains(order.id)) day_->forget(order.id, now);  // it holds the place for itself
  if (order.stage == Stage::offered || order.stage == Stage::accepted)
    return needs_rescue(order) ? rescue(order, now, step) : drop_proposal(order.id, now);
  const bool is_with_somebody = has_time(order, now) && !order.technician.empty();
  if (is_with_somebody) {
    if (needs_repair(order) || is_unwanted(order, now) || is_out_of_touch(order, now))
      return repair(order, now, step);
    if (propose_better_again(order, now, step)) return;
    return offer(order, now, step);
  }
  if (!is_left_to_people(order)) return place(order, now, step);
  if (order.is_pinned)
    return wait(order, "pinned", "pinned: the dispatcher leaves it alone"_en, {}, now);
  if (order.duration <= Duration{0})
    return wait(order, "no_duration", "how long the work takes is not known"_en, {}, now);
  wait(order, "escalated",
       "{count} technicians did not take it: a person decides"_en.with("count", order.lost.size()),
       {}, now);
}

/// Whoever declined it, let it expire, lost it to a person's hand or was refused when they were
/// proposed is not asked again that day; who answers nothing is left alone altogether.
std::set<Id> Dispatcher::not_again(const OrderRow& order, Timestamp now) {
  auto except = memory_[order.id].refused;
  for (const auto& lost : order.lost)
    if (local_day(lost.at) == local_day(now)) except.insert(lost.technician);
  for (const auto& refused : order.refused)
    if (local_day(refused.at) == local_day(now)) except.insert(refused.technician);
  for (const auto& [technician, until] : silent_) except.insert(technician);
  return except;
}

void Dispatcher::place(const OrderRow& order, Timestamp now, Step& step) {
  if (const auto begin = first_window(order, now); begin && *begin > now + horizon - 1h)
    return wait(order, "not_yet", "its window is too far ahead to plan it now"_en,
                *begin - horizon + 1h, now);
  const auto except = not_again(order, now);
  const auto choices = day_->choices(order, except, now);
  if (make_room(order, except, choices.empty() ? nullptr : &choices.front(), now, step)) return;
  if (choices.empty()) {
    drop_proposal(order.id, now);
    if (is_for_silent_alone(order, except, now))
      return wait(order, "technician_silent",
                  "whoever could do it lets offers pass without an answer"_en, {}, now);
    return explain(order, except, now);
  }
  const auto& best = choices.front();
  const bool keeps_time = is_timed(order, now);
  ++figures_.insertions;
  if (is_near(best.slot.from, best.is_next, now) && may_offer(best.technician))
    return act(order, "offered", "assign", best, keeps_time, now, step);
  act(order, "planned", "schedule", best, keeps_time, now, step);
}

/// Would somebody do it who answers nothing?
bool Dispatcher::is_for_silent_alone(const OrderRow& order, std::set<Id> except, Timestamp now) {
  const auto count = std::erase_if(except, [&](const Id& id) { return is_silent(id); });
  return count > 0 && !day_->choices(order, except, now).empty();
}

void Dispatcher::offer(const OrderRow& order, Timestamp now, Step& step) {
  if (!is_due(order, now))
    return wait(order, "not_due", "planned; offered when its time comes"_en,
                order.slot->from - settings_.offer_ahead, now);
  const auto* technician = picture_.technician(order.technician);
  if (!technician || technician->is_off || technician->is_disabled)
    return wait(order, "technician_off", "the technician it is planned with is off duty"_en, {},
                now);
  if (is_silent(order.technician))
    return wait(order, "technician_silent", "its technician lets offers pass without an answer"_en,
                {}, now);
  if (!may_offer(order.technician))
    return wait(order, "technician_has_offers",
                "the technician has other offers to answer first"_en, {}, now);
  Choice choice{
      .technician = order.technician, .slot = *order.slot, .adds = day_->cost_of(order, now)};
  act(order, "offered", "assign", choice, true, now, step);
}

/// What people insisted on is theirs, however it looks.
bool Dispatcher::needs_repair(const OrderRow& order) const {
  if (!day_->is_doubtful(order) || order.is_pinned || order.is_forced) return false;
  const auto expected = day_->expected(order);
  const bool is_kept = expected && *expected <= order.slot->from + late_max;
  return !is_kept && picture_.technician(order.technician);
}

/// Refused at another time than it has: that move alone was unwanted.
bool Dispatcher::is_unwanted(const OrderRow& order, Timestamp now) {
  if (order.is_pinned || order.is_forced) return false;
  return std::ranges::any_of(order.refused, [&](const OrderRow::Refused& refused) {
    return refused.technician == order.technician && local_day(refused.at) == local_day(now) &&
           (!refused.from || !order.slot || *refused.from == order.slot->from);
  });
}

/// Its time comes, and its technician answers nothing.
bool Dispatcher::is_out_of_touch(const OrderRow& order, Timestamp now) const {
  return !order.is_pinned && !order.is_forced && is_silent(order.technician) && is_due(order, now);
}

void Dispatcher::repair(const OrderRow& order, Timestamp now, Step& step) {
  const bool is_lost = is_out_of_touch(order, now);
  day_->assume(order.id, "", *order.slot, false, now);
  const auto except = not_again(order, now);
  const auto choices = day_->choices(order, except, now);
  if (make_room(order, except, choices.empty() ? nullptr : &choices.front(), now, step)) return;
  day_->forget(order.id, now);
  if (choices.empty() ||
      (choices.front().technician == order.technician && choices.front().slot == *order.slot)) {
    memory_[order.id].stays_until = now + 5min;
    if (is_unwanted(order, now))
      return wait(order, "plan_refused", "its plan was refused, and nobody else could do it now"_en,
                  {}, now);
    if (is_lost)
      return wait(order, "technician_silent",
                  "its technician lets offers pass without an answer"_en, {}, now);
    return wait(order, "plan_late", "its plan can't be kept, and nobody could do it sooner"_en, {},
                now);
  }
  ++figures_.repairs;
  const auto& best = choices.front();
  const bool is_offer = is_near(best.slot.from, best.is_next, now) && may_offer(best.technician);
  act(order, "replanned", is_offer ? "assign" : "schedule", best, false, now, step,
      is_unwanted(order, now) ? "refused"
      : is_lost               ? "technician_silent"
      : day_->expected(order) ? "late"
                              : "impossible");
}

/// A technician has it, but can't be there in time by far: what was said to people moves only for
/// who would be there sooner by so much.
bool Dispatcher::needs_rescue(const OrderRow& order) const {
  if (!day_->is_doubtful(order) || order.is_pinned || order.is_forced || !order.slot) return false;
  const auto expected = day_->expected(order);
  const bool is_kept = expected && *expected <= order.slot->from + rescue_late;
  return !is_kept && picture_.technician(order.technician);
}

void Dispatcher::rescue(const OrderRow& order, Timestamp now, Step& step) {
  const auto expected = day_->expected(order);
  const Choice stays{
      .technician = order.technician, .slot = *order.slot, .adds = day_->cost_of(order, now)};
  auto except = not_again(order, now);
  except.insert(order.technician);
  for (const auto& [id, technician] : picture_.technicians())
    if (!may_offer(id)) except.insert(id);
  day_->assume(order.id, "", *order.slot, false, now);
  const auto choices = day_->choices(order, except, now);
  const auto sooner = std::ranges::find_if(choices, [&](const Choice& choice) {
    return !expected || choice.slot.from + rescue_gain <= *expected;
  });
  const auto* best = sooner != choices.end() ? &*sooner : expected ? &stays : nullptr;
  if (make_room(order, except, best, now, step)) return;
  day_->forget(order.id, now);
  if (sooner == choices.end()) {
    memory_[order.id].stays_until = now + 5min;
    return wait(order, "visit_late",
                "its technician will be late, and nobody could be there sooner"_en, {}, now);
  }
  ++figures_.repairs;
  act(order, "replanned", "reassign", *sooner, false, now, step, expected ? "late" : "impossible");
}

/// Planned, and nobody insists on it; nothing that is so near that people count on it.
bool Dispatcher::may_move_plan(const OrderRow& order, Timestamp now) const {
  return has_time(order, now) && !order.technician.empty() && !order.is_pinned &&
         !order.is_forced && order.slot->from - now > settings_.frozen;
}

/// One plan at a time, while nothing else is to do, so that what comes waits for one look at most.
/// Each change wins something: it comes to rest.
void Dispatcher::improve(Timestamp now, Step& step) {
  for (const auto& [id, order] : picture_.orders()) {
    if (!may_move_plan(order, now) || proposals_.contains(id)) continue;
    const auto& memory = memory_[id];
    if (now < memory.not_before || now < memory.stays_until) continue;
    if (now - memory.improved < improve_every) continue;
    step.wake_at = std::min(step.wake_at, now + improve_pause);
    return improve(order, now, step);
  }
}

void Dispatcher::improve(const OrderRow& order, Timestamp now, Step& step) {
  begin_thinking();
  memory_[order.id].improved = now;
  const auto before = day_->cost_of(order, now);
  day_->assume(order.id, "", *order.slot, false, now);
  const auto except = not_again(order, now);
  const auto choices = day_->choices(order, except, now);
  const Choice present{.technician = order.technician, .slot = *order.slot, .adds = before};
  const bool is_better = !choices.empty() && choices.front().adds.cost() < before.cost();
  if (make_room(order, except, is_better ? &choices.front() : &present, now, step)) return;
  day_->forget(order.id, now);
  if (choices.empty() || before.cost() - choices.front().adds.cost() < gain_min) return;
  ++figures_.improvements;
  const auto gain = before.cost() - choices.front().adds.cost();
  act(order, "improved", "schedule", choices.front(), false, now, step,
      "saves " + std::to_string(static_cast<int>(gain / 60)) + " min", gain);
}

bool Dispatcher::is_due(const OrderRow& order, Timestamp now) const {
  const auto begin = order.slot->from;
  return is_near(begin, false, now) || (is_near(begin, true, now) && day_->is_next(order, now));
}

/// Who has nothing else to do is asked sooner.
bool Dispatcher::is_near(Timestamp begin, bool is_next, Timestamp now) const {
  return begin - now <= (is_next ? 2 : 1) * settings_.offer_ahead;
}

bool Dispatcher::may_offer(const Id& technician) const {
  const auto* row = picture_.technician(technician);
  return row && !row->is_on_break && !row->is_off && !is_silent(technician) &&
         day_->offers_of(technician) < settings_.offers_per_technician;
}

void Dispatcher::act(const OrderRow& order, std::string_view did, const std::string& verb,
                     const Choice& choice, bool keeps_time, Timestamp now, Step& step,
                     std::string why, double gain) {
  if (must_wait_for_exchange(order, choice)) {
    auto& memory = memory_[order.id];
    memory.is_done = false;
    memory.not_before = now + wave_pause;
    step.wake_at = std::min(step.wake_at, memory.not_before);
    return;
  }
  waiting_.erase(order.id);
  const bool is_plan = verb == "schedule";
  auto body = body_of(choice, is_plan, keeps_time, why);
  if (mode_ == Mode::suggest) {
    if (!propose(order, did, why, verb, std::move(body), choice, now)) return;
    did = "proposed";
  } else {
    ++(is_plan ? figures_.plans : figures_.offers);
    step.commands.push_back({++last_tag_, order.id, verb, std::move(body), order.version});
    sent_[last_tag_] = {order.id, choice.technician, verb, order.version};
    day_->assume(order.id, choice.technician, choice.slot, !is_plan, now);
  }
  note(&step, {.at = now,
               .did = std::string(did),
               .order = order.id,
               .technician = choice.technician,
               .code = order.code,
               .technician_name = name_of(choice.technician),
               .why = std::move(why),
               .slot = choice.slot,
               .travel = choice.adds.travel,
               .lateness = choice.adds.lateness,
               .wait = choice.adds.wait,
               .gain = gain});
}

std::string Dispatcher::name_of(const Id& technician) const {
  const auto* row = picture_.technician(technician);
  return row ? row->name : std::string();
}

void Dispatcher::wait(const OrderRow& order, std::string reason, Sentence sentence,
                      std::optional<Timestamp> until, Timestamp now) {
  drop_proposal(order.id, now);
  const auto [at, is_new] = waiting_.try_emplace(order.id);
  auto& waiting = at->second;
  if (is_new || waiting.reason != reason) {
    waiting.since = now;
    is_changed_ = true;
  }
  waiting.order = order.id;
  waiting.technician = order.technician;
  waiting.code = order.code;
  waiting.priority = order.priority;
  waiting.reason = std::move(reason);
  waiting.sentence = std::move(sentence);
  waiting.nobody.reset();
  waiting.until = until;
}

void Dispatcher::explain(const OrderRow& order, const std::set<Id>& except, Timestamp now) {
  auto& memory = memory_[order.id];
  const bool is_known = waiting_.contains(order.id) && now - memory.explained < explain_every;
  if (is_known || explained_ >= explanations_max) {
    if (!waiting_.contains(order.id)) wait(order, "nobody", "nobody can do it now"_en, {}, now);
    return;
  }
  ++explained_;
  memory.explained = now;
  auto nobody = why_nobody(*day_, picture_, wanted_of(order, zone_, except, now), now);
  const bool is_new = !waiting_.contains(order.id) || waiting_[order.id].reason != nobody.code;
  wait(order, nobody.code, {}, {}, now);
  auto& waiting = waiting_[order.id];
  waiting.nobody = std::move(nobody);
  if (!is_new) return;
  note(nullptr, {.at = now,
                 .did = "nobody",
                 .order = order.id,
                 .technician = {},
                 .code = order.code,
                 .technician_name = {},
                 .why = waiting.reason});
}

views::DispatchReport Dispatcher::report(Timestamp now) const {
  constexpr std::size_t waiting_max = 200;
  views::DispatchReport report{.zone = zone_,
                               .mode = std::string(to_string(mode_)),
                               .state = mode_ == Mode::off     ? "off"
                                        : !picture_.is_ready() ? "loading"
                                                               : "ready",
                               .travel = std::string(settings_.roads.state()),
                               .at = now};
  report.technicians = picture_.technicians().size();
  report.orders = picture_.orders().size();
  if (day_) report.on_duty = day_->technicians_on_duty(now);
  report.figures = figures_;
  report.runs.assign(runs_.begin(), runs_.end());
  for (const auto& [id, waiting] : waiting_) report.waiting.push_back(waiting);
  // What goes on by itself comes last: the rest needs somebody.
  report.waiting_count = report.waiting.size();
  std::ranges::stable_sort(report.waiting, {}, [](const Waiting& waiting) {
    return std::pair(waiting.until.has_value(), waiting.priority);
  });
  if (report.waiting.size() > waiting_max) report.waiting.resize(waiting_max);
  report.proposals = proposals();
  return report;
}

}  // namespace mf::dispatch
