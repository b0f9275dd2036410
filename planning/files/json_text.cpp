#include "planning/files/json_text.hpp"

#include "base/described_json.hpp"

namespace mf::planning_files {

std::string json_quoted(std::string_view text) { return to_text(nlohmann::json(text)); }

std::string json_number(double value) {
  std::string text;
  json::append_number(text, value == 0 ? 0 : value);  // -0 would be read as 0
  return text;
}

JsonObject& JsonObject::member(std::string_view name, std::string_view value) {
  if (text_.size() > 1) text_ += separator_;
  text_ += json_quoted(name);
  text_ += ": ";
  text_ += value;
  return *this;
}
JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  return member(name, json_quoted(value));
}
JsonObject& JsonObject::number(std::string_view name, double value) {
  return member(name, json_number(value));
}

}  // namespace mf::planning_files
