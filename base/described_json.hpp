#pragma once
// JSON from one description per struct (BOOST_DESCRIBE_STRUCT / BOOST_DESCRIBE_ENUM, written in the
// codec file). Only *_codec.cpp, sources of gateway/ and node/, and tests include this: it pulls in
// nlohmann and Describe (docs/decisions/0003-described-json.md).
//
// The rules, for all structs alike:
//   field name  = member name; a trailing underscore is dropped (`from_` is "from")
//   enum value  = enumerator name, trailing underscore dropped
//   Timestamp   = RFC 3339 text · Duration = integer milliseconds (name the member ..._ms)
//   optional    = absent when empty, as are vector, map, Personal · bool = may be absent when read
//   Patch       = absent: keep, null: remove, else: replace (RFC 7396)
//   every other member is required when reading a request, and written always
// What these rules make of a struct as a JSON Schema: described_schema.hpp.
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/decision.hpp"
#include "base/json.hpp"
#include "base/json_text.hpp"
#include "base/patch.hpp"
#include "base/personal_cipher.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace mf::json {

/// Where reading stands and what it found wrong.
struct Reader {
  enum class Unknown { refuse, ignore };
  Unknown unknown = Unknown::refuse;       ///< refuse for requests, ignore for stored events
  bool require = true;                     ///< false: absent members keep their default
  bool is_peoples = true;                  ///< false: our own texts, taken as they are
  const PersonalCipher* cipher = nullptr;  ///< opens sealed fields of stored events
  std::string path = {};
  std::vector<FieldError> errors = {};

  void complain(std::string code, Sentence detail) {
    errors.push_back({path, std::move(code), std::move(detail)});
  }
};

inline constexpr std::size_t string_size_max = 4000, list_size_max = 256;

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<std::map<std::string, T>> : std::true_type {};
template <class T>
struct is_personal : std::false_type {};
template <class T>
struct is_personal<Personal<T>> : std::true_type {};

template <class T>
struct is_patch : std::false_type {};
template <class T>
struct is_patch<Patch<T>> : std::true_type {};

template <class T>
inline constexpr bool may_be_absent =
    is_optional<T>::value || is_vector<T>::value || is_map<T>::value || is_personal<T>::value ||
    is_patch<T>::value || std::is_same_v<T, bool>;

[[nodiscard]] constexpr std::string_view wire_name(const char* member) {
  std::string_view name = member;
  return name.ends_with('_') ? name.substr(0, name.size() - 1) : name;
}

template <class E>
[[nodiscard]] std::string_view enum_name(E value) {
  return wire_name(boost::describe::enum_to_string(value, ""));
}

template <class E>
[[nodiscard]] std::optional<E> parse_enum(std::string_view text) {
  std::optional<E> found;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
    if (wire_name(d.name) == text) found = d.value;
  });
  return found;
}

template <class T>
void write(std::string& out, const T& value, const PersonalCipher* cipher = nullptr);

/// Of the struct and its described bases, bases first.
template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public |
                                                           boost::describe::mod_inherited>;

/// A struct whose codec file also says `constexpr auto sealed_members(const T*)`, names as on the
/// wire: given a cipher, these are written together as one sealed text, the member `sealed`. Read,
/// they may stand there sealed or not.
template <class T>
concept HasSealedMembers = requires(const T* value) { sealed_members(value); };

template <class T>
[[nodiscard]] bool is_sealed_member(std::string_view name) {
  if constexpr (HasSealedMembers<T>)
    for (const std::string_view sealed : sealed_members(static_cast<const T*>(nullptr)))
      if (sealed == name) return true;
  return false;
}

/// Lists and maps that are written also when they are empty, where the codec file says
/// `constexpr auto always_written(const T*)`, names as on the wire: for answers whose readers count
/// on them.
template <class T>
[[nodiscard]] constexpr bool is_always_written(std::string_view name) {
  if constexpr (requires(const T* value) { always_written(value); })
    for (const std::string_view written : always_written(static_cast<const T*>(nullptr)))
      if (written == name) return true;
  return false;
}

template <class T, class Choose>
void write_chosen(std::string& out, const T& value, const PersonalCipher* cipher, Choose choose);

/// `{` of `out` is open: appends the members of `value`, with a leading comma where needed.
template <class T>
void write_members(std::string& out, const T& value, const PersonalCipher* cipher) {
  if constexpr (HasSealedMembers<T>) {
    if (cipher) {
      write_chosen(out, value, cipher, [](auto name) { return !is_sealed_member<T>(name); });
      std::string plain = "{";
      write_chosen(plain, value, nullptr, is_sealed_member<T>);
      if (plain.size() == 1) return;
      const auto sealed = cipher->seal(plain += '}');
      if (sealed.empty()) return;
      out += out.back() == '{' ? "\"sealed\":" : ",\"sealed\":";
      append_quoted(out, sealed);
      return;
    }
  }
  write_chosen(out, value, cipher, [](std::string_view) { return true; });
}

template <class T, class Choose>
void write_chosen(std::string& out, const T& value, const PersonalCipher* cipher, Choose choose) {
  using Members = MembersOf<T>;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    if (!choose(wire_name(d.name))) return;
    const auto& member = value.*d.pointer;
    using M = std::remove_cvref_t<decltype(member)>;
    if constexpr (is_optional<M>::value) {
      if (!member) return;
    } else if constexpr (is_personal<M>::value) {
      if (!member.value) return;
    } else if constexpr (is_patch<M>::value) {
      if (member.is_kept()) return;
    } else if constexpr (is_vector<M>::value || is_map<M>::value) {
      if (member.empty() && !is_always_written<T>(wire_name(d.name))) return;
    }
    if (out.back() != '{') out += ',';
    out += '"';
    out += wire_name(d.name);
    out += "\":";
    write(out, member, cipher);
  });
}

template <class T>
void write(std::string& out, const T& value, const PersonalCipher* cipher) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, std::string>) {
    append_quoted(out, value);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    out += '"' + format_rfc3339(value) + '"';
  } else if constexpr (std::is_same_v<T, Duration>) {
    out += std::to_string(value.count());
  } else if constexpr (std::is_integral_v<T>) {
    out += std::to_string(value);
  } else if constexpr (std::is_floating_point_v<T>) {
    append_number(out, value);
  } else if constexpr (std::is_enum_v<T>) {
    append_quoted(out, enum_name(value));
  } else if constexpr (is_optional<T>::value) {
    value ? write(out, *value, cipher) : void(out += "null");
  } else if constexpr (is_patch<T>::value) {
    value.is_set() ? write(out, value.value, cipher) : void(out += "null");
  } else if constexpr (is_personal<T>::value) {
    if (!value.value) {
      out += "null";
    } else if (!cipher) {
      write(out, *value.value, cipher);
    } else {
      std::string plain;
      write(plain, *value.value);
      out += "{\"sealed\":";
      append_quoted(out, cipher->seal(plain));
      out += '}';
    }
  } else if constexpr (is_vector<T>::value) {
    out += '[';
    for (const auto& item : value) {
      if (out.back() != '[') out += ',';
      write(out, item, cipher);
    }
    out += ']';
  } else if constexpr (is_map<T>::value) {
    out += '{';
    for (const auto& [key, item] : value) {
      if (out.back() != '{') out += ',';
      append_quoted(out, key);
      out += ':';
      write(out, item, cipher);
    }
    out += '}';
  } else {
    out += '{';
    write_members(out, value, cipher);
    out += '}';
  }
}

template <class T>
[[nodiscard]] std::string to_text(const T& value, const PersonalCipher* cipher = nullptr) {
  std::string out;
  write(out, value, cipher);
  return out;
}

template <class T>
void read(const nlohmann::json& from, T& into, Reader& reader);

/// The members that write_members() sealed, if the cipher opens them.
template <HasSealedMembers T>
void read_sealed_members(const nlohmann::json& from, T& into, Reader& reader) {
  const auto sealed = from.find("sealed");
  if (!reader.cipher || sealed == from.end() || !sealed->is_string()) return;
  const auto plain = reader.cipher->open(sealed->template get_ref<const std::string&>());
  if (!plain) return;
  const auto opened = parse_json(*plain);
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto d) {
    const auto found = opened.find(wire_name(d.name));
    if (found != opened.end()) read(*found, into.*d.pointer, reader);
  });
}

template <class T>
void read_members(const nlohmann::json& from, T& into, Reader& reader) {
  using Members = MembersOf<T>;
  const auto here = reader.path;
  const auto child = [&](std::string_view name) {
    return here.empty() ? std::string(name) : here + "." + std::string(name);
  };
  std::size_t known = 0;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    using M = std::remove_cvref_t<decltype(into.*d.pointer)>;
    const auto found = from.find(wire_name(d.name));
    reader.path = child(wire_name(d.name));
    if (found == from.end()) {
      if (!may_be_absent<M> && reader.require)
        reader.complain("required", "this field is required"_en);
    } else {
      ++known;
      if (is_patch<M>::value || !(may_be_absent<M> && found->is_null()))
        read(*found, into.*d.pointer, reader);
    }
    reader.path = here;
  });
  if constexpr (HasSealedMembers<T>) read_sealed_members(from, into, reader);
  if (reader.unknown == Reader::Unknown::refuse && known != from.size()) {
    for (const auto& [key, value] : from.items()) {
      bool is_known = false;
      boost::mp11::mp_for_each<Members>([&](auto d) { is_known |= wire_name(d.name) == key; });
      if (is_known) continue;
      reader.path = child(key);
      reader.complain("unknown_field", "there is no such field"_en);
      reader.path = here;
    }
  }
}

template <class T>
void read_list(const nlohmann::json& from, std::vector<T>& into, Reader& reader) {
  if (!from.is_array()) return reader.complain("wrong_type", "must be a list"_en);
  if (reader.unknown == Reader::Unknown::refuse && from.size() > list_size_max)
    return reader.complain("too_long", "at most {max} items"_en.with("max", list_size_max));
  const auto here = reader.path;
  into.clear();
  for (const auto& item : from) {
    reader.path = here + "." + std::to_string(into.size());
    read(item, into.emplace_back(), reader);
  }
  reader.path = here;
}

/// Of a request: in the form of base/plain_text.hpp, by the field's name.
void read_text(const nlohmann::json& from, std::string& into, Reader& reader);

template <class T>
void read_integer(const nlohmann::json& from, T& into, Reader& reader) {
  const auto out_of_range = [&] { reader.complain("out_of_range", "the number does not fit"_en); };
  if (!from.is_number_integer()) return reader.complain("wrong_type", "must be a whole number"_en);
  if (from.is_number_unsigned()) {
    const auto v = from.template get<std::uint64_t>();
    std::in_range<T>(v) ? void(into = static_cast<T>(v)) : out_of_range();
  } else {
    const auto v = from.template get<std::int64_t>();
    std::in_range<T>(v) ? void(into = static_cast<T>(v)) : out_of_range();
  }
}

template <class T>
void read_personal(const nlohmann::json& from, Personal<T>& into, Reader& reader) {
  const bool is_sealed = reader.cipher && from.is_object() && from.size() == 1 &&
                         from.contains("sealed") && from["sealed"].is_string();
  if (!is_sealed) return read(from, into.value.emplace(), reader);
  const auto plain = reader.cipher->open(from["sealed"].template get_ref<const std::string&>());
  if (plain) read(parse_json(*plain), into.value.emplace(), reader);
}

template <class T>
void read(const nlohmann::json& from, T& into, Reader& reader) {
  if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_boolean()) return reader.complain("wrong_type", "must be true or false"_en);
    into = from.get<bool>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    read_text(from, into, reader);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    const auto at =
        from.is_string() ? parse_rfc3339(from.get_ref<const std::string&>()) : std::nullopt;
    if (!at)
      return reader.complain("malformed", "must be an RFC 3339 time, 2026-11-24T13:05:00Z"_en);
    into = *at;
  } else if constexpr (std::is_same_v<T, Duration>) {
    std::int64_t ms = 0;
    read_integer(from, ms, reader);
    into = Duration{ms};
  } else if constexpr (std::is_integral_v<T>) {
    read_integer(from, into, reader);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!from.is_number()) return reader.complain("wrong_type", "must be a number"_en);
    into = from.get<T>();
    if (!std::isfinite(into)) reader.complain("out_of_range", "must be finite"_en);
  } else if constexpr (std::is_enum_v<T>) {
    const auto value =
        from.is_string() ? parse_enum<T>(from.get_ref<const std::string&>()) : std::nullopt;
    if (value) {
      into = *value;
      return;
    }
    std::string choices;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { (choices += choices.empty() ? "" : ", ") += wire_name(d.name); });
    reader.complain("unknown_value",
                    "must be one of {choices}"_en.with("choices", std::move(choices)));
  } else if constexpr (is_optional<T>::value) {
    read(from, into.emplace(), reader);
  } else if constexpr (is_patch<T>::value) {
    if (from.is_null()) {
      into = T::removal();
      return;
    }
    into.op = T::Op::set;
    read(from, into.value, reader);
  } else if constexpr (is_personal<T>::value) {
    read_personal(from, into, reader);
  } else if constexpr (is_vector<T>::value) {
    read_list(from, into, reader);
  } else if constexpr (is_map<T>::value) {
    if (!from.is_object()) return reader.complain("wrong_type", "must be an object"_en);
    const auto here = reader.path;
    for (const auto& [key, item] : from.items()) {
      reader.path = here + "." + key;
      read(item, into[key], reader);
    }
    reader.path = here;
  } else {
    if (!from.is_object()) return reader.complain("wrong_type", "must be an object"_en);
    read_members(from, into, reader);
  }
}

/// Parses text that must nest at most `depth_max` deep and hold valid UTF-8. The error's `detail`
/// never repeats the text.
[[nodiscard]] std::expected<nlohmann::json, FieldError> parse(std::string_view text,
                                                              int depth_max = 32);

/// A request body: strict, all errors at once. `is_peoples`: whether people wrote it, so that its
/// texts are brought into their one form.
template <class T>
[[nodiscard]] std::expected<T, std::vector<FieldError>> from_request(const nlohmann::json& body,
                                                                     bool is_peoples = true) {
  T value{};
  Reader reader{.is_peoples = is_peoples};
  read(body, value, reader);
  if (!reader.errors.empty()) return std::unexpected(std::move(reader.errors));
  return value;
}

/// What we stored ourselves: unknown and absent members are fine (another version wrote it),
/// anything else malformed is corruption.
template <class T>
[[nodiscard]] Status read_stored(std::string_view text, T& value, const PersonalCipher* cipher) {
  const auto body = parse_json(text);
  if (body.is_discarded()) return fail(ErrorCode::corrupt, "not JSON");
  Reader reader{
      .unknown = Reader::Unknown::ignore, .require = false, .is_peoples = false, .cipher = cipher};
  read(body, value, reader);
  if (!reader.errors.empty())
    return fail(ErrorCode::corrupt,
                reader.errors[0].field + " " + reader.errors[0].detail.in_english());
  return {};
}
template <class T>
[[nodiscard]] Result<T> from_stored(std::string_view text, const PersonalCipher* cipher = nullptr) {
  T value{};
  if (auto ok = read_stored(text, value, cipher); !ok) return std::unexpected(ok.error());
  return value;
}

}  // namespace mf::json
