#pragma once
#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {

/// A command of ours (by the system) to an account. False, and `then` is not called, when the
/// account knows no such verb.
[[nodiscard]] bool tell_account(const CallPtr& call, const Id& account, std::string_view verb,
                                const std::string& body, OnReply then);

/// POST /v1/accounts/{id}/invite: makes a link for setting a password. The answer has its `token`,
/// which is shown once.
void invite(const CallPtr& call);
[[nodiscard]] std::string invitation_schema();
/// POST /v1/invitations {token, password}, without a login.
void redeem_invitation(const CallPtr& call);

}  // namespace mf::gateway::routes
