#pragma once
// The live half of a gateway thread: topics, positions, assignments, the WebSocket sessions.
// Implemented in gateway/topics/.
#include <memory>
#include <optional>
#include <span>

#include "actors/host/runtime.hpp"

namespace mf::gateway {

class IoThread;

/// A technician's place, ephemeral: the latest one wins, nothing is stored.
struct Position {
  std::uint64_t seq = 0;
  Timestamp at;
  double lat = 0, lon = 0, accuracy = 0, speed = 0, heading = 0;
};

/// All calls on the thread it belongs to.
class Live {
 public:
  virtual ~Live() = default;
  /// Every committed batch of the node, in the order of each shard.
  virtual void on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) = 0;
  virtual void on_board(const std::shared_ptr<const views::BoardDelta>& delta) = 0;
  /// From POST /v1/technicians/{id}/positions, oldest first; rights were checked.
  virtual void on_positions(const Id& technician, std::span<const Position> positions) = 0;
  [[nodiscard]] virtual std::optional<Position> position_of(const Id& technician) const = 0;
};

[[nodiscard]] std::unique_ptr<Live> make_live(IoThread& thread);

}  // namespace mf::gateway
