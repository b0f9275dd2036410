#include "storage/records.hpp"

#include "base/bytes.hpp"

namespace mf::storage {
namespace {
constexpr std::uint8_t record_format = 1;

Status check(std::uint8_t found, std::string_view what) {
  if (found == record_format) return {};
  return fail(found > record_format ? ErrorCode::unsupported : ErrorCode::corrupt,
              "reading " + std::string(what) + ": format " + std::to_string(found));
}

std::unexpected<Error> malformed(std::string_view what) {
  return fail(ErrorCode::corrupt, "reading " + std::string(what) + ": malformed");
}

}  // namespace

std::string encode(const OutcomeRecord& record) {
  std::string out;
  put_u8(out, record_format);
  put_u8(out, record.origin);
  put_u64(out, static_cast<std::uint64_t>(to_millis(record.time)));
  put_u64(out, record.fingerprint);
  put_varint(out, record.version);
  put_varint(out, record.seq);
  put_bytes(out, record.status);
  return out;
}

Result<OutcomeRecord> decode_outcome(std::string_view bytes) {
  ByteReader in(bytes);
  if (auto ok = check(in.u8(), "an outcome"); !ok) return std::unexpected(ok.error());
  OutcomeRecord record;
  record.origin = in.u8();
  record.time = from_millis(static_cast<std::int64_t>(in.u64()));
  record.fingerprint = in.u64();
  record.version = in.varint();
  record.seq = in.varint();
  record.status = in.bytes();
  if (!in.ok() || !in.at_end()) return malformed("an outcome");
  return record;
}

std::string encode(const EventPlace& place) {
  std::string out;
  put_varint(out, place.seq);
  put_varint(out, place.event);
  return out;
}

Result<EventPlace> decode_place(std::string_view bytes) {
  ByteReader in(bytes);
  EventPlace place;
  place.seq = in.varint();
  place.event = static_cast<std::uint32_t>(in.varint());
  if (!in.ok() || !in.at_end()) return malformed("a place in the journal");
  return place;
}

std::string encode(const StateHeader& header, std::string_view body) {
  std::string out;
  out.reserve(body.size() + 48);
  put_u8(out, record_format);
  put_varint(out, header.version);
  put_varint(out, header.seq);
  put_u64(out, header.created_fingerprint);
  put_varint(out, header.created_version);
  put_varint(out, header.created_seq);
  put_bytes(out, header.created_status);
  out += body;
  return out;
}

Result<StoredState> decode_state(std::string_view bytes) {
  ByteReader in(bytes);
  if (auto ok = check(in.u8(), "a state"); !ok) return std::unexpected(ok.error());
  StoredState state;
  state.header.version = in.varint();
  state.header.seq = in.varint();
  state.header.created_fingerprint = in.u64();
  state.header.created_version = in.varint();
  state.header.created_seq = in.varint();
  state.header.created_status = in.bytes();
  state.body = in.raw(in.left());
  if (!in.ok()) return malformed("a state");
  return state;
}

std::string encode_count(std::uint64_t count) {
  std::string out;
  put_u64(out, count);
  return out;
}

Result<std::uint64_t> decode_count(std::string_view bytes) {
  ByteReader in(bytes);
  const auto count = in.u64();
  if (!in.ok() || !in.at_end()) return malformed("a counter");
  return count;
}

}  // namespace mf::storage
