#pragma once
#include <string>

namespace mf::gateway::routes {

/// AsyncAPI 3 of GET /v1/stream.
[[nodiscard]] std::string asyncapi_document(const std::string& version);

}  // namespace mf::gateway::routes
