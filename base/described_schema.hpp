#pragma once
// The JSON Schemas (OpenAPI 3.1) that the rules of described_json.hpp make of described structs: of
// a body that is read, and of an answer that is written. For the same few as described_json.hpp.
#include <span>
#include <string>
#include <string_view>

#include "base/described_json.hpp"
#include "base/shown.hpp"

namespace mf::json {

/// What the name of a member does not say: a unit, a meaning, who gets it.
struct Note {
  std::string_view member, text;  ///< member: its name on the wire
};
/// A struct whose codec file also says `constexpr auto notes_on(const T*)`, an array of notes, has
/// them as descriptions in its schemas.
template <class T>
concept HasNotes = requires(const T* value) { notes_on(value); };

enum class Way { read, written };

/// One member of a described struct, for what makes its schema without knowing the struct.
struct MemberSchema {
  std::string_view name;
  bool is_required;
  std::string_view note;
  nlohmann::ordered_json (*schema)();
};

/// An object's schema, member by member. What is read knows no other members; what is written may
/// gain some with a later version.
class ObjectSchema {
 public:
  explicit ObjectSchema(Way way) : way_(way) {}
  /// Of two members with one name the last counts.
  void add(std::span<const MemberSchema> members);
  [[nodiscard]] nlohmann::ordered_json take();

 private:
  Way way_;
  nlohmann::ordered_json properties_ = nlohmann::ordered_json::object();
  std::vector<std::string> required_;
};

[[nodiscard]] nlohmann::ordered_json typed_schema(std::string_view type);
[[nodiscard]] nlohmann::ordered_json text_schema(Way way);
[[nodiscard]] nlohmann::ordered_json time_schema();
[[nodiscard]] nlohmann::ordered_json name_schema(std::span<const EnumName> names);
[[nodiscard]] nlohmann::ordered_json or_null(nlohmann::ordered_json schema);
[[nodiscard]] nlohmann::ordered_json list_schema(nlohmann::ordered_json items, Way way);
[[nodiscard]] nlohmann::ordered_json map_schema(nlohmann::ordered_json values);

template <class T, Way way = Way::read>
[[nodiscard]] nlohmann::ordered_json schema();

template <class T>
[[nodiscard]] consteval bool notes_are_on_members() {
  bool result = true;
  if constexpr (HasNotes<T>)
    for (const Note& note : notes_on(static_cast<const T*>(nullptr))) {
      bool is_member = false;
      boost::mp11::mp_for_each<MembersOf<T>>(
          [&](auto d) { is_member |= wire_name(d.name) == note.member; });
      result &= is_member;
    }
  return result;
}

/// Of the member's own struct, where it is an inherited one.
template <class C, class M>
[[nodiscard]] constexpr std::string_view note_on(M C::*, std::string_view name) {
  static_assert(notes_are_on_members<C>(), "a note on a member that is not there");
  if constexpr (HasNotes<C>)
    for (const Note& note : notes_on(static_cast<const C*>(nullptr)))
      if (note.member == name) return note.text;
  return {};
}

/// Is a member of this type in every answer?
template <class M>
inline constexpr bool is_in_every_answer =
    !(is_optional<M>::value || is_personal<M>::value || is_patch<M>::value || is_vector<M>::value ||
      is_map<M>::value);

template <class T, Way way>
inline constexpr auto member_schemas = [] {
  using Members = MembersOf<T>;
  std::array<MemberSchema, boost::mp11::mp_size<Members>::value> schemas{};
  std::size_t at = 0;
  boost::mp11::mp_for_each<Members>([&]<class D>(D) {
    using M = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;
    constexpr auto name = wire_name(D::name);
    constexpr bool is_required =
        way == Way::read ? !may_be_absent<M> : is_in_every_answer<M> || is_always_written<T>(name);
    schemas[at++] = {name, is_required, note_on(D::pointer, name), &schema<M, way>};
  });
  return schemas;
}();

template <class T, Way way>
nlohmann::ordered_json schema() {
  if constexpr (std::is_same_v<T, bool>) return typed_schema("boolean");
  else if constexpr (std::is_same_v<T, std::string>) return text_schema(way);
  else if constexpr (std::is_same_v<T, Timestamp>) return time_schema();
  else if constexpr (std::is_same_v<T, Duration> || std::is_integral_v<T>)
    return typed_schema("integer");
  else if constexpr (std::is_floating_point_v<T>) return typed_schema("number");
  else if constexpr (std::is_enum_v<T>) return name_schema(enum_names<T>);
  else if constexpr (is_optional<T>::value) return schema<typename T::value_type, way>();
  else if constexpr (is_patch<T>::value) return or_null(schema<decltype(T::value), way>());
  else if constexpr (is_personal<T>::value)
    return schema<typename decltype(T::value)::value_type, way>();
  else if constexpr (is_vector<T>::value)
    return list_schema(schema<typename T::value_type, way>(), way);
  else if constexpr (is_map<T>::value) return map_schema(schema<typename T::mapped_type, way>());
  else {
    ObjectSchema object(way);
    object.add(member_schemas<T, way>);
    return object.take();
  }
}

/// Of an answer: one object of all these structs' members. Of a name that several have, the last
/// one counts.
template <class... T>
[[nodiscard]] Shown shown(Shown::Use use, std::string name, std::string note = {}) {
  ObjectSchema object(Way::written);
  (object.add(member_schemas<T, Way::written>), ...);
  return {use, std::move(name), mf::to_text(object.take()), std::move(note)};
}

}  // namespace mf::json
