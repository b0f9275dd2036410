#include "base/json.hpp"

namespace mf {
namespace {

template <class Json>
std::string print(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}
nlohmann::ordered_json parse_ordered_json(std::string_view text) {
  return nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
}
std::string to_text(const nlohmann::json& value, int indent) { return print(value, indent); }
std::string to_text(const nlohmann::ordered_json& value, int indent) {
  return print(value, indent);
}

}  // namespace mf
