#pragma once
#include <rocksdb/compaction_filter.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace mf::storage {

/// Drops remembered outcomes once nobody can repeat their command any more: 24 h for people's
/// commands, 7 days for all others (design.md §3.4). `latest_ms` is the time of the newest commit;
/// age is counted to that or to the system clock, whichever is earlier, so that a clock which
/// jumps ahead forgets nothing.
[[nodiscard]] std::shared_ptr<rocksdb::CompactionFilterFactory> make_dedup_filter(
    std::shared_ptr<const std::atomic<std::int64_t>> latest_ms);

/// The rule itself: may this pair of the meta family go, at `now_ms`?
[[nodiscard]] bool is_forgotten(std::string_view key, std::string_view value, std::int64_t now_ms);

}  // namespace mf::storage
