#pragma once
#include <string>

#include "gateway/http/call.hpp"

namespace mf::gateway::routes {

/// POST /v1/sync: {commands:[{method, params, key, occurred_at}], sent_at} one after the other,
/// each decided after the one before has its outcome; {results:[{key, ok | err}]}, `key` null where
/// a command has none. Technicians only.
void sync(const http::CallPtr& call);
[[nodiscard]] std::string sync_schema();

}  // namespace mf::gateway::routes
