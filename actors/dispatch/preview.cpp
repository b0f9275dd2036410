// What a command would do, found without doing it: the order's own needs() and decide() say what
// the order thinks, its technician's slot_for() what the agenda says, and the zone's day what
// becomes of the other visits.
#include <algorithm>
#include <chrono>

#include "actors/dispatch/advice.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// Less is no change for people.
constexpr Duration noticed = 1min;

/// What the order says to a command: no, or which claim it would make of whose agenda.
struct OrdersWord {
  std::optional<Rejection> no;
  std::optional<technician::ClaimAgenda> claim;
  Id technician;
};

OrdersWord ask_order(const views::Question& question, const entity::Kind& orders, bool is_override,
                     Timestamp now) {
  OrdersWord word;
  const auto body =
      orders.parse(question.would->verb, with_override(question.would->json, is_override));
  if (!body) {
    const auto& error = body.error().front();
    word.no = Rejection{RejectionKind::invalid, error.code, error.detail, error.field};
    return word;
  }
  const Context context{.by = question.by, .now = now, .occurred_at = now};
  const auto needs = question.state->needs(*body, context);
  const auto agenda = std::ranges::find(needs, "claim_agenda", &entity::Need::verb);
  if (agenda == needs.end()) {
    const auto events = question.state->decide(*body, {}, context);
    if (!events) word.no = events.error();
    return word;
  }
  auto claim = read_claim(agenda->body);
  if (!claim) return word;
  word.claim = std::move(*claim);
  word.claim->override_ = is_override;
  word.technician = agenda->target.id;
  return word;
}

class Preview {
 public:
  Preview(Day& day, const Picture& picture, const Wanted& wanted, const views::Question& question,
          const entity::Kind& orders, Timestamp now)
      : day_(day), picture_(picture), wanted_(wanted), now_(now) {
    shown_.order = wanted.order.id;
    shown_.verb = question.would->verb;
    shown_.due = wanted.order.due;
    plain_ = ask_order(question, orders, false, now);
    forced_ = ask_order(question, orders, true, now);
    is_override_ = has_override(question.would->json);
  }

  views::Preview look() {
    judge();
    const bool is_possible = shown_.is_accepted || shown_.may_override;
    if (is_possible && shown_.technician && shown_.slot && picture_.technician(*shown_.technician))
      follow();
    shown_.is_feasible = shown_.is_accepted && shown_.rules.empty();
    return std::move(shown_);
  }

 private:
  using Rules = std::vector<Rejection>;

  /// What speaks against it with and without an override.
  Rules against(const OrdersWord& word) {
    if (word.no) return {*word.no};
    if (!word.claim) return {};
    shown_.technician = word.technician;
    const auto* row = picture_.technician(word.technician);
    if (!row) return {reject("wrong_zone", "the technician does not work in this zone"_en).error()};
    const auto slot = technician::slot_for(entity_of(*row), *word.claim, now_);
    if (!slot) return slot.error();
    if (word.claim->override_ == is_override_) shown_.slot = Window{slot->from, slot->to};
    return {};
  }

  void judge() {
    auto plain = against(plain_);
    const auto forced = against(forced_);
    // An order that says no by a rule hears nothing of its technician's: those it would hear, too.
    if (plain_.no && forced_.claim) {
      auto claim = forced_;
      claim.claim->override_ = false;
      for (auto& no : against(claim))
        if (no.code != plain_.no->code) plain.push_back(std::move(no));
    }
    const auto stays = [&](const Rejection& no) {
      return std::ranges::find(forced, no.code, &Rejection::code) != forced.end();
    };
    for (const auto& no : plain)
      shown_.rules.push_back({.code = no.code, .detail = no.detail, .is_overridable = !stays(no)});
    for (const auto& no : forced)
      if (std::ranges::find(plain, no.code, &Rejection::code) == plain.end())
        shown_.rules.push_back({.code = no.code, .detail = no.detail});
    shown_.is_accepted = is_override_ ? forced.empty() : plain.empty();
    shown_.may_override = !plain.empty() && forced.empty();
    if (!shown_.slot && forced_.claim && forced_.claim->from)
      shown_.slot = Window{*forced_.claim->from, *forced_.claim->from + forced_.claim->duration_ms};
  }

  [[nodiscard]] std::vector<Route> routes() const {
    std::vector<Route> routes{day_.route(*shown_.technician)};
    if (!holder().empty() && holder() != *shown_.technician) routes.push_back(day_.route(holder()));
    return routes;
  }
  /// Who does it as things are; also of a plan.
  [[nodiscard]] Id holder() const {
    const auto* row = picture_.order(wanted_.order.id);
    return row ? row->technician : Id();
  }
  static double travel(const std::vector<Route>& routes) {
    double sum = 0;
    for (const auto& route : routes) sum += route.travel;
    return sum;
  }

  void follow() {
    std::vector<Route> before, after;
    if (holder().empty()) {
      // It may have the place of a proposal.
      const Lifted lifted(day_, wanted_.order.id, now_);
      before = routes();
    } else {
      before = routes();
    }
    {
      const Lifted lifted(day_, wanted_.order.id, now_);
      day_.assume(wanted_.order.id, *shown_.technician, *shown_.slot, false, now_,
                  wanted_.order.site);
      after = routes();
    }
    shown_.travel_before = travel(before);
    shown_.travel_after = travel(after);
    bool delays = false;
    for (std::size_t i = 0; i < after.size(); ++i)
      for (const auto& [order, begins] : after[i].begins) {
        const auto known = before[i].begins.find(order);
        if (order == wanted_.order.id) {
          if (begins) shown_.begins = begins;
        } else if (known != before[i].begins.end()) {
          delays |= note(order, known->second, begins);
        }
      }
    see_sla(before);
    see_plan(delays);
  }

  /// Whether it gets worse for that visit.
  bool note(const Id& order, std::optional<Timestamp> before, std::optional<Timestamp> after) {
    const bool is_same = before.has_value() == after.has_value() &&
                         (!before || std::chrono::abs(*before - *after) < noticed);
    const auto* row = picture_.order(order);
    if (is_same || !row || !row->slot) return false;
    shown_.follows.push_back({.order = order,
                              .technician = row->technician,
                              .code = row->code,
                              .slot = *row->slot,
                              .begins_before = before,
                              .begins_after = after});
    if (!before) return false;
    return !after || *after > std::max(*before, row->slot->from) + noticed;
  }

  [[nodiscard]] double late(Timestamp begins, Duration length) const {
    return std::max(0.0,
                    static_cast<double>((begins + length - *wanted_.order.due).count()) / 1000);
  }

  void see_sla(const std::vector<Route>& before) {
    if (!wanted_.order.due) return;
    const auto* row = picture_.order(wanted_.order.id);
    for (const auto& route : before)
      if (const auto was = route.begins.find(wanted_.order.id);
          was != route.begins.end() && was->second && row && row->slot)
        shown_.lateness_before = late(*was->second, row->slot->to - row->slot->from);
    shown_.lateness_after =
        late(shown_.begins.value_or(shown_.slot->from), shown_.slot->to - shown_.slot->from);
  }

  /// What the commands allow and a plan minds.
  void see_plan(bool delays) {
    const bool is_in_sight = shown_.slot->to < now_ + horizon - 1h;
    const bool is_late = shown_.begins && *shown_.begins > shown_.slot->from + noticed;
    if (is_late || (!shown_.begins && is_in_sight && shown_.rules.empty()))
      shown_.rules.push_back({.code = "no_time_with_travel",
                              .detail = "with the way there and on, no time is left for it"_en,
                              .refuses = false});
    if (delays)
      shown_.rules.push_back({.code = "delays_others",
                              .detail = "visits that follow would be late"_en,
                              .refuses = false});
  }

  Day& day_;
  const Picture& picture_;
  const Wanted& wanted_;
  const Timestamp now_;
  OrdersWord plain_, forced_;
  bool is_override_ = false;
  views::Preview shown_;
};

}  // namespace

views::Preview preview(Day& day, const Picture& picture, const Wanted& wanted,
                       const views::Question& question, const entity::Kind& orders, Timestamp now) {
  return Preview(day, picture, wanted, question, orders, now).look();
}

}  // namespace mf::dispatch
