#include "actors/views/timeline.hpp"

#include <optional>

#include "actors/entity/stored.hpp"
#include "base/log.hpp"
#include "storage/records.hpp"

namespace mf::views {
namespace {

/// Batches are read once while consecutive events stand in the same one.
class EventFinder {
 public:
  EventFinder(const storage::Store& store, const entity::Kinds& kinds, entity::KeyRing& keys,
              ShardId shard)
      : store_(store), kinds_(kinds), keys_(keys), shard_(shard) {}

  Result<shard::EventRecord> at(const storage::EventPlace& place) {
    if (!batch_ || batch_->seq != place.seq) {
      auto batch = store_.batch(shard_, place.seq);
      if (!batch) return std::unexpected(std::move(batch.error()).in("reading a batch"));
      batch_ = std::move(*batch);
    }
    std::uint32_t first = 0;
    for (const auto& entry : batch_->entries) {
      if (place.event < first + entry.events.size()) return record(entry, first, place.event);
      first += static_cast<std::uint32_t>(entry.events.size());
    }
    return fail(ErrorCode::corrupt, "the batch has fewer events than the timeline says");
  }

 private:
  Result<shard::EventRecord> record(const storage::Entry& entry, std::uint32_t first,
                                    std::uint32_t index) const {
    const auto nth = index - first;
    const auto& stored = entry.events[nth];
    auto body = kinds_.of(entry.entity.kind)
                    .open(entry.entity.id, stored.type, stored.schema, stored.json, keys_);
    if (!body) return std::unexpected(std::move(body.error()).in("reading " + stored.type));
    return shard::EventRecord{.entity = entry.entity,
                              .version = entry.version - entry.events.size() + nth + 1,
                              .id = storage::event_id(shard_, batch_->seq, index),
                              .body = std::move(*body),
                              .recorded_at = batch_->time,
                              .occurred_at = entry.occurred_at,
                              .device_time = entry.device_time,
                              .principal = entry.principal,
                              .role = entry.role,
                              .on_behalf_of = entry.on_behalf_of,
                              .justification = entry.justification,
                              .command = to_hex(entry.command.view()),
                              .cause = entry.cause,
                              .trace = entry.trace};
  }

  const storage::Store& store_;
  const entity::Kinds& kinds_;
  entity::KeyRing& keys_;
  ShardId shard_;
  std::optional<storage::Batch> batch_;
};

TimelineReply broken(const EntityRef& ref, const Error& error) {
  log::error(log::shard, "timeline-unreadable",
             {{"kind", to_string(ref.kind)}, {"id", ref.id}, {"why", error.message}});
  return {.fault = entity::Fault{entity::Fault::Code::internal, "the history could not be read"}};
}

}  // namespace

TimelineReply read_timeline(const storage::Store& store, const entity::Kinds& kinds,
                            entity::KeyRing& keys, const EntityRef& ref, std::uint64_t after,
                            int limit, const Principal& by) {
  const auto shard = shard_of(ref, store.shard_count());
  const auto now = entity::load(store, kinds, shard, ref);
  if (!now) return broken(ref, now.error());
  TimelineReply reply{.version = now->header.version};
  if (now->entity->exists()) reply.viewpoint = now->entity->viewpoint(by);
  if (!reply.viewpoint) return {.no = hide().error()};

  // An append after the state was read may show here too; only what `version` covers is given.
  const auto scan =
      store.scan(storage::Family::timeline, storage::keys::timeline(shard, ref, after + 1),
                 storage::keys::timeline(shard, ref, now->header.version + 1));
  EventFinder finder(store, kinds, keys, shard);
  for (; scan->valid(); scan->next()) {
    if (reply.events.size() == static_cast<std::size_t>(limit)) {
      reply.more = true;
      break;
    }
    const auto place = storage::decode_place(scan->value());
    if (!place) return broken(ref, place.error());
    auto event = finder.at(*place);
    if (!event) return broken(ref, event.error());
    reply.events.push_back(std::move(*event));
  }
  return reply;
}

}  // namespace mf::views
