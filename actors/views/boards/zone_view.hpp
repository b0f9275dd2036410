#pragma once
// The live picture of the zones somebody looks at: open orders and technicians, kept by following
// the shards. A pure step class: its host loads zones (load_zone.hpp), gives it
// batches and the time, and posts the deltas. One thread at a time.
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"
#include "actors/shard/committed_batch.hpp"
#include "actors/views/boards/board.hpp"
#include "actors/views/boards/load_zone.hpp"

namespace mf::views {

struct Limits {
  std::size_t zones_max = 1'000;            ///< kept at a time; beyond: the longest unused goes
  std::size_t rows_max = 20'000;            ///< of one zone; more are left out, and counted
  std::size_t unwatched_changes_max = 512;  ///< kept as states until somebody looks
  Duration flush_every{100};                ///< per zone, for screens
  Duration prompt_flush_every{5};           ///< the same, for who watches promptly
  Duration kept_unused = std::chrono::minutes(5);  ///< a zone that nobody watches
};

/// Of two versions of a row the higher wins, so a batch may be older or newer than what was loaded;
/// no batch may be missing from begin_loading() on.
class ZoneViews {
 public:
  explicit ZoneViews(Limits limits = {});
  ~ZoneViews();

  void apply(const shard::CommittedBatch& batch);

  enum class State : std::uint8_t { absent, loading, ready };
  [[nodiscard]] State state(const Id& zone) const;
  [[nodiscard]] bool is_loading(const Id& zone, std::uint64_t load) const;
  /// Of an absent zone; from now on it is followed. Gives the number of this load, nullopt when
  /// zones_max are in use.
  [[nodiscard]] std::optional<std::uint64_t> begin_loading(const Id& zone, Timestamp now);
  /// What load_zone() found after begin_loading(). False: that load counts no more.
  bool loaded(const Id& zone, std::uint64_t load, LoadedZone rows);
  /// It could not be loaded, or batches are missing: the next look loads it again.
  void drop(const Id& zone);
  void drop_all();

  /// Everything that is on the board now; of a zone that is ready. Deltas with a higher `at` go on
  /// from here.
  [[nodiscard]] BoardReply snapshot(const Id& zone, Timestamp now);
  /// Deltas of a zone are only made while it is watched at that pace; counted.
  void watch(const Id& zone, Pace pace = Pace::screens) { ++watchers_[zone][number(pace)]; }
  void unwatch(const Id& zone, Timestamp now, Pace pace = Pace::screens);
  /// One delta for each zone that is watched at this pace, changed, and whose last one is long
  /// enough ago: of each row only the newest version.
  [[nodiscard]] std::vector<std::shared_ptr<const BoardDelta>> flush(Timestamp now,
                                                                     Pace pace = Pace::screens);
  /// What the zone's dispatcher proposes from now on: rows beside the others, in snapshots and
  /// deltas for screens. They stay when the zone is dropped, for they are in no store.
  void propose(const Id& zone, const std::vector<BoardRow>& rows);
  /// When flush() will have something; nullopt: nothing has changed.
  [[nodiscard]] std::optional<Timestamp> next_flush() const;
  /// Forgets zones that nobody watches and nobody has asked for in `kept_unused`.
  void sweep(Timestamp now);

  /// Zones kept, and rows that found no room on them.
  [[nodiscard]] std::size_t zones() const { return zones_.size(); }
  [[nodiscard]] std::size_t left_out() const;

 private:
  struct Zone;
  struct Proposed {
    std::map<std::string, BoardRow> rows;
    std::set<std::string> changed;  ///< since the last delta
    std::map<std::string, std::uint64_t> gone;
  };
  [[nodiscard]] bool is_changed(const Id& id, const Zone& zone, Pace pace) const;
  static std::size_t number(Pace pace) { return static_cast<std::size_t>(pace); }
  [[nodiscard]] bool is_watched(const Id& zone) const { return watchers_.contains(zone); }
  [[nodiscard]] bool is_watched(const Id& zone, Pace pace) const {
    const auto watched = watchers_.find(zone);
    return watched != watchers_.end() && watched->second[number(pace)] > 0;
  }
  [[nodiscard]] Duration every(Pace pace) const {
    return pace == Pace::screens ? limits_.flush_every : limits_.prompt_flush_every;
  }
  [[nodiscard]] bool make_room();
  void put(const Id& id, Zone& zone, const EntityRef& ref, std::uint64_t version,
           std::shared_ptr<const entity::Entity> state);
  void remove(const Id& id, Zone& zone, const EntityRef& ref, std::uint64_t version);
  static void encode_changes(Zone& zone);

  Limits limits_;
  std::map<Id, std::unique_ptr<Zone>> zones_;
  std::map<Id, std::array<int, 2>> watchers_;  ///< by pace
  std::map<Id, Proposed> proposed_;
  std::uint64_t last_at_ = 0, last_load_ = 0;
};

}  // namespace mf::views
