#include "base/hash.hpp"

#include <sodium.h>
#include <xxhash.h>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace mf {
namespace {

void ensure_sodium() {
  static const int ready = sodium_init();
  MF_ASSERT(ready >= 0, "libsodium could not start");
}

template <std::size_t Size>
void blake2b(std::initializer_list<std::string_view> parts, std::array<std::uint8_t, Size>& out) {
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, Size);
  for (auto part : parts) {
    std::string length;
    put_u64(length, part.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(length.data()), 8);
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                              part.size());
  }
  crypto_generichash_final(&state, out.data(), Size);
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Hash128 blake2b_128(std::initializer_list<std::string_view> parts) {
  Hash128 hash;
  blake2b(parts, hash.bytes);
  return hash;
}

Hash256 blake2b_256(std::initializer_list<std::string_view> parts) {
  Hash256 hash;
  blake2b(parts, hash.bytes);
  return hash;
}

Hash256 blake2b_256(std::string_view bytes) {
  Hash256 hash;
  crypto_generichash(hash.bytes.data(), hash.bytes.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr,
                     0);
  return hash;
}

std::uint64_t xxh3_64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string to_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char b : bytes) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

bool from_hex(std::string_view hex, std::uint8_t* out, std::size_t size) {
  if (hex.size() != size * 2) return false;
  for (std::size_t i = 0; i < size; ++i) {
    const int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::string random_bytes(std::size_t size) {
  ensure_sodium();
  std::string out(size, '\0');
  randombytes_buf(out.data(), size);
  return out;
}

}  // namespace mf
