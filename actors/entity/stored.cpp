#include "actors/entity/stored.hpp"

#include "base/assert.hpp"
#include "base/log.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

namespace mf::entity {

std::optional<Stored> load(const storage::Reader& reader, const entity::Kinds& kinds, ShardId shard,
                           const EntityRef& ref) {
  const auto value = reader.get(storage::Family::state, storage::keys::state(shard, ref));
  if (!value) return std::nullopt;
  const auto state = storage::decode_state(*value);
  auto entity = state ? kinds.unseal(ref, state->body)
                      : Result<std::unique_ptr<entity::Entity>>(std::unexpected(state.error()));
  if (!entity) {
    log::error(log::entity, "state-unreadable",
               {{"kind", to_string(ref.kind)}, {"id", ref.id}, {"why", entity.error().message}});
    return std::nullopt;
  }
  return Stored{state->header.version, std::move(*entity)};
}

std::string with_version(std::string_view object, std::uint64_t version, std::string_view kind) {
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
