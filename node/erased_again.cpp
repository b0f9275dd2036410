#include "node/erased_again.hpp"

#include "actors/entity/stored.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "node/kinds.hpp"
#include "node/local_keys.hpp"

namespace mf::node {
namespace {

bool is_to_be_erased(const EntityRef& client, const storage::Store& store,
                     const entity::Kinds& kinds) {
  const auto shard = shard_of(client, store.shard_count());
  const auto stored = entity::load(store, kinds, shard, client);
  return stored && stored->exists() && stored->entity->status() != "ERASED";
}

}  // namespace

void erase_again(const std::vector<std::string>& persons, const storage::Store& store,
                 const entity::Kinds& kinds, SystemDoor& door) {
  std::size_t done = 0;
  for (const auto& person : persons) {
    const EntityRef client{EntityKind::client, person};
    try {
      if (!is_id("cli", person) || !is_to_be_erased(client, store, kinds)) continue;
      const auto erased = door.run(client, "erase", "{}");
      if (!erased)
        log::error(log::node, "client-not-erased-again",
                   {{"client", person}, {"why", erased.error().message}});
      else ++done;
    } catch (const storage::ReadFailed& why) {
      log::error(log::node, "client-not-erased-again", {{"client", person}, {"why", why.what()}});
    }
  }
  if (done > 0) log::warn(log::node, "clients-erased-again", {{"clients", done}});
}

Status destroy_again(const storage::Store& store, storage::PersonalKeyRing& ring) {
  entity::Kinds kinds;
  add_kinds(kinds, {});
  LocalKeys keys(ring);
  std::vector<storage::KeyChange> destroyed;
  for (ShardId shard = 0; shard < store.shard_count(); ++shard) {
    const auto clients = storage::keys::state(shard, {EntityKind::client, ""});
    const auto scan = store.scan(storage::Family::state, clients, storage::keys::end_of(clients));
    for (; scan->valid(); scan->next()) {
      const auto key = storage::keys::parse_state(scan->key());
      if (!key) return fail(ErrorCode::corrupt, "a state has a key that is none");
      const auto stored = entity::load(store, kinds.of(key->ref.kind), shard, key->ref, keys);
      if (!stored) return std::unexpected(stored.error());
      if (stored->entity->status() == "ERASED") destroyed.push_back({key->ref.id, {}});
    }
  }
  if (auto ok = ring.stage(destroyed); !ok) return ok;
  if (auto ok = ring.sync(); !ok) return ok;
  log::warn(log::node, "keys-destroyed-again", {{"clients", destroyed.size()}});
  return {};
}

}  // namespace mf::node
