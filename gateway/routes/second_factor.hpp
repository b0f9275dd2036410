#pragma once
#include "gateway/api/commands.hpp"
#include "gateway/http/route.hpp"

namespace mf::gateway::routes {

/// POST /v1/accounts/{id}/set_totp {secret, code} or {} to switch it off. For the own account also
/// `current_password`, and where a second factor is in use `current_code` (or, to switch it off,
/// `code`). An administrator may do it for others. Closes the other sessions.
void add_second_factor_route(http::Router& router);

}  // namespace mf::gateway::routes
