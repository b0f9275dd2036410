#pragma once
// What operators see of the actors in /metrics. Handles are resolved once; updates are cheap.
#include <array>
#include <atomic>
#include <memory>

#include "actors/entity/command.hpp"
#include "base/metrics.hpp"

namespace mf::host {

class Figures {
 public:
  Figures();

  void command(EntityKind kind, const entity::Reply& reply);
  void entity_began(EntityKind kind) { ++live_[static_cast<std::size_t>(kind)]; }
  void entity_ended(EntityKind kind) { --live_[static_cast<std::size_t>(kind)]; }
  void batch(std::size_t commands) { batch_commands_.observe(static_cast<double>(commands)); }
  /// A timer that fires `late` after its due time.
  void timer(Duration late);
  void alarm(const std::string& id);
  /// A view was slower than the journal and loads again what it is asked for.
  void view_lost() { views_lost_.add(); }

 private:
  static constexpr std::size_t kinds = entity_kind_count;  ///< 0 is unused
  enum class Ending : std::uint8_t { done, replayed, rejected, failed };
  static constexpr std::size_t endings = 4;

  std::array<std::array<metrics::Counter*, endings>, kinds> commands_{};
  std::array<std::atomic<std::int64_t>, kinds> live_{};
  metrics::Histogram& batch_commands_;
  metrics::Histogram& timers_late_;
  metrics::Counter& views_lost_;
  std::shared_ptr<void> actors_collected_;
};

}  // namespace mf::host
