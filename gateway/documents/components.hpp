#pragma once
#include <string>

#include "gateway/http/route.hpp"

namespace mf::gateway::documents {

/// The member `components` of the OpenAPI document, as text: schemas, responses, headers, security.
[[nodiscard]] std::string components(const http::Router& router, const entity::Kinds& kinds);
/// The schema of a route's answer, as text: a reference, or several where it depends on who asks.
[[nodiscard]] std::string answer_schema(const http::Route& route, const entity::Kinds& kinds);

}  // namespace mf::gateway::documents
