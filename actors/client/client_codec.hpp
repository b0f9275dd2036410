#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::client {

/// Queries, for the system:
///   `site` {"site"} → {"client","site","zone","language","active"} and, unless it was erased, what
///   an order shows of it: {"lat","lon","client_name","site_name","address","neighbourhood"?};
///   not_found otherwise
///   `contact` {"site"} → {"client","site","assets"?}: all that whoever goes there needs to know;
///   for the technician of a visit and for staff, as their order says. Stored nowhere else
///   `claim` {"token"} of `note_order` → {"twin"?: another order of late that is the same,
///   "site"?: as above, of a moment from which on the order hears of changes}
///   `claim_in_use` {"token","holder"} → {"used":bool}: whether it bears that document's
///   name
[[nodiscard]] std::unique_ptr<entity::Kind> make_client_kind();

}  // namespace mf::client
