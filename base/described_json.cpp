#include "base/described_json.hpp"

#include <charconv>
#include <cmath>
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

std::string_view name_of_value(std::span<const EnumName> names, std::int64_t value) {
  const auto usual = static_cast<std::size_t>(value);  // most enumerators count from 0
  if (usual < names.size() && names[usual].value == value) return names[usual].name;
  const auto found = std::ranges::find(names, value, &EnumName::value);
  return found == names.end() ? std::string_view{} : found->name;
}

std::optional<std::int64_t> value_of_name(std::span<const EnumName> names, std::string_view name) {
  const auto found = std::ranges::find(names, name, &EnumName::name);
  return found == names.end() ? std::nullopt : std::optional(found->value);
}

void begin_member(std::string& out, std::string_view head) {
  out += head.substr(out.back() == '{' ? 1 : 0);
}

void append_time(std::string& out, Timestamp value) {
  out += '"';
  append_rfc3339(out, value);
  out += '"';
}

namespace {

template <class T>
void append_digits(std::string& out, T value) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

std::string child_path(const std::string& parent, std::string_view name) {
  return parent.empty() ? std::string(name) : parent + "." + std::string(name);
}

void refuse_unknown(const nlohmann::json& from, std::span<const MemberReader> members,
                    const std::string& here, Reader& reader) {
  for (const auto& [key, value] : from.items()) {
    if (std::ranges::find(members, key, &MemberReader::name) != members.end()) continue;
    reader.path = child_path(here, key);
    reader.complain("unknown_field", "there is no such field"_en);
  }
  reader.path = here;
}

/// The name of the member at a path; of a list's element the list's: "phones" of "phones.0".
std::string_view field_at(std::string_view path) {
  const auto last = [](std::string_view of) { return of.substr(of.rfind('.') + 1); };
  const auto is_index = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
  };
  while (is_index(last(path)) && path.size() > last(path).size())
    path.remove_suffix(last(path).size() + 1);
  return last(path);
}

}  // namespace

void append_whole(std::string& out, std::int64_t value) { append_digits(out, value); }
void append_whole(std::string& out, std::uint64_t value) { append_digits(out, value); }

void append_name(std::string& out, std::string_view name) {
  out += '"';
  out += name;
  out += '"';
}

void read_object(const nlohmann::json& from, void* into, std::span<const MemberReader> members,
                 Reader& reader) {
  if (!from.is_object()) return reader.complain("wrong_type", "must be an object"_en);
  const auto here = reader.path;
  std::size_t known = 0;
  for (const auto& member : members) {
    const auto found = from.find(member.name);
    reader.path = child_path(here, member.name);
    if (found != from.end()) {
      ++known;
      if (member.takes_null || !member.may_be_absent || !found->is_null())
        member.read(*found, into, reader);
    } else if (!member.may_be_absent && reader.require) {
      reader.complain("required", "this field is required"_en);
    }
  }
  reader.path = here;
  if (reader.unknown == Reader::Unknown::refuse && known != from.size())
    refuse_unknown(from, members, here, reader);
}

void read_sealed_members(const nlohmann::json& from, void* into,
                         std::span<const MemberReader> members, Reader& reader) {
  const auto sealed = from.find("sealed");
  if (!reader.cipher || sealed == from.end() || !sealed->is_string()) return;
  const auto plain = reader.cipher->open(sealed->get_ref<const std::string&>());
  if (!plain) return;
  const auto opened = parse_json(*plain);
  for (const auto& member : members) {
    const auto found = opened.find(member.name);
    if (found != opened.end()) member.read(*found, into, reader);
  }
}

void read_list(const nlohmann::json& from, void* into, ItemReader read_item, Reader& reader) {
  if (!from.is_array()) return reader.complain("wrong_type", "must be a list"_en);
  if (reader.unknown == Reader::Unknown::refuse && from.size() > list_size_max)
    return reader.complain("too_long", "at most {max} items"_en.with("max", list_size_max));
  const auto here = reader.path;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const auto number = std::to_string(i);
    reader.path = here + "." + number;
    read_item(from[i], number, into, reader);
  }
  reader.path = here;
}

void read_map(const nlohmann::json& from, void* into, ItemReader read_item, Reader& reader) {
  if (!from.is_object()) return reader.complain("wrong_type", "must be an object"_en);
  const auto here = reader.path;
  for (const auto& [key, item] : from.items()) {
    reader.path = here + "." + key;
    read_item(item, key, into, reader);
  }
  reader.path = here;
}

void read_bool(const nlohmann::json& from, bool& into, Reader& reader) {
  if (!from.is_boolean()) return reader.complain("wrong_type", "must be true or false"_en);
  into = from.get<bool>();
}

void read_time(const nlohmann::json& from, Timestamp& into, Reader& reader) {
  const auto at =
      from.is_string() ? parse_rfc3339(from.get_ref<const std::string&>()) : std::nullopt;
  if (!at) return reader.complain("malformed", "must be an RFC 3339 time, 2026-11-24T13:05:00Z"_en);
  into = *at;
}

void read_number(const nlohmann::json& from, double& into, Reader& reader) {
  if (!from.is_number()) return reader.complain("wrong_type", "must be a number"_en);
  into = from.get<double>();
  if (!std::isfinite(into)) reader.complain("out_of_range", "must be finite"_en);
}

std::optional<std::uint64_t> read_whole(const nlohmann::json& from, std::int64_t min,
                                        std::uint64_t max, Reader& reader) {
  if (!from.is_number_integer()) {
    reader.complain("wrong_type", "must be a whole number"_en);
    return std::nullopt;
  }
  const auto bits = from.is_number_unsigned()
                        ? from.get<std::uint64_t>()
                        : static_cast<std::uint64_t>(from.get<std::int64_t>());
  const bool fits = from.is_number_unsigned() || from.get<std::int64_t>() >= 0
                        ? bits <= max
                        : from.get<std::int64_t>() >= min;
  if (fits) return bits;
  reader.complain("out_of_range", "the number does not fit"_en);
  return std::nullopt;
}

std::optional<std::int64_t> read_name(const nlohmann::json& from, std::span<const EnumName> names,
                                      Reader& reader) {
  const auto value =
      from.is_string() ? value_of_name(names, from.get_ref<const std::string&>()) : std::nullopt;
  if (value) return value;
  std::string choices;
  for (const auto& [name, _] : names) (choices += choices.empty() ? "" : ", ") += name;
  reader.complain("unknown_value",
                  "must be one of {choices}"_en.with("choices", std::move(choices)));
  return std::nullopt;
}

Unsealed unseal(const nlohmann::json& from, const Reader& reader) {
  if (!reader.cipher || !from.is_object() || from.size() != 1) return {};
  const auto sealed = from.find("sealed");
  if (sealed == from.end() || !sealed->is_string()) return {};
  return {true, reader.cipher->open(sealed->get_ref<const std::string&>())};
}

void read_text(const nlohmann::json& from, std::string& into, Reader& reader) {
  if (!from.is_string()) return reader.complain("wrong_type", "must be text"_en);
  const auto& text = from.get_ref<const std::string&>();
  if (reader.is_peoples) {
    auto plain = plain_text(text, text_form_of(field_at(reader.path)));
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

Status read_stored(std::string_view text, void* into,
                   void (*read)(const nlohmann::json&, void* into, Reader&),
                   const PersonalCipher* cipher) {
  const auto body = parse_json(text);
  if (body.is_discarded()) return fail(ErrorCode::corrupt, "not JSON");
  Reader reader{
      .unknown = Reader::Unknown::ignore, .require = false, .is_peoples = false, .cipher = cipher};
  read(body, into, reader);
  if (reader.errors.empty()) return {};
  return fail(ErrorCode::corrupt,
              reader.errors[0].field + " " + reader.errors[0].detail.in_english());
}

}  // namespace mf::json
