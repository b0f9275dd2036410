#include "node/system_door.hpp"

#include "actors/shard/entity_core.hpp"

namespace mf::node {
namespace {

constexpr Duration patience = std::chrono::seconds(20);

Error error_of(const Rejection& no) {
  const auto code =
      no.kind == RejectionKind::not_found ? ErrorCode::not_found : ErrorCode::invalid_argument;
  return {code, no.detail.empty() ? no.code : no.code + ": " + no.detail.in_english()};
}

Error error_of(const entity::Fault& fault) { return {ErrorCode::unavailable, fault.detail}; }

}  // namespace

Result<host::Answered> SystemDoor::wait(std::uint64_t tag) {
  auto answer = sink_.wait(tag, patience);
  if (!answer) return fail(ErrorCode::timeout, "the store does not answer");
  return std::move(*answer);
}

Result<entity::Outcome> SystemDoor::run(const EntityRef& target, std::string_view verb,
                                        const std::string& body) {
  const Hash128 id = blake2b_128({"system-door", random_bytes(16)});
  auto command = entity::system_command(runtime_.kinds().of(target.kind), target, verb, body, id,
                                        entity::Origin::person);
  if (!command) return std::unexpected(error_of(command.error()));
  return run(std::move(*command));
}

Result<entity::Outcome> SystemDoor::run(entity::Command command) {
  command.deadline = clock_.now() + patience;
  const auto tag = sink_.expect();
  std::vector<host::TaggedCommand> commands;
  commands.push_back({tag, std::move(command)});
  runtime_.submit(std::move(commands), sink_);
  auto answer = wait(tag);
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto& reply = std::get<entity::Reply>(*answer);
  if (auto* no = std::get_if<Rejection>(&reply)) return std::unexpected(error_of(*no));
  if (auto* fault = std::get_if<entity::Fault>(&reply)) return std::unexpected(error_of(*fault));
  return std::get<entity::Outcome>(std::move(reply));
}

Result<std::string> SystemDoor::ask(const EntityRef& target, std::string query, std::string body) {
  const auto tag = sink_.expect();
  runtime_.ask(tag, target, std::move(query), std::move(body), Principal::system(), sink_);
  auto answer = wait(tag);
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto& reply = std::get<views::ReadReply>(*answer);
  if (reply.fault) return std::unexpected(error_of(*reply.fault));
  if (reply.no) return std::unexpected(error_of(*reply.no));
  return std::move(reply.json);
}

Result<views::ListReply> SystemDoor::list(const views::ListQuery& query) {
  const auto tag = sink_.expect();
  runtime_.list(tag, query, entity::Viewpoint::staff, sink_);
  auto answer = wait(tag);
  if (!answer) return std::unexpected(std::move(answer.error()));
  auto& reply = std::get<views::ListReply>(*answer);
  if (reply.fault) return std::unexpected(error_of(*reply.fault));
  if (reply.no) return std::unexpected(error_of(*reply.no));
  return std::move(reply);
}

}  // namespace mf::node
