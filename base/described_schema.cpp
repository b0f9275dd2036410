#include "base/described_schema.hpp"

#include <algorithm>

namespace mf::json {

using nlohmann::ordered_json;

void ObjectSchema::add(std::span<const MemberSchema> members) {
  for (const auto& member : members) {
    const std::string key(member.name);
    auto schema = member.schema();
    if (!member.note.empty()) schema["description"] = member.note;
    properties_[key] = std::move(schema);
    const auto stands = std::ranges::find(required_, key);
    if (stands != required_.end() && !member.is_required) required_.erase(stands);
    if (stands == required_.end() && member.is_required) required_.push_back(key);
  }
}

ordered_json ObjectSchema::take() {
  ordered_json result{{"type", "object"}};
  if (way_ == Way::read) result["additionalProperties"] = false;
  result["properties"] = std::move(properties_);
  if (!required_.empty()) result["required"] = std::move(required_);
  return result;
}

ordered_json typed_schema(std::string_view type) { return {{"type", type}}; }

ordered_json text_schema(Way way) {
  auto text = typed_schema("string");
  if (way == Way::read) text["maxLength"] = string_size_max;
  return text;
}

ordered_json time_schema() { return {{"type", "string"}, {"format", "date-time"}}; }

ordered_json name_schema(std::span<const EnumName> names) {
  auto list = ordered_json::array();
  for (const auto& [name, _] : names) list.push_back(name);
  return {{"type", "string"}, {"enum", std::move(list)}};
}

ordered_json or_null(ordered_json schema) {
  return {{"anyOf", {std::move(schema), typed_schema("null")}}};
}

ordered_json list_schema(ordered_json items, Way way) {
  auto list = typed_schema("array");
  if (way == Way::read) list["maxItems"] = list_size_max;
  list["items"] = std::move(items);
  return list;
}

ordered_json map_schema(ordered_json values) {
  return {{"type", "object"}, {"additionalProperties", std::move(values)}};
}

}  // namespace mf::json
