#include "storage/rocks/proof_tracker.hpp"

#include <utility>

#include "storage/keys.hpp"

namespace mf::storage {

void ProofTracker::note(std::uint64_t sequence_before, ProofMark mark) {
  const std::lock_guard lock(mutex_);
  if (noted_.size() < noted_max) noted_.push_back({sequence_before, std::move(mark)});
}

std::optional<ProofMark> ProofTracker::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(proven_, {});
}

void ProofTracker::OnFlushCompleted(rocksdb::DB*, const rocksdb::FlushJobInfo& info) {
  if (info.cf_name != to_string(Family::journal)) return;
  // A write is flushed whole. So if anything of a write is in the file, that write and all before
  // it have left the log.
  const std::lock_guard lock(mutex_);
  while (!noted_.empty() && noted_.front().sequence_before < info.largest_seqno) {
    proven_ = std::move(noted_.front().mark);
    noted_.pop_front();
  }
}

}  // namespace mf::storage
