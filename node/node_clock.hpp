#pragma once
// The clock of a running node: base/node_time.hpp over this machine's clocks.
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "base/node_time.hpp"

namespace mf::node {

/// What the machine says now; `boot` names its boot, empty where nothing does.
[[nodiscard]] ClockReading read_clocks();
[[nodiscard]] std::string boot_of_machine();

/// Looks at the wall clock once a second on a thread of its own, tells of skew (metric, alarm
/// `clock-skewed`), and notes in `<data_dir>/clock` what the next life may go on from.
class NodeClock final : public Clock {
 public:
  struct Options {
    std::filesystem::path data_dir;
    Timestamp newest;  ///< of all batches
    bool trusts_wall = false;
    bool fires_timers = true;  ///< false: for a command that only looks or changes one thing
  };
  explicit NodeClock(const Options& options);
  ~NodeClock() override;
  NodeClock(const NodeClock&) = delete;

  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] bool is_settled() const override { return fires_timers_ && is_settled_; }

 private:
  void run();
  void look();
  void tell(NodeTime::Change change) const;
  void note() const;

  const std::filesystem::path file_;
  const std::string boot_;
  const bool fires_timers_;
  NodeTime time_;  ///< of the thread
  std::atomic<std::int64_t> offset_;
  std::atomic<bool> is_settled_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_ending_ = false;
  std::thread thread_;
};

/// The text of a record, and a record of such a text; nullopt for anything else.
[[nodiscard]] std::string to_text(const ClockRecord& record);
[[nodiscard]] std::optional<ClockRecord> parse_clock_record(const std::string& text);

}  // namespace mf::node
