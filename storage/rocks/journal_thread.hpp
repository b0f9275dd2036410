#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "storage/rocks/database.hpp"
#include "storage/rocks/last_cycle.hpp"
#include "storage/rocks/proof_tracker.hpp"
#include "storage/rocks/wiper.hpp"

namespace mf::storage {

/// Where every shard stands; written by the journal thread, read by all.
class Positions {
 public:
  explicit Positions(std::vector<Applied> applied) : applied_(std::move(applied)) {}
  [[nodiscard]] Applied at(ShardId shard) const;
  void set(ShardId shard, Applied applied);
  [[nodiscard]] ProofMark mark(std::uint64_t cycle) const;
  [[nodiscard]] std::vector<std::uint64_t> seqs() const;

 private:
  mutable std::shared_mutex mutex_;
  std::vector<Applied> applied_;
};

/// The one thread that writes. Every cycle takes all waiting commits (up to a number of bytes),
/// makes their keys of persons durable, then them in one synced WriteBatch, then reports all
/// results in one call. About every second it notes beside the journal what was acknowledged last.
class JournalThread {
 public:
  /// The references outlive the thread.
  JournalThread(Database& database, Positions& positions, std::shared_ptr<ProofTracker> tracker,
                LastCycle& last, Wiper& wiper, std::uint64_t last_cycle,
                std::function<void(const Error&)> on_stopped);
  ~JournalThread();
  JournalThread(const JournalThread&) = delete;

  void on_results(Store::Done done);
  void keep_keys_with(KeyKeeper& keeper);
  /// Encodes on the caller's thread, then queues all at once: the next write takes them together.
  /// Asserts that no shard has another commit in flight, which bounds the queue.
  void commit(std::vector<Commit> commits);
  [[nodiscard]] std::optional<Error> stopped() const;
  [[nodiscard]] std::string why_no_keys() const;
  /// Commits what is queued and ends; gives the number of the last cycle.
  std::uint64_t finish();

 private:
  struct Queued {
    ShardId shard = 0;
    Applied applied;
    std::string frame;
    std::vector<Change> changes;
    std::vector<KeyChange> keys;
    std::vector<std::string> wiped;  ///< state keys of whom a key is destroyed with it
    std::size_t bytes = 0;
    std::string refused;  ///< certainly not to be written
    std::chrono::steady_clock::time_point since;
  };
  using Cycle = std::vector<Queued>;

  [[nodiscard]] Queued prepare(Commit commit) const;
  void run();
  [[nodiscard]] Cycle wait();
  void run_cycle(Cycle cycle);
  void keep_keys(Cycle& cycle);
  void say_keys_not_kept(const Error& why);
  void note_last();
  [[nodiscard]] Status write(Cycle& cycle, std::uint16_t batches, std::size_t& bytes);
  void report(const Cycle& cycle, const Status& written);
  void note_proof(std::uint64_t sequence_before, std::size_t bytes);
  /// Counts what was lived since the last call; gives the journal's age when it is to be stored.
  [[nodiscard]] std::optional<std::string> grow_older();
  void stop(const Error& why);
  [[nodiscard]] std::string reason_to_refuse(const Commit& commit, std::size_t bytes) const;

  Database& database_;
  Positions& positions_;
  std::shared_ptr<ProofTracker> tracker_;
  LastCycle& last_;
  Wiper& wiper_;
  std::function<void(const Error&)> on_stopped_;
  Store::Done done_;
  KeyKeeper* keeper_ = nullptr;
  std::optional<KeyMark> key_mark_;  ///< to be noted with the next write

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Queued> queue_;
  std::vector<bool> in_flight_;
  bool ending_ = false;
  std::optional<Error> stopped_;
  std::string why_no_keys_;
  std::chrono::steady_clock::time_point no_keys_at_;

  std::uint64_t cycle_, acknowledged_;
  std::uint64_t noted_ = 0;
  std::chrono::steady_clock::time_point noted_at_;
  std::size_t unnoted_bytes_ = 0;
  std::chrono::steady_clock::time_point lived_to_, age_stored_;
  std::thread thread_;
};

}  // namespace mf::storage
