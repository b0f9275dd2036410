#include "base/described_json.hpp"

#include <set>

#include "base/plain_text.hpp"
#include "base/text.hpp"

namespace mf::json {

namespace {

using Event = nlohmann::json::parse_event_t;

/// The first name that stands twice in one object. Slow: for texts where one does.
std::string name_that_stands_twice(std::string_view text) {
  std::string found;
  std::vector<std::set<std::string>> open;
  const auto watch = [&](int, Event event, nlohmann::json& value) {
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key && !open.back().insert(value.get<std::string>()).second &&
        found.empty())
      found = value.get<std::string>();
    return true;
  };
  const auto whole = nlohmann::json::parse(text, watch, false);
  static_cast<void>(whole);
  return found;
}

}  // namespace

void read_text(const nlohmann::json& from, std::string& into, Reader& reader) {
  if (!from.is_string()) return reader.complain("wrong_type", "must be text"_en);
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
    reader.complain("too_long", "at most {max} characters"_en.with("max", string_size_max));
}

std::expected<nlohmann::json, FieldError> parse(std::string_view text, int depth_max) {
  bool is_too_deep = false, has_twins = false;
  std::vector<std::size_t> names;  // in each object that is open
  const auto guard = [&](int depth, Event event, nlohmann::json& value) {
    const bool opens = event == Event::object_start || event == Event::array_start;
    is_too_deep |= opens && depth >= depth_max;
    if (event == Event::object_start) names.push_back(0);
    if (event == Event::key) ++names.back();
    if (event == Event::object_end) {
      has_twins |= value.size() != names.back();
      names.pop_back();
    }
    return !is_too_deep;
  };
  auto body = nlohmann::json::parse(text, guard, false);
  if (is_too_deep)
    return std::unexpected(FieldError{
        "", "too_deep", "the body nests deeper than {max} levels"_en.with("max", depth_max)});
  if (body.is_discarded())
    return std::unexpected(FieldError{"", "malformed", "the body is not valid JSON"_en});
  // Parsers disagree about which of the two counts: a proxy may have judged the other one.
  if (has_twins)
    return std::unexpected(FieldError{name_that_stands_twice(text), "duplicate_member",
                                      "this member stands twice"_en});
  return body;
}

}  // namespace mf::json
