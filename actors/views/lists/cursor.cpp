#include "actors/views/lists/cursor.hpp"

#include <sodium.h>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace mf::views {
namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t cursor_size_max = 256;

}  // namespace

std::uint64_t fingerprint(const views::ListQuery& q) {
  std::string bytes;
  put_u8(bytes, static_cast<std::uint8_t>(q.kind));
  put_u8(bytes, static_cast<std::uint8_t>(q.sort));
  put_varint(bytes, q.status.size());
  for (const auto& status : q.status) put_bytes(bytes, status);
  put_varint(bytes, q.zones.size());
  for (const auto& zone : q.zones) put_bytes(bytes, zone);
  for (const auto* text : {&q.zone, &q.technician, &q.client, &q.q}) put_bytes(bytes, *text);
  put_u64(bytes, static_cast<std::uint64_t>(q.priority.value_or(-1)));
  put_u64(bytes, q.due_before ? static_cast<std::uint64_t>(to_millis(*q.due_before)) : 0);
  return xxh3_64(bytes);
}

std::string make_cursor(std::uint64_t fingerprint, std::string_view after) {
  std::string bytes;
  put_u64(bytes, fingerprint);
  bytes += after;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();  // the terminating zero
  return text;
}

std::optional<std::string> read_cursor(std::uint64_t fingerprint, std::string_view cursor) {
  if (cursor.size() > cursor_size_max) return std::nullopt;
  std::string bytes(cursor.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), cursor.data(),
                        cursor.size(), nullptr, &size, nullptr, variant) != 0)
    return std::nullopt;
  bytes.resize(size);
  ByteReader in(bytes);
  if (in.u64() != fingerprint || !in.ok() || in.at_end()) return std::nullopt;
  return bytes.substr(8);
}

}  // namespace mf::views
