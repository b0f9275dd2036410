#include <algorithm>

#include "actors/catalogue/catalogue.hpp"
#include "base/assert.hpp"

namespace mf::catalogue {
namespace {

using namespace std::chrono_literals;

/// Replaces the item with the same key, or adds it at the end.
template <class T, class Key>
void put(std::vector<T>& list, const T& item, Key T::* key) {
  const auto found = std::ranges::find(list, item.*key, key);
  if (found == list.end()) list.push_back(item);
  else *found = item;
}

void on(Catalogue& c, const ZoneCreated& e) { put(c.zones, e.zone, &Zone::id); }
void on(Catalogue& c, const OrderTypeCreated& e) { put(c.order_types, e.type, &OrderType::id); }
void on(Catalogue& c, const SlaPolicyPut& e) {
  put(c.sla_policies, e.policy, &SlaPolicy::priority);
  std::ranges::sort(c.sla_policies, {}, &SlaPolicy::priority);
}
void on(Catalogue& c, const ReasonCodePut& e) { put(c.reason_codes, e.reason, &ReasonCode::code); }

void on(Catalogue& c, const ZoneEdited& e) {
  const auto zone = std::ranges::find(c.zones, e.changes.id, &Zone::id);
  if (zone == c.zones.end()) return;
  e.changes.name.apply_to(zone->name);
  e.changes.dispatch.apply_to(zone->dispatch);
  e.changes.lat.apply_to(zone->lat);
  e.changes.lon.apply_to(zone->lon);
  if (e.changes.disabled.is_set()) zone->disabled = e.changes.disabled.value;
}

void on(Catalogue& c, const OrderTypeEdited& e) {
  const auto type = std::ranges::find(c.order_types, e.changes.id, &OrderType::id);
  if (type == c.order_types.end()) return;
  e.changes.name.apply_to(type->name);
  e.changes.duration_ms.apply_to(type->duration_ms);
  e.changes.priority.apply_to(type->priority);
  e.changes.skills.apply_to(type->skills);
  e.changes.checklist.apply_to(type->checklist);
  e.changes.required_evidence.apply_to(type->required_evidence);
  e.changes.required_materials.apply_to(type->required_materials);
  e.changes.auto_triage.apply_to(type->auto_triage);
  e.changes.approval.apply_to(type->approval);
  if (e.changes.disabled.is_set()) type->disabled = e.changes.disabled.value;
}

}  // namespace

void apply(Catalogue& catalogue, const Event& event) {
  std::visit([&](const auto& e) { on(catalogue, e); }, event);
}

std::vector<SlaPolicy> initial_sla_policies() {
  return {{1, 15min, 60min, 240min, "always"},
          {2, 60min, 240min, 480min, "always"},
          {3, 240min, 1440min, 2880min, "always"},
          {4, 480min, 2880min, 7200min, "always"}};
}

std::vector<ReasonCode> initial_reason_codes() {
  return {{"break", {"pause"}, "Descanso", "Break"},
          {"parts", {"pause"}, "Faltan repuestos", "Waiting for parts"},
          {"client_absent", {"pause", "fail"}, "Cliente ausente", "Client absent", true},
          {"weather", {"pause"}, "Clima", "Weather"},
          {"safety", {"pause"}, "Seguridad", "Safety"},
          {"no_access", {"fail"}, "Sin acceso", "No access", true},
          {"unsafe", {"fail"}, "Condición insegura", "Unsafe"},
          {"other", {"pause", "fail"}, "Otro", "Other"}};
}

const Zone* find_zone(const Catalogue& c, std::string_view id) {
  const auto found = std::ranges::find(c.zones, id, &Zone::id);
  return found == c.zones.end() ? nullptr : &*found;
}
const OrderType* find_order_type(const Catalogue& c, std::string_view id) {
  const auto found = std::ranges::find(c.order_types, id, &OrderType::id);
  return found == c.order_types.end() ? nullptr : &*found;
}
const SlaPolicy& policy_of(const Catalogue& c, int priority) {
  const auto found = std::ranges::find(c.sla_policies, priority, &SlaPolicy::priority);
  MF_ASSERT(found != c.sla_policies.end(),
            "no SLA policy for priority " + std::to_string(priority));
  return *found;
}

}  // namespace mf::catalogue
