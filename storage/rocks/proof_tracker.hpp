#pragma once
#include <rocksdb/listener.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "storage/rocks/rocks_records.hpp"

namespace mf::storage {

/// Knows how far the journal has left the write-ahead log: the next start need only prove what is
/// behind that. Noted by the journal thread, moved by RocksDB's flushes on their own threads.
class ProofTracker final : public rocksdb::EventListener {
 public:
  /// `mark` is where all shards stand after a write whose first RocksDB sequence number is above
  /// `sequence_before`. Remembers a bounded number of them; more are left out.
  void note(std::uint64_t sequence_before, ProofMark mark);
  /// The newest mark that no longer depends on the log, once.
  [[nodiscard]] std::optional<ProofMark> take();

  void OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) override;

 private:
  struct Noted {
    std::uint64_t sequence_before = 0;
    ProofMark mark;
  };
  static constexpr std::size_t noted_max = 64;
  std::mutex mutex_;
  std::deque<Noted> noted_;
  std::optional<ProofMark> proven_;
};

}  // namespace mf::storage
