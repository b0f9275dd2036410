#include "actors/shard/rebuild.hpp"

#include <map>
#include <utility>

#include "actors/shard/entity_core.hpp"
#include "actors/shard/entry_changes.hpp"
#include "base/assert.hpp"

namespace mf::shard {
namespace {

class BatchFold {
 public:
  BatchFold(const entity::Kinds& kinds, entity::KeyRing& keys, const storage::Reader& reader,
            const storage::Batch& batch)
      : kinds_(kinds), keys_(keys), reader_(reader), batch_(batch) {}

  Result<std::vector<storage::Change>> run() {
    for (const auto& entry : batch_.entries)
      if (auto added = add(entry); !added) return std::unexpected(std::move(added.error()));
    return std::move(changes_);
  }

 private:
  Status add(const storage::Entry& entry) {
    const auto& kind = kinds_.of(entry.entity.kind);
    const auto known = load(kind, entry.entity);
    if (!known) return std::unexpected(known.error());
    auto& [header, before] = **known;
    if (entry.version != header.version + entry.events.size())
      return fail(ErrorCode::corrupt,
                  entry.entity.id + " stands at version " + std::to_string(header.version) +
                      ", and the batch leads to " + std::to_string(entry.version));
    const auto context = context_of(entry);
    auto after = before->clone();
    for (const auto& stored : entry.events) {
      const auto event = kind.open(entry.entity.id, stored.type, stored.schema, stored.json, keys_);
      if (!event) return std::unexpected(event.error());
      after->apply(*event, context);
    }
    auto transition = make_transition(batch_.shard, header, *before, *after, entry, keys_);
    header = transition.header;
    header.seq = batch_.seq;
    if (header.created_seq == 0) header.created_seq = header.seq;
    add_changes(
        {batch_.shard, batch_.seq, batch_.time, first_event_}, entry, transition,
        {counters_, [&](const auto& name) { return stored_count(reader_, batch_.shard, name); }},
        changes_);
    before = std::move(after);
    first_event_ += static_cast<std::uint32_t>(entry.events.size());
    return {};
  }

  /// As this batch has left it so far.
  Result<entity::Stored*> load(const entity::Kind& kind, const EntityRef& ref) {
    const auto found = entities_.find(ref);
    if (found != entities_.end()) return &found->second;
    auto loaded = entity::load(reader_, kind, batch_.shard, ref, keys_);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    return &entities_.emplace(ref, std::move(*loaded)).first->second;
  }

  const entity::Kinds& kinds_;
  entity::KeyRing& keys_;
  const storage::Reader& reader_;
  const storage::Batch& batch_;
  std::map<EntityRef, entity::Stored> entities_;
  std::map<std::string, std::uint64_t> counters_;
  std::uint32_t first_event_ = 0;
  std::vector<storage::Change> changes_;
};

}  // namespace

storage::Rebuild make_rebuild(const entity::Kinds& kinds, entity::KeyRing& keys) {
  return [&kinds, &keys](const storage::Reader& reader,
                         const storage::Batch& batch) -> Result<std::vector<storage::Change>> {
    const auto where = "rebuilding batch " + entity::position_text(batch.shard, batch.seq);
    try {
      auto changes = BatchFold(kinds, keys, reader, batch).run();
      if (!changes) return std::unexpected(std::move(changes.error()).in(where));
      return changes;
    } catch (const std::exception& broken) {
      return fail(ErrorCode::corrupt, where + ": " + broken.what());
    }
  };
}

storage::IndexOf make_index_of(const entity::Kinds& kinds, entity::KeyRing& keys) {
  return [&kinds, &keys](const storage::keys::StateKey& key,
                         std::string_view value) -> Result<std::vector<storage::Change>> {
    const auto where = "making the index of " + key.ref.id;
    try {
      const auto stored = storage::decode_state(value);
      if (!stored) return std::unexpected(Error(stored.error()).in(where));
      auto entity = kinds.of(key.ref.kind).unseal(key.ref.id, stored->body, keys);
      if (!entity) return std::unexpected(std::move(entity.error()).in(where));
      std::vector<storage::Change> changes;
      for (auto& entry : (*entity)->index())
        changes.push_back(
            {storage::Family::index,
             storage::keys::index(key.shard, key.ref.kind, entry.index, entry.key, key.ref.id),
             std::move(entry.value)});
      return changes;
    } catch (const std::exception& broken) {
      return fail(ErrorCode::corrupt, where + ": " + broken.what());
    }
  };
}

}  // namespace mf::shard
