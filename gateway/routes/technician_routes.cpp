#include <array>
#include <nlohmann/json.hpp>

#include "base/described_schema.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/agenda.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/routes.hpp"
#include "gateway/topics/position_json.hpp"
#include "gateway/ws/worker.hpp"

namespace mf::gateway::routes {
namespace {

using http::Method;

EntityRef technician_of(const CallPtr& call) {
  return {EntityKind::technician, std::string(call->params[0])};
}

struct PhoneConfig {
  Duration clock_offset_ms{};
};
BOOST_DESCRIBE_STRUCT(PhoneConfig, (), (clock_offset_ms))
struct PositionsTaken {
  std::uint64_t pos_ack = 0;
  std::optional<PhoneConfig> cfg;
};
BOOST_DESCRIBE_STRUCT(PositionsTaken, (), (pos_ack, cfg))
constexpr auto notes_on(const PhoneConfig*) {
  return std::array{json::Note{"clock_offset_ms", "How far the phone's clock is ahead of ours."}};
}
constexpr auto notes_on(const PositionsTaken*) {
  return std::array{json::Note{"pos_ack", "Positions up to this number have arrived."},
                    json::Note{"cfg", "What the phone should know of itself."}};
}

std::expected<std::vector<topics::Position>, Problem> positions_of(std::string_view text) {
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return std::unexpected(problem(std::vector{body.error()}));
  std::vector<FieldError> errors;
  if (!body->is_object() || !body->contains("positions") || !(*body)["positions"].is_array())
    return std::unexpected(problem({{"positions", "required", "a list of positions"_en}}));
  for (const auto& [name, value] : body->items())
    if (name != "positions") errors.push_back({name, "unknown_field", "there is no such field"_en});
  auto report = topics::read_positions((*body)["positions"], "positions");
  if (!report) errors.push_back({"positions", "out_of_range", "1 to 200 of them"_en});
  else errors.insert(errors.end(), report->errors.begin(), report->errors.end());
  if (!errors.empty()) return std::unexpected(problem(std::move(errors)));
  return std::move(report->positions);
}

void report_positions(const CallPtr& call) {
  auto positions = positions_of(call->request().body);
  if (!positions) return call->respond(positions.error());
  const auto& by = caller(call);
  if (by.technician.empty() || by.technician != call->params[0])
    return with_view(call, technician_of(call), [call](const views::ReadReply&) {
      call->respond(problem(403, "forbidden", "only the technician reports positions"_en));
    });
  auto& frames = call->thread->shared().position_frames;
  if (!frames.take(by.account))
    return call->respond(too_many("too many positions"_en, frames.retry_after_s()));
  std::uint64_t last = 0;
  auto news = topics::newer_than(last, *positions);
  const auto offset = call->worker->hub.positions().report(by.technician, std::move(news));
  PositionsTaken out{.pos_ack = last, .cfg = {}};
  if (offset) out.cfg = PhoneConfig{*offset};
  call->respond(http::Response{.body = json::to_text(out)});
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
              .answer = "AgendaLine[]"});
  router.add({.method = Method::get,
              .pattern = "/v1/technicians/{id}/positions",
              .name = "technicians.position",
              .summary = "The latest position",
              .handle = latest_position,
              .kind = EntityKind::technician,
              .answer = "Position",
              .answer_schema = topics::position_schema()});
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
       .answer = "PositionsTaken",
       .answer_schema = json::shown<PositionsTaken>(Shown::Use::part, {}).schema});
}

}  // namespace mf::gateway::routes
