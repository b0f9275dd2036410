#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mf {

/// Bytes travel in std::string. These append big-endian integers and length-prefixed strings, so
/// that keys sort as their numbers do.
void put_u8(std::string& out, std::uint8_t v);
void put_u16(std::string& out, std::uint16_t v);
void put_u32(std::string& out, std::uint32_t v);
void put_u64(std::string& out, std::uint64_t v);
/// LEB128.
void put_varint(std::string& out, std::uint64_t v);
/// varint length, then the bytes.
void put_bytes(std::string& out, std::string_view bytes);

/// Reads what the put_ functions wrote. Never reads past the end: after a short or malformed read
/// `ok()` is false, every further read gives zero or empty, and the caller reports `corrupt`.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t u8();
  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  std::uint64_t varint();
  /// A view into the source; valid as long as the source is.
  std::string_view bytes();
  std::string_view raw(std::size_t size);
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view take(std::size_t size);
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace mf
