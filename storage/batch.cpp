// The frame. Integers are big-endian, varints LEB128; a text is its length as varint and its bytes,
// a time milliseconds since 1970 as u64, a hash 32 bytes.
//
//   frame  = format u8, header, entry …, chain hash
//   header = shard u16, seq u64, epoch u64, era text, time, hash of the batch before, cursor,
//            number of entries varint
//   cursor = low varint, number of marks varint, mark …     mark = seq, event, reaction: varints
//   entry  = command 16 B, fingerprint u64, origin u8, kind u8, id text, version varint,
//            status verb principal role on_behalf_of justification cause trace: texts,
//            occurred_at time, flags u8, [device time: flag 1], [time of the decision: flag 2],
//            number of events varint, event …
//   event  = type text, schema varint, body text
//
// The chain hash covers the hash before it and the same frame without its end, each event replaced
// by its digest. It is at the end so that the frame is written in one go, and can be read without
// decoding the rest (chain_hash_of_frame).
//
// What is read may be damaged: a count is believed only if as many of the smallest things fit into
// the bytes that are left, before anything is reserved for it; a number that its type can't hold,
// or a flag that nobody knows, ends the reading. The hash is compared last, over what was decoded.
// Only bytes that pass are ours, and a kind that is not known is then a newer program's, not
// damage. Format 1 has the same grammar; its number says how ids of its reactions are made.
#include "storage/batch.hpp"

#include <limits>

#include "base/bytes.hpp"

namespace mf::storage {
namespace {

constexpr std::uint8_t format_newest = 2;
constexpr std::size_t frame_size_usual = 1024;
constexpr std::uint8_t has_device_time = 1, has_decided_at = 2;

void put_time(std::string& out, Timestamp t) {
  put_u64(out, static_cast<std::uint64_t>(to_millis(t)));
}

Timestamp read_time(ByteReader& in) { return from_millis(static_cast<std::int64_t>(in.u64())); }

void put_header(std::string& out, const Batch& batch) {
  put_u16(out, batch.shard);
  put_u64(out, batch.seq);
  put_u64(out, batch.epoch);
  put_bytes(out, batch.era);
  put_time(out, batch.time);
  out += batch.previous.view();
  put_varint(out, batch.cursor.low);
  put_varint(out, batch.cursor.done.size());
  for (const auto& mark : batch.cursor.done) {
    put_varint(out, mark.seq);
    put_varint(out, mark.event);
    put_varint(out, mark.reaction);
  }
  put_varint(out, batch.entries.size());
}

void put_entry_header(std::string& out, const Entry& entry) {
  out += entry.command.view();
  put_u64(out, entry.fingerprint);
  put_u8(out, entry.origin);
  put_u8(out, static_cast<std::uint8_t>(entry.entity.kind));
  put_bytes(out, entry.entity.id);
  put_varint(out, entry.version);
  for (const auto* text : {&entry.status, &entry.verb, &entry.principal, &entry.role,
                           &entry.on_behalf_of, &entry.justification, &entry.cause, &entry.trace})
    put_bytes(out, *text);
  put_time(out, entry.occurred_at);
  put_u8(out, static_cast<std::uint8_t>((entry.device_time ? has_device_time : 0) |
                                        (entry.decided_at ? has_decided_at : 0)));
  if (entry.device_time) put_time(out, *entry.device_time);
  if (entry.decided_at) put_time(out, *entry.decided_at);
  put_varint(out, entry.events.size());
}

void put_event(std::string& out, const StoredEvent& event) {
  put_bytes(out, event.type);
  put_varint(out, event.schema);
  put_bytes(out, event.json);
}

template <class PutEvent>
void put_batch(std::string& out, const Batch& batch, PutEvent put) {
  put_u8(out, batch.format);
  put_header(out, batch);
  for (const auto& entry : batch.entries) {
    put_entry_header(out, entry);
    for (const auto& event : entry.events) put(out, event);
  }
}

/// A number that is at most `max`; anything else makes the reader fail.
std::uint64_t read_up_to(ByteReader& in, std::uint64_t max, std::uint64_t number) {
  if (number <= max) return number;
  in.raw(in.left() + 1);
  return 0;
}

/// A count of things of at least `size_min` bytes each; a damaged one must not make us reserve.
std::size_t read_count(ByteReader& in, std::size_t size_min) {
  const auto count = in.varint();
  return read_up_to(in, in.left() / size_min, count);
}

template <class Integer>
Integer read_varint(ByteReader& in) {
  return static_cast<Integer>(read_up_to(in, std::numeric_limits<Integer>::max(), in.varint()));
}

Hash256 read_hash(ByteReader& in) {
  Hash256 hash;
  const auto bytes = in.raw(hash.bytes.size());
  if (in.ok()) std::memcpy(hash.bytes.data(), bytes.data(), bytes.size());
  return hash;
}

Entry read_entry(ByteReader& in) {
  Entry entry;
  const auto command = in.raw(entry.command.bytes.size());
  if (in.ok()) std::memcpy(entry.command.bytes.data(), command.data(), command.size());
  entry.fingerprint = in.u64();
  entry.origin = in.u8();
  entry.entity.kind = static_cast<EntityKind>(in.u8());
  entry.entity.id = in.bytes();
  entry.version = in.varint();
  for (auto* text : {&entry.status, &entry.verb, &entry.principal, &entry.role, &entry.on_behalf_of,
                     &entry.justification, &entry.cause, &entry.trace})
    *text = in.bytes();
  entry.occurred_at = read_time(in);
  const auto flags = read_up_to(in, has_device_time | has_decided_at, in.u8());
  if (flags & has_device_time) entry.device_time = read_time(in);
  if (flags & has_decided_at) entry.decided_at = read_time(in);
  entry.events.resize(read_count(in, 3));
  for (auto& event : entry.events) {
    event.type = in.bytes();
    event.schema = read_varint<std::uint16_t>(in);
    event.json = in.bytes();
  }
  return entry;
}

Batch read_batch(ByteReader& in) {
  Batch batch;
  batch.shard = in.u16();
  batch.seq = in.u64();
  batch.epoch = in.u64();
  batch.era = in.bytes();
  batch.time = read_time(in);
  batch.previous = read_hash(in);
  batch.cursor.low = in.varint();
  batch.cursor.done.resize(read_count(in, 3));
  for (auto& mark : batch.cursor.done) {
    mark.seq = in.varint();
    mark.event = read_varint<std::uint32_t>(in);
    mark.reaction = read_varint<std::uint32_t>(in);
  }
  batch.entries.resize(read_count(in, 40));
  for (auto& entry : batch.entries) entry = read_entry(in);
  return batch;
}

}  // namespace

std::string event_id(ShardId shard, std::uint64_t seq, std::size_t index) {
  return "evt_" + std::to_string(shard) + "-" + std::to_string(seq) + "-" + std::to_string(index);
}

Hash256 chain_hash(const Batch& batch) {
  std::string text;
  text.reserve(frame_size_usual);
  put_batch(text, batch,
            [](std::string& out, const StoredEvent& event) { out += event_digest(event).view(); });
  return blake2b_256({batch.previous.view(), text});
}

Hash256 event_digest(const StoredEvent& event) {
  std::string text;
  put_event(text, event);
  return blake2b_256(text);
}

std::string encode(const Batch& batch) { return encode(batch, chain_hash(batch)); }

std::string encode(const Batch& batch, const Hash256& chain) {
  std::string out;
  out.reserve(frame_size_usual);
  put_batch(out, batch, put_event);
  out += chain.view();
  return out;
}

Hash256 chain_hash_of_frame(std::string_view bytes) {
  Hash256 hash;
  if (bytes.size() >= hash.bytes.size())
    std::memcpy(hash.bytes.data(), bytes.data() + bytes.size() - hash.bytes.size(),
                hash.bytes.size());
  return hash;
}

Result<Batch> decode_batch(std::string_view bytes) {
  ByteReader in(bytes);
  const auto found = in.u8();
  if (in.ok() && found > format_newest)
    return fail(ErrorCode::unsupported, "reading a batch: format " + std::to_string(found) +
                                            " is newer than this program (" +
                                            std::to_string(format_newest) + ")");
  if (found == 0) return fail(ErrorCode::corrupt, "reading a batch: not a batch");
  Batch batch = read_batch(in);
  batch.format = found;
  const auto hash = read_hash(in);
  if (!in.ok() || !in.at_end()) return fail(ErrorCode::corrupt, "reading a batch: malformed");
  if (hash != chain_hash(batch))
    return fail(ErrorCode::corrupt, "reading a batch: its hash does not match its bytes");
  // Whole and ours, so written by a program that knows more kinds than this one.
  for (const auto& entry : batch.entries)
    if (!is_known(entry.entity.kind))
      return fail(ErrorCode::unsupported,
                  "reading a batch: kind " +
                      std::to_string(static_cast<unsigned>(entry.entity.kind)) +
                      " is not known to this program");
  return batch;
}

}  // namespace mf::storage
