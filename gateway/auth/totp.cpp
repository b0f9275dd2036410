#include "gateway/auth/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <string>

#include "base/bytes.hpp"

namespace mf::gateway::auth {
namespace {

constexpr std::int64_t step_ms = 30'000;
constexpr std::size_t digits = 6;

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  unsigned buffer = 0, bits = 0;
  for (char c : text) {
    if (c == '=' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    const int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;
    if (value < 0) return {};
    buffer = buffer << 5 | static_cast<unsigned>(value);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(buffer >> bits & 255);
  }
  return out;
}

std::string code_of(const std::string& key, std::int64_t step) {
  std::string message;
  put_u64(message, static_cast<std::uint64_t>(step));
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), mac, &size);
  const unsigned at = mac[size - 1] & 15u;
  const std::uint32_t number =
      (mac[at] & 127u) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3];
  auto text = std::to_string(number % 1'000'000);
  return std::string(digits - text.size(), '0') + text;
}

}  // namespace

std::optional<std::int64_t> totp_step(std::string_view secret, std::string_view code,
                                      Timestamp now) {
  const auto key = from_base32(secret);
  if (!key || key->empty() || code.size() != digits) return {};
  const auto current = to_millis(now) / step_ms;
  std::optional<std::int64_t> found;
  for (const auto step : {current - 1, current, current + 1})
    if (sodium_memcmp(code_of(*key, step).data(), code.data(), digits) == 0) found = step;
  return found;
}

}  // namespace mf::gateway::auth
