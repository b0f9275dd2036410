#pragma once
#include <expected>
#include <string>

#include "gateway/routes/answers.hpp"

namespace mf::gateway::routes {

/// A command to an account. A `password` in its body is hashed beside the I/O threads and reaches
/// the entity as `password_hash`; nobody may send a hash.
void account_command(const CallPtr& call, std::string_view target, std::string location);
/// The schema of such a body as callers see it.
[[nodiscard]] std::string with_password(const std::string& schema);

/// `body` (an object) with one more text member. Problems: 422.
[[nodiscard]] std::expected<std::string, Problem> with_member(std::string_view body,
                                                              const std::string& name,
                                                              std::string_view value);
/// The array `name` of an object, as text; "[]" when there is none.
[[nodiscard]] std::string array_member(std::string_view object, const std::string& name);
/// The site or asset of a client's view with this id, as text; empty when there is none.
[[nodiscard]] std::string client_part(std::string_view client, std::string_view id);

}  // namespace mf::gateway::routes
