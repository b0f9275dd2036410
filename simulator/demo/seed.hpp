#pragma once
// Creating the company at a running node, through its public API.
#include <filesystem>
#include <functional>
#include <string>

#include "base/result.hpp"
#include "client/http_client.hpp"
#include "simulator/demo/company.hpp"

namespace mf::demo {

/// Where a demo's directory keeps its random passwords, readable by its owner only.
struct Credentials {
  Passwords passwords;
  bool is_seeded = false;
};
/// Those of the directory; new ones, already saved, when it has none. `administrator` replaces the
/// random password of the administrator where it is not empty.
[[nodiscard]] Result<Credentials> load_credentials(const std::filesystem::path& directory,
                                                   const std::string& administrator);
Status save_credentials(const std::filesystem::path& directory, const Credentials& credentials);

/// Signs in as `admin` and makes everything that is not there yet. Safe to repeat. `progress` hears
/// how many of how many are done.
[[nodiscard]] Status seed(const client::Address& address, const std::string& admin_password,
                          const Company& company,
                          const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace mf::demo
