#include "gateway/auth/password.hpp"

#include <catch2/catch.hpp>

using namespace mf::gateway::auth;

TEST_CASE("password: an accent is the same from every keyboard, a blank stays part of it") {
  const auto hash = hash_password("contrasen\u0303a ", {.memory_bytes = 8192, .passes = 1});
  REQUIRE(hash);
  CHECK(verify_password(*hash, "contrase\u00f1a "));
  CHECK(verify_password(*hash, "contrasen\u0303a "));
  CHECK_FALSE(verify_password(*hash, "contrase\u00f1a"));
  CHECK_FALSE(verify_password(*hash, "contrasena "));
}
