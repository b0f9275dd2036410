#include "actors/entity/command.hpp"

#include "base/hash.hpp"

namespace mf::entity {

std::string_view to_string(Fault::Code code) {
  switch (code) {
    case Fault::Code::outcome_unknown: return "outcome_unknown";
    case Fault::Code::unavailable: return "unavailable";
    case Fault::Code::overloaded: return "overloaded";
    case Fault::Code::idempotency_key_reused: return "idempotency_key_reused";
    case Fault::Code::internal: return "internal";
  }
  return "internal";
}

std::uint64_t fingerprint_of(const CommandBody& body) {
  std::string text;
  text.reserve(body.verb.size() + 1 + body.json.size());
  text += body.verb;
  text += '\0';
  text += body.json;
  return xxh3_64(text);
}

std::string position_text(ShardId shard, std::uint64_t seq) {
  return std::to_string(shard) + "-" + std::to_string(seq);
}

std::expected<Command, Rejection> system_command(const Kind& target, EntityRef ref,
                                                 std::string_view verb, std::string_view body_json,
                                                 CommandId id, Origin origin) {
  auto body = target.parse(verb, body_json);
  if (!body) {
    const auto& wrong = body.error();
    return std::unexpected(wrong.empty() ? Rejection{RejectionKind::invalid, "malformed", {}, {}}
                                         : Rejection{RejectionKind::invalid, wrong.front().code,
                                                     wrong.front().detail, wrong.front().field});
  }
  Command command;
  command.id = id;
  command.target = std::move(ref);
  command.body = std::move(*body);
  command.by = Principal::system();
  command.fingerprint = fingerprint_of(command.body);
  command.origin = origin;
  return command;
}

}  // namespace mf::entity
