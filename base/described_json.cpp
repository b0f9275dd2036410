#include "base/described_json.hpp"

#include <fmt/format.h>

#include "base/plain_text.hpp"
#include "base/text.hpp"

namespace mf::json {

void append_quoted(std::string& out, std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += hex[c >> 4 & 15];
          out += hex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append_number(std::string& out, double value) {
  std::isfinite(value) ? void(fmt::format_to(std::back_inserter(out), "{}", value))
                       : void(out += "null");
}

void read_text(const nlohmann::json& from, std::string& into, Reader& reader) {
  if (!from.is_string()) return reader.complain("wrong_type", "must be text");
  const auto& text = from.get_ref<const std::string&>();
  if (reader.is_peoples) {
    const auto field = std::string_view(reader.path).substr(reader.path.rfind('.') + 1);
    auto plain = plain_text(text, text_form_of(field));
    if (!plain) return reader.complain("malformed", plain.error());
    into = *std::move(plain);
  } else {
    into = text;
  }
  if (reader.unknown == Reader::Unknown::refuse && characters(into) > string_size_max)
    reader.complain("too_long", "at most " + std::to_string(string_size_max) + " characters");
}

std::expected<nlohmann::json, FieldError> parse(std::string_view text, int depth_max) {
  bool is_too_deep = false;
  using Event = nlohmann::json::parse_event_t;
  const auto guard = [&](int depth, Event event, nlohmann::json&) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    is_too_deep |= opens && depth >= depth_max;
    return !is_too_deep;
  };
  auto body = nlohmann::json::parse(text, guard, false);
  if (is_too_deep)
    return std::unexpected(FieldError{
        "", "too_deep", "the body nests deeper than " + std::to_string(depth_max) + " levels"});
  if (body.is_discarded())
    return std::unexpected(FieldError{"", "malformed", "the body is not valid JSON"});
  return body;
}

}  // namespace mf::json
