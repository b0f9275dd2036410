#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::account {

/// Queries, for the system; not_found when the account does not exist:
///   `login` {} → {"account","username","password_hash","totp":bool,"totp_secret"?,"disabled":bool,
///     "invitation_hash"?,"roles","zones","technician","client","language"}
///   `principal` {"token_hash"} → {"account","username","roles","zones","technician","client",
///     "language","session","expires_at","totp":bool}; not_found for a session that is unknown or
///     over, and for an account that is disabled
///   `claim_in_use` {"token","holder"} → {"used":bool}: whether it bears that user name
[[nodiscard]] std::unique_ptr<entity::Kind> make_account_kind();

}  // namespace mf::account
