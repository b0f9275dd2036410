#include "gateway/api/event_json.hpp"

#include "base/described_json.hpp"

namespace mf::gateway {
namespace {

void member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  json::append_quoted(out, value);
}

}  // namespace

std::optional<std::string> event_json(const shard::EventRecord& event, const entity::Viewer& viewer,
                                      const entity::Kinds& kinds) {
  auto data = kinds.of(event.entity.kind).event_view(event.body, viewer);
  if (!data) return {};
  std::string out = "{\"id\":";
  out.reserve(data->size() + 400);
  json::append_quoted(out, event.id);
  member(out, "type", event.body.type);
  out += ",\"schema\":" + std::to_string(event.body.schema);
  member(out, "kind", to_string(event.entity.kind));
  member(out, "entity", event.entity.id);
  out += ",\"version\":" + std::to_string(event.version);
  member(out, "occurred_at", format_rfc3339(event.occurred_at));
  member(out, "recorded_at", format_rfc3339(event.recorded_at));
  if (event.device_time) member(out, "device_time", format_rfc3339(*event.device_time));
  if (viewer != entity::Viewpoint::client) {
    member(out, "principal", event.principal);
    member(out, "role", event.role);
    member(out, "on_behalf_of", event.on_behalf_of);
    member(out, "justification", event.justification);
    member(out, "command", event.command);
    member(out, "cause", event.cause);
  }
  out += ",\"data\":";
  out += data->empty() ? "{}" : *data;
  out += '}';
  return out;
}

std::string with_version(std::string object, std::uint64_t version) {
  if (object.empty() || object.back() != '}') return object;
  object.pop_back();
  object += object == "{" ? "\"version\":" : ",\"version\":";
  object += std::to_string(version);
  object += '}';
  return object;
}

}  // namespace mf::gateway
