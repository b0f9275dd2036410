#include "actors/views/boards/zone_view.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "actors/entity/stored.hpp"
#include "base/assert.hpp"

namespace mf::views {
namespace {

std::string_view kind_on_boards(EntityKind kind) {
  return kind == EntityKind::work_order ? "order" : "technician";
}
constexpr Pace paces[] = {Pace::screens, Pace::prompt};

bool is_on_boards(EntityKind kind) {
  return kind == EntityKind::work_order || kind == EntityKind::technician;
}

}  // namespace

struct ZoneViews::Zone {
  struct Row {
    std::uint64_t version = 0;
    EntityKind kind = EntityKind::work_order;
    std::string status;
    std::shared_ptr<const entity::Entity> state;  ///< until somebody needs `json`
    std::shared_ptr<const std::string> json;
  };
  std::uint64_t load = 0;  ///< the number of the load it waits for; 0: it is ready
  Timestamp used;
  std::uint64_t at = 0;
  std::unordered_map<std::string, Row> rows;
  using Versions = std::unordered_map<std::string, std::uint64_t>;
  Versions gone;  ///< since it began to load, for rows that the load still finds
  /// What the next delta of a pace will tell, while somebody watches at that pace.
  struct News {
    std::set<std::string> changed;
    Versions gone;
    Timestamp flushed;
    [[nodiscard]] bool has_any() const { return !changed.empty() || !gone.empty(); }
    void clear() {
      changed.clear();
      gone.clear();
    }
  };
  std::array<News, 2> news;
  std::set<std::string> unread;             ///< rows that have `state` only
  std::unordered_set<std::string> no_room;  ///< rows beyond rows_max
  std::size_t unreadable = 0;               ///< left out when it was loaded
  std::map<std::string, int> orders_by_status;

  void count(const Row& row, int by) {
    if (row.kind != EntityKind::work_order) return;
    auto& n = orders_by_status[row.status];
    n += by;
    if (n == 0) orders_by_status.erase(row.status);
  }
  /// False: it is known to be gone since that version or a newer one.
  [[nodiscard]] bool comes_back(const std::string& row, std::uint64_t version) {
    const auto is_older = [&](Versions& from) {
      const auto found = from.find(row);
      if (found == from.end()) return false;
      if (found->second >= version) return true;
      from.erase(found);
      return false;
    };
    return !is_older(gone) && !std::ranges::any_of(news, [&](News& n) { return is_older(n.gone); });
  }
  [[nodiscard]] std::size_t left_out() const { return no_room.size() + unreadable; }
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

ZoneViews::ZoneViews(Limits limits) : limits_(limits) {}
ZoneViews::~ZoneViews() = default;

void ZoneViews::apply(const shard::CommittedBatch& batch) {
  if (zones_.empty()) return;
  for (const auto& change : batch.changes) {
    if (!is_on_boards(change.entity.kind)) continue;
    const auto now_on = boards_of(change.entity.kind, change.concerns);
    for (const auto& id : boards_of(change.entity.kind, change.before))
      if (std::ranges::find(now_on, id) == now_on.end())
        if (const auto zone = zones_.find(id); zone != zones_.end())
          remove(id, *zone->second, change.entity, change.version);
    for (const auto& id : now_on)
      if (const auto zone = zones_.find(id); zone != zones_.end())
        put(id, *zone->second, change.entity, change.version, change.after);
  }
}

void ZoneViews::put(const Id& id, Zone& zone, const EntityRef& ref, std::uint64_t version,
                    std::shared_ptr<const entity::Entity> state) {
  if (!zone.comes_back(ref.id, version)) return;
  const auto known = zone.rows.find(ref.id);
  if (known == zone.rows.end() && zone.rows.size() >= limits_.rows_max) {
    zone.no_room.insert(ref.id);
    return;
  }
  if (known != zone.rows.end()) {
    if (known->second.version >= version) return;
    zone.count(known->second, -1);
  }
  zone.no_room.erase(ref.id);
  auto& row = zone.rows[ref.id];
  row = {version, ref.kind, state->status(), std::move(state), nullptr};
  zone.count(row, +1);
  zone.unread.insert(ref.id);
  // Whoever comes to an unwatched board takes a snapshot.
  for (const auto pace : paces)
    if (zone.load == 0 && is_watched(id, pace)) zone.news[number(pace)].changed.insert(ref.id);
  if (zone.unread.size() > limits_.unwatched_changes_max) encode_changes(zone);
}

void ZoneViews::remove(const Id& id, Zone& zone, const EntityRef& ref, std::uint64_t version) {
  zone.no_room.erase(ref.id);
  const auto known = zone.rows.find(ref.id);
  if (known != zone.rows.end() && known->second.version >= version) return;
  const bool was_shown = known != zone.rows.end();
  if (was_shown) {
    zone.count(known->second, -1);
    zone.rows.erase(known);
    for (auto& news : zone.news) news.changed.erase(ref.id);
    zone.unread.erase(ref.id);
  }
  if (zone.load != 0) zone.gone[ref.id] = version;
  for (const auto pace : paces)
    if (zone.load == 0 && was_shown && is_watched(id, pace))
      zone.news[number(pace)].gone[ref.id] = version;
}

void ZoneViews::encode_changes(Zone& zone) {
  for (const auto& id : zone.unread) {
    auto& row = zone.rows.at(id);
    row.json = std::make_shared<const std::string>(entity::row_with_version(
        row.state->row(entity::Viewpoint::staff), row.version, kind_on_boards(row.kind)));
    row.state.reset();
  }
  zone.unread.clear();
}

ZoneViews::State ZoneViews::state(const Id& zone) const {
  const auto found = zones_.find(zone);
  if (found == zones_.end()) return State::absent;
  return found->second->load == 0 ? State::ready : State::loading;
}

bool ZoneViews::is_loading(const Id& zone, std::uint64_t load) const {
  const auto found = zones_.find(zone);
  return found != zones_.end() && found->second->load == load;
}

std::optional<std::uint64_t> ZoneViews::begin_loading(const Id& zone, Timestamp now) {
  if (zones_.size() >= limits_.zones_max && !make_room()) return {};
  auto made = std::make_unique<Zone>();
  made->load = ++last_load_;
  made->used = now;
  zones_[zone] = std::move(made);
  return last_load_;
}

/// Gives the place of the zone that has been of no use for the longest time.
bool ZoneViews::make_room() {
  auto oldest = zones_.end();
  for (auto at = zones_.begin(); at != zones_.end(); ++at) {
    if (at->second->load != 0 || is_watched(at->first)) continue;
    if (oldest == zones_.end() || at->second->used < oldest->second->used) oldest = at;
  }
  if (oldest == zones_.end()) return false;
  zones_.erase(oldest);
  return true;
}

bool ZoneViews::loaded(const Id& id, std::uint64_t load, LoadedZone rows) {
  if (!is_loading(id, load)) return false;
  auto& zone = *zones_.at(id);
  zone.unreadable = rows.left_out;
  for (auto& row : rows.rows) put(id, zone, row.ref, row.version, std::move(row.state));
  encode_changes(zone);
  zone.gone.clear();
  zone.load = 0;
  zone.at = ++last_at_;
  return true;
}

void ZoneViews::drop(const Id& zone) { zones_.erase(zone); }
void ZoneViews::drop_all() { zones_.clear(); }

BoardReply ZoneViews::snapshot(const Id& id, Timestamp now) {
  MF_ASSERT(state(id) == State::ready, "a snapshot of a zone that is not loaded");
  auto& zone = *zones_.at(id);
  zone.used = now;
  encode_changes(zone);
  BoardReply reply{.at = zone.at, .counts = zone.counts(), .left_out = zone.left_out()};
  reply.rows.reserve(zone.rows.size());
  for (const auto& [row_id, row] : zone.rows) reply.rows.push_back({row_id, row.version, row.json});
  if (const auto proposed = proposed_.find(id); proposed != proposed_.end())
    for (const auto& [row_id, row] : proposed->second.rows) reply.rows.push_back(row);
  std::ranges::sort(reply.rows, {}, &BoardRow::id);
  return reply;
}

void ZoneViews::unwatch(const Id& id, Timestamp now, Pace pace) {
  const auto watched = watchers_.find(id);
  if (watched == watchers_.end() || --watched->second[number(pace)] > 0) return;
  if (std::ranges::all_of(watched->second, [](int count) { return count == 0; }))
    watchers_.erase(watched);
  if (const auto proposed = proposed_.find(id);
      pace == Pace::screens && proposed != proposed_.end()) {
    proposed->second.changed.clear();
    proposed->second.gone.clear();
  }
  const auto zone = zones_.find(id);
  if (zone == zones_.end()) return;
  zone->second->used = now;
  zone->second->news[number(pace)].clear();
}

void ZoneViews::propose(const Id& id, const std::vector<BoardRow>& rows) {
  auto& proposed = proposed_[id];
  auto before = std::exchange(proposed.rows, {});
  for (const auto& row : rows) {
    const auto known = before.extract(row.id);
    if (!known || known.mapped().version < row.version) proposed.changed.insert(row.id);
    proposed.gone.erase(row.id);
    proposed.rows.emplace(row.id, row);
  }
  for (const auto& [row_id, row] : before) {
    proposed.changed.erase(row_id);
    proposed.gone[row_id] = row.version + 1;  // of the same one it would have moved elsewhere
  }
  if (is_watched(id, Pace::screens)) return;
  proposed.changed.clear();
  proposed.gone.clear();
  if (proposed.rows.empty()) proposed_.erase(id);
}

bool ZoneViews::is_changed(const Id& id, const Zone& zone, Pace pace) const {
  if (zone.news[number(pace)].has_any()) return true;
  if (pace != Pace::screens || !is_watched(id, pace)) return false;
  const auto proposed = proposed_.find(id);
  return proposed != proposed_.end() &&
         (!proposed->second.changed.empty() || !proposed->second.gone.empty());
}

std::vector<std::shared_ptr<const BoardDelta>> ZoneViews::flush(Timestamp now, Pace pace) {
  std::vector<std::shared_ptr<const BoardDelta>> out;
  for (auto& [id, zone] : zones_) {
    auto& news = zone->news[number(pace)];
    if (zone->load != 0 || !is_changed(id, *zone, pace)) continue;
    if (now < news.flushed + every(pace) && now >= news.flushed) continue;
    encode_changes(*zone);
    auto delta = std::make_shared<BoardDelta>();
    delta->zone = id;
    delta->at = zone->at = ++last_at_;
    for (const auto& row : news.changed) {
      const auto& known = zone->rows.at(row);
      delta->rows.push_back({row, known.version, known.json});
    }
    for (const auto& [row, version] : news.gone) delta->gone.push_back({row, version});
    // Whoever proposes knows it.
    if (const auto found = proposed_.find(id); pace == Pace::screens && found != proposed_.end()) {
      auto& proposed = found->second;
      for (const auto& row : proposed.changed) delta->rows.push_back(proposed.rows.at(row));
      for (const auto& [row, version] : proposed.gone) delta->gone.push_back({row, version});
      proposed.changed.clear();
      proposed.gone.clear();
    }
    news.clear();
    news.flushed = now;
    out.push_back(std::move(delta));
  }
  return out;
}

std::optional<Timestamp> ZoneViews::next_flush() const {
  std::optional<Timestamp> next;
  for (const auto& [id, zone] : zones_)
    for (const auto pace : paces)
      if (zone->load == 0 && is_changed(id, *zone, pace))
        if (const auto due = zone->news[number(pace)].flushed + every(pace); !next || due < *next)
          next = due;
  return next;
}

void ZoneViews::sweep(Timestamp now) {
  std::erase_if(zones_, [&](const auto& item) {
    const auto& [id, zone] = item;
    return zone->load == 0 && !is_watched(id) && zone->used + limits_.kept_unused <= now;
  });
}

std::size_t ZoneViews::left_out() const {
  std::size_t sum = 0;
  for (const auto& [id, zone] : zones_) sum += zone->left_out();
  return sum;
}

}  // namespace mf::views
