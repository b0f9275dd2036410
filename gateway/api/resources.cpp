#include "gateway/api/resources.hpp"

#include <algorithm>

namespace mf::gateway {
namespace {

using Type = Parameter::Type;

// A test compares them with what orders show.
constexpr std::string_view statuses[] = {
    "NEW",     "TRIAGED",     "SCHEDULED", "ASSIGNED",  "ACCEPTED",          "EN_ROUTE",
    "ON_SITE", "IN_PROGRESS", "PAUSED",    "COMPLETED", "APPROVAL_REQUIRED", "CLOSED",
    "FAILED",  "CANCELLED",   "REJECTED"};
constexpr std::string_view sorts[] = {"created_at", "due", "priority"};
constexpr int words_size_max = 100;

constexpr Parameter by_status{.name = "status",
                              .description = "Only orders in these states; several with commas.",
                              .type = Type::choices,
                              .values = statuses};
constexpr Parameter by_zone{.name = "zone",
                            .description = "Only those in this zone.",
                            .type = Type::id,
                            .id_prefix = "zon"};
constexpr Parameter by_technician{
    .name = "technician",
    .description =
        "Only orders whose visit this technician has, or had at the end. Clients find "
        "none by it.",
    .type = Type::id,
    .id_prefix = "tec"};
constexpr Parameter by_client{.name = "client",
                              .description = "Only orders of this client.",
                              .type = Type::id,
                              .id_prefix = "cli"};
constexpr Parameter by_priority{
    .name = "priority",
    .description = "Only orders of this priority; 1 is the most urgent. Clients find none by it.",
    .type = Type::number,
    .low = 1,
    .high = 4};
constexpr Parameter due_before{
    .name = "due_before",
    .description =
        "Only open orders whose work should be done before this time. Clients find none by it.",
    .type = Type::time};
constexpr Parameter sort_of_orders{
    .name = "sort",
    .description =
        "created_at: the newest first. due: what should be done soonest first, open "
        "orders only. priority: the most urgent first, then the newest, open orders "
        "only. Clients have created_at alone, and technicians no row that does not show what it is "
        "sorted or filtered by.",
    .type = Type::choice,
    .values = sorts};
constexpr Parameter sort_of_others{.name = "sort",
                                   .description = "The newest first.",
                                   .type = Type::choice,
                                   .values = std::span(sorts).first<1>()};
/// `q`: the beginnings of words, in any order and notation.
constexpr Parameter words(std::string_view where) {
  return {.name = "q", .description = where, .high = words_size_max};
}

constexpr Parameter of_orders[] = {
    by_status,
    by_zone,
    by_technician,
    by_client,
    by_priority,
    words(
        "Words, each the beginning of a word of the order (id, code, title, description, tags), of "
        "its type's or technician's name, or of its client (name, phones, document, e-mail, "
        "addresses, serials of assets), in any notation. Accents and capitals don't matter."),
    due_before,
    sort_of_orders,
    limit_parameter,
    cursor_parameter};
constexpr Parameter of_technicians[] = {by_zone,
                                        words("Words, each the beginning of a word of the name."),
                                        sort_of_others, limit_parameter, cursor_parameter};
constexpr Parameter of_clients[] = {
    words("Words, each the beginning of a word of the client, in any notation: id, name, phones, "
          "document, e-mail, addresses, serials of assets."),
    sort_of_others, limit_parameter, cursor_parameter};
constexpr Parameter of_accounts[] = {words("Words, each the beginning of a word of the username."),
                                     sort_of_others, limit_parameter, cursor_parameter};
constexpr Parameter of_catalogue[] = {limit_parameter, cursor_parameter};

constexpr Resource rows[] = {
    {.kind = EntityKind::work_order,
     .name = "orders",
     .singular = "order",
     .path = "/v1/orders",
     .id_prefix = "ord",
     .schema = "Order",
     .about = "The promise to a client that work will be done, with its visits.",
     .list_parameters = of_orders,
     .alias = "/orders"},
    {.kind = EntityKind::technician,
     .name = "technicians",
     .singular = "technician",
     .path = "/v1/technicians",
     .id_prefix = "tec",
     .schema = "Technician",
     .about = "Who works in the field: skills, shifts, agenda, position.",
     .list_parameters = of_technicians},
    {.kind = EntityKind::client,
     .name = "clients",
     .singular = "client",
     .path = "/v1/clients",
     .id_prefix = "cli",
     .schema = "Client",
     .about = "Customers, their sites and what stands there.",
     .list_parameters = of_clients},
    {.kind = EntityKind::account,
     .name = "accounts",
     .singular = "account",
     .path = "/v1/accounts",
     .id_prefix = "acc",
     .schema = "Account",
     .about = "Who may log in, as what.",
     .list_parameters = of_accounts},
    {.kind = EntityKind::catalogue,
     .name = "zones",
     .singular = "zone",
     .path = "/v1/zones",
     .id_prefix = "zon",
     .schema = "Zone",
     .about = "The parts of the city.",
     .list_parameters = of_catalogue,
     .create = "zones.create",
     .edit = "zones.edit"},
    {.kind = EntityKind::catalogue,
     .name = "order_types",
     .singular = "order type",
     .path = "/v1/order-types",
     .id_prefix = "typ",
     .schema = "OrderType",
     .about = "The kinds of work there are.",
     .list_parameters = of_catalogue,
     .create = "order_types.create",
     .edit = "order_types.edit",
     .is_for_everybody = true},
    {.kind = EntityKind::catalogue,
     .name = "sla_policies",
     .singular = "SLA policy",
     .path = "/v1/sla-policies",
     .id_prefix = "",
     .schema = "SlaPolicy",
     .about = "What is promised to orders of each priority.",
     .list_parameters = of_catalogue,
     .key = "priority",
     .create = "sla_policies.put"},
    {.kind = EntityKind::catalogue,
     .name = "reason_codes",
     .singular = "reason code",
     .path = "/v1/reason-codes",
     .id_prefix = "",
     .schema = "ReasonCode",
     .about = "Why work is paused, or fails.",
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
