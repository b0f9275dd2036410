#include "gateway/api/parameters.hpp"

#include <algorithm>
#include <charconv>

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace mf::gateway {
namespace {

using Type = Parameter::Type;

std::string listed(std::span<const std::string_view> values) {
  std::string text;
  for (const auto value : values) (text += text.empty() ? "" : ", ") += value;
  return text;
}

bool is_one_of(std::span<const std::string_view> values, std::string_view value) {
  return std::ranges::find(values, value) != values.end();
}

bool are_of(std::span<const std::string_view> values, std::string_view listed) {
  bool result = true;
  for_each_value(listed, [&](std::string_view one) { result &= is_one_of(values, one); });
  return result;
}

}  // namespace

std::optional<int> whole_number(std::string_view text, int low, int high) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
    return {};
  return value;
}

std::optional<FieldError> check(const Parameter& p, std::string_view value) {
  const auto wrong = [&](const char* code, Sentence detail) {
    return FieldError{std::string(p.name), code, std::move(detail)};
  };
  switch (p.type) {
    case Type::number:
      if (whole_number(value, p.low, p.high)) return {};
      return wrong("out_of_range", "{min} to {max}"_en.with("min", p.low).with("max", p.high));
    case Type::time:
      if (parse_rfc3339(value)) return {};
      return wrong("malformed", "an RFC 3339 time"_en);
    case Type::id:
      if (is_id(p.id_prefix, value)) return {};
      return wrong("malformed", "not an id of this kind"_en);
    case Type::choice:
      if (is_one_of(p.values, value)) return {};
      return wrong("unknown_value",
                   "must be one of {choices}"_en.with("choices", listed(p.values)));
    case Type::choices:
      if (are_of(p.values, value)) return {};
      return wrong("unknown_value", "not a status of an order"_en);
    case Type::text: break;
  }
  if (p.name == cursor_parameter.name)
    return value.size() <= static_cast<std::size_t>(p.high)
               ? std::nullopt
               : std::optional(wrong("malformed", "not one of our cursors"_en));
  if (characters(value) <= static_cast<std::size_t>(p.high)) return {};
  return wrong("too_long", "at most {max} characters"_en.with("max", p.high));
}

std::string schema_of(const Parameter& p) {
  nlohmann::ordered_json schema{{"type", "string"}};
  switch (p.type) {
    case Type::number:
      schema = {{"type", "integer"}, {"minimum", p.low}, {"maximum", p.high}};
      if (p.otherwise) schema["default"] = *p.otherwise;
      break;
    case Type::time: schema["format"] = "date-time"; break;
    case Type::id: schema["pattern"] = id_pattern(p.id_prefix); break;
    case Type::choice:
      schema["enum"] = p.values;
      schema["default"] = p.values.front();
      break;
    case Type::choices:
      schema = {{"type", "array"}, {"items", {{"type", "string"}, {"enum", p.values}}}};
      break;
    case Type::text: schema["maxLength"] = p.high; break;
  }
  return to_text(schema);
}

}  // namespace mf::gateway
