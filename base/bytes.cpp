#include "base/bytes.hpp"

namespace mf {
namespace {

template <class Integer>
void put_big_endian(std::string& out, Integer v) {
  char bytes[sizeof(Integer)];
  for (std::size_t i = 0; i < sizeof bytes; ++i)
    bytes[i] = static_cast<char>(v >> (sizeof bytes - 1 - i) * 8 & 0xff);
  out.append(bytes, sizeof bytes);
}

template <class Integer>
Integer big_endian(std::string_view bytes) {
  Integer v = 0;
  for (unsigned char b : bytes) v = static_cast<Integer>(v << 8 | b);
  return v;
}

}  // namespace

void put_u8(std::string& out, std::uint8_t v) { out += static_cast<char>(v); }
void put_u16(std::string& out, std::uint16_t v) { put_big_endian(out, v); }
void put_u32(std::string& out, std::uint32_t v) { put_big_endian(out, v); }
void put_u64(std::string& out, std::uint64_t v) { put_big_endian(out, v); }

void put_varint(std::string& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7) out += static_cast<char>(v | 0x80);
  out += static_cast<char>(v);
}

void put_bytes(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out += bytes;
}

std::string_view ByteReader::take(std::size_t size) {
  if (!ok_ || size > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return taken;
}

std::uint8_t ByteReader::u8() { return big_endian<std::uint8_t>(take(1)); }
std::uint16_t ByteReader::u16() { return big_endian<std::uint16_t>(take(2)); }
std::uint32_t ByteReader::u32() { return big_endian<std::uint32_t>(take(4)); }
std::uint64_t ByteReader::u64() { return big_endian<std::uint64_t>(take(8)); }

std::uint64_t ByteReader::varint() {
  std::uint64_t v = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = u8();
    v |= std::uint64_t{byte & 0x7fu} << shift;
    if (!ok_ || byte < 0x80) return ok_ ? v : 0;
  }
  ok_ = false;
  return 0;
}

std::string_view ByteReader::bytes() {
  const auto size = varint();
  return size > rest_.size() ? (ok_ = false, std::string_view{}) : take(size);
}

std::string_view ByteReader::raw(std::size_t size) { return take(size); }

}  // namespace mf
