#pragma once
// How old batches are in time that the journal has lived through: what the remembering of outcomes
// and the life of reactions are counted in, since no clock can be wrong about it.
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity_ref.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::storage {

/// For how long outcomes are remembered (decision 0015; a phone may bring work 72 h late).
inline constexpr Duration people_remembered = std::chrono::hours(96);
inline constexpr Duration others_remembered = std::chrono::hours(24 * 7);

/// Every hour lived it notes how far each shard has come; what was there then is that old now. Time
/// in which no process lived is not counted, and neither is what any wall clock says: memory may
/// last longer than it has to, never shorter. Holds at most a week of marks. Not thread-safe.
class JournalAge {
 public:
  explicit JournalAge(std::uint16_t shards) : shards_(shards) {}

  /// `passed` more has been lived, and the shards stand at `seqs`.
  void live(Duration passed, std::span<const std::uint64_t> seqs);
  [[nodiscard]] Duration lived() const { return lived_; }
  /// The last batch of each shard that is at least `age` old; 0: none.
  [[nodiscard]] std::vector<std::uint64_t> older_than(Duration age) const;
  /// After a cut: the batches above `seqs` are gone, and their numbers come again. True when it
  /// changed anything.
  bool cut(std::span<const std::uint64_t> seqs);

  /// u8 format (1), u64 lived ms, varint marks, each: u64 lived ms, per shard varint seq.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static Result<JournalAge> decode(std::string_view bytes, std::uint16_t shards);

 private:
  struct Mark {
    Duration lived{0};
    std::vector<std::uint64_t> seqs;
  };
  Duration lived_{0};
  std::uint16_t shards_;
  std::deque<Mark> marks_;  ///< oldest first
};

}  // namespace mf::storage
