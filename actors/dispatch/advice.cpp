#include "actors/dispatch/advice.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <tuple>

#include "actors/entity/stored.hpp"
#include "base/geo.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;
using technician::ClaimAgenda;
using technician::slot_for;

constexpr Duration overtime_max = 2h;
constexpr std::size_t helps_max = 6;

views::Rule rule_of(const Rejection& no) { return {.code = no.code, .detail = no.detail}; }

std::vector<views::Rule> rules_of(const std::vector<Rejection>& list) {
  std::vector<views::Rule> rules;
  rules.reserve(list.size());
  for (const auto& no : list) rules.push_back(rule_of(no));
  return rules;
}

views::Adds adds_of(const Terms& terms) { return {terms.travel, terms.lateness, terms.wait}; }

std::optional<Point> point_of(const std::optional<Spot>& spot) {
  return spot ? std::optional(Point{spot->lat, spot->lon}) : std::nullopt;
}

/// The same claim behind what Day looks at; nothing when it ends before.
std::optional<ClaimAgenda> beyond(const ClaimAgenda& claim, Timestamp now) {
  const auto end = std::chrono::floor<std::chrono::hours>(now) + horizon - claim.duration_ms;
  if (claim.from) return *claim.from >= end ? std::optional(claim) : std::nullopt;
  auto later = claim;
  later.windows.clear();
  if (claim.windows.empty())
    later.windows.push_back({end, end + technician::duty_horizon - 2 * horizon});
  for (auto window : claim.windows) {
    window.from = std::max(window.from, end);
    if (window.from < window.to) later.windows.push_back(window);
  }
  if (later.windows.empty()) return {};
  return later;
}

ClaimAgenda at(const ClaimAgenda& claim, const Window& slot) {
  auto timed = claim;
  timed.from = slot.from;
  timed.duration_ms = slot.to - slot.from;
  return timed;
}

/// How one technician stands to an order: a time, or what is in the way.
struct Standing {
  technician::Interval usual;  ///< what `assign` takes without a time
  std::optional<Choice> choice;
  std::vector<views::Rule> rules;
};

class Advice {
 public:
  Advice(Day& day, const Picture& picture, const Wanted& wanted, Timestamp now)
      : day_(day),
        picture_(picture),
        wanted_(wanted),
        now_(now),
        lifted_(day, wanted.order.id, now) {}

  views::Candidates candidates() {
    views::Candidates found{.order = wanted_.order.id};
    const auto choices = day_.each(wanted_.order, {}, now_);
    for (const auto& [id, row] : picture_.technicians()) {
      auto standing = standing_of(row, choices);
      if (standing.rules.empty() && id == wanted_.holder)
        standing.rules.push_back({.code = "has_it_already", .detail = "the order is theirs"_en});
      if (standing.rules.empty()) found.candidates.push_back(candidate(row, standing));
      else found.out.push_back({id, row.name, std::move(standing.rules)});
    }
    rank(found.candidates);
    std::ranges::sort(found.out, [](const auto& a, const auto& b) {
      return std::tie(a.name, a.technician) < std::tie(b.name, b.technician);
    });
    if (found.candidates.empty()) found.nobody = why_nobody(found.out);
    return found;
  }

 private:
  Standing standing_of(const TechnicianRow& row, const std::map<Id, Choice>& choices) {
    Standing standing;
    const auto who = entity_of(row);
    const auto usual = slot_for(who, wanted_.claim, now_);
    if (!usual) standing.rules = rules_of(usual.error());
    if (wanted_.except.contains(row.id))
      standing.rules.push_back(
          {.code = "asked_already", .detail = "was asked for it today, and did not take it"_en});
    if (!standing.rules.empty()) return standing;
    standing.usual = *usual;
    const auto found = choices.find(row.id);
    if (found != choices.end()) {
      const auto granted = slot_for(who, at(wanted_.claim, found->second.slot), now_);
      if (granted) standing.choice = found->second;
      else standing.rules = rules_of(granted.error());
    } else if (const auto later = beyond(wanted_.claim, now_)) {
      if (const auto slot = slot_for(who, *later, now_)) standing.choice = choice_at(row, *slot);
    }
    if (!standing.choice && standing.rules.empty())
      standing.rules.push_back({.code = "no_time_with_travel",
                                .detail = "with the way there and on, no time is left for it"_en,
                                .refuses = false});
    return standing;
  }

  Choice choice_at(const TechnicianRow& row, technician::Interval slot) {
    Choice choice{.technician = row.id, .slot = {slot.from, slot.to}, .adds = {}};
    choice.adds.travel = day_.way(row.position ? row.position : row.home, wanted_.order.site);
    choice.adds.lateness = lateness_of(wanted_.order, slot.to);
    choice.adds.wait = static_cast<double>((slot.from - now_).count()) / 1000;
    return choice;
  }

  views::Candidates::In candidate(const TechnicianRow& row, const Standing& standing) {
    const auto place = row.position ? row.position : row.home;
    const auto& choice = *standing.choice;
    views::Candidates::In in{.technician = row.id,
                             .name = row.name,
                             .availability = row.availability,
                             .in_agenda = static_cast<int>(row.agenda.size()),
                             .from = standing.usual.from,
                             .waiting = std::max(Duration{0}, standing.usual.from - now_),
                             .distance = {},
                             .slot = choice.slot,
                             .adds = adds_of(choice.adds),
                             .after = {},
                             .before = {},
                             .reasons = {}};
    if (!choice.after.empty()) in.after = choice.after;
    if (!choice.before.empty()) in.before = choice.before;
    if (place && wanted_.order.site) {
      in.distance = distance_m(*point_of(wanted_.order.site), *point_of(place));
      in.travel = day_.way(place, wanted_.order.site);
    }
    if (!in.distance) in.reasons.emplace_back("distance_unknown");
    else if (!row.position) in.reasons.emplace_back("placed_by_home");
    in.reasons.emplace_back(in.waiting == Duration{0} ? "free_now" : "busy_before");
    if (row.is_on_break) in.reasons.emplace_back("on_break");
    if (in.in_agenda == 0) in.reasons.emplace_back("empty_agenda");
    in.reasons.emplace_back("has_skills");
    in.reasons.emplace_back("works_in_zone");
    return in;
  }

  static void rank(std::vector<views::Candidates::In>& list) {
    using In = views::Candidates::In;
    std::ranges::sort(list, [](const In& a, const In& b) {
      const auto cost = [](const In& c) {
        return Terms{c.adds.travel, c.adds.lateness, c.adds.wait}.cost();
      };
      const auto of_a = cost(a), of_b = cost(b);
      return std::tie(of_a, a.in_agenda, a.technician) < std::tie(of_b, b.in_agenda, b.technician);
    });
    const auto far = std::numeric_limits<double>::max();
    const auto nearest =
        std::ranges::min_element(list, {}, [&](const In& c) { return c.distance.value_or(far); });
    if (nearest != list.end() && nearest->distance)
      nearest->reasons.insert(nearest->reasons.begin(), "nearest");
  }

  /// The rule that is the first one of most.
  views::Nobody why_nobody(const std::vector<views::Candidates::Out>& out) {
    views::Nobody nobody{.code = "nobody_works_here", .rule = {}, .of = out.size(), .helps = {}};
    std::map<std::string, std::size_t> count;
    for (const auto& one : out) {
      const auto& rule = one.rules.front();
      const auto times = ++count[rule.code];
      if (times <= nobody.technicians) continue;
      nobody.technicians = times;
      nobody.code = rule.code;
      nobody.rule = rule.detail;
    }
    nobody.helps = helps();
    return nobody;
  }

  struct Offer {
    double price = 0;  ///< what it takes of people, in minutes
    views::Help help;
  };

  /// The cheapest one of each kind; each is asked of the same code with that one rule relaxed.
  std::vector<views::Help> helps() {
    std::map<std::string, Offer> best;
    const auto consider = [&](Offer offer) {
      const auto [at, is_new] = best.try_emplace(offer.help.code, offer);
      if (!is_new && offer.price < at->second.price) at->second = std::move(offer);
    };
    const auto as_is = day_.each(wanted_.order, {}, now_);
    help_with_skill(as_is, consider);
    help_with(day_.each(wanted_.order, {.has_room = true}, now_), "agenda_full", 15,
              {.code = "max_orders", .sentence = "with one order more in the agenda"_en}, consider);
    help_with(day_.each(wanted_.order, {.is_on_duty = true}, now_), "technician_off", 90,
              {.code = "on_duty", .sentence = "on duty again"_en}, consider);
    help_with_overtime(consider);
    help_with_other_time(consider);
    std::vector<Offer> sorted;
    sorted.reserve(best.size());
    for (auto& [code, offer] : best) sorted.push_back(std::move(offer));
    std::ranges::sort(sorted, {}, &Offer::price);
    std::vector<views::Help> helps;
    for (auto& offer : sorted)
      if (helps.size() < helps_max) helps.push_back(std::move(offer.help));
    return helps;
  }

  /// With this time, does nothing but that rule speak against it?
  static bool only_lacks(const technician::Technician& who, const ClaimAgenda& claim,
                         std::string_view code, Timestamp now) {
    const auto granted = slot_for(who, claim, now);
    return !granted && std::ranges::all_of(granted.error(),
                                           [&](const Rejection& no) { return no.code == code; });
  }

  views::Help filled(views::Help help, const TechnicianRow& row, const Choice& choice) const {
    help.technician = row.id;
    help.name = row.name;
    help.slot = choice.slot;
    help.adds = adds_of(choice.adds);
    return help;
  }
  /// Of equal ones whoever costs the day least.
  static double price_of(double minutes, const Choice& choice) {
    return minutes + choice.adds.cost() / 1e6;
  }

  template <class Consider>
  void help_with(const std::map<Id, Choice>& choices, std::string_view code, double minutes,
                 const views::Help& help, Consider& consider) {
    for (const auto& [id, choice] : choices) {
      const auto* row = picture_.technician(id);
      if (wanted_.except.contains(id)) continue;
      if (only_lacks(entity_of(*row), at(wanted_.claim, choice.slot), code, now_))
        consider({price_of(minutes, choice), filled(help, *row, choice)});
    }
  }

  template <class Consider>
  void help_with_skill(const std::map<Id, Choice>& choices, Consider& consider) {
    for (const auto& [id, choice] : choices) {
      const auto* row = picture_.technician(id);
      if (wanted_.except.contains(id)) continue;
      const auto who = entity_of(*row);
      if (!only_lacks(who, at(wanted_.claim, choice.slot), "skill_missing", now_)) continue;
      std::vector<const Skill*> lacking;
      for (const auto& skill : wanted_.claim.skills)
        if (missing_skill(who.skills, {skill})) lacking.push_back(&skill);
      if (lacking.size() != 1) continue;
      const auto& skill = *lacking.front();
      views::Help help{
          .code = "skill",
          .sentence = "with the skill {skill} at level {level}"_en.with("skill", skill.skill)
                          .with("level", skill.level),
          .skill = skill.skill,
          .level = skill.level};
      consider({price_of(120, choice), filled(std::move(help), *row, choice)});
    }
  }

  template <class Consider>
  void help_with_overtime(Consider& consider) {
    for (const auto& [id, choice] : day_.each(wanted_.order, {.overtime = overtime_max}, now_)) {
      const auto* row = picture_.technician(id);
      if (wanted_.except.contains(id)) continue;
      const auto who = entity_of(*row);
      if (!only_lacks(who, at(wanted_.claim, choice.slot), "off_shift", now_)) continue;
      const technician::Duty duty{who.shifts, who.breaks, who.absences};
      const auto on_duty = technician::on_duty(duty, {choice.slot.from - 24h, choice.slot.to});
      if (on_duty.empty()) continue;
      const auto more = std::chrono::ceil<std::chrono::minutes>(choice.slot.to - on_duty.back().to);
      if (more <= 0min || more > overtime_max) continue;
      views::Help help{
          .code = "overtime",
          .sentence = "with {minutes} minutes of overtime"_en.with("minutes", more.count()),
          .overtime = more};
      consider({price_of(static_cast<double>(more.count()), choice),
                filled(std::move(help), *row, choice)});
    }
  }

  /// Another time than the client's windows, or than the one that was chosen.
  template <class Consider>
  void help_with_other_time(Consider& consider) {
    if (wanted_.claim.windows.empty() && !wanted_.claim.from) return;
    auto free = wanted_.order;
    free.windows.clear();
    if (is_timed(free, now_)) free.duration = free.slot->to - free.slot->from;
    free.slot.reset();
    auto claim = wanted_.claim;
    claim.windows.clear();
    for (const auto& [id, choice] : day_.each(free, {}, now_)) {
      const auto* row = picture_.technician(id);
      if (wanted_.except.contains(id) || !slot_for(entity_of(*row), at(claim, choice.slot), now_))
        continue;
      views::Help help{.code = "other_time", .sentence = "at another time"_en};
      consider({price_of(45, choice), filled(std::move(help), *row, choice)});
    }
  }

  Day& day_;
  const Picture& picture_;
  const Wanted& wanted_;
  const Timestamp now_;
  const Lifted lifted_;
};

}  // namespace

Lifted::Lifted(Day& day, const Id& order, Timestamp now) : day_(day), order_(order), now_(now) {
  if (const auto known = day.assumptions().find(order); known != day.assumptions().end())
    before_ = known->second;
  day.assume(order, "", {}, false, now);
}

Lifted::~Lifted() {
  if (before_)
    day_.assume(order_, before_->technician, before_->slot, before_->is_offer, now_, before_->site);
  else day_.forget(order_, now_);
}

technician::Technician entity_of(const TechnicianRow& row) {
  using technician::Availability;
  technician::Technician who;
  who.id = row.id;
  who.name = row.name;
  who.skills = row.skills;
  who.zones = row.zones;
  who.shifts = row.shifts;
  who.breaks = row.breaks;
  who.absences = row.absences;
  who.max_orders = row.max_orders;
  who.availability = row.is_off ? Availability::off : Availability::available;
  if (row.is_disabled) who.disabled = true;
  for (const auto& line : row.agenda)
    who.agenda.push_back({.token = {},
                          .order = line.order,
                          .visit = {},
                          .from = line.from,
                          .to = line.to,
                          .replaced = {}});
  return who;
}

Wanted wanted_of(const OrderRow& order, const Id& zone, std::set<Id> except, Timestamp now) {
  Wanted wanted{.order = order, .claim = {}, .except = std::move(except), .holder = {}};
  auto& claim = wanted.claim;
  claim.order = order.id;
  claim.zone = zone;
  claim.skills = order.skills;
  claim.windows = order.windows;
  claim.duration_ms = order.duration;
  if (is_timed(order, now)) {
    claim.from = order.slot->from;
    claim.duration_ms = order.slot->to - order.slot->from;
    claim.windows.clear();
  }
  return wanted;
}

Result<Wanted> wanted_of(const views::Question& question, Timestamp now) {
  const auto& state = *question.state;
  auto row = read_row(entity::row_with_version(state.row({entity::Viewpoint::staff, question.by}),
                                               question.version, "order"));
  if (!row) return std::unexpected(row.error());
  const auto slot = state.answer("slot_wanted", "{}", Principal::system(), now);
  auto claim = read_claim(slot.value_or("{}"));
  if (!claim) return std::unexpected(claim.error());
  Wanted wanted{.order = std::move(std::get<OrderRow>(*row)),
                .claim = std::move(*claim),
                .except = {},
                .holder = {}};
  auto& order = wanted.order;
  wanted.claim.order = order.id;
  wanted.claim.zone = state.concerns().zone;
  wanted.claim.skills = order.skills;
  if (order.stage > Stage::planned) wanted.holder = order.technician;
  // Whoever gets it takes over its time, or any.
  order.technician.clear();
  order.duration = wanted.claim.duration_ms;
  order.windows = wanted.claim.windows;
  order.slot.reset();
  order.stage = Stage::waiting;
  if (const auto from = wanted.claim.from; from && *from > now) {
    order.slot = Window{*from, *from + order.duration};
    order.stage = Stage::planned;
  }
  return wanted;
}

views::Candidates candidates(Day& day, const Picture& picture, const Wanted& wanted,
                             Timestamp now) {
  return Advice(day, picture, wanted, now).candidates();
}

views::Nobody why_nobody(Day& day, const Picture& picture, const Wanted& wanted, Timestamp now) {
  auto found = candidates(day, picture, wanted, now);
  if (found.nobody) return std::move(*found.nobody);
  return {.code = "agenda_full",
          .rule = "nothing is free in time"_en,
          .of = found.out.size(),
          .helps = {}};
}

}  // namespace mf::dispatch
