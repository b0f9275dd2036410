#include "actors/views/question.hpp"

#include "actors/entity/stored.hpp"
#include "base/log.hpp"

namespace mf::views {

std::optional<ReadReply> find_order(Question& question, const storage::Reader& reader,
                                    const entity::Kinds& kinds, ShardId shard) {
  ReadReply reply;
  auto stored = entity::load(reader, kinds, shard, {EntityKind::work_order, question.order});
  if (!stored) {
    log::error(log::live, "order-unreadable", {{"why", stored.error().message}});
    reply.fault = entity::Fault{entity::Fault::Code::internal, "the order could not be read"};
    return reply;
  }
  if (!stored->exists() || !stored->entity->viewpoint(question.by)) {
    reply.no = hide().error();
    return reply;
  }
  if (!question.by.dispatches(stored->entity->concerns().zone)) {
    reply.no = forbid("candidates are for the dispatchers of the order's zone"_en).error();
    return reply;
  }
  question.version = stored->header.version;
  question.state = std::move(stored->entity);
  return {};
}

}  // namespace mf::views
