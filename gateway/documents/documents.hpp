#pragma once
#include <string>

#include "gateway/http/route.hpp"

namespace mf::gateway::documents {

/// OpenAPI 3.1 of everything the router knows. What entities show comes from their kinds, what a
/// query may ask from its parameters: nothing is listed a second time here.
[[nodiscard]] std::string openapi_document(const http::Router& router, const entity::Kinds& kinds,
                                           const std::string& version);

}  // namespace mf::gateway::documents
