#include <nlohmann/json.hpp>

#include "base/described_json.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/answers.hpp"
#include "gateway/routes/passwords.hpp"
#include "gateway/routes/routes.hpp"

namespace mf::gateway::routes {
namespace {

using http::Method;

constexpr std::size_t positions_max = 200, position_size = 7, position_size_min = 4;

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

/// [seq, at_ms, lat, lon, accuracy, speed, heading]; the last three may be missing.
std::optional<Position> position_of(const nlohmann::json& from) {
  if (!from.is_array() || from.size() < position_size_min || from.size() > position_size) return {};
  for (const auto& number : from)
    if (!number.is_number()) return {};
  if (!from[0].is_number_unsigned() || !from[1].is_number_integer()) return {};
  const auto at = [&](std::size_t i) { return i < from.size() ? from[i].get<double>() : 0.0; };
  Position position{from[0].get<std::uint64_t>(),
                    from_millis(from[1].get<std::int64_t>()),
                    at(2),
                    at(3),
                    at(4),
                    at(5),
                    at(6)};
  if (std::abs(position.lat) > 90 || std::abs(position.lon) > 180) return {};
  return position;
}

std::expected<std::vector<Position>, Problem> read_positions(std::string_view text) {
  const auto body = json::parse(text.empty() ? "{}" : text);
  if (!body) return std::unexpected(problem(std::vector{body.error()}));
  std::vector<FieldError> errors;
  std::vector<Position> positions;
  if (!body->is_object() || !body->contains("positions") || !(*body)["positions"].is_array())
    return std::unexpected(problem({{"positions", "required", "a list of positions"}}));
  for (const auto& [name, value] : body->items())
    if (name != "positions") errors.push_back({name, "unknown_field", "there is no such field"});
  const auto& list = (*body)["positions"];
  if (list.size() > positions_max) errors.push_back({"positions", "too_many", "at most 200"});
  for (std::size_t i = 0; i < list.size() && errors.empty(); ++i) {
    if (const auto position = position_of(list[i])) positions.push_back(*position);
    else
      errors.push_back({"positions." + std::to_string(i), "malformed",
                        "[seq, at_ms, lat, lon, accuracy, speed, heading]"});
  }
  if (!errors.empty()) return std::unexpected(problem(std::move(errors)));
  return positions;
}

void report_positions(const CallPtr& call) {
  auto positions = read_positions(call->request().body);
  if (!positions) return call->respond(positions.error());
  const auto& by = caller(call);
  if (by.technician.empty() || by.technician != call->params[0])
    return with_view(call, technician_of(call), [call](const views::ReadReply&) {
      call->respond(problem(403, "forbidden", "only the technician reports positions"));
    });
  auto& frames = call->thread->shared().position_frames;
  if (!frames.take(by.account))
    return call->respond(too_many("too many positions", frames.retry_after_s()));
  call->thread->live().on_positions(by.technician, *positions);
  const auto last = positions->empty() ? 0 : positions->back().seq;
  call->respond(http::Response{.body = "{\"pos_ack\":" + std::to_string(last) + "}"});
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
    const auto position = call->thread->live().position_of(Id(call->params[0]));
    if (!position) return call->respond(problem(404, "not_found", "no position is known"));
    std::string out = "{\"technician\":";
    json::append_quoted(out, call->params[0]);
    out += ",\"at\":\"" + format_rfc3339(position->at) + "\"";
    const std::pair<const char*, double> numbers[] = {{"lat", position->lat},
                                                      {"lon", position->lon},
                                                      {"accuracy", position->accuracy},
                                                      {"speed", position->speed},
                                                      {"heading", position->heading}};
    for (const auto& [name, value] : numbers) {
      out += std::string(",\"") + name + "\":";
      json::append_number(out, value);
    }
    call->respond(http::Response{.body = out + '}'});
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
  router.add({.method = Method::post,
              .pattern = "/v1/technicians/{id}/positions",
              .name = "technicians.report_positions",
              .summary = "Positions, oldest first",
              .handle = report_positions,
              .body = http::BodyType::json,
              .kind = EntityKind::technician,
              .schema =
                  R"({"type":"object","additionalProperties":false,"required":["positions"],)"
                  R"("properties":{"positions":{"type":"array","maxItems":200,"items":)"
                  R"({"type":"array","items":{"type":"number"},"minItems":4,"maxItems":7}}}})",
              .answer = "View"});
}

}  // namespace mf::gateway::routes
