#include <algorithm>
#include <array>
#include <cmath>

#include "actors/views/candidates/candidates.hpp"
#include "base/described_schema.hpp"
#include "base/json.hpp"

namespace mf::views {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t listed_max = 100;

Json object_from(const std::string& text) {
  auto json = parse_ordered_json(text);
  return json.is_object() ? json : Json::object();
}

std::string text_of(const Json& from, const char* name) {
  const auto found = from.find(name);
  return found != from.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<Point> point_of(const Json& from) {
  if (!from.is_object() || !from.contains("lat") || !from.contains("lon")) return std::nullopt;
  const auto &lat = from["lat"], &lon = from["lon"];
  if (!lat.is_number() || !lon.is_number()) return std::nullopt;
  return Point{lat.get<double>(), lon.get<double>()};
}

std::optional<Point> point_at(const Json& from, const char* name) {
  const auto found = from.find(name);
  return found == from.end() ? std::nullopt : point_of(*found);
}

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
};
BOOST_DESCRIBE_STRUCT(InView, (),
                      (technician, name, rank, availability, in_agenda, from, waiting_ms,
                       distance_m, travel_ms, reasons, reason_texts))
struct OutView {
  Id technician;
  std::string name, code, detail;
};
BOOST_DESCRIBE_STRUCT(OutView, (), (technician, name, code, detail))
struct RankingView {
  Id order;
  std::vector<InView> candidates;
  std::vector<OutView> out;
};
BOOST_DESCRIBE_STRUCT(RankingView, (), (order, candidates, out))

constexpr auto always_written(const InView*) { return std::array{"reasons", "reason_texts"}; }
constexpr auto always_written(const RankingView*) { return std::array{"candidates", "out"}; }
constexpr auto notes_on(const InView*) {
  return std::array{json::Note{"rank", "1 is the best."},
                    json::Note{"in_agenda", "How many visits the technician has before this one."},
                    json::Note{"from", "When the slot would begin that `assign` takes."},
                    json::Note{"waiting_ms", "Until the technician would set out."},
                    json::Note{"distance_m", "As the crow flies; none when a place is unknown."},
                    json::Note{"travel_ms", "An estimate from the distance."},
                    json::Note{"reasons",
                               "Codes of what speaks for and against: free_now, "
                               "nearest, on_break, distance_unknown …"},
                    json::Note{"reason_texts", "The same in the language of the request."}};
}
constexpr auto notes_on(const OutView*) {
  return std::array{json::Note{"code",
                               "What `assign` would be refused with: technician_off, "
                               "wrong_zone, skill_missing …"}};
}
constexpr auto notes_on(const RankingView*) {
  return std::array{json::Note{"candidates", "The best first; at most 100."},
                    json::Note{"out", "Who can't, and why; at most 100."}};
}

InView in_view(const Candidate& c, std::size_t rank, Say say) {
  InView view{.technician = c.facts.id,
              .name = c.facts.name,
              .rank = rank,
              .availability = c.facts.availability,
              .in_agenda = c.facts.in_agenda,
              .from = c.facts.from,
              .waiting_ms = c.waiting,
              .distance_m = {},
              .travel_ms = {},
              .reasons = c.reasons,
              .reason_texts = {}};
  for (const auto& reason : c.reasons) view.reason_texts.push_back(say(sentence_of(reason)));
  if (c.distance) {
    view.distance_m = std::llround(*c.distance);
    view.travel_ms = c.travel;
  }
  return view;
}

}  // namespace

Wanted wanted_by(const Id& id, const entity::Entity& order, Timestamp now) {
  const auto view = object_from(order.view(entity::Viewpoint::staff));
  Wanted wanted{
      .order = id, .zone = text_of(view, "zone"), .technician = text_of(view, "technician")};
  if (view.contains("skills") && view["skills"].is_array()) wanted.skills = to_text(view["skills"]);
  const auto answer = order.answer("slot_wanted", "{}", Principal::system(), now);
  const auto slot = answer ? object_from(*answer) : Json::object();
  if (slot.contains("duration_ms") && slot["duration_ms"].is_number_integer())
    wanted.duration = Duration(slot["duration_ms"].get<std::int64_t>());
  wanted.from = parse_rfc3339(text_of(slot, "from"));
  if (slot.contains("windows")) wanted.windows = to_text(slot["windows"]);
  wanted.site = point_of(view);
  return wanted;
}

CandidateFacts candidate_facts(const entity::Kind& technicians, const Id& id,
                               const entity::Entity& technician, const Wanted& wanted,
                               Timestamp now) {
  const auto view = object_from(technician.view(entity::Viewpoint::staff));
  CandidateFacts facts{.id = id,
                       .name = text_of(view, "name"),
                       .availability = text_of(view, "availability"),
                       .from = now};
  if (view.contains("agenda") && view["agenda"].is_array())
    facts.in_agenda = static_cast<int>(view["agenda"].size());
  facts.place = point_at(view, "position");
  if (!facts.place) {
    facts.place = point_at(view, "home");
    facts.is_placed_by_home = facts.place.has_value();
  }

  Json claim{{"token", wanted.order + "/candidates"},
             {"order", wanted.order},
             {"visit", "vis_00000000000000000000000000"},
             {"zone", wanted.zone},
             {"skills", parse_ordered_json(wanted.skills)},
             {"windows", parse_ordered_json(wanted.windows)},
             {"duration_ms", wanted.duration.count()},
             {"override", false}};
  if (wanted.from) claim["from"] = format_rfc3339(*wanted.from);
  const auto body = technicians.parse("claim_agenda", to_text(claim));
  if (!body) {
    facts.no = Rejection{RejectionKind::invalid,
                         "not_assignable",
                         "the order asks for nothing a "
                         "technician understands"_en,
                         {}};
    return facts;
  }
  const Context context{.by = Principal::system(), .now = now, .occurred_at = now};
  const auto events = technician.decide(*body, {}, context);
  if (!events) {
    facts.no = events.error();
    return facts;
  }
  if (const auto slot = technicians.event_view(events->front(), entity::Viewpoint::staff))
    if (const auto from = parse_rfc3339(text_of(object_from(*slot), "from"))) facts.from = *from;
  return facts;
}

std::string to_json(const Ranking& ranking, Say say) {
  RankingView view{.order = ranking.order, .candidates = {}, .out = {}};
  for (const auto& candidate : ranking.candidates)
    if (view.candidates.size() < listed_max)
      view.candidates.push_back(in_view(candidate, view.candidates.size() + 1, say));
  for (const auto& facts : ranking.out)
    if (view.out.size() < listed_max)
      view.out.push_back({facts.id, facts.name, facts.no->code, say(facts.no->detail)});
  return json::to_text(view);
}

Shown form_of_ranking() { return json::shown<RankingView>(Shown::Use::part, "Candidates"); }

}  // namespace mf::views
