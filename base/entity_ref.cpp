#include "base/entity_ref.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {
constexpr std::array names = std::to_array<std::string_view>(
    {"", "work_order", "technician", "client", "account", "unique_name", "catalogue"});
static_assert(names.size() == entity_kind_count, "every kind has its name here");
}  // namespace

bool is_known(EntityKind kind) {
  const auto number = static_cast<std::size_t>(kind);
  return number >= 1 && number < entity_kind_count;
}

std::string_view to_string(EntityKind kind) {
  return is_known(kind) ? names[static_cast<std::size_t>(kind)] : "unknown";
}

std::optional<EntityKind> parse_entity_kind(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (name.empty() || found == names.end()) return {};
  return static_cast<EntityKind>(found - names.begin());
}

ShardId shard_of(const EntityRef& ref, std::uint16_t shard_count) {
  return static_cast<ShardId>(xxh3_64(std::string(to_string(ref.kind)) + "/" + ref.id) %
                              shard_count);
}

}  // namespace mf
