#include "actors/views/candidates/technicians.hpp"

#include "actors/entity/stored.hpp"
#include "actors/views/candidates/candidates.hpp"
#include "actors/views/index_walk.hpp"
#include "base/log.hpp"

namespace mf::views {

LoadedTechnicians load_technicians(const storage::Reader& reader, const entity::Kinds& kinds,
                                   std::span<const ShardId> shards, std::size_t max) {
  LoadedTechnicians out;
  IndexWalk walk(reader);
  for (const auto shard : shards)
    walk.each(
        shard, EntityKind::technician, entity::Number::created, {},
        [&](std::string id, std::string_view) {
          EntityRef ref{EntityKind::technician, std::move(id)};
          bool is_left_out = out.rows.size() >= max;
          auto stored = is_left_out
                            ? std::nullopt
                            : entity::load_if_readable(reader, kinds, shard, ref, is_left_out);
          if (is_left_out) ++out.left_out;
          if (stored)
            out.rows.push_back({std::move(ref), stored->header.version, std::move(stored->entity)});
        });
  return out;
}

void Technicians::apply(const shard::CommittedBatch& batch) {
  if (!is_followed_) return;
  for (const auto& change : batch.changes)
    if (change.entity.kind == EntityKind::technician)
      put(change.entity, change.version, change.after);
}

void Technicians::loaded(LoadedTechnicians technicians) {
  unreadable_ = technicians.left_out;
  for (auto& row : technicians.rows) put(row.ref, row.version, std::move(row.state));
  is_loaded_ = true;
}

void Technicians::put(const EntityRef& ref, std::uint64_t version,
                      std::shared_ptr<const entity::Entity> state) {
  const auto found = known_.find(ref.id);
  if (found == known_.end() && known_.size() >= max_) {
    no_room_.insert(ref.id);
    return;
  }
  auto& known = known_[ref.id];
  if (known.version < version) known = {version, std::move(state)};
}

void Technicians::clear() {
  known_.clear();
  no_room_.clear();
  unreadable_ = 0;
  is_followed_ = is_loaded_ = false;
}

std::vector<LoadedRow> Technicians::all() const {
  std::vector<LoadedRow> rows;
  rows.reserve(known_.size());
  for (const auto& [id, known] : known_)
    rows.push_back({{EntityKind::technician, id}, known.version, known.state});
  return rows;
}

ReadReply candidates_for(const storage::Reader& reader, const entity::Kinds& kinds, ShardId shard,
                         const Id& order, const Principal& by,
                         std::span<const LoadedRow> technicians, Timestamp now, Say say) {
  ReadReply reply;
  const auto stored = entity::load(reader, kinds, shard, {EntityKind::work_order, order});
  if (!stored) {
    log::error(log::live, "order-unreadable", {{"why", stored.error().message}});
    reply.fault = entity::Fault{entity::Fault::Code::internal, "the order could not be read"};
    return reply;
  }
  if (stored->exists()) reply.viewpoint = stored->entity->viewpoint(by);
  if (!reply.viewpoint) {
    reply.no = hide().error();
    return reply;
  }
  reply.concerns = stored->entity->concerns();
  if (!by.dispatches(reply.concerns.zone)) {
    reply.no = forbid("candidates are for the dispatchers of the order's zone"_en).error();
    return reply;
  }
  const auto wanted = wanted_by(order, *stored->entity, now);
  std::vector<CandidateFacts> facts;
  for (const auto& technician : technicians)
    if (technician.state->viewpoint(by))
      facts.push_back(candidate_facts(kinds.of(EntityKind::technician), technician.ref.id,
                                      *technician.state, wanted, now));
  reply.version = stored->header.version;
  reply.json = to_json(rank_candidates(wanted, std::move(facts), now), say);
  return reply;
}

}  // namespace mf::views
