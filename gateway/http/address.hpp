#pragma once
#include <optional>
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
/// which is what one household gets at least. What is no address stands for itself.
[[nodiscard]] std::string limit_key(std::string_view address);

/// The same, then the network around it: the /24 of an IPv4 address, the /56 (a home line) of an
/// IPv6 one. For limits in steps (ConnectionCount).
[[nodiscard]] std::vector<std::string> limit_keys(std::string_view address);

/// The address in an entry of X-Forwarded-For, as proxies write it: alone, with its port
/// ("192.0.2.1:4711", "[2001:db8::1]:4711") or in brackets. nullopt: it is none.
[[nodiscard]] std::optional<std::string> forwarded_address(std::string_view entry);

}  // namespace mf::gateway::http
