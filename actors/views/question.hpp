#pragma once
#include <memory>
#include <optional>

#include "actors/entity/kind.hpp"
#include "actors/views/read_reply.hpp"
#include "storage/store.hpp"

namespace mf::views {

/// Asked about one order, by somebody who may run its zone: who could do it, or what a command
/// would do (advice.hpp).
struct Question {
  Id order;
  Principal by;
  Say say = say_in_english;
  /// What would be done (assign, schedule, reassign); none: who could do it.
  std::optional<entity::CommandBody> would = {};
  /// The order as it is, see find_order().
  std::shared_ptr<const entity::Entity> state = {};
  std::uint64_t version = 0;
};

/// Reads the order that is asked about, on a thread that may block. The answer when there is
/// nothing more to be found out: it can't be read (logged), or whoever asks may not see it, or does
/// not run its zone. Throws ReadFailed.
[[nodiscard]] std::optional<ReadReply> find_order(Question& question, const storage::Reader& reader,
                                                  const entity::Kinds& kinds, ShardId shard);

}  // namespace mf::views
