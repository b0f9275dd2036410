#include "actors/views/boards/zone_view.hpp"

#include <algorithm>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/stored.hpp"
#include "actors/views/candidates/candidates.hpp"
#include "base/log.hpp"
#include "storage/keys.hpp"

namespace mf::views {

using entity::Entity;
using views::BoardDelta;
using views::BoardReply;
using views::BoardRow;

namespace {

std::string_view kind_on_boards(EntityKind kind) {
  return kind == EntityKind::work_order ? "order" : "technician";
}
bool is_on_boards(EntityKind kind) {
  return kind == EntityKind::work_order || kind == EntityKind::technician;
}

/// Calls `f(id, covering value)` for every entry of an index whose filter part is `filter`.
template <class F>
void each_entry(storage::Scan& scan, ShardId shard, EntityKind kind, entity::Number number,
                std::string_view filter, F f) {
  const auto prefix =
      storage::keys::index(shard, kind, static_cast<std::uint8_t>(number), filter, {});
  for (scan.seek(prefix); scan.valid() && scan.key().starts_with(prefix); scan.next())
    f(std::string(scan.key().substr(scan.key().size() - entity::id_size)), scan.value());
}

std::unique_ptr<storage::Scan> scan_index(const storage::Reader& reader) {
  return reader.scan(storage::Family::index, {}, std::string(16, '\xff'));
}

}  // namespace

std::vector<Id> boards_of(EntityKind kind, const entity::Concerns& concerns) {
  if (kind == EntityKind::technician) return concerns.zones;
  if (kind != EntityKind::work_order || !concerns.is_open || concerns.zone.empty()) return {};
  return {concerns.zone};
}

struct ZoneViews::Zone {
  struct Row {
    std::uint64_t version = 0;
    EntityKind kind = EntityKind::work_order;
    std::string status;
    std::shared_ptr<const entity::Entity> state;  ///< until somebody needs `json`
    std::shared_ptr<const std::string> json;
  };
  std::unordered_map<std::string, Row> rows;
  std::unordered_map<std::string, std::uint64_t> gone;  ///< since the last delta
  std::set<std::string> changed;                        ///< rows, since the last delta
  std::set<std::string> unread;                         ///< rows that have `state` only
  std::map<std::string, int> orders_by_status;
  std::uint64_t at = 1;
  int watchers = 0;
  Timestamp flushed;

  void count(const Row& row, int by) {
    if (row.kind != EntityKind::work_order) return;
    auto& n = orders_by_status[row.status];
    n += by;
    if (n == 0) orders_by_status.erase(row.status);
  }
  [[nodiscard]] bool is_changed() const { return !changed.empty() || !gone.empty(); }
  [[nodiscard]] std::string counts() const {
    std::string out = "{";
    for (const auto& [status, n] : orders_by_status) {
      if (out.size() > 1) out += ',';
      ((out += '"') += status) += "\":";
      out += std::to_string(n);
    }
    return out + '}';
  }
};

ZoneViews::ZoneViews(const storage::Reader& reader, const entity::Kinds& kinds,
                     std::vector<ShardId> shards, Limits limits)
    : reader_(reader), kinds_(kinds), shards_(std::move(shards)), limits_(limits) {}
ZoneViews::~ZoneViews() = default;

void ZoneViews::apply(const shard::CommittedBatch& batch) {
  for (const auto& change : batch.changes) {
    if (!is_on_boards(change.entity.kind)) continue;
    if (change.entity.kind == EntityKind::technician && has_technicians_) {
      auto& known = technicians_[change.entity.id];
      if (known.version < change.version) known = {change.version, change.after};
    }
    const auto now_on = boards_of(change.entity.kind, change.concerns);
    for (const auto& id : boards_of(change.entity.kind, change.before))
      if (std::ranges::find(now_on, id) == now_on.end())
        if (const auto zone = zones_.find(id); zone != zones_.end())
          remove(*zone->second, change.entity, change.version);
    for (const auto& id : now_on)
      if (const auto zone = zones_.find(id); zone != zones_.end())
        put(*zone->second, change.entity, change.version, change.after);
  }
}

void ZoneViews::put(Zone& zone, const EntityRef& ref, std::uint64_t version,
                    std::shared_ptr<const entity::Entity> state) {
  const auto known = zone.rows.find(ref.id);
  if (known == zone.rows.end() && zone.rows.size() >= limits_.rows_max) {
    if (left_out_++ == 0) log::warn(log::live, "board-full", {{"rows", limits_.rows_max}});
    return;
  }
  if (known != zone.rows.end()) {
    if (known->second.version >= version) return;
    zone.count(known->second, -1);
  }
  auto& row = zone.rows[ref.id];
  row = {version, ref.kind, state->status(), std::move(state), nullptr};
  zone.count(row, +1);
  zone.gone.erase(ref.id);
  zone.changed.insert(ref.id);
  zone.unread.insert(ref.id);
  if (zone.unread.size() > limits_.unwatched_changes_max) encode_changes(zone);
}

void ZoneViews::remove(Zone& zone, const EntityRef& ref, std::uint64_t version) {
  const auto known = zone.rows.find(ref.id);
  if (known == zone.rows.end() || known->second.version >= version) return;
  zone.count(known->second, -1);
  zone.rows.erase(known);
  zone.changed.erase(ref.id);
  zone.unread.erase(ref.id);
  zone.gone[ref.id] = version;
}

void ZoneViews::encode_changes(Zone& zone) {
  for (const auto& id : zone.unread) {
    auto& row = zone.rows.at(id);
    row.json = std::make_shared<const std::string>(entity::with_version(
        row.state->row(entity::Viewpoint::staff), row.version, kind_on_boards(row.kind)));
    row.state.reset();
  }
  zone.unread.clear();
}

ShardId ZoneViews::shard_of(const EntityRef& ref) const {
  return mf::shard_of(ref, static_cast<std::uint16_t>(shards_.size()));
}

void ZoneViews::load_technicians() {
  if (std::exchange(has_technicians_, true)) return;
  const auto scan = scan_index(reader_);
  for (const auto shard : shards_)
    each_entry(*scan, shard, EntityKind::technician, entity::Number::created, {},
               [&](std::string id, std::string_view) {
                 if (technicians_.size() >= limits_.technicians_max) return;
                 auto stored = entity::load(reader_, kinds_, shard, {EntityKind::technician, id});
                 if (stored)
                   technicians_[std::move(id)] = {stored->version, std::move(stored->entity)};
               });
}

void ZoneViews::load_orders(const Id& id, Zone& zone) {
  const auto scan = scan_index(reader_);
  for (const auto shard : shards_)
    for (const auto status : entity::open_statuses())
      each_entry(*scan, shard, EntityKind::work_order, entity::Number::status,
                 entity::text_part(status), [&](std::string order, std::string_view value) {
                   const auto covering = entity::decode_covering(value);
                   if (!covering || covering->zone != id) return;
                   const EntityRef ref{EntityKind::work_order, std::move(order)};
                   auto stored = entity::load(reader_, kinds_, shard, ref);
                   if (!stored) return;
                   const auto boards = boards_of(ref.kind, stored->entity->concerns());
                   if (std::ranges::find(boards, id) != boards.end())
                     put(zone, ref, stored->version, std::move(stored->entity));
                 });
}

ZoneViews::Zone* ZoneViews::zone_of(const Id& id) {
  if (const auto known = zones_.find(id); known != zones_.end()) return known->second.get();
  if (zones_.size() >= limits_.zones_max) return nullptr;
  auto& zone = *(zones_[id] = std::make_unique<Zone>());
  load_technicians();
  load_orders(id, zone);
  for (const auto& [technician, known] : technicians_) {
    const auto boards = boards_of(EntityKind::technician, known.state->concerns());
    if (std::ranges::find(boards, id) != boards.end())
      put(zone, {EntityKind::technician, technician}, known.version, known.state);
  }
  encode_changes(zone);
  zone.changed.clear();
  return &zone;
}

BoardReply ZoneViews::snapshot(const Id& id) {
  BoardReply reply{.counts = "{}"};
  auto* zone = zone_of(id);
  if (!zone) {
    reply.fault = entity::Fault{entity::Fault::Code::overloaded, "too many zones are looked at"};
    return reply;
  }
  encode_changes(*zone);
  reply.rows.reserve(zone->rows.size());
  for (const auto& [row_id, row] : zone->rows)
    reply.rows.push_back({row_id, row.version, row.json});
  std::ranges::sort(reply.rows, {}, &BoardRow::id);
  reply.at = zone->at;
  reply.counts = zone->counts();
  return reply;
}

void ZoneViews::watch(const Id& id) {
  if (auto* zone = zone_of(id)) ++zone->watchers;
}

void ZoneViews::unwatch(const Id& id) {
  const auto zone = zones_.find(id);
  if (zone != zones_.end() && zone->second->watchers > 0) --zone->second->watchers;
}

std::vector<std::shared_ptr<const BoardDelta>> ZoneViews::flush(Timestamp now) {
  std::vector<std::shared_ptr<const BoardDelta>> out;
  for (auto& [id, zone] : zones_) {
    if (!zone->is_changed()) continue;
    if (zone->watchers == 0) {  // whoever comes takes a snapshot
      zone->changed.clear();
      zone->gone.clear();
      continue;
    }
    if (now < zone->flushed + limits_.flush_every && now >= zone->flushed) continue;
    encode_changes(*zone);
    auto delta = std::make_shared<BoardDelta>();
    delta->zone = id;
    delta->at = ++zone->at;
    for (const auto& row : zone->changed) {
      const auto& known = zone->rows.at(row);
      delta->rows.push_back({row, known.version, known.json});
    }
    for (const auto& [row, version] : zone->gone) delta->gone.push_back({row, version});
    zone->changed.clear();
    zone->gone.clear();
    zone->flushed = now;
    out.push_back(std::move(delta));
  }
  return out;
}

std::optional<Timestamp> ZoneViews::next_flush() const {
  std::optional<Timestamp> next;
  for (const auto& [id, zone] : zones_)
    if (zone->is_changed() && zone->watchers > 0)
      if (const auto due = zone->flushed + limits_.flush_every; !next || due < *next) next = due;
  return next;
}

views::ReadReply ZoneViews::candidates(const Id& order, const Principal& by, Timestamp now) {
  views::ReadReply reply;
  const EntityRef ref{EntityKind::work_order, order};
  const auto stored = entity::load(reader_, kinds_, shard_of(ref), ref);
  if (stored) reply.viewpoint = stored->entity->viewpoint(by);
  if (!reply.viewpoint) {
    reply.no = hide().error();
    return reply;
  }
  reply.concerns = stored->entity->concerns();
  if (!by.dispatches(reply.concerns.zone)) {
    reply.no = forbid("candidates are for the dispatchers of the order's zone").error();
    return reply;
  }
  load_technicians();
  std::vector<CandidateFacts> technicians;
  const auto wanted = wanted_by(order, *stored->entity, now);
  for (const auto& [id, known] : technicians_)
    if (known.state->viewpoint(by))
      technicians.push_back(
          candidate_facts(kinds_.of(EntityKind::technician), id, *known.state, wanted, now));
  reply.version = stored->version;
  reply.json = to_json(rank_candidates(wanted, std::move(technicians), now));
  return reply;
}

}  // namespace mf::views
