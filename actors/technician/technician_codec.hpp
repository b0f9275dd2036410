#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::technician {

/// Queries:
///   `claim` (the body of the claim; its token counts) → {"technician","name","first_name",
///     "account","from","to","offer_expires_at"? or "offer_left_ms"?}; also asked later, for what
///     has become of the offer's time; not_found when the token holds nothing. For the system.
///   `visit_holds` {"zone","skills","windows","from","to"} → {}, else what speaks against it. For
///   the
///     system.
///   `undelivered` {} → {"visits":[{"visit","order"}]}: assignments the device has not
///   acknowledged.
///     For the system and the technician.
///   `agenda` {} → {"agenda":[{"order","visit","from","to","acked"}]} for whoever sees it.
[[nodiscard]] std::unique_ptr<entity::Kind> make_technician_kind();

}  // namespace mf::technician
