#pragma once
// The live picture of the zones somebody looks at: open orders and technicians, kept by following
// the shards (design.md §9). A pure step class: its host gives it batches and the time, and posts
// the deltas. One thread at a time.
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/entity/kind.hpp"
#include "actors/shard/committed_batch.hpp"
#include "actors/views/boards/board.hpp"
#include "actors/views/read_reply.hpp"
#include "storage/store.hpp"

namespace mf::views {

struct Limits {
  std::size_t zones_max = 1'000;            ///< kept at a time; beyond: a fault
  std::size_t rows_max = 20'000;            ///< of one zone; more are left out, and counted
  std::size_t technicians_max = 20'000;     ///< of the company
  std::size_t unwatched_changes_max = 512;  ///< kept as states until somebody looks
  Duration flush_every{100};                ///< per zone
};

/// Rows come from the durable state when a zone is first asked for, then from batches; of two
/// versions of a row the higher wins, so a batch may be older or newer than what was loaded.
/// Batches of one shard come in order, from before the first snapshot() on. `shards`: all there
/// are.
class ZoneViews {
 public:
  ZoneViews(const storage::Reader& reader, const entity::Kinds& kinds, std::vector<ShardId> shards,
            Limits limits = {});
  ~ZoneViews();

  void apply(const shard::CommittedBatch& batch);

  /// Everything that is on the board now. Deltas with a higher `at` go on from here.
  [[nodiscard]] views::BoardReply snapshot(const Id& zone);
  /// Deltas of a zone are only made while it is watched; counted. Implies loading it.
  void watch(const Id& zone);
  void unwatch(const Id& zone);
  /// One delta for each watched zone that changed and whose last one is ≥ `flush_every` ago: of
  /// each row only the newest version.
  [[nodiscard]] std::vector<std::shared_ptr<const views::BoardDelta>> flush(Timestamp now);
  /// When flush() will have something; nullopt: nothing has changed.
  [[nodiscard]] std::optional<Timestamp> next_flush() const;

  /// Who could do this order, best first, and why each other technician is out: the body of GET
  /// /v1/orders/{id}/candidates. For dispatchers of its zone; hidden from whoever can't see it.
  /// Lists nobody whom the asking person may not see.
  [[nodiscard]] views::ReadReply candidates(const Id& order, const Principal& by, Timestamp now);

  /// Rows that found no room, over all zones.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  struct Zone;
  struct Technician {
    std::uint64_t version = 0;
    std::shared_ptr<const entity::Entity> state;
  };
  Zone* zone_of(const Id& zone);
  void load_technicians();
  void load_orders(const Id& id, Zone& zone);
  void put(Zone& zone, const EntityRef& ref, std::uint64_t version,
           std::shared_ptr<const entity::Entity> state);
  void remove(Zone& zone, const EntityRef& ref, std::uint64_t version);
  void encode_changes(Zone& zone);
  [[nodiscard]] ShardId shard_of(const EntityRef& ref) const;

  const storage::Reader& reader_;
  const entity::Kinds& kinds_;
  std::vector<ShardId> shards_;
  Limits limits_;
  std::map<Id, std::unique_ptr<Zone>> zones_;
  std::unordered_map<Id, Technician> technicians_;  ///< all of the company
  bool has_technicians_ = false;
  std::uint64_t left_out_ = 0;
};

/// The zones on whose board a thing is.
[[nodiscard]] std::vector<Id> boards_of(EntityKind kind, const entity::Concerns& concerns);

}  // namespace mf::views
