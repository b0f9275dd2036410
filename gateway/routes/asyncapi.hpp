#pragma once
#include <string>

#include "gateway/commands.hpp"

namespace mf::gateway::routes {

/// AsyncAPI 3 of GET /v1/stream.
[[nodiscard]] std::string asyncapi_document(const std::string& version,
                                            const Operations& operations);

}  // namespace mf::gateway::routes
