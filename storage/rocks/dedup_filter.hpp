#pragma once
#include <rocksdb/compaction_filter.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "storage/rocks/shared_age.hpp"

namespace mf::storage {

/// Drops remembered outcomes once nobody can repeat their command any more: 96 h for people's
/// commands, 7 days for all others, counted by the journal's own age and by no clock.
[[nodiscard]] std::shared_ptr<rocksdb::CompactionFilterFactory> make_dedup_filter(
    std::shared_ptr<const SharedAge> age);

/// Per shard, the last batch whose outcomes nobody needs any more.
struct Forgotten {
  std::vector<std::uint64_t> people, others;
};
/// The rule itself: may this pair of the meta family go?
[[nodiscard]] bool is_forgotten(std::string_view key, std::string_view value,
                                const Forgotten& forgotten);

}  // namespace mf::storage
