#include "actors/catalogue/catalogue_codec.hpp"

#include <algorithm>
#include <array>

#include "actors/catalogue/catalogue.hpp"
#include "actors/entity/claims.hpp"
#include "actors/entity/skills_json.hpp"
#include "actors/entity/typed_kind.hpp"
#include "base/json_member.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Skill, (), (skill, level))
}

namespace mf::catalogue {

BOOST_DESCRIBE_ENUM(Dispatch, off, suggest, automatic)
BOOST_DESCRIBE_STRUCT(Zone, (), (id, name, dispatch, lat, lon, disabled))
BOOST_DESCRIBE_STRUCT(Material, (), (material, quantity))
BOOST_DESCRIBE_STRUCT(OrderType, (),
                      (id, name, duration_ms, priority, skills, checklist, required_evidence,
                       required_materials, auto_triage, approval, disabled))
BOOST_DESCRIBE_STRUCT(SlaPolicy, (), (priority, respond_ms, arrive_ms, resolve_ms, calendar))
BOOST_DESCRIBE_STRUCT(ReasonCode, (), (code, verbs, name_es, name_en, holds_clock))
constexpr auto notes_on(const Zone*) {
  return std::array{json::Note{"dispatch",
                               "Who plans: nobody, a planner that suggests, or one that "
                               "assigns."},
                    json::Note{"lat", "Its centre."}, json::Note{"lon", "Its centre."},
                    json::Note{"disabled", "Nothing new begins in it."}};
}
constexpr auto notes_on(const OrderType*) {
  return std::array{json::Note{"duration_ms", "How long the work is expected to take."},
                    json::Note{"priority", "1 is the most urgent, 4 the least."},
                    json::Note{"auto_triage", "New orders of this type need nobody's look."},
                    json::Note{"approval", "Finished work waits for a supervisor."},
                    json::Note{"disabled", "No new order is of this type."}};
}
constexpr auto notes_on(const SlaPolicy*) {
  return std::array{json::Note{"priority", "1 is the most urgent, 4 the least: names the policy."},
                    json::Note{"respond_ms",
                               "Until somebody is assigned; 0: this clock does not "
                               "run."},
                    json::Note{"arrive_ms", "Until a technician is there; 0 as above."},
                    json::Note{"resolve_ms", "Until the work is finished; 0 as above."}};
}
constexpr auto notes_on(const ReasonCode*) {
  return std::array{json::Note{"verbs", "The commands that may give it."},
                    json::Note{"holds_clock", "The client's cause: the SLA clocks stand still."}};
}
BOOST_DESCRIBE_STRUCT(Catalogue, (), (zones, order_types, sla_policies, reason_codes))
BOOST_DESCRIBE_STRUCT(CreateZone, (), (id, name, dispatch, lat, lon))
BOOST_DESCRIBE_STRUCT(EditZone, (), (id, name, dispatch, lat, lon, disabled))
BOOST_DESCRIBE_STRUCT(CreateOrderType, (),
                      (id, name, duration_ms, priority, skills, checklist, required_evidence,
                       required_materials, auto_triage, approval))
BOOST_DESCRIBE_STRUCT(EditOrderType, (),
                      (id, name, duration_ms, priority, skills, checklist, required_evidence,
                       required_materials, auto_triage, approval, disabled))
BOOST_DESCRIBE_STRUCT(PutSlaPolicy, (), (priority, respond_ms, arrive_ms, resolve_ms, calendar))
BOOST_DESCRIBE_STRUCT(PutReasonCode, (), (code, verbs, name_es, name_en, holds_clock))
BOOST_DESCRIBE_STRUCT(ZoneCreated, (), (zone))
BOOST_DESCRIBE_STRUCT(ZoneEdited, (), (changes))
BOOST_DESCRIBE_STRUCT(OrderTypeCreated, (), (type))
BOOST_DESCRIBE_STRUCT(OrderTypeEdited, (), (changes))
BOOST_DESCRIBE_STRUCT(SlaPolicyPut, (), (policy))
BOOST_DESCRIBE_STRUCT(ReasonCodePut, (), (reason))

namespace {

using namespace mf::entity;

std::unexpected<Rejection> unknown(std::string_view what, Sentence detail) {
  const auto field = std::string(what);
  return refuse_field(field, "unknown_" + field, std::move(detail));
}

std::vector<Id> disabled_zones(const Catalogue& c) {
  std::vector<Id> ids;
  for (const auto& zone : c.zones)
    if (zone.disabled.value_or(false)) ids.push_back(zone.id);
  return ids;
}

std::expected<std::string, Rejection> order_terms(const Catalogue& c, const nlohmann::json& body) {
  const auto* type = find_order_type(c, text_member(body, "type"));
  if (!type) return unknown("type", "there is no such type"_en);
  if (type->disabled.value_or(false) && body.value("is_new", false))
    return refuse_field("type", "type_disabled", "no new order is of this type"_en);
  int priority = type->priority;
  if (body.contains("priority") && body["priority"].is_number_integer())
    priority = body["priority"].get<int>();
  if (priority < 1 || priority > 4)
    return refuse_field("priority", "out_of_range",
                        "between {min} and {max}"_en.with("min", 1).with("max", 4));
  std::string answer =
      "{\"type\":" + json::to_text(*type) + ",\"policy\":" + json::to_text(policy_of(c, priority));
  // Which zone it will be is the site's to say, and the site is asked at the same time.
  if (body.value("is_new", false))
    answer += ",\"disabled_zones\":" + json::to_text(disabled_zones(c));
  return answer + '}';
}

std::expected<std::string, Rejection> zone(const Catalogue& c, const nlohmann::json& body) {
  const auto* found = find_zone(c, text_member(body, "zone"));
  if (!found) return unknown("zone", "there is no such zone"_en);
  // Sites and technicians ask before they come to a zone, not while they are in it.
  if (found->disabled.value_or(false))
    return refuse_field("zone", "zone_disabled", "nothing new begins in this zone"_en);
  return json::to_text(*found);
}

struct ReasonAnswer {
  bool holds_clock = false;
};
BOOST_DESCRIBE_STRUCT(ReasonAnswer, (), (holds_clock))

std::expected<std::string, Rejection> reason(const Catalogue& c, const nlohmann::json& body) {
  const auto code = text_member(body, "code"), verb = text_member(body, "verb");
  const auto found = std::ranges::find(c.reason_codes, code, &ReasonCode::code);
  if (found == c.reason_codes.end() || std::ranges::find(found->verbs, verb) == found->verbs.end())
    return refuse_field("reason", "unknown_value",
                        "no reason that {verb} may give"_en.with("verb", verb));
  return json::to_text(ReasonAnswer{found->holds_clock});
}

struct Traits : KindDefaults {
  using State = Catalogue;
  using Command = catalogue::Command;
  using Event = catalogue::Event;
  static constexpr EntityKind kind = EntityKind::catalogue;
  static constexpr bool is_size_checked = true;
  static constexpr std::tuple verbs{Verb<CreateZone>{"create_zone"},
                                    Verb<EditZone>{"edit_zone"},
                                    Verb<CreateOrderType>{"create_order_type"},
                                    Verb<EditOrderType>{"edit_order_type"},
                                    Verb<PutSlaPolicy>{"put_sla_policy"},
                                    Verb<PutReasonCode>{"put_reason_code"}};
  static constexpr std::tuple events{EventType<ZoneCreated>{"catalogue.zone_created"},
                                     EventType<ZoneEdited>{"catalogue.zone_edited"},
                                     EventType<OrderTypeCreated>{"catalogue.order_type_created"},
                                     EventType<OrderTypeEdited>{"catalogue.order_type_edited"},
                                     EventType<SlaPolicyPut>{"catalogue.sla_policy_put"},
                                     EventType<ReasonCodePut>{"catalogue.reason_code_put"}};

  /// The initial content is there without any event.
  static bool exists(const State&) { return true; }

  static Decision<Event> decide(const State& state, const Command& command, const Answers&,
                                const Context& context) {
    return catalogue::decide(state, command, context);
  }
  static void apply(State& state, const Event& event, const Context&) {
    catalogue::apply(state, event);
  }
  static void prepare(nlohmann::json& body) { expand_skills(body); }

  static std::optional<Viewpoint> viewpoint(const State&, const Principal& by) {
    if (by.is_system() || by.has(Role::supervisor) || by.is_administrator())
      return Viewpoint::staff;
    return by.has(Role::technician) ? Viewpoint::technician : Viewpoint::client;
  }
  static std::string view(const State& c, Viewpoint as) {
    std::string out = "{\"id\":\"catalogue\",\"order_types\":" + json::to_text(c.order_types) +
                      ",\"reason_codes\":" + json::to_text(c.reason_codes);
    if (as == Viewpoint::staff)
      out += ",\"zones\":" + json::to_text(c.zones) +
             ",\"sla_policies\":" + json::to_text(c.sla_policies);
    return out + '}';
  }
  static std::string row(const State&, Viewpoint) { return "{\"id\":\"catalogue\"}"; }
  static std::vector<Shown> shown() {
    using enum Shown::Use;
    return {json::shown<Zone>(part, "Zone", "A part of the city, with its own supervisors."),
            json::shown<OrderType>(part, "OrderType", "A kind of work."),
            json::shown<SlaPolicy>(part, "SlaPolicy", "What is promised to orders of a priority."),
            json::shown<ReasonCode>(part, "ReasonCode", "Why work is paused, or fails.")};
  }
  static std::optional<std::string> event_view(const Event& event, Viewpoint as) {
    if (as != Viewpoint::staff) return {};
    return KindDefaults::event_view(event, as);
  }

  static std::expected<std::string, Rejection> answer(const State& c, std::string_view query,
                                                      std::string_view body_json,
                                                      const Principal& by, Timestamp) {
    if (query == "order_types") return json::to_text(c.order_types);
    if (query == "reason_codes") return json::to_text(c.reason_codes);
    const bool is_staff = viewpoint(c, by) == Viewpoint::staff;
    if (is_staff && query == "zones") return json::to_text(c.zones);
    if (is_staff && query == "sla_policies") return json::to_text(c.sla_policies);
    if (!by.is_system()) return hide();
    const auto body = query_body(body_json);
    if (query == "order_terms") return order_terms(c, body);
    if (query == "zone") return zone(c, body);
    if (query == "reason") return reason(c, body);
    return hide();
  }
};

}  // namespace

std::unique_ptr<Kind> make_catalogue_kind() { return std::make_unique<TypedKind<Traits>>(); }

}  // namespace mf::catalogue
