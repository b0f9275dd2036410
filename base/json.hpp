#pragma once
// Reading and printing JSON text, compiled once: a source that calls nlohmann's parse and dump
// itself takes 2.5 s longer to build. Sources of codecs, gateway, node and tests include this.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mf {

/// Parsed text on its way through code that knows no JSON library.
struct JsonTree {
  nlohmann::json value;
};

/// A discarded value when `text` is not JSON.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);
/// The same, members in the order of the text.
[[nodiscard]] nlohmann::ordered_json parse_ordered_json(std::string_view text);

/// One line, or several with `indent` spaces per level. Bytes that aren't UTF-8 become U+FFFD.
[[nodiscard]] std::string to_text(const nlohmann::json& value, int indent = -1);
[[nodiscard]] std::string to_text(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace mf
