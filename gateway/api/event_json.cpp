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

std::string event_schema(entity::Viewpoint as) {
  std::string members =
      R"("id":{"type":"string","description":"Unique; a stream or webhook may bring it twice."},)"
      R"("type":{"type":"string"},)"
      R"("schema":{"type":"integer","description":"Version of the data's form."},)"
      R"("kind":{"type":"string","description":"Of the entity."},)"
      R"("entity":{"type":"string"},)"
      R"("version":{"type":"integer","description":"Of the entity, after it."},)"
      R"("occurred_at":{"type":"string","format":"date-time","description":"When it happened, )"
      R"(as far as the device's clock can be believed."},)"
      R"("recorded_at":{"type":"string","format":"date-time","description":"When we wrote it."},)"
      R"("device_time":{"type":"string","format":"date-time","description":"What the device's )"
      R"(clock said, where that was too far off."})";
  if (as != entity::Viewpoint::client)
    members +=
        R"(,"principal":{"type":"string","description":"The account; `system` for ourselves."},)"
        R"("role":{"type":"string"},)"
        R"("on_behalf_of":{"type":"string","description":"The technician it was done for."},)"
        R"("justification":{"type":"string"},)"
        R"("command":{"type":"string","description":"What caused it: the same for all its events."},)"
        R"("cause":{"type":"string","description":"The event of another entity it follows from."})";
  return R"({"type":"object","properties":{)" + members +
         R"(},"required":["id","type","schema","kind","entity","version","occurred_at",)"
         R"("recorded_at"]})";
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
