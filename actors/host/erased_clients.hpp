#pragma once
// Accounts end with the client that they name. No entity knows who names it, and accounts of before
// told nobody; so each shard looks its own ones up: when the client's key is destroyed, and, for
// what was missed, whenever it opens (decision 0016).
#include <expected>
#include <vector>

#include "actors/entity/command.hpp"
#include "actors/entity/kind.hpp"
#include "storage/store.hpp"

namespace mf::host {

/// An enabled account, and the client that it names.
struct Serving {
  Id account, client;
};

/// Those of a shard that name this client. Throws storage::ReadFailed.
[[nodiscard]] std::vector<Serving> accounts_serving(const storage::Reader& reader, ShardId shard,
                                                    const Id& client);
/// Those that name any client whose key is destroyed. Looks at the key of each client that enabled
/// accounts of the shard name. Throws storage::ReadFailed.
[[nodiscard]] std::vector<Serving> accounts_serving_erased(const storage::Reader& reader,
                                                           ShardId shard, entity::KeyRing& keys);

/// Repeating it changes nothing more: an account loses its client once.
[[nodiscard]] std::expected<entity::Command, Rejection> lose_client_command(
    const Serving& serving, const entity::Kind& accounts, Timestamp deadline);

}  // namespace mf::host
