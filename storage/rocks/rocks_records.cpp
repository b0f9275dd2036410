#include "storage/rocks/rocks_records.hpp"

#include "base/bytes.hpp"

namespace mf::storage {
namespace {

constexpr std::uint8_t format = 1;
constexpr std::size_t trailer_size = 10;

Status check_format(std::uint8_t found, std::string_view what) {
  if (found == format) return {};
  return fail(found > format ? ErrorCode::unsupported : ErrorCode::corrupt,
              "reading " + std::string(what) + ": format " + std::to_string(found) +
                  (found > format ? " is newer than this program" : ""));
}

template <class T>
Result<T> finish(const ByteReader& in, T value, std::string_view what) {
  if (in.ok() && in.at_end()) return value;
  return fail(ErrorCode::corrupt, "reading " + std::string(what) + ": malformed");
}

Hash256 read_hash(ByteReader& in) {
  Hash256 hash;
  const auto bytes = in.raw(hash.bytes.size());
  if (in.ok()) std::memcpy(hash.bytes.data(), bytes.data(), bytes.size());
  return hash;
}

}  // namespace

std::string encode(const Applied& applied) {
  std::string out;
  put_u8(out, format);
  put_u64(out, applied.seq);
  out += applied.chain.view();
  put_u64(out, applied.epoch);
  put_u64(out, static_cast<std::uint64_t>(to_millis(applied.time)));
  put_varint(out, applied.cursor.low);
  put_varint(out, applied.cursor.done.size());
  for (const auto& mark : applied.cursor.done) {
    put_varint(out, mark.seq);
    put_varint(out, mark.event);
    put_varint(out, mark.reaction);
  }
  return out;
}

Result<Applied> decode_applied(std::string_view bytes) {
  constexpr std::string_view what = "an applied position";
  ByteReader in(bytes);
  if (auto ok = check_format(in.u8(), what); !ok) return std::unexpected(ok.error());
  Applied applied;
  applied.seq = in.u64();
  applied.chain = read_hash(in);
  applied.epoch = in.u64();
  applied.time = from_millis(static_cast<std::int64_t>(in.u64()));
  applied.cursor.low = in.varint();
  const auto count = in.varint();
  if (count > in.left()) return fail(ErrorCode::corrupt, "reading an applied position: malformed");
  applied.cursor.done.resize(count);
  for (auto& mark : applied.cursor.done) {
    mark.seq = in.varint();
    mark.event = static_cast<std::uint32_t>(in.varint());
    mark.reaction = static_cast<std::uint32_t>(in.varint());
  }
  return finish(in, std::move(applied), what);
}

std::string encode(const KeyMark& mark) {
  std::string out;
  put_u8(out, format);
  put_varint(out, mark.slots);
  out += mark.installation.view();
  put_u8(out, mark.may_have_gaps ? 1 : 0);
  put_varint(out, mark.destroyed);
  out += mark.persons.view();
  return out;
}

Result<KeyMark> decode_key_mark(std::string_view bytes) {
  constexpr std::string_view what = "the note of the keys of persons";
  ByteReader in(bytes);
  if (auto ok = check_format(in.u8(), what); !ok) return std::unexpected(ok.error());
  const auto read_hash = [&in](Hash128& hash) {
    const auto bytes = in.raw(hash.bytes.size());
    if (in.ok()) std::memcpy(hash.bytes.data(), bytes.data(), bytes.size());
  };
  KeyMark mark;
  mark.slots = in.varint();
  read_hash(mark.installation);
  mark.may_have_gaps = in.u8() != 0;
  if (!in.at_end()) mark.destroyed = in.varint();
  if (!in.at_end()) read_hash(mark.persons);
  return finish(in, mark, what);
}

std::string encode(const NodeRecord& record) {
  std::string out;
  put_u8(out, format);
  put_u16(out, record.shard_count);
  put_bytes(out, record.era);
  put_u64(out, static_cast<std::uint64_t>(to_millis(record.created_at)));
  put_varint(out, record.derived_format);
  return out;
}

Result<NodeRecord> decode_node(std::string_view bytes) {
  constexpr std::string_view what = "the directory's own record";
  ByteReader in(bytes);
  if (auto ok = check_format(in.u8(), what); !ok) return std::unexpected(ok.error());
  NodeRecord record;
  record.shard_count = in.u16();
  record.era = in.bytes();
  record.created_at = from_millis(static_cast<std::int64_t>(in.u64()));
  if (!in.at_end()) record.derived_format = static_cast<std::uint32_t>(in.varint());
  return finish(in, std::move(record), what);
}

std::string encode(const ProofMark& mark) {
  std::string out;
  put_u8(out, format);
  put_u64(out, mark.cycle);
  put_u16(out, static_cast<std::uint16_t>(mark.shards.size()));
  for (const auto& shard : mark.shards) {
    put_u64(out, shard.seq);
    out += shard.chain.view();
  }
  return out;
}

Result<ProofMark> decode_proof(std::string_view bytes) {
  constexpr std::string_view what = "the mark of the last proof";
  ByteReader in(bytes);
  if (auto ok = check_format(in.u8(), what); !ok) return std::unexpected(ok.error());
  ProofMark mark;
  mark.cycle = in.u64();
  mark.shards.resize(in.u16());
  for (auto& shard : mark.shards) {
    shard.seq = in.u64();
    shard.chain = read_hash(in);
  }
  return finish(in, std::move(mark), what);
}

void append_cycle(std::string& frame, std::uint64_t cycle, std::uint16_t batches) {
  put_u64(frame, cycle);
  put_u16(frame, batches);
}

Result<JournalValue> split_journal(std::string_view value) {
  if (value.size() < trailer_size)
    return fail(ErrorCode::corrupt, "reading a journal record: too short");
  ByteReader in(value.substr(value.size() - trailer_size));
  JournalValue out;
  out.frame = value.substr(0, value.size() - trailer_size);
  out.cycle = in.u64();
  out.batches = in.u16();
  return out;
}

}  // namespace mf::storage
