#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::catalogue {

/// Queries, for everybody: `order_types`, `reason_codes` {} → JSON arrays; for staff and the system
/// also `zones`, `sla_policies`; for the system
///   `order_terms` {"type","priority"?} → {"type":{…},"policy":{…},
///     "disabled_zones"? of a new one}, else invalid `unknown_type`
///   `zone` {"zone"} → {"id","name","dispatch","lat"?,"lon"?}, else invalid `unknown_zone`
///   `reason` {"verb","code"} → {"holds_clock"}, else invalid `unknown_value`
[[nodiscard]] std::unique_ptr<entity::Kind> make_catalogue_kind();

}  // namespace mf::catalogue
