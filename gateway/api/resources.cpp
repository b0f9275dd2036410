#include "gateway/api/resources.hpp"

#include <algorithm>

namespace mf::gateway {
namespace {

constexpr std::string_view of_orders[] = {"status",   "zone",  "technician", "client",
                                          "priority", "q",     "due_before", "sort",
                                          "limit",    "cursor"};
constexpr std::string_view of_technicians[] = {"zone", "q", "sort", "limit", "cursor"};
constexpr std::string_view of_people[] = {"q", "sort", "limit", "cursor"};
constexpr std::string_view of_catalogue[] = {"limit", "cursor"};

constexpr Resource rows[] = {
    {.kind = EntityKind::work_order,
     .name = "orders",
     .singular = "order",
     .path = "/v1/orders",
     .id_prefix = "ord",
     .list_parameters = of_orders,
     .alias = "/orders"},
    {.kind = EntityKind::technician,
     .name = "technicians",
     .singular = "technician",
     .path = "/v1/technicians",
     .id_prefix = "tec",
     .list_parameters = of_technicians},
    {.kind = EntityKind::client,
     .name = "clients",
     .singular = "client",
     .path = "/v1/clients",
     .id_prefix = "cli",
     .list_parameters = of_people},
    {.kind = EntityKind::account,
     .name = "accounts",
     .singular = "account",
     .path = "/v1/accounts",
     .id_prefix = "acc",
     .list_parameters = of_people},
    {.kind = EntityKind::catalogue,
     .name = "zones",
     .singular = "zone",
     .path = "/v1/zones",
     .id_prefix = "zon",
     .list_parameters = of_catalogue,
     .create = "zones.create",
     .edit = "zones.edit"},
    {.kind = EntityKind::catalogue,
     .name = "order_types",
     .singular = "order type",
     .path = "/v1/order-types",
     .id_prefix = "typ",
     .list_parameters = of_catalogue,
     .create = "order_types.create",
     .edit = "order_types.edit",
     .is_for_everybody = true},
    {.kind = EntityKind::catalogue,
     .name = "sla_policies",
     .singular = "SLA policy",
     .path = "/v1/sla-policies",
     .id_prefix = "",
     .list_parameters = of_catalogue,
     .key = "priority",
     .create = "sla_policies.put"},
    {.kind = EntityKind::catalogue,
     .name = "reason_codes",
     .singular = "reason code",
     .path = "/v1/reason-codes",
     .id_prefix = "",
     .list_parameters = of_catalogue,
     .key = "code",
     .create = "reason_codes.put",
     .is_for_everybody = true},
};

constexpr PartVerb part_verbs[] = {
    {EntityKind::client, "add_site", "clients.add_site", "sit", true, "sites"},
    {EntityKind::client, "add_asset", "clients.add_asset", "ast", true, "assets"},
    {EntityKind::catalogue, "create_zone", "zones.create", "zon", true},
    {EntityKind::catalogue, "edit_zone", "zones.edit", "zon", false},
    {EntityKind::catalogue, "create_order_type", "order_types.create", "typ", true},
    {EntityKind::catalogue, "edit_order_type", "order_types.edit", "typ", false},
    {EntityKind::catalogue, "put_sla_policy", "sla_policies.put", "", false},
    {EntityKind::catalogue, "put_reason_code", "reason_codes.put", "", false},
};

/// Verbs of whole entities whose path is a noun.
struct Noun {
  EntityKind kind;
  std::string_view verb, noun;
};
constexpr Noun nouns[] = {{EntityKind::technician, "set_availability", "availability"}};

}  // namespace

std::span<const Resource> resources() { return rows; }

const Resource* resource_of(EntityKind kind) {
  if (kind == EntityKind::catalogue) return nullptr;
  const auto found = std::ranges::find(rows, kind, &Resource::kind);
  return found == std::end(rows) ? nullptr : &*found;
}

const Resource* catalogue_list_at(std::string_view path) {
  const auto found = std::ranges::find_if(rows, [&](const Resource& row) {
    return row.is_catalogue_list() && path.starts_with(row.path) &&
           (path.size() == row.path.size() || path[row.path.size()] == '/');
  });
  return found == std::end(rows) ? nullptr : &*found;
}

const PartVerb* part_verb(EntityKind kind, std::string_view verb) {
  const auto found = std::ranges::find_if(
      part_verbs, [&](const PartVerb& part) { return part.kind == kind && part.verb == verb; });
  return found == std::end(part_verbs) ? nullptr : &*found;
}

std::string_view id_prefix(EntityKind kind) {
  const auto* resource = resource_of(kind);
  return resource ? resource->id_prefix : std::string_view();
}

std::string_view path_word(EntityKind kind, std::string_view verb) {
  for (const auto& noun : nouns)
    if (noun.kind == kind && noun.verb == verb) return noun.noun;
  const auto* part = part_verb(kind, verb);
  return part && !part->noun.empty() ? part->noun : verb;
}

}  // namespace mf::gateway
