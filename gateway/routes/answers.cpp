#include "gateway/routes/answers.hpp"

#include <charconv>
#include <limits>

#include "base/described_json.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/api/resources.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/http/route.hpp"
#include "gateway/io/contact.hpp"
#include "gateway/io/order_cap.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::routes {
namespace {

std::string etag_line(std::uint64_t version) {
  return "ETag: \"" + std::to_string(version) + "\"\r\n";
}

}  // namespace

int limit_of(const CallPtr& call) {
  const auto text = call->query_value(limit_parameter.name);
  return whole_number(text.value_or(""), 1, limit_max).value_or(limit_otherwise);
}

std::expected<std::vector<std::uint64_t>, Problem> expected_versions(std::string_view if_match) {
  std::vector<std::uint64_t> versions;
  if (if_match.empty()) return versions;
  const auto named = http::entity_tags(if_match);
  if (!named)
    return std::unexpected(
        problem(400, "malformed_request", "{header} is malformed"_en.with("header", "If-Match")));
  constexpr auto matches_nothing = std::numeric_limits<std::uint64_t>::max();
  for (const auto tag : named->tags) {
    const auto* begin = tag.data();
    const auto* end = begin + tag.size();
    std::uint64_t version = 0;
    const auto [rest, error] = std::from_chars(begin, end, version);
    versions.push_back(error == std::errc() && rest == end ? version : matches_nothing);
  }
  return versions;
}

void command(const CallPtr& call, std::string_view target, std::string_view body,
             std::string location, std::optional<std::uint64_t> fingerprint,
             std::move_only_function<void()> done) {
  const auto& request = call->request();
  auto& thread = *call->thread;
  auto versions = expected_versions(request.if_match);
  if (!versions) return call->respond(versions.error());
  const Intent intent{.operation = call->route->operation,
                      .target = target,
                      .body = body,
                      .key = request.idempotency_key,
                      .expected_versions = *std::move(versions),
                      .trace = call->trace,
                      .occurred_at = {},
                      .fingerprint = fingerprint};
  auto built = build(thread.runtime().kinds(), intent, caller(call), thread.now(),
                     thread.shared().options.deadlines.command);
  if (!built) return call->respond(built.error());
  if (call->route->needs_if_match && request.if_match.empty())
    return call->respond(
        problem(428, "if_match_required", "say which version you edit: If-Match"_en));
  const auto no =
      submit_capped(thread, *call->route->operation, caller(call), std::move(built->command),
                    [call, part = std::move(built->part), location = std::move(location),
                     done = std::move(done)](host::Answered answered) mutable {
                      auto reply = std::get<entity::Reply>(std::move(answered));
                      const auto* outcome = std::get_if<entity::Outcome>(&reply);
                      if (done && outcome && !outcome->replayed) done();
                      if (!outcome || call->route->operation->kind != EntityKind::account)
                        return answer(call, reply, part, location);
                      // What an account may is over for every thread before anybody hears so.
                      const auto account = outcome->id;
                      call->worker->principals.forget_everywhere(
                          account, [call, reply = std::move(reply), part, location] {
                            answer(call, reply, part, location);
                          });
                    });
  if (no) call->respond(*no);
}

void answer(const CallPtr& call, const entity::Reply& reply, const Id& part,
            const std::string& location) {
  if (const auto* no = std::get_if<Rejection>(&reply)) return call->respond(problem(*no));
  if (const auto* fault = std::get_if<entity::Fault>(&reply)) return call->respond(problem(*fault));
  const auto& outcome = std::get<entity::Outcome>(reply);
  http::Response response{200, outcome_json(outcome, part), "application/json",
                          etag_line(outcome.version)};
  if (!location.empty()) {
    response.status = 201;
    response.headers += "Location: " + location + (part.empty() ? outcome.id : part) + "\r\n";
  }
  if (outcome.replayed) response.headers += "Idempotent-Replayed: true\r\n";
  call->respond(std::move(response));
}

std::string verdict_member(const entity::Outcome& outcome, const Id& part) {
  return "\"ok\":" + outcome_json(outcome, part);
}

std::string verdict_member(const CallPtr& call, const Problem& problem) {
  auto err = members_of(problem, {}, call->request_id, call->language());
  err.add("retry", problem.is_retryable());
  if (problem.retry_after_s > 0) err.add("retry_after_ms", problem.retry_after_s * 1000);
  return "\"err\":" + err.text();
}

bool may_exist(const CallPtr& call, const EntityRef& ref) {
  const auto prefix = id_prefix(ref.kind);
  if (prefix.empty() || is_id(prefix, ref.id)) return true;
  call->respond(problem(404, "not_found", "no such object"_en));
  return false;
}

void with_view(const CallPtr& call, const EntityRef& ref,
               std::move_only_function<void(views::ReadReply)> then) {
  if (!may_exist(call, ref)) return;
  call->thread->read(ref, caller(call),
                     [call, then = std::move(then)](host::Answered answered) mutable {
                       auto& reply = std::get<views::ReadReply>(answered);
                       if (reply.fault) return call->respond(problem(*reply.fault));
                       if (reply.no) return call->respond(problem(*reply.no));
                       then(std::move(reply));
                     });
}

void read(const CallPtr& call, const EntityRef& ref) {
  with_view(call, ref, [call, kind = ref.kind](views::ReadReply reply) {
    const auto version = reply.version;
    if (http::names(call->request().if_none_match, "\"" + std::to_string(version) + "\""))
      return call->respond(http::Response{304, {}, "application/json", etag_line(version)});
    const auto respond = [call, version](views::ReadReply shown, bool is_whole) {
      // Whoever was shown less must not be told that nothing has changed.
      call->respond(http::Response{200, with_version(std::move(shown.json), version),
                                   "application/json",
                                   is_whole ? etag_line(version) : std::string()});
    };
    if (kind != EntityKind::work_order) return respond(std::move(reply), true);
    with_contact(*call->thread, std::move(reply), respond);
  });
}

void answer_list(const CallPtr& call, views::ListReply reply) {
  if (reply.fault) return call->respond(problem(*reply.fault));
  if (reply.no) return call->respond(problem(*reply.no));
  std::string rows = "[";
  for (const auto& row : reply.rows) {
    if (rows.back() != '[') rows += ',';
    rows += row;
  }
  json::Object out;
  out.add_raw("data", rows += ']');
  if (reply.next_cursor.empty()) out.add_raw("next_cursor", "null");
  else out.add("next_cursor", reply.next_cursor);
  out.add("position", reply.position);
  if (reply.is_partial) out.add("partial", true);
  call->respond(http::Response{.body = out.text()});
}

void answer_array(const CallPtr& call, std::string array) {
  if (array.empty()) array = "[]";
  call->respond(http::Response{.body = "{\"data\":" + std::move(array) +
                                       ",\"next_cursor\":null,\"position\":\"\"}"});
}

}  // namespace mf::gateway::routes
