#include "base/described_json.hpp"

#include <set>
#include <utility>

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

/// Builds the tree as nlohmann's own parser does. That one asks about every value when it is given
/// a condition, which takes twice as long.
class TreeBuilder {
 public:
  using Json = nlohmann::json;

  TreeBuilder(Json& root, std::size_t depth_max) : root_(root), depth_max_(depth_max) {}
  bool is_too_deep = false, has_twins = false;

  // What sax_parse() calls.
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(Json::number_integer_t value) { return add(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    const auto [at, is_new] =
        open_.back()->get_ref<Json::object_t&>().emplace(std::move(name), nullptr);
    has_twins |= !is_new;
    member_ = &at->second;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  template <class Value>
  bool add(Value&& value) {
    place() = std::forward<Value>(value);
    return true;
  }
  Json& place() {
    if (open_.empty()) return root_;
    if (member_) return *std::exchange(member_, nullptr);
    return open_.back()->get_ref<Json::array_t&>().emplace_back();
  }
  bool open(Json::value_t type) {
    if (open_.size() >= depth_max_) {
      is_too_deep = true;
      return false;
    }
    auto& opened = place();
    opened = type;
    open_.push_back(&opened);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  const std::size_t depth_max_;
  std::vector<Json*> open_;  // a container's children move only while none of them is open
  Json* member_ = nullptr;   // whose value comes next
};

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
  nlohmann::json body;
  TreeBuilder builder(body, static_cast<std::size_t>(depth_max));
  const bool is_whole = nlohmann::json::sax_parse(text, &builder);
  if (builder.is_too_deep)
    return std::unexpected(FieldError{
        "", "too_deep", "the body nests deeper than {max} levels"_en.with("max", depth_max)});
  if (!is_whole)
    return std::unexpected(FieldError{"", "malformed", "the body is not valid JSON"_en});
  // Parsers disagree about which of the two counts: a proxy may have judged the other one.
  if (builder.has_twins)
    return std::unexpected(FieldError{name_that_stands_twice(text), "duplicate_member",
                                      "this member stands twice"_en});
  return body;
}

}  // namespace mf::json
