#include <nlohmann/json.hpp>

#include "base/described_json.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/passwords.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/topics/position_json.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::routes {
namespace {

using http::Method;

EntityRef technician_of(const CallPtr& call) {
  return {EntityKind::technician, std::string(call->params[0])};
}

void agenda(const CallPtr& call) {
  if (!may_exist(call, technician_of(call))) return;
  call->thread->ask(technician_of(call), "agenda", "{}", caller(call),
                    [call](host::Answered answered) {
                      const auto& reply = std::get<views::ReadReply>(answered);
                      if (reply.fault) return call->respond(problem(*reply.fault));
                      if (reply.no) return call->respond(problem(*reply.no));
                      answer_array(call, array_member(reply.json, "agenda"));
                    });
}

std::expected<topics::PositionReport, Problem> positions_of(std::string_view text) {
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return std::unexpected(problem(std::vector{body.error()}));
  std::vector<FieldError> errors;
  if (!body->is_object() || !body->contains("positions") || !(*body)["positions"].is_array())
    return std::unexpected(problem({{"positions", "required", "a list of positions"_en}}));
  for (const auto& [name, value] : body->items())
    if (name != "positions") errors.push_back({name, "unknown_field", "there is no such field"_en});
  const auto& list = (*body)["positions"];
  if (list.empty() || list.size() > topics::positions_max)
    errors.push_back({"positions", "out_of_range", "1 to 200 of them"_en});
  if (!errors.empty()) return std::unexpected(problem(std::move(errors)));
  auto report = topics::read_positions(list, "positions");
  if (report->positions.empty()) return std::unexpected(problem(std::move(report->errors)));
  return std::move(*report);
}

void report_positions(const CallPtr& call) {
  const auto report = positions_of(call->request().body);
  if (!report) return call->respond(report.error());
  const auto& by = caller(call);
  if (by.technician.empty() || by.technician != call->params[0])
    return with_view(call, technician_of(call), [call](const views::ReadReply&) {
      call->respond(problem(403, "forbidden", "only the technician reports positions"_en));
    });
  auto& frames = call->thread->shared().position_frames;
  if (!frames.take(by.account))
    return call->respond(too_many("too many positions"_en, frames.retry_after_s()));
  std::uint64_t last = 0;
  auto news = topics::newer_than(last, report->positions);
  const auto offset = call->worker->hub.positions().report(by.technician, std::move(news));
  json::Object out;
  out.add("pos_ack", last);
  if (offset) out.add_raw("cfg", json::Object().add("clock_offset_ms", offset->count()).text());
  // Points that are none are dropped alone, as on the stream; here there is an answer to say it.
  if (!report->errors.empty()) out.add_raw("errors", errors_json(report->errors, call->language()));
  call->respond(
      http::Response{.body = out.text(), .headers = http::language_lines(call->language())});
}

/// The technician and the supervisors of its zones; what others may see goes through the order.
void latest_position(const CallPtr& call) {
  with_view(call, technician_of(call), [call](const views::ReadReply&) {
    if (caller(call).technician != call->params[0])
      auth::tell({.event = "position-looked",
                  .account = caller(call).account,
                  .username = {},
                  .address = call->address,
                  .route = call->route->name,
                  .code = {},
                  .target = call->params[0]});
    const Id technician(call->params[0]);
    const auto position = call->worker->hub.positions().latest(technician);
    if (!position) return call->respond(problem(404, "not_found", "no position is known"_en));
    call->respond(http::Response{
        .body = topics::position_json(technician, *position, entity::Viewpoint::staff)});
  });
}

}  // namespace

void add_technician_extras(http::Router& router) {
  router.add({.method = Method::get,
              .pattern = "/v1/technicians/{id}/agenda",
              .name = "technicians.agenda",
              .summary = "Visits of a technician",
              .handle = agenda,
              .kind = EntityKind::technician,
              .answer = "List"});
  router.add({.method = Method::get,
              .pattern = "/v1/technicians/{id}/positions",
              .name = "technicians.position",
              .summary = "The latest position",
              .handle = latest_position,
              .kind = EntityKind::technician,
              .answer = "View"});
  router.add(
      {.method = Method::post,
       .pattern = "/v1/technicians/{id}/positions",
       .name = "technicians.report_positions",
       .summary = "Positions, oldest first",
       .handle = report_positions,
       .body = http::BodyType::json,
       .kind = EntityKind::technician,
       .schema =
           R"({"type":"object","additionalProperties":false,"required":["positions"],)"
           R"("properties":{"positions":{"type":"array","maxItems":200,"items":)"
           R"({"type":"array","items":{"type":["number","null"]},"minItems":4,"maxItems":7}}}})",
       .answer = "View"});
}

}  // namespace mf::gateway::routes
