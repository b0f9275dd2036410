#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"

namespace mf {

enum class Role : std::uint8_t { client, technician, supervisor, operator_, administrator };

[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::optional<Role> parse_role(std::string_view name);

/// Who asks. Built by the gateway from an account (or by us: `system()`); every entity decides
/// rights from this and its own state alone.
struct Principal {
  Id account;  ///< "system" for reactions and timers, "tracking" for a tracking link
  std::vector<Role> roles;
  std::vector<Id> zones;  ///< a supervisor's
  Id technician;          ///< of a technician's account, else empty
  Id client;              ///< of a client's account, else empty
  Id tracked_order;       ///< of a tracking link, else empty

  [[nodiscard]] bool has(Role role) const { return std::ranges::find(roles, role) != roles.end(); }
  [[nodiscard]] bool is_system() const { return account == "system"; }
  [[nodiscard]] bool is_administrator() const { return has(Role::administrator); }
  [[nodiscard]] bool supervises(std::string_view zone) const {
    return has(Role::supervisor) && std::ranges::find(zones, zone) != zones.end();
  }
  /// "supervisor of this zone, or administrator": who may act on a zone's orders.
  [[nodiscard]] bool dispatches(std::string_view zone) const {
    return is_administrator() || supervises(zone);
  }

  [[nodiscard]] static Principal system() { return {"system", {}, {}, {}, {}, {}}; }
};

/// Through whose eyes something is shown: decides which fields and events are visible.
///   staff       who runs it: everything but secrets
///   technician  who holds the order's visit now; of a kind without visits: who it is about
///   client      the public part
///   former      whose visit has ended: that visit and its events, nothing later
enum class Viewpoint : std::uint8_t { staff, technician, client, former };

/// A viewpoint, and whose part is meant where only somebody's own part is shown. Short-lived:
/// refers to the principal it was made of.
struct Viewer {
  Viewpoint as = Viewpoint::client;
  std::string_view technician;
  bool is_by_link = false;  ///< a client who may be anybody: whoever was passed the tracking link

  Viewer(Viewpoint viewpoint, std::string_view own = {}) : as(viewpoint), technician(own) {}
  Viewer(Viewpoint viewpoint, const Principal& by)
      : as(viewpoint), technician(by.technician), is_by_link(!by.tracked_order.empty()) {}
  operator Viewpoint() const { return as; }
};

}  // namespace mf
