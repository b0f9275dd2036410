#include "actors/views/boards/load_zone.hpp"

#include <algorithm>

#include "actors/entity/stored.hpp"
#include "actors/views/index_walk.hpp"

namespace mf::views {
namespace {

class ZoneLoader {
 public:
  ZoneLoader(const storage::Reader& reader, const entity::Kinds& kinds, const Id& zone,
             std::size_t rows_max)
      : walk_(reader), reader_(reader), kinds_(kinds), zone_(zone), rows_max_(rows_max) {}

  void load_technicians(ShardId shard) {
    walk_.each(shard, EntityKind::technician, entity::Number::zone, entity::text_part(zone_),
               [&](std::string id, std::string_view) {
                 add(shard, {EntityKind::technician, std::move(id)});
               });
  }

  void load_orders(ShardId shard) {
    for (const auto status : entity::open_statuses())
      walk_.each(shard, EntityKind::work_order, entity::Number::status, entity::text_part(status),
                 [&](std::string id, std::string_view value) {
                   const auto covering = entity::decode_covering(value);
                   if (covering && covering->zone == zone_)
                     add(shard, {EntityKind::work_order, std::move(id)});
                 });
  }

  LoadedZone take() { return std::move(zone_rows_); }

 private:
  void add(ShardId shard, EntityRef ref) {
    if (zone_rows_.rows.size() >= rows_max_) {
      ++zone_rows_.left_out;
      return;
    }
    bool is_unreadable = false;
    auto stored = entity::load_if_readable(reader_, kinds_, shard, ref, is_unreadable);
    if (is_unreadable) ++zone_rows_.left_out;
    if (!stored) return;
    // The index and the state are read one after the other: a change may lie between.
    const auto boards = boards_of(ref.kind, stored->entity->concerns());
    if (std::ranges::find(boards, zone_) == boards.end()) return;
    zone_rows_.rows.push_back({std::move(ref), stored->header.version, std::move(stored->entity)});
  }

  IndexWalk walk_;
  const storage::Reader& reader_;
  const entity::Kinds& kinds_;
  const Id& zone_;
  std::size_t rows_max_;
  LoadedZone zone_rows_;
};

}  // namespace

LoadedZone load_zone(const storage::Reader& reader, const entity::Kinds& kinds,
                     std::span<const ShardId> shards, const Id& zone, std::size_t rows_max) {
  ZoneLoader loader(reader, kinds, zone, rows_max);
  // Technicians first: a board without its people is worse than one without its last orders.
  for (const auto shard : shards) loader.load_technicians(shard);
  for (const auto shard : shards) loader.load_orders(shard);
  return loader.take();
}

std::vector<Id> boards_of(EntityKind kind, const entity::Concerns& concerns) {
  if (kind == EntityKind::technician) return concerns.zones;
  if (kind != EntityKind::work_order || !concerns.is_open || concerns.zone.empty()) return {};
  return {concerns.zone};
}

}  // namespace mf::views
