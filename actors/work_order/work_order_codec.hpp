#pragma once
#include <memory>

#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_policy.hpp"

namespace mf::work_order {

/// Queries:
///   `claim_in_use` {"token"} → {"used":bool}; for the system.
///   `slot_wanted` {} → {"from"?,"duration_ms"}: what `assign` without a time claims of a
///     technician's agenda; for the system.
///   `track` {"secret_hash"} → the client's public view, for whoever shows the secret of the
///     tracking link: the hash is the hex of BLAKE2b-256 of the secret's text. not_found when it is
///     another one or the order ended longer than an hour ago.
///
/// The views of staff and of the order's client carry `tracking` {token, expires_at} while the link
/// is good. Internal verbs: `open_linked` (reaction to reopen), `revoke` {"technician","code"},
/// `offer_expiry`, `sla_check`, `auto_close` (timers).
[[nodiscard]] std::unique_ptr<entity::Kind> make_work_order_kind(WorkOrderPolicy policy);

}  // namespace mf::work_order
