#pragma once
#include <string>

#include "gateway/api/commands.hpp"

namespace mf::gateway::documents {

/// AsyncAPI 3 of GET /v1/stream. What entities look like is referred to in `openapi.json`, beside
/// it.
[[nodiscard]] std::string asyncapi_document(const std::string& version,
                                            const Operations& operations);

}  // namespace mf::gateway::documents
