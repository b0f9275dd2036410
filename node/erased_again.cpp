#include "node/erased_again.hpp"

#include "actors/entity/stored.hpp"
#include "base/id.hpp"
#include "base/log.hpp"

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

}  // namespace mf::node
