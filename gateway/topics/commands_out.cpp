#include "gateway/topics/commands_out.hpp"

#include "base/log.hpp"

namespace mf::gateway::topics {

std::optional<entity::Command> technician_command(IoThread& thread, const Id& technician,
                                                  std::string_view verb, std::string_view body,
                                                  const Principal& by, std::string_view key) {
  auto parsed = thread.runtime().kinds().of(EntityKind::technician).parse(verb, body);
  if (!parsed) {
    log::error(log::live, "command-refused", {{"verb", verb}});
    return std::nullopt;
  }
  entity::Command command;
  command.id = key.empty() ? blake2b_128({random_bytes(16)})
                           : blake2b_128({by.account, verb, technician, key});
  command.target = {EntityKind::technician, technician};
  command.fingerprint = xxh3_64(body);
  command.body = std::move(*parsed);
  command.by = by;
  command.deadline = thread.now() + thread.shared().options.deadlines.command;
  command.trace = to_hex(random_bytes(16));
  return command;
}

}  // namespace mf::gateway::topics
