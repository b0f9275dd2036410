#pragma once
// The runtime for code that may block and acts for the system: the command line and a node's start.
#include <string>

#include "actors/host/runtime.hpp"
#include "base/result.hpp"
#include "node/waiting_sink.hpp"

namespace mf::node {

class SystemDoor {
 public:
  explicit SystemDoor(host::Runtime& runtime) : runtime_(runtime) {}

  /// Runs one command to its outcome. A rejection is the error `invalid_argument`.
  [[nodiscard]] Result<entity::Outcome> run(const EntityRef& target, std::string_view verb,
                                            const std::string& body);
  /// Entity::answer; `not_found` when the entity is not there.
  [[nodiscard]] Result<std::string> ask(const EntityRef& target, std::string query,
                                        std::string body = "{}");
  [[nodiscard]] Result<views::ListReply> list(const views::ListQuery& query);

 private:
  [[nodiscard]] Result<host::Answered> wait();
  host::Runtime& runtime_;
  WaitingSink sink_;
  std::uint64_t tag_ = 0;
};

}  // namespace mf::node
