#pragma once
// The pieces most handlers are made of.
#include <expected>
#include <functional>
#include <optional>
#include <vector>

#include "gateway/http/call.hpp"
#include "gateway/io/io_thread.hpp"

namespace mf::gateway::routes {

using http::CallPtr;

/// Sends the command of call->route->operation to `target` and answers with its outcome; 201 with
/// `location` + id when it creates something. `done` is called before the answer to what has been
/// done now: not to a refusal or a replay.
void command(const CallPtr& call, std::string_view target, std::string_view body,
             std::string location = {}, std::optional<std::uint64_t> fingerprint = {},
             std::move_only_function<void()> done = {});
void answer(const CallPtr& call, const entity::Reply& reply, const Id& part,
            const std::string& location);

/// One of several commands of a request: `"ok":{…}`, or `"err":{…}` with the problem that it alone
/// would have been answered, and whether it may be tried again.
[[nodiscard]] std::string verdict_member(const entity::Outcome& outcome, const Id& part);
[[nodiscard]] std::string verdict_member(const CallPtr& call, const Problem& problem);

/// False, and answered 404, for an id that nothing of this kind can have: nobody is asked.
[[nodiscard]] bool may_exist(const CallPtr& call, const EntityRef& ref);
/// The entity as the caller sees it, an order with its `contact`; with ETag, 304 when If-None-Match
/// names it.
void read(const CallPtr& call, const EntityRef& ref);
/// Reads the entity, then gives its view to `then`; problems are answered.
void with_view(const CallPtr& call, const EntityRef& ref,
               std::move_only_function<void(views::ReadReply)> then);

/// {data, next_cursor, position}
void answer_list(const CallPtr& call, views::ListReply reply);
/// The same around a JSON array that is whole.
void answer_array(const CallPtr& call, std::string array);

/// The parameter `limit` of a route that has it.
[[nodiscard]] int limit_of(const CallPtr& call);

/// The versions that an If-Match lets through: `W/"7", "8"` → 7, 8; none for `*` and without one. A
/// tag that is not of ours names a version that nothing has. What is no list of tags: a 400.
[[nodiscard]] std::expected<std::vector<std::uint64_t>, Problem> expected_versions(
    std::string_view if_match);

[[nodiscard]] inline const Principal& caller(const CallPtr& call) {
  return call->identity->principal;
}

}  // namespace mf::gateway::routes
