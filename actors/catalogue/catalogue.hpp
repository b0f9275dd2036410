#pragma once
// What the company has decided once for all orders: zones, order types, SLA policies and reason
// codes. One entity, "catalogue"; it is there from the start, with the initial policies and reason
// codes of catalogue_apply.cpp. Administrators write; everybody reads the public part (order
// types, reason codes), supervisors and administrators all of it. Zones and types are never
// deleted, since orders name them: they are disabled.
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/decision.hpp"
#include "base/patch.hpp"
#include "base/skill.hpp"

namespace mf::catalogue {

enum class Dispatch : std::uint8_t { off, suggest, automatic };

struct Zone {
  Id id;
  std::string name;
  Dispatch dispatch = Dispatch::off;
  std::optional<double> lat, lon;
  std::optional<bool> disabled;  ///< nothing new begins here; what is there goes on
};

struct Material {
  std::string material;
  int quantity = 1;
};

struct OrderType {
  Id id;
  std::string name;
  Duration duration_ms{};
  int priority = 3;
  std::vector<Skill> skills;
  std::vector<std::string> checklist, required_evidence;
  std::vector<Material> required_materials;
  bool auto_triage = false;
  bool approval = false;         ///< every completed order of this type waits for a supervisor
  std::optional<bool> disabled;  ///< no new order is of this type
};

struct SlaPolicy {
  int priority = 3;
  Duration respond_ms{}, arrive_ms{}, resolve_ms{};
  std::string calendar = "always";
};

/// Why somebody paused, failed …
struct ReasonCode {
  std::string code;
  std::vector<std::string> verbs;  ///< the commands that may give it: "pause", "fail"
  std::string name_es, name_en;
  bool holds_clock = false;  ///< caused by the client: SLA clocks stand still meanwhile
};

[[nodiscard]] std::vector<SlaPolicy> initial_sla_policies();
[[nodiscard]] std::vector<ReasonCode> initial_reason_codes();

struct Catalogue {
  Id id;
  std::vector<Zone> zones;
  std::vector<OrderType> order_types;
  std::vector<SlaPolicy> sla_policies = initial_sla_policies();
  std::vector<ReasonCode> reason_codes = initial_reason_codes();
};

struct CreateZone {
  Id id;
  std::string name;
  std::optional<Dispatch> dispatch;
  std::optional<double> lat, lon;
};
struct EditZone {
  Id id;
  Patch<std::string> name;
  Patch<Dispatch> dispatch;
  Patch<std::optional<double>> lat, lon;
  Patch<bool> disabled;
};
struct CreateOrderType {
  Id id;
  std::string name;
  Duration duration_ms{};
  std::optional<int> priority;
  std::vector<Skill> skills;
  std::vector<std::string> checklist, required_evidence;
  std::vector<Material> required_materials;
  bool auto_triage = false, approval = false;
};
struct EditOrderType {
  Id id;
  Patch<std::string> name;
  Patch<Duration> duration_ms;
  Patch<int> priority;
  Patch<std::vector<Skill>> skills;
  Patch<std::vector<std::string>> checklist, required_evidence;
  Patch<std::vector<Material>> required_materials;
  Patch<bool> auto_triage, approval, disabled;
};
struct PutSlaPolicy {
  int priority = 0;
  Duration respond_ms{}, arrive_ms{}, resolve_ms{};
  std::optional<std::string> calendar;
};
struct PutReasonCode {
  std::string code;
  std::vector<std::string> verbs;
  std::string name_es, name_en;
  bool holds_clock = false;
};
using Command =
    std::variant<CreateZone, EditZone, CreateOrderType, EditOrderType, PutSlaPolicy, PutReasonCode>;

struct ZoneCreated {
  Zone zone;
};
struct ZoneEdited {
  EditZone changes;
};
struct OrderTypeCreated {
  OrderType type;
};
struct OrderTypeEdited {
  EditOrderType changes;
};
struct SlaPolicyPut {
  SlaPolicy policy;
};
struct ReasonCodePut {
  ReasonCode reason;
};
using Event = std::variant<ZoneCreated, ZoneEdited, OrderTypeCreated, OrderTypeEdited, SlaPolicyPut,
                           ReasonCodePut>;

/// Rejects with `forbidden` unless an administrator (or the system) asks, `already_exists` for an
/// id in use, `not_found` for one that is not, and names the first field with a bad value.
[[nodiscard]] Decision<Event> decide(const Catalogue&, const Command&, const Context&);
void apply(Catalogue&, const Event&);

[[nodiscard]] const Zone* find_zone(const Catalogue&, std::string_view id);
[[nodiscard]] const OrderType* find_order_type(const Catalogue&, std::string_view id);
/// Asserts that there is one: priorities are 1–4 and every one has a policy.
[[nodiscard]] const SlaPolicy& policy_of(const Catalogue&, int priority);

}  // namespace mf::catalogue
