#include "actors/host/erased_clients.hpp"

#include <string>

#include "actors/entity/index_keys.hpp"
#include "base/hash.hpp"

namespace mf::host {
namespace {

/// Behind the client a key has a zero, eight bytes of time, and the account.
constexpr std::size_t tail_size = 1 + 8 + entity::id_size;

std::string entries_from(ShardId shard, std::string_view key) {
  return storage::keys::index(shard, EntityKind::account,
                              static_cast<std::uint8_t>(entity::Number::client), key, "");
}

/// Of the entries whose keys begin with `begin`, those of clients that `is_wanted` says.
template <class Wanted>
std::vector<Serving> serving(const storage::Reader& reader, ShardId shard, const std::string& begin,
                             Wanted is_wanted) {
  std::vector<Serving> found;
  const auto head = entries_from(shard, "").size();
  const auto scan = reader.scan(storage::Family::index, begin, storage::keys::end_of(begin));
  for (; scan->valid(); scan->next()) {
    const auto key = scan->key();
    if (key.size() < head + tail_size) continue;
    const Id client(key.substr(head, key.size() - head - tail_size));
    if (is_wanted(client)) found.push_back({Id(key.substr(key.size() - entity::id_size)), client});
  }
  return found;
}

}  // namespace

std::vector<Serving> accounts_serving(const storage::Reader& reader, ShardId shard,
                                      const Id& client) {
  return serving(reader, shard, entries_from(shard, entity::text_part(client)),
                 [](const Id&) { return true; });
}

std::vector<Serving> accounts_serving_erased(const storage::Reader& reader, ShardId shard,
                                             entity::KeyRing& keys) {
  return serving(reader, shard, entries_from(shard, ""),
                 [&](const Id& client) { return keys.is_destroyed(client); });
}

std::expected<entity::Command, Rejection> lose_client_command(const Serving& serving,
                                                              const entity::Kind& accounts,
                                                              Timestamp deadline) {
  auto command = entity::system_command(accounts, {EntityKind::account, serving.account},
                                        "lose_client", "{\"client\":\"" + serving.client + "\"}",
                                        blake2b_128({"lose-client", random_bytes(16)}),
                                        entity::Origin::reaction);
  if (command) command->deadline = deadline;
  return command;
}

}  // namespace mf::host
