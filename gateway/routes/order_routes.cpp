#include <charconv>

#include "actors/views/advice.hpp"
#include "base/json.hpp"
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

void consult(const CallPtr& call, std::optional<entity::CommandBody> would) {
  views::Question question{.order = Id(call->params[0]),
                           .by = caller(call),
                           .say = texts::say_in(call->language()),
                           .would = std::move(would)};
  call->thread->consult(std::move(question), [call](host::Answered answered) {
    auto& reply = std::get<views::ReadReply>(answered);
    if (reply.fault) return call->respond(problem(*reply.fault));
    if (reply.no) return call->respond(problem(*reply.no));
    call->respond(http::Response{.body = std::move(reply.json),
                                 .headers = http::language_lines(call->language())});
  });
}

void candidates(const CallPtr& call) {
  if (may_exist(call, order_of(call))) consult(call, {});
}

/// Checked as the command itself would be, but for the reason of an override.
void preview(const CallPtr& call) {
  auto body = parse_json(call->request().body);
  if (!body.is_object())
    return call->respond(problem({{"", "wrong_type", "the body is not a JSON object"_en}}));
  const auto verb = body.contains("verb") && body["verb"].is_string()
                        ? body["verb"].get<std::string>()
                        : std::string();
  if (verb != "assign" && verb != "schedule" && verb != "reassign")
    return call->respond(problem(
        {{"verb", verb.empty() ? "required" : "out_of_range", "assign, schedule or reassign"_en}}));
  body.erase("verb");
  if (body.contains("override") && body["override"] == true && !body.contains("reason"))
    body["reason"] = "preview";
  auto would =
      call->thread->runtime().kinds().of(EntityKind::work_order).parse(verb, to_text(body));
  if (!would) return call->respond(problem(would.error()));
  if (may_exist(call, order_of(call))) consult(call, std::move(*would));
}

std::string preview_schema() {
  return R"({"type":"object","additionalProperties":false,"required":["verb"],"properties":{)"
         R"("verb":{"type":"string","enum":["assign","schedule","reassign"]},)"
         R"("technician":{"type":"string"},"from":{"type":"string","format":"date-time"},)"
         R"("to":{"type":"string","format":"date-time"},"override":{"type":"boolean"},)"
         R"("reason":{"type":"string"}}})";
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
              .answer_schema = views::form_of_candidates().schema});
  router.add({.method = Method::post,
              .pattern = "/v1/orders/{id}/preview",
              .name = "orders.preview",
              .summary = "What assign, schedule or reassign would do, without doing it",
              .handle = preview,
              .body = http::BodyType::json,
              .schema = preview_schema(),
              .answer = "Preview",
              .answer_schema = views::form_of_preview().schema});
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
