// What keeps somebody out of an account, and who lets them in again.
#include <catch2/catch.hpp>

#include "tests/system/company.hpp"

using namespace mf::system_test;

namespace {
constexpr auto password = "contrasena-1";  // of everybody in Company
}  // namespace

TEST_CASE("lockout: an administrator's unlock counts at once, also for what was counted before") {
  World world;
  auto& company = *world.company;
  Person stranger(world.loop, world.node->http());
  const auto log_in_with = [&](const std::string& password) {
    return stranger.post("/v1/sessions", {{"username", "ana"}, {"password", password}}).status;
  };
  for (int i = 0; i < 5; ++i) CHECK(log_in_with("not the password " + std::to_string(i)) == 401);
  REQUIRE(log_in_with(password) == 429);

  const auto unlocked =
      company.admin.post("/v1/accounts/" + company.ana().account + "/unlock", Json::object());
  INFO(unlocked.text());
  REQUIRE(unlocked.ok());
  CHECK(log_in_with(password) == 201);
}
