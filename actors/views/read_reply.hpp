#pragma once
// What a read of one entity, and of its history, gives.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/entity/command.hpp"
#include "actors/shard/committed_batch.hpp"

namespace mf::views {

/// What GET of an entity, or a need of the gateway itself, gives.
struct ReadReply {
  std::uint64_t version = 0;
  std::string position;
  std::string json;                            ///< view, row or answer
  std::optional<entity::Viewpoint> viewpoint;  ///< as whom the caller saw it
  entity::Concerns concerns;
  std::optional<Rejection> no;  ///< hidden or missing: not_found
  std::optional<entity::Fault> fault;
};

struct TimelineReply {
  std::vector<shard::EventRecord> events;  ///< oldest first
  bool more = false;
  std::uint64_t version = 0;  ///< of the entity now
  std::optional<entity::Viewpoint> viewpoint;
  std::optional<Rejection> no;
  std::optional<entity::Fault> fault;
};

}  // namespace mf::views
