#pragma once
// All technicians of the company as states, for whoever ranks them: loaded once, then followed.
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/entity/kind.hpp"
#include "actors/shard/committed_batch.hpp"
#include "actors/views/boards/load_zone.hpp"
#include "actors/views/read_reply.hpp"
#include "storage/store.hpp"

namespace mf::views {

struct LoadedTechnicians {
  std::vector<LoadedRow> rows;
  std::size_t left_out = 0;  ///< found no room, or could not be read (logged)
};
/// Walks the index of technicians, so it belongs on a thread that may block. Throws ReadFailed.
[[nodiscard]] LoadedTechnicians load_technicians(const storage::Reader& reader,
                                                 const entity::Kinds& kinds,
                                                 std::span<const ShardId> shards, std::size_t max);

/// A pure step class. Of two versions the higher wins, so batches may be older or newer than what
/// was loaded, as long as none is missing from before the load on.
class Technicians {
 public:
  explicit Technicians(std::size_t max) : max_(max) {}

  /// From now on batches are kept.
  void begin_loading() { is_followed_ = true; }
  void apply(const shard::CommittedBatch& batch);
  void loaded(LoadedTechnicians technicians);
  /// Batches are missing: everything is loaded anew.
  void clear();

  [[nodiscard]] bool is_loaded() const { return is_loaded_; }
  [[nodiscard]] bool is_followed() const { return is_followed_; }
  /// Those that found no room or could not be read.
  [[nodiscard]] std::size_t left_out() const { return no_room_.size() + unreadable_; }
  /// Pointers to immutable states: may go to any thread.
  [[nodiscard]] std::vector<LoadedRow> all() const;

 private:
  struct Known {
    std::uint64_t version = 0;
    std::shared_ptr<const entity::Entity> state;
  };
  void put(const EntityRef& ref, std::uint64_t version,
           std::shared_ptr<const entity::Entity> state);

  std::size_t max_;
  std::unordered_map<Id, Known> known_;
  std::unordered_set<Id> no_room_;
  std::size_t unreadable_ = 0;
  bool is_followed_ = false, is_loaded_ = false;
};

/// Who could do this order, best first, and why each other technician is out: the body of GET
/// /v1/orders/{id}/candidates. For dispatchers of its zone; hidden from whoever can't see it.
/// Lists nobody whom the asking person may not see. Reads the order: on a thread that may block.
[[nodiscard]] ReadReply candidates_for(const storage::Reader& reader, const entity::Kinds& kinds,
                                       ShardId shard, const Id& order, const Principal& by,
                                       std::span<const LoadedRow> technicians, Timestamp now,
                                       Say say);

}  // namespace mf::views
