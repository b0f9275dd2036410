#pragma once
// A small world for index and zone view tests: things that look like orders, technicians and
// clients, in a store of maps.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/kind.hpp"
#include "actors/host/runtime.hpp"
#include "storage/store.hpp"

namespace mf::toy {

inline constexpr std::uint16_t shard_count = 4;

/// Any of the kinds; each uses what it needs.
struct Thing {
  EntityKind kind = EntityKind::work_order;
  Id id;
  std::uint64_t version = 0;
  std::string status = "NEW", title, code;
  Id zone, client, technician;
  std::vector<Id> zones;            ///< a technician's
  std::vector<std::string> phones;  ///< a client's
  int priority = 3;
  Timestamp created_at;
  std::optional<Timestamp> due;

  [[nodiscard]] EntityRef ref() const { return {kind, id}; }
  [[nodiscard]] bool is_open() const {
    return kind == EntityKind::work_order && entity::is_open_status(status);
  }
};

/// "ord_" and 26 characters that end in the number.
[[nodiscard]] Id make_id(std::string_view prefix, int number);
[[nodiscard]] std::shared_ptr<const entity::Entity> entity_of(const Thing& thing);
[[nodiscard]] entity::Concerns concerns_of(const Thing& thing);
[[nodiscard]] entity::Kinds all_kinds();

class Store final : public storage::Reader {
 public:
  /// Puts the thing with its index entries, in the place of an older version.
  void put(const Thing& thing);
  void set(storage::Family family, std::string key, std::string value);
  std::optional<std::string> get(storage::Family family, std::string_view key) const override;
  std::unique_ptr<storage::Scan> scan(storage::Family family, std::string begin,
                                      std::string end) const override;

 private:
  using Map = std::map<std::string, std::string, std::less<>>;
  std::map<storage::Family, std::shared_ptr<const Map>> families_;
  std::map<Id, std::vector<std::string>> index_keys_;
  Map& writable(storage::Family family);
};

[[nodiscard]] std::vector<ShardId> all_shards();

}  // namespace mf::toy
