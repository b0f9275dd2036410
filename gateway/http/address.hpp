#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mf::gateway::http {

/// True when `address` is one of `networks`, each "10.0.0.0/8", "2001:db8::/32" or one address.
/// IPv4 mapped into IPv6 (::ffff:10.0.0.1, as a listener on [::] sees it) counts as IPv4. False for
/// what is no address.
[[nodiscard]] bool is_in_network(std::string_view address,
                                 const std::vector<std::string>& networks);

/// Whom a limit per address counts: an IPv4 address, mapped or not, or the /64 of an IPv6 address,
/// which is what one household gets. What is no address stands for itself.
[[nodiscard]] std::string limit_key(std::string_view address);

}  // namespace mf::gateway::http
