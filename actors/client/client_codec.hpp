#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::client {

/// Queries, for the system:
///   `site` {"site"} → {"client","site","zone","lat","lon","language","active"}; not_found
///   otherwise
///   `claim` {"token"} of `note_order` → {"twin"?}: another order of late that is the same
///   `claim_in_use` {"token","holder"} → {"used":bool}: whether it bears that document's
///   name
[[nodiscard]] std::unique_ptr<entity::Kind> make_client_kind();

}  // namespace mf::client
