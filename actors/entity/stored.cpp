#include "actors/entity/stored.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"
#include "storage/keys.hpp"

namespace mf::entity {

namespace {

/// `unseal(body)` gives the entity of a stored body.
template <class Unseal>
Result<Stored> load_with(const storage::Reader& reader, const Kind& kind, ShardId shard,
                         const EntityRef& ref, Unseal unseal) {
  const auto bytes = reader.get(storage::Family::state, storage::keys::state(shard, ref));
  if (!bytes) return Stored{{}, kind.empty(ref.id)};
  auto stored = storage::decode_state(*bytes);
  if (!stored) return std::unexpected(std::move(stored.error()).in("loading " + ref.id));
  auto entity = unseal(stored->body);
  if (!entity) return std::unexpected(std::move(entity.error()).in("loading " + ref.id));
  return Stored{stored->header, std::move(*entity)};
}

}  // namespace

Result<Stored> load(const storage::Reader& reader, const Kind& kind, ShardId shard,
                    const EntityRef& ref, KeyRing& keys) {
  return load_with(reader, kind, shard, ref,
                   [&](std::string_view body) { return kind.unseal(ref.id, body, keys); });
}

Result<Stored> load(const storage::Reader& reader, const Kinds& kinds, ShardId shard,
                    const EntityRef& ref) {
  return load_with(reader, kinds.of(ref.kind), shard, ref,
                   [&](std::string_view body) { return kinds.unseal(ref, body); });
}

std::optional<Stored> load_if_readable(const storage::Reader& reader, const Kinds& kinds,
                                       ShardId shard, const EntityRef& ref, bool& is_unreadable) {
  auto stored = load(reader, kinds, shard, ref);
  if (!stored) {
    is_unreadable = true;
    log::error(log::entity, "state-unreadable",
               {{"kind", to_string(ref.kind)}, {"id", ref.id}, {"why", stored.error().message}});
    return {};
  }
  if (!stored->exists()) return {};
  return std::move(*stored);
}

std::string row_with_version(std::string_view object, std::uint64_t version,
                             std::string_view kind) {
  constexpr std::string_view start = "{\"id\":\"";
  MF_ASSERT(object.starts_with(start), "a row must start with its id");
  const auto end_of_id = object.find('"', start.size()) + 1;
  std::string out;
  out.reserve(object.size() + 48);
  out += object.substr(0, end_of_id);
  if (!kind.empty()) (out += ",\"kind\":\"") += kind, out += '"';
  (out += ",\"version\":") += std::to_string(version);
  out += object.substr(end_of_id);
  return out;
}

}  // namespace mf::entity
