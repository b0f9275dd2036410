#pragma once
#include <string>

#include "gateway/http/route.hpp"

namespace mf::gateway::documents {

/// OpenAPI 3.1 of everything the router knows.
[[nodiscard]] std::string openapi_document(const http::Router& router, const std::string& version);

}  // namespace mf::gateway::documents
