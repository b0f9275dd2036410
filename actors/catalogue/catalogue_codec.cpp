#include "actors/catalogue/catalogue_codec.hpp"

#include <algorithm>

#include "actors/catalogue/catalogue.hpp"
#include "actors/entity/claims.hpp"
#include "actors/entity/skills_json.hpp"
#include "actors/entity/typed_kind.hpp"

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
  const auto* type = find_order_type(c, query_text(body, "type"));
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
  const auto* found = find_zone(c, query_text(body, "zone"));
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
  const auto code = query_text(body, "code"), verb = query_text(body, "verb");
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
