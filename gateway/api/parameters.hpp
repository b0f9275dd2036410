#pragma once
// The parameters of queries. Each is described once: what its values may be is checked before a
// handler sees them (http/conversation.cpp), and stands in the OpenAPI document.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/decision.hpp"

namespace mf::gateway {

struct Parameter {
  enum class Type : std::uint8_t { text, number, time, id, choice, choices };
  std::string_view name, description;
  Type type = Type::text;
  int low = 0, high = 0;              ///< of a number; `high`: the most characters of a text
  std::optional<int> otherwise = {};  ///< the number that counts when none is given
  std::string_view id_prefix = {};    ///< of an id
  std::span<const std::string_view> values = {};  ///< of a choice, or of several with commas
};

/// What is wrong with a value, or nothing.
[[nodiscard]] std::optional<FieldError> check(const Parameter& parameter, std::string_view value);
/// As JSON Schema.
[[nodiscard]] std::string schema_of(const Parameter& parameter);

/// Calls `take` with each of the values between commas.
void for_each_value(std::string_view values, const auto& take) {
  while (!values.empty()) {
    const auto comma = values.find(',');
    take(values.substr(0, comma));
    values = comma == values.npos ? std::string_view() : values.substr(comma + 1);
  }
}
/// A whole number within [low, high]; nothing for any other text.
[[nodiscard]] std::optional<int> whole_number(std::string_view text, int low, int high);

inline constexpr int limit_max = 100, limit_otherwise = 50;
inline constexpr Parameter limit_parameter{.name = "limit",
                                           .description = "The most rows of a page.",
                                           .type = Parameter::Type::number,
                                           .low = 1,
                                           .high = limit_max,
                                           .otherwise = limit_otherwise};
inline constexpr Parameter cursor_parameter{
    .name = "cursor",
    .description =
        "Where the next page begins: `next_cursor` of the one before, as it stands. "
        "Good for the same filters and sort alone.",
    .high = 1024};

}  // namespace mf::gateway
