#pragma once
// The runtime for code that may block and acts for the system: the command line and a node's start.
#include <string>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"
#include "node/waiting_sink.hpp"

namespace mf::node {

class SystemDoor {
 public:
  /// `sink` outlives the runtime, as an answer may that nobody waits for any more; `clock` is the
  /// runtime's.
  SystemDoor(host::Runtime& runtime, WaitingSink& sink, const Clock& clock)
      : runtime_(runtime), sink_(sink), clock_(clock) {}

  /// Runs one command to its outcome. A rejection is the error `invalid_argument`.
  [[nodiscard]] Result<entity::Outcome> run(const EntityRef& target, std::string_view verb,
                                            const std::string& body);
  /// The same for a command made by system_command(); its deadline is set here.
  [[nodiscard]] Result<entity::Outcome> run(entity::Command command);
  /// Entity::answer; `not_found` when the entity is not there.
  [[nodiscard]] Result<std::string> ask(const EntityRef& target, std::string query,
                                        std::string body = "{}");
  [[nodiscard]] Result<views::ListReply> list(const views::ListQuery& query);

 private:
  [[nodiscard]] Result<host::Answered> wait(std::uint64_t tag);
  host::Runtime& runtime_;
  WaitingSink& sink_;
  const Clock& clock_;
};

}  // namespace mf::node
