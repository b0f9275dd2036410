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

namespace {

/// The first `bits` of it, written out.
std::string network_of(Bytes bytes, int bits) {
  for (int bit = bits; bit < 128; ++bit)
    bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> bit % 8));
  char text[INET6_ADDRSTRLEN];
  if (is_v4(bytes)) {
    const std::string host = ::inet_ntop(AF_INET, bytes.data() + v4_bits / 8, text, sizeof text);
    return bits == 128 ? host : host + "/" + std::to_string(bits - v4_bits);
  }
  return std::string(::inet_ntop(AF_INET6, bytes.data(), text, sizeof text)) + "/" +
         std::to_string(bits);
}

}  // namespace

std::string limit_key(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes) return std::string(address);
  return network_of(*bytes, is_v4(*bytes) ? 128 : 64);
}

std::vector<std::string> limit_keys(std::string_view address) {
  const auto bytes = parse_address(address);
  if (!bytes) return {std::string(address)};
  return {limit_key(address), network_of(*bytes, is_v4(*bytes) ? v4_bits + 24 : 56)};
}

std::optional<std::string> forwarded_address(std::string_view entry) {
  const auto is_port = [](std::string_view text) {
    return text.size() >= 2 && text.size() <= 6 && text[0] == ':' &&
           text.find_first_not_of("0123456789", 1) == text.npos;
  };
  if (entry.starts_with('[')) {
    const auto end = entry.find(']');
    if (end == entry.npos) return {};
    const auto rest = entry.substr(end + 1);
    if (!rest.empty() && !is_port(rest)) return {};
    entry = entry.substr(1, end - 1);
  } else if (std::ranges::count(entry, ':') == 1) {
    const auto colon = entry.find(':');
    if (!is_port(entry.substr(colon))) return {};
    entry = entry.substr(0, colon);
  }
  if (!parse_address(entry)) return {};
  return std::string(entry);
}

}  // namespace mf::gateway::http
