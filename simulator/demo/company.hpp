#pragma once
// TelcoNova in Medellín, made up from the facts of demo/: the requests that create it, and the
// people who then work in it. Pure: the same seed and passwords give the same company.
#include <string>
#include <vector>

#include "simulator/users.hpp"

namespace mf::demo {

/// One POST of the public API, by the administrator.
struct Creation {
  std::string path, body, key;
};

struct Passwords {
  std::string administrator, supervisor, technician, client, operator_;
};

struct Company {
  /// In order: what is in one step needs the steps before it, and nothing else of its own.
  std::vector<std::vector<Creation>> steps;
  std::vector<simulator::User> users;  ///< without the administrator
};

struct Size {
  int technicians = 40, clients = 200, client_accounts = 30, supervisors = 3;
};
[[nodiscard]] Company make_company(const Passwords& passwords, const Size& size = {});

}  // namespace mf::demo
