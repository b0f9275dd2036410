#pragma once
// What people can address: one row per collection. Commands, routes, lists, the checks of ids and
// the OpenAPI document read this table; a new collection is a new row here.
#include <span>
#include <string_view>

#include "base/entity_ref.hpp"
#include "gateway/api/parameters.hpp"

namespace mf::gateway {

/// A collection of entities, or a list within the one catalogue.
struct Resource {
  EntityKind kind = EntityKind::work_order;
  std::string_view name;       ///< "orders": of its operations and routes; of the catalogue's list
  std::string_view singular;   ///< "order"
  std::string_view path;       ///< "/v1/orders"
  std::string_view id_prefix;  ///< "ord"; empty where rows have a key of their own
  std::string_view schema;     ///< "Order": in the OpenAPI document; its lists are "OrderList"
  std::string_view about;      ///< a sentence
  std::span<const Parameter> list_parameters;  ///< of GET on the path
  std::string_view alias = {};                 ///< another path for its creates
  std::string_view key = "id";  ///< the member that names one of them: the last part of a path
  std::string_view create = {}, edit = {};  ///< operations of a list of the catalogue
  bool is_for_everybody = false;            ///< whoever is logged in may read it

  [[nodiscard]] bool is_catalogue_list() const { return kind == EntityKind::catalogue; }
};

/// A verb about a part of its entity, whose id stands in the body.
struct PartVerb {
  EntityKind kind;
  std::string_view verb, operation;  ///< "add_site", "clients.add_site"
  std::string_view id_prefix;
  bool is_new;                 ///< its id is made here; else the caller names it
  std::string_view noun = {};  ///< the last part of its path, where that is not the verb
};

[[nodiscard]] std::span<const Resource> resources();
/// The collection whose members are these entities; null for kinds nobody addresses, and for the
/// catalogue, which is one.
[[nodiscard]] const Resource* resource_of(EntityKind kind);
/// The list of the catalogue under this path or below it.
[[nodiscard]] const Resource* catalogue_list_at(std::string_view path);
[[nodiscard]] const PartVerb* part_verb(EntityKind kind, std::string_view verb);

/// Of the ids of a kind people address: "ord"; empty for the others and the one catalogue.
[[nodiscard]] std::string_view id_prefix(EntityKind kind);
/// The last part of a verb's path: "start", "sites".
[[nodiscard]] std::string_view path_word(EntityKind kind, std::string_view verb);

}  // namespace mf::gateway
