#pragma once
#include <optional>
#include <string>

#include "actors/host/runtime.hpp"

namespace mf::gateway {

/// One event as timelines and entity streams show it to this viewer:
/// {"id","type","schema","entity","kind","version","occurred_at","recorded_at",["device_time"],
///  all but clients: "principal","role",["on_behalf_of","justification","command","cause"],
///  "data":{…}}. nullopt: it must not be seen.
[[nodiscard]] std::optional<std::string> event_json(const shard::EventRecord& event,
                                                    const entity::Viewer& viewer,
                                                    const entity::Kinds& kinds);

/// JSON Schema of the above, but for `data` and which `type` it belongs to.
[[nodiscard]] std::string event_schema(entity::Viewpoint as);

/// `{"id":…}` with `"version":n` spliced in at its end.
[[nodiscard]] std::string with_version(std::string object, std::uint64_t version);

}  // namespace mf::gateway
