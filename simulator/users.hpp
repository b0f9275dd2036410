#pragma once
// Who takes part in a simulation.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/result.hpp"

namespace mf::simulator {

struct Place {
  double lat = 0, lon = 0;
};

struct User {
  std::string username, password, role;  ///< as /v1/accounts names it
  Id client, technician;                 ///< of a client's or technician's account
  std::vector<Id> zones;                 ///< a supervisor's
  std::optional<Place> home;             ///< where a technician starts
  std::string token;                     ///< after signing in
};

/// {"users":[{username, password, role, client, technician, zones, home:{lat, lon}}]}
[[nodiscard]] Result<std::vector<User>> parse_users(std::string_view json);
[[nodiscard]] std::string to_json(const std::vector<User>& users);

}  // namespace mf::simulator
