#pragma once
// What reactions and timers have in common: commands by the system that are sent until answered.
#include <cstdint>
#include <optional>
#include <string>

#include "actors/entity/command.hpp"
#include "actors/shard/shard_time.hpp"

namespace mf::shard {

/// A command of a reaction or a timer. Its reply goes to ShardCore::answered with the same ticket.
/// It may be lost or answered late: the shard sends it again after the command's deadline.
struct Dispatch {
  std::uint64_t ticket = 0;
  entity::Command command;
  std::optional<Timestamp> due = {};  ///< of a timer
};

/// Something an operator should look at; logged and counted by the host.
struct Alarm {
  std::string id;  ///< "reaction-refused", "reaction-too-old", "timer-refused", …
  std::string detail;
};

struct ShardLimits {
  std::size_t batch_bytes_max =
      std::size_t{224} * 1024;  ///< with header and cursor below the journal's 256 KiB
  std::size_t batch_entries_max = 512;
  std::size_t batch_reactions_max = 512;
  std::size_t changes_bytes_max = std::size_t{4} * 1024 * 1024;  ///< of one commit
  std::size_t waiting_max = 4096;  ///< proposals; beyond: certain failure
  std::size_t waiting_bytes_max = std::size_t{16} * 1024 * 1024;  ///< of them; likewise
  std::size_t done_max = 1024;                                    ///< reactions done out of order
  std::size_t reactions_in_flight_max = 128;
  std::size_t reactions_loaded_max = 2048;  ///< more wait in the journal
  int reaction_attempts_max = 20;           ///< of one that breaks its target; then a dead letter
  std::size_t timers_in_flight_max = 64;
  int timers_per_second_max = 2000;
  int timer_attempts_max = 8;  ///< then it is left alone until a restart
  Duration dispatch_deadline = std::chrono::seconds(10);
  Duration backoff_min{100}, backoff_max = std::chrono::seconds(30);
  Duration cursor_every = std::chrono::seconds(1);
  /// Before its dedup is dropped; in what the journal has lived through.
  Duration reaction_age_max = std::chrono::hours(24 * 7 - 12);
  Duration set_back_max = shard::set_back_max;  ///< see shard_time()

  /// How long to wait before the attempt after `attempts`.
  [[nodiscard]] Duration backoff(int attempts) const {
    return std::min(backoff_max, backoff_min * (1 << std::min(attempts, 12)));
  }
};

}  // namespace mf::shard
