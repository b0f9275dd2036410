#pragma once
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/journal_age.hpp"

namespace mf::storage {

/// A journal's age that the journal thread writes and RocksDB's compactions and shards read. Before
/// it is known, nothing is old. Thread-safe.
class SharedAge {
 public:
  void set(JournalAge age) {
    const std::scoped_lock lock(mutex_);
    age_ = std::move(age);
  }
  void live(Duration passed, std::span<const std::uint64_t> seqs) {
    const std::scoped_lock lock(mutex_);
    age_.live(passed, seqs);
  }
  [[nodiscard]] std::vector<std::uint64_t> older_than(Duration age) const {
    const std::scoped_lock lock(mutex_);
    return age_.older_than(age);
  }
  [[nodiscard]] std::string encode() const {
    const std::scoped_lock lock(mutex_);
    return age_.encode();
  }

 private:
  mutable std::mutex mutex_;
  JournalAge age_{0};
};

}  // namespace mf::storage
