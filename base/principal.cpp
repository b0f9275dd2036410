#include "base/principal.hpp"

#include <array>

namespace mf {
namespace {
constexpr std::array<std::string_view, 5> names = {"client", "technician", "supervisor", "operator",
                                                   "administrator"};
}

std::string_view to_string(Role role) { return names[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return {};
  return static_cast<Role>(found - names.begin());
}

}  // namespace mf
