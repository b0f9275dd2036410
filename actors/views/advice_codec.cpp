#include <algorithm>

#include "actors/views/advice_fields.hpp"

namespace mf::views {
namespace {

constexpr std::size_t listed_max = 100;

Sentence sentence_of(std::string_view reason) {
  constexpr std::pair<std::string_view, Pattern> said[] = {
      {"nearest", "the nearest of those who can"_en},
      {"distance_unknown", "where they are is not known"_en},
      {"placed_by_home", "taken to be at their home base"_en},
      {"free_now", "free now"_en},
      {"busy_before", "busy until then"_en},
      {"on_break", "on a break"_en},
      {"empty_agenda", "nothing in the agenda"_en},
      {"has_skills", "has the skills"_en},
      {"works_in_zone", "works in this zone"_en}};
  const auto* found = std::ranges::find(said, reason, &std::pair<std::string_view, Pattern>::first);
  return found == std::end(said) ? Sentence() : Sentence(found->second);
}

struct InView {
  Id technician;
  std::string name;
  std::size_t rank = 0;
  std::string availability;
  int in_agenda = 0;
  Timestamp from{};
  Duration waiting_ms{};
  std::optional<std::int64_t> distance_m;
  std::optional<Duration> travel_ms;
  std::vector<std::string> reasons, reason_texts;
  Window slot;
  AddsView adds;
  std::optional<Id> after, before;
};
BOOST_DESCRIBE_STRUCT(InView, (),
                      (technician, name, rank, availability, in_agenda, from, waiting_ms,
                       distance_m, travel_ms, reasons, reason_texts, slot, adds, after, before))
struct OutRuleView {
  std::string code, detail;
};
BOOST_DESCRIBE_STRUCT(OutRuleView, (), (code, detail))
struct OutView {
  Id technician;
  std::string name, code, detail;
  std::vector<OutRuleView> rules;
};
BOOST_DESCRIBE_STRUCT(OutView, (), (technician, name, code, detail, rules))
struct NobodyView {
  std::string code, text;
  std::vector<HelpView> helps;
};
BOOST_DESCRIBE_STRUCT(NobodyView, (), (code, text, helps))
struct CandidatesView {
  Id order;
  std::vector<InView> candidates;
  std::vector<OutView> out;
  std::optional<NobodyView> nobody;
};
BOOST_DESCRIBE_STRUCT(CandidatesView, (), (order, candidates, out, nobody))

constexpr auto always_written(const InView*) { return std::array{"reasons", "reason_texts"}; }
constexpr auto always_written(const OutView*) { return std::array{"rules"}; }
constexpr auto always_written(const NobodyView*) { return std::array{"helps"}; }
constexpr auto always_written(const CandidatesView*) { return std::array{"candidates", "out"}; }
constexpr auto notes_on(const InView*) {
  return std::array{
      json::Note{"rank", "1 is the best."},
      json::Note{"in_agenda", "How many visits the technician has before this one."},
      json::Note{"from", "When the slot would begin that `assign` takes without a `from`."},
      json::Note{"waiting_ms", "Until the technician would set out."},
      json::Note{"distance_m", "As the crow flies; none when a place is unknown."},
      json::Note{"travel_ms", "An estimate. Absent: there is no road."},
      json::Note{"reasons",
                 "Codes of what speaks for and against: free_now, "
                 "nearest, on_break, distance_unknown …"},
      json::Note{"reason_texts", "The same in the language of the request."},
      json::Note{"slot", "The best time, with the way there and on: `assign` it with its `from`."},
      json::Note{"adds", "What that costs."},
      json::Note{"after", "The order that the technician comes from."},
      json::Note{"before", "The order that the technician goes on to."}};
}
constexpr auto notes_on(const OutView*) {
  return std::array{
      json::Note{"code",
                 "What `assign` would be refused with: technician_off, "
                 "wrong_zone, skill_missing …; or no_time_with_travel, which only plans respect."},
      json::Note{"rules", "All that is in the way, that one first."}};
}
constexpr auto notes_on(const NobodyView*) {
  return std::array{json::Note{"code", "What stands in most technicians' way."},
                    json::Note{"text", "The same in the language of the request."},
                    json::Note{"helps", "What would make it possible, the cheapest first."}};
}
constexpr auto notes_on(const CandidatesView*) {
  return std::array{json::Note{"candidates", "The best first; at most 100."},
                    json::Note{"out", "Who of the zone can't, and why; at most 100."},
                    json::Note{"nobody", "When there is no candidate: why, and what would help."}};
}

struct RuleView {
  std::string code, detail;
  bool refuses = false, overridable = false;
};
BOOST_DESCRIBE_STRUCT(RuleView, (), (code, detail, refuses, overridable))
struct FollowView {
  Id order;
  std::string code;
  Id technician;
  Window slot;
  std::optional<Timestamp> begins_before, begins_after;
  std::optional<Duration> late_ms;
};
BOOST_DESCRIBE_STRUCT(FollowView, (),
                      (order, code, technician, slot, begins_before, begins_after, late_ms))
struct TravelView {
  Duration before_ms{}, after_ms{};
};
BOOST_DESCRIBE_STRUCT(TravelView, (), (before_ms, after_ms))
struct SlaView {
  std::optional<Timestamp> due;
  std::optional<Duration> lateness_before_ms, lateness_after_ms;
};
BOOST_DESCRIBE_STRUCT(SlaView, (), (due, lateness_before_ms, lateness_after_ms))
struct PreviewView {
  Id order;
  std::string verb;
  bool accepted = false, feasible = false, override_helps = false;
  std::optional<Id> technician;
  std::optional<Window> slot;
  std::optional<Timestamp> begins;
  std::vector<RuleView> rules;
  TravelView travel;
  std::vector<FollowView> follows;
  SlaView sla;
};
BOOST_DESCRIBE_STRUCT(PreviewView, (),
                      (order, verb, accepted, feasible, override_helps, technician, slot, begins,
                       rules, travel, follows, sla))

constexpr auto always_written(const PreviewView*) { return std::array{"rules", "follows"}; }
constexpr auto notes_on(const RuleView*) {
  return std::array{
      json::Note{"code",
                 "What the command would be refused with, or what the planner minds: "
                 "no_time_with_travel, delays_others."},
      json::Note{"detail", "The same in the language of the request."},
      json::Note{"refuses", "False: the command goes through, only the day gets worse."},
      json::Note{"overridable", "Whether `override` with a reason goes over it."}};
}
constexpr auto notes_on(const FollowView*) {
  return std::array{json::Note{"code", "The order's short name."},
                    json::Note{"slot", "When it is planned."},
                    json::Note{"begins_before", "When it is expected to begin as things are."},
                    json::Note{"begins_after", "When it would; none: not as it is planned."},
                    json::Note{"late_ms", "How long after its slot's begin."}};
}
constexpr auto notes_on(const TravelView*) {
  return std::array{json::Note{"before_ms", "Of all technicians whom the change touches."}};
}
constexpr auto notes_on(const SlaView*) {
  return std::array{json::Note{"due", "When the work should be over, by the clocks that run."},
                    json::Note{"lateness_before_ms", "None: it has no time now."}};
}
constexpr auto notes_on(const PreviewView*) {
  return std::array{
      json::Note{"accepted", "Whether the command would be."},
      json::Note{"feasible", "Nothing is in the way, not even for the planner."},
      json::Note{"override_helps", "Whether `override` would have the command accepted."},
      json::Note{"slot", "What it would get."},
      json::Note{"begins", "When the work is expected to begin."},
      json::Note{"rules", "Every rule that is in the way."},
      json::Note{"follows", "Visits that would begin at another time, or could not be kept."}};
}

InView view_of(const Candidates::In& c, std::size_t rank, Say say) {
  InView view{.technician = c.technician,
              .name = c.name,
              .rank = rank,
              .availability = c.availability,
              .in_agenda = c.in_agenda,
              .from = c.from,
              .waiting_ms = c.waiting,
              .distance_m = {},
              .travel_ms = {},
              .reasons = c.reasons,
              .reason_texts = {},
              .slot = c.slot,
              .adds = view_of(c.adds),
              .after = c.after,
              .before = c.before};
  for (const auto& reason : c.reasons) view.reason_texts.push_back(say(sentence_of(reason)));
  if (c.distance) {
    view.distance_m = std::llround(*c.distance);
    if (std::isfinite(c.travel)) view.travel_ms = in_ms(c.travel);
  }
  return view;
}

OutView view_of(const Candidates::Out& out, Say say) {
  OutView view{out.technician, out.name, {}, {}, {}};
  for (const auto& rule : out.rules) view.rules.push_back({rule.code, say(rule.detail)});
  if (!view.rules.empty()) {
    view.code = view.rules.front().code;
    view.detail = view.rules.front().detail;
  }
  return view;
}

FollowView view_of(const Preview::Follow& f) {
  FollowView view{f.order, f.code, f.technician, f.slot, f.begins_before, f.begins_after, {}};
  if (f.begins_after) view.late_ms = std::max(Duration{0}, *f.begins_after - f.slot.from);
  return view;
}

std::optional<Duration> if_known(const std::optional<double>& seconds) {
  return seconds ? std::optional(in_ms(*seconds)) : std::nullopt;
}

}  // namespace

std::string said(const Nobody& nobody, Say say) {
  if (nobody.of == 0) return say("no technician works in this zone"_en);
  return say("nobody can do it; of {all} technicians this stops {count}"_en.with("all", nobody.of)
                 .with("count", nobody.technicians)) +
         ": " + say(nobody.rule);
}

std::string to_json(const Candidates& found, Say say) {
  CandidatesView view{.order = found.order, .candidates = {}, .out = {}, .nobody = {}};
  for (const auto& candidate : found.candidates)
    if (view.candidates.size() < listed_max)
      view.candidates.push_back(view_of(candidate, view.candidates.size() + 1, say));
  for (const auto& out : found.out)
    if (view.out.size() < listed_max) view.out.push_back(view_of(out, say));
  if (const auto& nobody = found.nobody)
    view.nobody = NobodyView{nobody->code, said(*nobody, say), views_of(nobody->helps, say)};
  return json::to_text(view);
}

std::string to_json(const Preview& p, Say say) {
  PreviewView view{.order = p.order,
                   .verb = p.verb,
                   .accepted = p.is_accepted,
                   .feasible = p.is_feasible,
                   .override_helps = p.may_override,
                   .technician = p.technician,
                   .slot = p.slot,
                   .begins = p.begins,
                   .rules = {},
                   .travel = {in_ms(p.travel_before), in_ms(p.travel_after)},
                   .follows = {},
                   .sla = {p.due, if_known(p.lateness_before), if_known(p.lateness_after)}};
  for (const auto& rule : p.rules)
    view.rules.push_back({rule.code, say(rule.detail), rule.refuses, rule.is_overridable});
  for (const auto& follow : p.follows) view.follows.push_back(view_of(follow));
  return json::to_text(view);
}

Shown form_of_candidates() { return json::shown<CandidatesView>(Shown::Use::part, "Candidates"); }
Shown form_of_preview() { return json::shown<PreviewView>(Shown::Use::part, "Preview"); }

}  // namespace mf::views
