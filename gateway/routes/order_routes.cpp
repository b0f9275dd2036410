#include <charconv>

#include "actors/views/candidates/candidates.hpp"
#include "gateway/api/event_json.hpp"
#include "gateway/auth/token.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/routes/sync.hpp"
#include "gateway/texts/texts.hpp"

namespace mf::gateway::routes {
namespace {

using http::Method;

EntityRef order_of(const CallPtr& call) {
  return {EntityKind::work_order, std::string(call->params[0])};
}

std::optional<std::uint64_t> number(std::optional<std::string_view> text, std::uint64_t otherwise) {
  if (!text) return otherwise;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return {};
  return value;
}

void answer_timeline(const CallPtr& call, const views::TimelineReply& reply) {
  if (reply.fault) return call->respond(problem(*reply.fault));
  if (reply.no) return call->respond(problem(*reply.no));
  views::ListReply list;
  const entity::Viewer as{reply.viewpoint.value_or(entity::Viewpoint::client), caller(call)};
  for (const auto& event : reply.events)
    if (auto text = event_json(event, as, call->thread->runtime().kinds()))
      list.rows.push_back(std::move(*text));
  // The cursor is the version of the last event read, also when none of them may be seen.
  if (reply.more && !reply.events.empty())
    list.next_cursor = std::to_string(reply.events.back().version);
  list.position = std::to_string(reply.version);
  answer_list(call, std::move(list));
}

void timeline(const CallPtr& call) {
  const auto after = number(call->query_value("cursor"), 0);
  if (!after) return call->respond(problem({{"cursor", "malformed", "not one of our cursors"_en}}));
  if (!may_exist(call, order_of(call))) return;
  call->thread->timeline(order_of(call), *after, limit_of(call), caller(call),
                         [call](host::Answered answered) {
                           answer_timeline(call, std::get<views::TimelineReply>(answered));
                         });
}

void candidates(const CallPtr& call) {
  if (!may_exist(call, order_of(call))) return;
  call->thread->candidates(
      std::string(call->params[0]), caller(call), texts::say_in(call->language()),
      [call](host::Answered answered) {
        auto& reply = std::get<views::ReadReply>(answered);
        if (reply.fault) return call->respond(problem(*reply.fault));
        if (reply.no) return call->respond(problem(*reply.no));
        call->respond(http::Response{.body = std::move(reply.json),
                                     .headers = http::language_lines(call->language())});
      });
}

/// The client's view of one order, for whoever holds its tracking link.
void track(const CallPtr& call) {
  constexpr std::string_view scheme = "Tracking ";
  const auto header = call->request().authorization;
  const auto token = header.starts_with(scheme) ? auth::parse_tracking(header.substr(scheme.size()))
                                                : std::nullopt;
  if (!token) return call->respond(problem(401, "unauthorized", "a tracking token is needed"_en));
  Principal by;
  by.account = "tracking";
  by.tracked_order = token->entity;
  call->thread->ask(
      {EntityKind::work_order, token->entity}, "track",
      "{\"secret_hash\":\"" + to_hex(token->hash().view()) + "\"}", by,
      [call](host::Answered answered) {
        auto& reply = std::get<views::ReadReply>(answered);
        if (reply.fault) return call->respond(problem(*reply.fault));
        if (reply.no) return call->respond(problem(401, "unauthorized", "this link has ended"_en));
        call->respond(http::Response{.body = with_version(std::move(reply.json), reply.version)});
      });
}

}  // namespace

void add_order_extras(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/v1/orders/{id}/timeline",
              .name = "orders.timeline",
              .summary = "Every event, oldest first",
              .handle = timeline,
              .query = {limit_parameter, cursor_parameter},
              .answer = "Timeline"});
  router.add({.method = Method::get,
              .pattern = "/v1/orders/{id}/candidates",
              .name = "orders.candidates",
              .summary = "Ranked technicians with reasons, and why each other one is out",
              .handle = candidates,
              .answer = "Candidates",
              .answer_schema = views::form_of_ranking().schema});
  router.add({.method = Method::get,
              .pattern = "/v1/track",
              .name = "track",
              .summary = "The client's view of one order, by its tracking link",
              .access = http::Access::tracking,
              .handle = track,
              .answer = "OrderLink"});
  router.add({.method = Method::post,
              .pattern = "/v1/sync",
              .name = "sync",
              .summary = "A technician's queued commands in order, a verdict for each",
              .handle = sync,
              .body = http::BodyType::json,
              .schema = sync_schema(),
              .answer = "SyncResults"});
}

}  // namespace mf::gateway::routes
