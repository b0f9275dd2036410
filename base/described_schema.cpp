#include "base/described_schema.hpp"

#include <algorithm>

namespace mf::json {

void ObjectSchema::add(std::string_view name, nlohmann::ordered_json schema, bool is_required,
                       std::string_view note) {
  const std::string key(name);
  if (!note.empty()) schema["description"] = note;
  properties_[key] = std::move(schema);
  const auto stands = std::ranges::find(required_, key);
  if (stands != required_.end() && !is_required) required_.erase(stands);
  if (stands == required_.end() && is_required) required_.push_back(key);
}

nlohmann::ordered_json ObjectSchema::take() {
  nlohmann::ordered_json result{{"type", "object"}};
  if (way_ == Way::read) result["additionalProperties"] = false;
  result["properties"] = std::move(properties_);
  if (!required_.empty()) result["required"] = std::move(required_);
  return result;
}

}  // namespace mf::json
