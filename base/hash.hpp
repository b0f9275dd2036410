#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mf {

/// 128 and 256 bits that identify or prove something. Raw bytes, ordered bytewise.
struct Hash128 {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Hash128&) const = default;
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  [[nodiscard]] bool empty() const { return *this == Hash128{}; }
};
struct Hash256 {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const Hash256&) const = default;
  [[nodiscard]] std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// BLAKE2b over the parts, each preceded by its length, so that ("ab","c") and ("a","bc") differ.
[[nodiscard]] Hash128 blake2b_128(std::initializer_list<std::string_view> parts);
[[nodiscard]] Hash256 blake2b_256(std::initializer_list<std::string_view> parts);
/// BLAKE2b-256 of exactly these bytes.
[[nodiscard]] Hash256 blake2b_256(std::string_view bytes);
/// XXH3, for placement and hash tables; never for anything a stranger may profit from colliding.
[[nodiscard]] std::uint64_t xxh3_64(std::string_view bytes);
/// The same with a secret seed: for tables whose keys a stranger chooses, who then can't know which
/// of them meet.
[[nodiscard]] std::uint64_t xxh3_64(std::string_view bytes, std::uint64_t seed);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Lower or upper case; false when `hex` is malformed or not exactly twice `size`.
[[nodiscard]] bool from_hex(std::string_view hex, std::uint8_t* out, std::size_t size);

/// `size` bytes nobody can guess (libsodium). Thread-safe.
[[nodiscard]] std::string random_bytes(std::size_t size);

struct HashOfHash {
  std::size_t operator()(const Hash128& h) const {
    std::size_t n;
    std::memcpy(&n, h.bytes.data(), sizeof n);
    return n;
  }
};

}  // namespace mf
