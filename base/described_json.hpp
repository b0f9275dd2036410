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
//
// What differs from struct to struct is a table of its members; the loops over such a table are
// compiled once, in described_json.cpp. Writing alone is unrolled: every commit pays for it.
#include <algorithm>
#include <array>
#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
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

struct EnumName {
  std::string_view name;  ///< on the wire
  std::int64_t value;
};
template <class E>
inline constexpr auto enum_names = [] {
  using Enumerators = boost::describe::describe_enumerators<E>;
  std::array<EnumName, boost::mp11::mp_size<Enumerators>::value> names{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<Enumerators>(
      [&](auto d) { names[at++] = {wire_name(d.name), static_cast<std::int64_t>(d.value)}; });
  return names;
}();

/// Empty when no enumerator has this value.
[[nodiscard]] std::string_view name_of_value(std::span<const EnumName> names, std::int64_t value);
[[nodiscard]] std::optional<std::int64_t> value_of_name(std::span<const EnumName> names,
                                                        std::string_view name);

template <class E>
[[nodiscard]] std::string_view enum_name(E value) {
  return name_of_value(enum_names<E>, static_cast<std::int64_t>(value));
}

template <class E>
[[nodiscard]] std::optional<E> parse_enum(std::string_view text) {
  const auto value = value_of_name(enum_names<E>, text);
  return value ? std::optional(static_cast<E>(*value)) : std::nullopt;
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
[[nodiscard]] constexpr bool is_sealed_member(std::string_view name) {
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

enum class Part { all, open, sealed };
template <Part part, class T>
void write_part(std::string& out, const T& value, const PersonalCipher* cipher);

void append_time(std::string& out, Timestamp value);
void append_whole(std::string& out, std::int64_t value);
void append_whole(std::string& out, std::uint64_t value);
/// In quotes; a name of ours, with nothing in it to escape.
void append_name(std::string& out, std::string_view name);

/// `{` of `out` is open: appends the members of `value`, with a leading comma where needed.
template <class T>
void write_members(std::string& out, const T& value, const PersonalCipher* cipher) {
  if constexpr (HasSealedMembers<T>) {
    if (cipher) {
      write_part<Part::open>(out, value, cipher);
      std::string plain = "{";
      write_part<Part::sealed>(plain, value, nullptr);
      if (plain.size() == 1) return;
      const auto sealed = cipher->seal(plain += '}');
      if (sealed.empty()) return;
      out += out.back() == '{' ? "\"sealed\":" : ",\"sealed\":";
      append_quoted(out, sealed);
      return;
    }
  }
  write_part<Part::all>(out, value, cipher);
}

/// What stands before a member's value: ,"name":
template <class Descriptor>
inline constexpr auto member_head = [] {
  constexpr auto name = wire_name(Descriptor::name);
  std::array<char, name.size() + 4> head{',', '"'};
  std::ranges::copy(name, head.begin() + 2);
  head[name.size() + 2] = '"';
  head[name.size() + 3] = ':';
  return head;
}();

/// Appends `head`, without its comma where the member is the first one.
void begin_member(std::string& out, std::string_view head);

template <Part part, class T>
void write_part(std::string& out, const T& value, const PersonalCipher* cipher) {
  using Members = MembersOf<T>;
  boost::mp11::mp_for_each<Members>([&](auto d) {
    if constexpr (part != Part::all)
      if (is_sealed_member<T>(wire_name(d.name)) != (part == Part::sealed)) return;
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
    constexpr auto& head = member_head<decltype(d)>;
    begin_member(out, {head.data(), head.size()});
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
    append_time(out, value);
  } else if constexpr (std::is_same_v<T, Duration>) {
    append_whole(out, std::int64_t{value.count()});
  } else if constexpr (std::is_integral_v<T>) {
    if constexpr (std::is_signed_v<T>) append_whole(out, std::int64_t{value});
    else append_whole(out, std::uint64_t{value});
  } else if constexpr (std::is_floating_point_v<T>) {
    append_number(out, value);
  } else if constexpr (std::is_enum_v<T>) {
    append_name(out, enum_name(value));
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
[[nodiscard]] std::string to_text(const T& value, const PersonalCipher* cipher = nullptr,
                                  std::size_t size_expected = 0) {
  std::string out;
  out.reserve(size_expected);
  write(out, value, cipher);
  return out;
}

template <class T>
void read(const nlohmann::json& from, T& into, Reader& reader);

/// One member of a described struct, for readers that don't know the struct.
struct MemberReader {
  std::string_view name;
  bool may_be_absent;
  bool takes_null;  ///< null is a value (it removes), not as good as absent
  void (*read)(const nlohmann::json& from, void* object, Reader& reader);
};
template <class T>
inline constexpr auto member_readers = [] {
  using Members = MembersOf<T>;
  std::array<MemberReader, boost::mp11::mp_size<Members>::value> readers{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<Members>([&]<class D>(D) {
    using M = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;
    readers[at++] = {wire_name(D::name), may_be_absent<M>, is_patch<M>::value,
                     [](const nlohmann::json& from, void* object, Reader& reader) {
                       read(from, static_cast<T*>(object)->*D::pointer, reader);
                     }};
  });
  return readers;
}();

/// What an item of a list or a map is read with: `into` is the list or map.
using ItemReader = void (*)(const nlohmann::json& from, const std::string& key, void* into,
                            Reader& reader);

// Each complains where `from` is something else, and then leaves `into` as it is. A list's key is
// its item's number.
void read_object(const nlohmann::json& from, void* into, std::span<const MemberReader> members,
                 Reader& reader);
/// The members that write_members() sealed, if the cipher opens them.
void read_sealed_members(const nlohmann::json& from, void* into,
                         std::span<const MemberReader> members, Reader& reader);
void read_list(const nlohmann::json& from, void* into, ItemReader read_item, Reader& reader);
void read_map(const nlohmann::json& from, void* into, ItemReader read_item, Reader& reader);
/// Of a request: in the form of base/plain_text.hpp, by the field's name.
void read_text(const nlohmann::json& from, std::string& into, Reader& reader);
void read_bool(const nlohmann::json& from, bool& into, Reader& reader);
void read_time(const nlohmann::json& from, Timestamp& into, Reader& reader);
void read_number(const nlohmann::json& from, double& into, Reader& reader);
/// The bits of the number, which lies between these two.
[[nodiscard]] std::optional<std::uint64_t> read_whole(const nlohmann::json& from, std::int64_t min,
                                                      std::uint64_t max, Reader& reader);
[[nodiscard]] std::optional<std::int64_t> read_name(const nlohmann::json& from,
                                                    std::span<const EnumName> names,
                                                    Reader& reader);
/// Written as an object.
template <class T>
inline constexpr bool is_object =
    is_map<T>::value || boost::describe::has_describe_members<T>::value;

/// What a personal member was sealed to, opened; nothing when it stands there open: a program from
/// before it was personal wrote it.
struct Unsealed {
  bool was_sealed = false;
  std::optional<std::string> plain;  ///< nothing: its key is gone
};
[[nodiscard]] Unsealed unseal(const nlohmann::json& from, const Reader& reader);

template <class T>
void read(const nlohmann::json& from, T& into, Reader& reader) {
  if constexpr (std::is_same_v<T, bool>) {
    read_bool(from, into, reader);
  } else if constexpr (std::is_same_v<T, std::string>) {
    read_text(from, into, reader);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    read_time(from, into, reader);
  } else if constexpr (std::is_same_v<T, Duration>) {
    std::int64_t ms = 0;
    read(from, ms, reader);
    into = Duration{ms};
  } else if constexpr (std::is_integral_v<T>) {
    using Limits = std::numeric_limits<T>;
    if (const auto bits = read_whole(from, Limits::min(), Limits::max(), reader))
      into = static_cast<T>(*bits);
  } else if constexpr (std::is_floating_point_v<T>) {
    double number = into;
    read_number(from, number, reader);
    into = static_cast<T>(number);
  } else if constexpr (std::is_enum_v<T>) {
    if (const auto value = read_name(from, enum_names<T>, reader)) into = static_cast<T>(*value);
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
    static_assert(!is_object<typename decltype(T::value)::value_type>,
                  "open it would look like something sealed, which is an object");
    const auto [was_sealed, plain] = unseal(from, reader);
    if (!was_sealed) read(from, into.value.emplace(), reader);
    else if (plain) read(parse_json(*plain), into.value.emplace(), reader);
  } else if constexpr (is_vector<T>::value) {
    into.clear();
    read_list(
        from, &into,
        [](const nlohmann::json& item, const std::string&, void* list, Reader& r) {
          read(item, static_cast<T*>(list)->emplace_back(), r);
        },
        reader);
  } else if constexpr (is_map<T>::value) {
    read_map(
        from, &into,
        [](const nlohmann::json& item, const std::string& key, void* map, Reader& r) {
          read(item, (*static_cast<T*>(map))[key], r);
        },
        reader);
  } else {
    read_object(from, &into, member_readers<T>, reader);
    if constexpr (HasSealedMembers<T>) {
      static_assert(std::ranges::find(member_readers<T>, std::string_view("sealed"),
                                      &MemberReader::name) == member_readers<T>.end(),
                    "a member of that name would be taken for what was sealed");
      read_sealed_members(from, &into, member_readers<T>, reader);
    }
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
  if (reader.errors.empty()) return value;
  return std::unexpected(std::move(reader.errors));
}

/// `into` is what `read` expects. See the next one.
[[nodiscard]] Status read_stored(std::string_view text, void* into,
                                 void (*read)(const nlohmann::json&, void* into, Reader&),
                                 const PersonalCipher* cipher);

/// What we stored ourselves: unknown and absent members are fine (another version wrote it),
/// anything else malformed is corruption.
template <class T>
[[nodiscard]] Status read_stored(std::string_view text, T& value, const PersonalCipher* cipher) {
  return read_stored(
      text, &value,
      [](const nlohmann::json& from, void* into, Reader& reader) {
        read(from, *static_cast<T*>(into), reader);
      },
      cipher);
}
template <class T>
[[nodiscard]] Result<T> from_stored(std::string_view text, const PersonalCipher* cipher = nullptr) {
  T value{};
  if (auto ok = read_stored(text, value, cipher); !ok) return std::unexpected(ok.error());
  return value;
}

}  // namespace mf::json
