#pragma once
// Many ranges of the index, in many shards, read as one ordered list.
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "base/entity_ref.hpp"
#include "storage/store.hpp"

namespace mf::views {

/// One entry: `place` is its sort part followed by its id, what lists are ordered by.
struct Found {
  std::string place, value;
  ShardId shard = 0;
  std::uint32_t range = 0;  ///< which one, in the order they were added
};

/// Merges ranges by place. All of them are read under one snapshot through one cursor of the
/// store, in chunks that grow: a thousand ranges cost a thousand seeks, not a thousand iterators.
class Merge {
 public:
  explicit Merge(const storage::Reader& reader);

  /// Entries whose key starts with `prefix`, from the first place behind `after` on (empty: all).
  /// Call before the first next().
  void add(ShardId shard, std::string prefix, std::string_view after = {});
  /// The next entry in order; nullptr at the end. Valid until the following call.
  [[nodiscard]] const Found* next();
  [[nodiscard]] bool at_end();

  /// The snapshot's cursor, for looking around before ranges are added.
  [[nodiscard]] storage::Scan& scan() { return *scan_; }

 private:
  struct Range {
    ShardId shard = 0;
    std::string prefix, resume;  ///< `resume`: first key not yet read
    std::vector<Found> chunk;
    std::size_t at = 0;
    std::uint32_t chunk_size = 4;
    bool is_read = false;  ///< nothing left behind `chunk`
  };
  bool fill(Range& range);
  void start();
  [[nodiscard]] bool later(std::uint32_t a, std::uint32_t b) const;

  std::unique_ptr<storage::Scan> scan_;
  std::vector<Range> ranges_;
  std::vector<std::uint32_t> heap_;
  Found current_;
  bool started_ = false;
};

}  // namespace mf::views
