#include "gateway/api/event_json.hpp"

#include "base/json_text.hpp"

namespace mf::gateway {

std::optional<std::string> event_json(const shard::EventRecord& event, const entity::Viewer& viewer,
                                      const entity::Kinds& kinds) {
  auto data = kinds.of(event.entity.kind).event_view(event.body, viewer);
  if (!data) return {};
  json::Object out;
  out.add("id", event.id)
      .add_some("type", event.body.type)
      .add("schema", event.body.schema)
      .add_some("kind", to_string(event.entity.kind))
      .add_some("entity", event.entity.id)
      .add("version", event.version)
      .add("occurred_at", format_rfc3339(event.occurred_at))
      .add("recorded_at", format_rfc3339(event.recorded_at));
  if (event.device_time) out.add("device_time", format_rfc3339(*event.device_time));
  if (viewer != entity::Viewpoint::client)
    out.add_some("principal", event.principal)
        .add_some("role", event.role)
        .add_some("on_behalf_of", event.on_behalf_of)
        .add_some("justification", event.justification)
        .add_some("command", event.command)
        .add_some("cause", event.cause);
  return out.add_raw("data", data->empty() ? "{}" : *data).text();
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
