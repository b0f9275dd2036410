#include "gateway/http/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

namespace mf::gateway::http {
namespace {

constexpr int v4_bits = 96;  // of a mapped address, in front of its 32

/// An IPv6 address; IPv4 as its mapping.
using Bytes = std::array<std::uint8_t, 16>;

constexpr Bytes v4_start{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};

bool is_equal(const Bytes& a, const Bytes& b, int bits) {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(a.data(), b.data(), whole) != 0) return false;
  const int rest = bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool is_v4(const Bytes& address) { return is_equal(address, v4_start, v4_bits); }

std::optional<Bytes> parse_address(std::string_view text) {
  // A link-local address names its interface: fe80::1%eth0.
  const std::string terminated(text.substr(0, text.find('%')));
  Bytes bytes = v4_start;
  if (::inet_pton(AF_INET, terminated.c_str(), bytes.data() + v4_bits / 8) == 1) return bytes;
  if (::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return bytes;
  return {};
}

bool is_within(const Bytes& address, std::string_view network) {
  const auto slash = std::min(network.find('/'), network.size());
  const auto host = network.substr(0, slash);
  const auto start = parse_address(host);
  if (!start) return false;
  int bits = 128;
  if (slash < network.size()) {
    const auto* end = network.data() + network.size();
    const auto [stop, error] = std::from_chars(network.data() + slash + 1, end, bits);
    if (error != std::errc() || stop != end) return false;
    if (host.find(':') == host.npos) bits += v4_bits;
    if (bits < 0 || bits > 128) return false;
  }
  // ::/0 is all of IPv6, not of IPv4.
  return (bits >= v4_bits || !is_v4(address)) && is_equal(address, *start, bits);
}

}  // namespace

bool is_in_network(std::string_view address, const std::vector<std::string>& networks) {
  if (networks.empty()) return false;
  const auto bytes = parse_address(address);
  return bytes && std::ranges::any_of(networks, [&](const std::string& network) {
           return is_within(*bytes, network);
         });
}

std::string limit_key(std::string_view address) {
  auto bytes = parse_address(address);
  if (!bytes) return std::string(address);
  char text[INET6_ADDRSTRLEN];
  if (is_v4(*bytes)) return ::inet_ntop(AF_INET, bytes->data() + v4_bits / 8, text, sizeof text);
  std::fill(bytes->begin() + 8, bytes->end(), std::uint8_t{0});
  return std::string(::inet_ntop(AF_INET6, bytes->data(), text, sizeof text)) + "/64";
}

}  // namespace mf::gateway::http
