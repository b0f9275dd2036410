#include "gateway/routes/asyncapi.hpp"

#include <nlohmann/json.hpp>

namespace mf::gateway::routes {

std::string asyncapi_document(const std::string& version) {
  const nlohmann::ordered_json out{
      {"asyncapi", "3.0.0"},
      {"info", {{"title", "MicroFlow stream"}, {"version", version}}},
      {"channels", {{"stream", {{"address", "/v1/stream"}}}}}};
  return out.dump(1);
}

}  // namespace mf::gateway::routes
