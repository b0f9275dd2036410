#include "storage/keys.hpp"

#include <array>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace mf::storage {

std::string_view to_string(Family family) {
  constexpr std::array<std::string_view, family_count> names = {"journal", "state",  "timeline",
                                                                "index",   "timers", "meta"};
  return names.at(static_cast<std::size_t>(family));
}

namespace keys {
namespace {

// Ids never contain a zero byte (base/id.hpp, and names are checked by their entity), so it ends
// an id of varying length without disturbing the order.
constexpr char end_of_text = '\0';

// Flips the sign, so that times before 1970 sort first too.
constexpr std::uint64_t sign = std::uint64_t{1} << 63;

std::string of_entity(ShardId shard, const EntityRef& ref) {
  MF_ASSERT(ref.id.find(end_of_text) == std::string::npos, "an id with a zero byte");
  std::string key = shard_prefix(shard);
  put_u8(key, static_cast<std::uint8_t>(ref.kind));
  key += ref.id;
  return key;
}

std::string of_meta(ShardId shard, char what) {
  std::string key = shard_prefix(shard);
  key += what;
  return key;
}

}  // namespace

std::string shard_prefix(ShardId shard) {
  std::string key;
  key.reserve(64);
  put_u16(key, shard);
  return key;
}

std::string journal(ShardId shard, std::uint64_t seq) {
  std::string key = shard_prefix(shard);
  put_u64(key, seq);
  return key;
}

std::string state(ShardId shard, const EntityRef& ref) { return of_entity(shard, ref); }

std::string timeline(ShardId shard, const EntityRef& ref, std::uint64_t version) {
  std::string key = of_entity(shard, ref);
  key += end_of_text;
  put_u64(key, version);
  return key;
}

std::string index(ShardId shard, EntityKind kind, std::uint8_t index, std::string_view key,
                  std::string_view id) {
  std::string out = shard_prefix(shard);
  put_u8(out, static_cast<std::uint8_t>(kind));
  put_u8(out, index);
  out += key;
  out += id;
  return out;
}

std::string timers_from(ShardId shard, Timestamp due) {
  std::string key = shard_prefix(shard);
  put_u64(key, static_cast<std::uint64_t>(to_millis(due)) ^ sign);
  return key;
}

std::string timer(ShardId shard, Timestamp due, const EntityRef& ref, std::string_view name) {
  std::string key = timers_from(shard, due);
  put_u8(key, static_cast<std::uint8_t>(ref.kind));
  key += ref.id;
  key += end_of_text;
  key += name;
  return key;
}

std::string applied(ShardId shard) { return of_meta(shard, 'a'); }

std::string dedup(ShardId shard, const CommandId& id) {
  std::string key = of_meta(shard, 'd');
  key += id.view();
  return key;
}

std::string counter(ShardId shard, std::string_view name) {
  std::string key = of_meta(shard, 'c');
  key += name;
  return key;
}

std::string dead_letter(ShardId shard, std::uint64_t seq, std::uint32_t event,
                        std::uint32_t reaction) {
  std::string key = of_meta(shard, 'x');
  put_u64(key, seq);
  put_u32(key, event);
  put_u32(key, reaction);
  return key;
}

std::string dead_letters(ShardId shard) { return of_meta(shard, 'x'); }

std::string node() { return of_meta(node_wide, 'n'); }
std::string proof() { return of_meta(node_wide, 'p'); }
std::string index_missing() { return of_meta(node_wide, 'i'); }

std::string to_wipe(std::string_view state_key) {
  std::string key = of_meta(node_wide, 'w');
  key += state_key;
  return key;
}
std::string person_keys() { return of_meta(node_wide, 'k'); }
std::string age() { return of_meta(node_wide, 'l'); }

std::optional<TimerKey> parse_timer(std::string_view key) {
  ByteReader in(key);
  in.u16();
  TimerKey timer;
  timer.due = from_millis(static_cast<std::int64_t>(in.u64() ^ sign));
  timer.ref.kind = static_cast<EntityKind>(in.u8());
  const auto rest = in.raw(in.left());
  const auto end = rest.find(end_of_text);
  if (!in.ok() || end == std::string_view::npos || !is_known(timer.ref.kind)) return {};
  timer.ref.id = rest.substr(0, end);
  timer.name = rest.substr(end + 1);
  return timer;
}

std::optional<StateKey> parse_state(std::string_view key) {
  ByteReader in(key);
  StateKey state;
  state.shard = in.u16();
  state.ref.kind = static_cast<EntityKind>(in.u8());
  state.ref.id = in.raw(in.left());
  if (!in.ok() || !is_known(state.ref.kind) || state.ref.id.empty()) return {};
  return state;
}

std::optional<DeadLetterKey> parse_dead_letter(std::string_view key) {
  ByteReader in(key);
  DeadLetterKey letter;
  letter.shard = in.u16();
  const auto what = in.u8();
  letter.seq = in.u64();
  letter.event = in.u32();
  letter.reaction = in.u32();
  if (!in.ok() || !in.at_end() || what != 'x') return {};
  return letter;
}

std::optional<std::uint64_t> parse_journal_seq(std::string_view key) {
  ByteReader in(key);
  in.u16();
  const auto seq = in.u64();
  if (!in.ok() || !in.at_end()) return {};
  return seq;
}

std::string end_of(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  MF_ASSERT(!prefix.empty(), "no key follows this prefix");
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace keys
}  // namespace mf::storage
