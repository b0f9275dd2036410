#include "tests/views/toy.hpp"

#include "base/bytes.hpp"
#include "storage/records.hpp"

namespace mf::toy {
namespace {

using entity::Entity;

std::string encode(const Thing& t) {
  std::string out;
  for (const auto* text : {&t.status, &t.title, &t.code, &t.zone, &t.client, &t.technician})
    put_bytes(out, *text);
  for (const auto* list : {&t.zones, &t.phones}) {
    put_varint(out, list->size());
    for (const auto& text : *list) put_bytes(out, text);
  }
  put_u8(out, static_cast<std::uint8_t>(t.priority));
  put_u64(out, static_cast<std::uint64_t>(to_millis(t.created_at)));
  put_u64(out, t.due ? static_cast<std::uint64_t>(to_millis(*t.due)) : 0);
  return out;
}

Thing decode(EntityKind kind, std::string_view id, std::string_view bytes) {
  ByteReader in(bytes);
  Thing t;
  t.kind = kind;
  t.id = id;
  for (auto* text : {&t.status, &t.title, &t.code, &t.zone, &t.client, &t.technician})
    *text = in.bytes();
  for (auto* list : {&t.zones, &t.phones})
    for (auto n = in.varint(); n > 0; --n) list->emplace_back(in.bytes());
  t.priority = in.u8();
  t.created_at = from_millis(static_cast<std::int64_t>(in.u64()));
  if (const auto due = in.u64()) t.due = from_millis(static_cast<std::int64_t>(due));
  return t;
}

class ToyEntity final : public Entity {
 public:
  explicit ToyEntity(Thing thing) : thing_(std::move(thing)) {}
  std::unique_ptr<Entity> clone() const override { return std::make_unique<ToyEntity>(thing_); }
  bool exists() const override { return true; }
  std::string status() const override { return thing_.status; }
  std::vector<entity::Need> needs(const entity::CommandBody&, const Context&) const override {
    return {};
  }
  /// As a technician's agenda: busy ones answer with their status.
  std::expected<std::vector<entity::EventBody>, Rejection> decide(const entity::CommandBody&,
                                                                  const entity::Answers&,
                                                                  const Context&) const override {
    if (thing_.status != "available") return reject(thing_.status);
    return std::vector<entity::EventBody>{{.type = "claimed"}};
  }
  void apply(const entity::EventBody&, const Context&) override {}
  std::string encode() const override { return toy::encode(thing_); }
  std::vector<Deadline> deadlines() const override { return {}; }
  std::vector<entity::IndexEntry> index() const override {
    switch (thing_.kind) {
      case EntityKind::work_order:
        return entity::order_entries({.status = thing_.status,
                                      .zone = thing_.zone,
                                      .client = thing_.client,
                                      .technician = thing_.technician,
                                      .priority = thing_.priority,
                                      .is_open = thing_.is_open(),
                                      .created_at = thing_.created_at,
                                      .due = thing_.due,
                                      .code = thing_.code,
                                      .title = thing_.title});
      case EntityKind::technician:
        return entity::technician_entries(thing_.id, thing_.created_at, thing_.zones, thing_.title);
      default:
        return entity::client_entries({.created_at = thing_.created_at,
                                       .zones = thing_.zones,
                                       .ids = {thing_.id},
                                       .phones = thing_.phones,
                                       .texts = {thing_.title}});
    }
  }
  std::string counter() const override { return thing_.zone + "|" + thing_.status; }
  entity::Concerns concerns() const override { return concerns_of(thing_); }
  std::optional<entity::Viewpoint> viewpoint(const Principal& by) const override {
    if (by.dispatches(thing_.zone)) return entity::Viewpoint::staff;
    if (!by.client.empty() && by.client == thing_.client) return entity::Viewpoint::client;
    return std::nullopt;
  }
  std::string view(const entity::Viewer& as) const override { return row(as); }
  std::string row(const entity::Viewer&) const override {
    return "{\"id\":\"" + thing_.id + "\",\"status\":\"" + thing_.status + "\",\"name\":\"" +
           thing_.title + "\",\"zone\":\"" + thing_.zone + "\"}";
  }
  std::expected<std::string, Rejection> answer(std::string_view, std::string_view, const Principal&,
                                               Timestamp) const override {
    return hide();
  }

 private:
  Thing thing_;
};

class ToyKind final : public entity::Kind {
 public:
  explicit ToyKind(EntityKind kind) : kind_(kind) {}
  EntityKind kind() const override { return kind_; }
  std::unique_ptr<Entity> empty(std::string_view id) const override {
    return std::make_unique<ToyEntity>(Thing{.kind = kind_, .id = Id(id)});
  }
  Result<std::unique_ptr<Entity>> decode(std::string_view id,
                                         std::string_view state) const override {
    return std::make_unique<ToyEntity>(toy::decode(kind_, id, state));
  }
  std::expected<entity::CommandBody, std::vector<FieldError>> parse(
      std::string_view verb, std::string_view body_json) const override {
    return entity::CommandBody{std::string(verb), nullptr, std::string(body_json), {}, {}, {}};
  }
  std::vector<Verb> public_verbs() const override { return {}; }
  Status seal(std::string_view, entity::EventBody&, entity::KeyRing&) const override { return {}; }
  Result<entity::EventBody> open(std::string_view, std::string_view, std::uint16_t,
                                 std::string_view, entity::KeyRing&) const override {
    return entity::EventBody{};
  }
  std::vector<entity::Reaction> react(std::string_view, const entity::EventBody&) const override {
    return {};
  }
  std::optional<std::string> event_view(const entity::EventBody&,
                                        const entity::Viewer&) const override {
    return "{}";
  }

 private:
  EntityKind kind_;
};

class MapScan final : public storage::Scan {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  MapScan(std::shared_ptr<const Map> map, std::string begin, std::string end)
      : map_(std::move(map)),
        begin_(std::move(begin)),
        end_(std::move(end)),
        at_(map_->lower_bound(begin_)) {}
  bool valid() const override { return at_ != map_->end() && at_->first < end_; }
  void next() override { ++at_; }
  void seek(std::string_view key) override {
    at_ = map_->lower_bound(std::max(key, std::string_view(begin_)));
  }
  std::string_view key() const override { return at_->first; }
  std::string_view value() const override { return at_->second; }

 private:
  std::shared_ptr<const Map> map_;
  std::string begin_, end_;
  Map::const_iterator at_;
};

}  // namespace

Id make_id(std::string_view prefix, int number) {
  auto digits = std::to_string(number);
  return Id(prefix) + "_" + std::string(26 - digits.size(), '0') + digits;
}

std::shared_ptr<const Entity> entity_of(const Thing& thing) {
  return std::make_shared<ToyEntity>(thing);
}

entity::Concerns concerns_of(const Thing& t) {
  return {t.zone, t.client, t.technician, t.zones, t.is_open()};
}

entity::Kinds all_kinds() {
  entity::Kinds kinds;
  for (const auto kind :
       {EntityKind::work_order, EntityKind::technician, EntityKind::client, EntityKind::catalogue})
    kinds.add(std::make_unique<ToyKind>(kind));
  return kinds;
}

std::vector<ShardId> all_shards() { return {0, 1, 2, 3}; }

Store::Map& Store::writable(storage::Family family) {
  auto& map = families_[family];
  if (!map) map = std::make_shared<Map>();
  else if (map.use_count() > 1) map = std::make_shared<Map>(*map);  // a scan keeps its snapshot
  return const_cast<Map&>(*map);
}

void Store::set(storage::Family family, std::string key, std::string value) {
  writable(family)[std::move(key)] = std::move(value);
}

void Store::put(const Thing& thing) {
  const auto shard = shard_of(thing.ref(), shard_count);
  auto& entries = writable(storage::Family::index);
  for (const auto& key : index_keys_[thing.id]) entries.erase(key);
  index_keys_[thing.id].clear();
  const auto entity = entity_of(thing);
  for (const auto& entry : entity->index()) {
    auto key = storage::keys::index(shard, thing.kind, entry.index, entry.key, thing.id);
    index_keys_[thing.id].push_back(key);
    entries[key] = entry.value;
  }
  set(storage::Family::state, storage::keys::state(shard, thing.ref()),
      storage::encode(storage::StateHeader{.version = thing.version}, entity->encode()));
}

std::optional<std::string> Store::get(storage::Family family, std::string_view key) const {
  const auto map = families_.find(family);
  if (map == families_.end()) return std::nullopt;
  const auto found = map->second->find(key);
  if (found == map->second->end()) return std::nullopt;
  return found->second;
}

std::unique_ptr<storage::Scan> Store::scan(storage::Family family, std::string begin,
                                           std::string end) const {
  const auto map = families_.find(family);
  return std::make_unique<MapScan>(
      map == families_.end() ? std::make_shared<const Map>() : map->second, std::move(begin),
      std::move(end));
}

}  // namespace mf::toy
