#pragma once
#include <memory>

#include "actors/entity/kind.hpp"

namespace mf::account {

/// Queries, for the system; not_found when the account does not exist:
///   `login` {} → {"account","username","password_hash","locked_until"?,"totp":bool,"totp_secret"?,
///     "roles","zones","technician","client","language"}
///   `principal` {"token_hash"} → {"account","username","roles","zones","technician","client",
///     "language","session","expires_at"}; not_found for a session that is unknown or over
///   `claim_in_use` {"token","holder"} → {"used":bool}: whether it bears that user name
[[nodiscard]] std::unique_ptr<entity::Kind> make_account_kind();

}  // namespace mf::account
