#include "node/road_service.hpp"

#include <exception>

#include "client/http_client.hpp"

namespace mf::node {
namespace {

/// One connection that is kept. What is longer than the client reads of a body (8 MB) is a failure,
/// as is whatever isn't there within the timeout.
class HttpRoadService final : public dispatch::RoadService {
 public:
  explicit HttpRoadService(const config::Travel& config)
      : http_(io_, client::parse_url(config.service)) {
    http_.timeout = config.timeout_ms;
  }

  Result<std::string> get(const std::string& target) override {
    try {
      auto response = http_.ask(io_, "GET", target, {}, {{"Accept", "application/json"}});
      if (response.status == 200) return std::move(response.body);
      return fail(ErrorCode::unavailable,
                  "the road service answers " + std::to_string(response.status));
    } catch (const std::exception& error) {
      http_.close();
      return fail(ErrorCode::unavailable, error.what());
    }
  }

 private:
  client::asio::io_context io_{1};
  client::HttpClient http_;
};

}  // namespace

std::unique_ptr<dispatch::RoadService> make_road_service(const config::Travel& config) {
  return std::make_unique<HttpRoadService>(config);
}

}  // namespace mf::node
