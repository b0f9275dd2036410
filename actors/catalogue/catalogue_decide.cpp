#include <algorithm>

#include "actors/catalogue/catalogue.hpp"
#include "base/field_check.hpp"

namespace mf::catalogue {
namespace {

using namespace std::chrono_literals;

constexpr Duration duration_max = 7 * 24h;
constexpr Duration clock_max = 90 * 24h;

std::unexpected<Rejection> no(const FieldCheck& check) {
  return std::unexpected(*check.rejection());
}
std::vector<Event> yes(Event event) { return {std::move(event)}; }

std::unexpected<Rejection> exists_already() {
  return reject("already_exists", "there is one with this id already"_en);
}

void check_place(FieldCheck& check, std::optional<double> lat, std::optional<double> lon) {
  check.that("lat", lat.has_value() == lon.has_value(), "required", "lat and lon go together"_en);
  if (lat && lon) check.place("", {*lat, *lon});
}

/// What nobody acts on yet is not taken: a setting that does nothing would be believed.
void not_yet(FieldCheck& check, std::string_view field, bool is_asked) {
  check.that(field, !is_asked, "not_supported_yet", "this setting has no effect yet"_en);
}

/// Only a signature is asked for at the end of the work.
bool is_enforced(const std::vector<std::string>& evidence) {
  return std::ranges::all_of(evidence, [](const auto& kind) { return kind == "signature"; });
}

void check_type(FieldCheck& check, const OrderType& type) {
  check.text("name", type.name, 1, 200)
      .that("duration_ms", type.duration_ms > 0ms && type.duration_ms <= duration_max,
            "out_of_range", "more than nothing and at most seven days"_en)
      .range("priority", type.priority, 1, 4)
      .that("skills", type.skills.size() <= 32, "too_long", "at most 32 skills"_en);
  for (std::size_t i = 0; i < type.skills.size(); ++i) {
    const auto field = "skills." + std::to_string(i);
    check.text(field + ".skill", type.skills[i].skill, 1, 64)
        .range(field + ".level", type.skills[i].level, 1, 5);
  }
  for (const auto& item : type.checklist) check.text("checklist", item, 1, 300);
  for (const auto& kind : type.required_evidence)
    check.that(
        "required_evidence",
        kind == "photo" || kind == "document" || kind == "signature" || kind == "before" ||
            kind == "after",
        "unknown_value",
        "must be one of {choices}"_en.with("choices", "photo, document, signature, before, after"));
  for (const auto& line : type.required_materials)
    check.text("required_materials", line.material, 1, 100)
        .range("required_materials", line.quantity, 1, 10'000);
}

Decision<Event> on(const Catalogue& catalogue, const CreateZone& c) {
  Zone zone{c.id, c.name, c.dispatch.value_or(Dispatch::off), c.lat, c.lon, {}};
  FieldCheck check;
  check.that("id", is_id("zon", c.id), "malformed", "must be an id of a zone"_en)
      .text("name", c.name, 1, 100);
  check_place(check, c.lat, c.lon);
  if (check.rejection()) return no(check);
  if (find_zone(catalogue, c.id)) return exists_already();
  return yes(ZoneCreated{std::move(zone)});
}

Decision<Event> on(const Catalogue& catalogue, const EditZone& c) {
  const auto* zone = find_zone(catalogue, c.id);
  if (!zone) return hide();
  auto after = catalogue;
  apply(after, ZoneEdited{c});
  const auto* edited = find_zone(after, c.id);
  FieldCheck check;
  check.stays("name", c.name).stays("disabled", c.disabled).text("name", edited->name, 1, 100);
  check_place(check, edited->lat, edited->lon);
  if (check.rejection()) return no(check);
  return yes(ZoneEdited{c});
}

Decision<Event> on(const Catalogue& catalogue, const CreateOrderType& c) {
  OrderType type{c.id,
                 c.name,
                 c.duration_ms,
                 c.priority.value_or(3),
                 c.skills,
                 c.checklist,
                 c.required_evidence,
                 c.required_materials,
                 c.auto_triage,
                 c.approval,
                 {}};
  FieldCheck check;
  check.that("id", is_id("typ", c.id), "malformed", "must be an id of an order type"_en);
  check_type(check, type);
  not_yet(check, "checklist", !c.checklist.empty());
  not_yet(check, "required_evidence", !is_enforced(c.required_evidence));
  not_yet(check, "required_materials", !c.required_materials.empty());
  if (check.rejection()) return no(check);
  if (find_order_type(catalogue, c.id)) return exists_already();
  return yes(OrderTypeCreated{std::move(type)});
}

Decision<Event> on(const Catalogue& catalogue, const EditOrderType& c) {
  if (!find_order_type(catalogue, c.id)) return hide();
  auto after = catalogue;
  apply(after, OrderTypeEdited{c});
  FieldCheck check;
  check.stays("name", c.name)
      .stays("duration_ms", c.duration_ms)
      .stays("priority", c.priority)
      .stays("disabled", c.disabled);
  check_type(check, *find_order_type(after, c.id));
  not_yet(check, "checklist", !c.checklist.value.empty());
  not_yet(check, "required_evidence", !is_enforced(c.required_evidence.value));
  not_yet(check, "required_materials", !c.required_materials.value.empty());
  if (check.rejection()) return no(check);
  return yes(OrderTypeEdited{c});
}

Decision<Event> on(const Catalogue&, const PutSlaPolicy& c) {
  FieldCheck check;
  check.range("priority", c.priority, 1, 4)
      .that("respond_ms", c.respond_ms > 0ms, "out_of_range", "more than nothing"_en)
      .that("arrive_ms", c.arrive_ms >= c.respond_ms, "out_of_range", "not before respond_ms"_en)
      .that("resolve_ms", c.resolve_ms >= c.arrive_ms && c.resolve_ms <= clock_max, "out_of_range",
            "not before arrive_ms and at most 90 days"_en)
      .that("calendar", c.calendar.value_or("always") == "always", "not_supported_yet",
            "always, until there are calendars"_en);
  if (check.rejection()) return no(check);
  return yes(SlaPolicyPut{{c.priority, c.respond_ms, c.arrive_ms, c.resolve_ms, "always"}});
}

bool is_code(std::string_view code) {
  return code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == code.npos;
}

Decision<Event> on(const Catalogue&, const PutReasonCode& c) {
  FieldCheck check;
  check.text("code", c.code, 1, 40)
      .that("code", is_code(c.code), "malformed", "lower-case letters, digits and underscores"_en)
      .that("verbs", !c.verbs.empty(), "required", "at least one command that may give it"_en)
      .text("name_es", c.name_es, 1, 100)
      .text("name_en", c.name_en, 1, 100);
  for (const auto& verb : c.verbs) check.text("verbs", verb, 1, 40);
  if (check.rejection()) return no(check);
  return yes(ReasonCodePut{{c.code, c.verbs, c.name_es, c.name_en, c.holds_clock}});
}

/// Zones are the company's own; everything else is public.
bool may_see(const Catalogue& catalogue, const Command& command, const Principal& by) {
  if (const auto* edit = std::get_if<EditZone>(&command))
    return by.has(Role::supervisor) && find_zone(catalogue, edit->id);
  if (const auto* edit = std::get_if<EditOrderType>(&command))
    return find_order_type(catalogue, edit->id);
  return true;
}

}  // namespace

Decision<Event> decide(const Catalogue& catalogue, const Command& command, const Context& context) {
  auto decision = std::visit([&](const auto& c) { return on(catalogue, c); }, command);
  if (context.by.is_administrator() || context.by.is_system()) return decision;
  if (!may_see(catalogue, command, context.by)) return hide();
  if (!decision && decision.error().kind == RejectionKind::invalid) return decision;
  return forbid("only administrators change the catalogue"_en);
}

}  // namespace mf::catalogue
