#pragma once
// The JSON Schemas (OpenAPI 3.1) that the rules of described_json.hpp make of described structs: of
// a body that is read, and of an answer that is written. For the same few as described_json.hpp.
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

/// An object's schema, member by member. What is read knows no other members; what is written may
/// gain some with a later version.
class ObjectSchema {
 public:
  explicit ObjectSchema(Way way) : way_(way) {}
  /// Of two members with one name the last counts.
  void add(std::string_view name, nlohmann::ordered_json schema, bool is_required,
           std::string_view note);
  [[nodiscard]] nlohmann::ordered_json take();

 private:
  Way way_;
  nlohmann::ordered_json properties_ = nlohmann::ordered_json::object();
  std::vector<std::string> required_;
};

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
[[nodiscard]] std::string_view note_on(M C::*, std::string_view name) {
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
void add_members(ObjectSchema& object) {
  boost::mp11::mp_for_each<MembersOf<T>>([&](auto d) {
    using M = std::remove_cvref_t<decltype(std::declval<T>().*d.pointer)>;
    const auto name = wire_name(d.name);
    const bool is_required =
        way == Way::read ? !may_be_absent<M> : is_in_every_answer<M> || is_always_written<T>(name);
    object.add(name, schema<M, way>(), is_required, note_on(d.pointer, name));
  });
}

template <class T, Way way>
nlohmann::ordered_json schema() {
  using nlohmann::ordered_json;
  constexpr bool is_read = way == Way::read;
  if constexpr (std::is_same_v<T, bool>) return {{"type", "boolean"}};
  else if constexpr (std::is_same_v<T, std::string>) {
    ordered_json text{{"type", "string"}};
    if (is_read) text["maxLength"] = string_size_max;
    return text;
  } else if constexpr (std::is_same_v<T, Timestamp>)
    return {{"type", "string"}, {"format", "date-time"}};
  else if constexpr (std::is_same_v<T, Duration> || std::is_integral_v<T>)
    return {{"type", "integer"}};
  else if constexpr (std::is_floating_point_v<T>) return {{"type", "number"}};
  else if constexpr (std::is_enum_v<T>) {
    ordered_json names = ordered_json::array();
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { names.push_back(wire_name(d.name)); });
    return {{"type", "string"}, {"enum", names}};
  } else if constexpr (is_optional<T>::value) return schema<typename T::value_type, way>();
  else if constexpr (is_patch<T>::value)
    return {{"anyOf", {schema<decltype(T::value), way>(), {{"type", "null"}}}}};
  else if constexpr (is_personal<T>::value)
    return schema<typename decltype(T::value)::value_type, way>();
  else if constexpr (is_vector<T>::value) {
    ordered_json list{{"type", "array"}};
    if (is_read) list["maxItems"] = list_size_max;
    list["items"] = schema<typename T::value_type, way>();
    return list;
  } else if constexpr (is_map<T>::value)
    return {{"type", "object"}, {"additionalProperties", schema<typename T::mapped_type, way>()}};
  else {
    ObjectSchema object(way);
    add_members<T, way>(object);
    return object.take();
  }
}

/// Of an answer: one object of all these structs' members. Of a name that several have, the last
/// one counts.
template <class... T>
[[nodiscard]] Shown shown(Shown::Use use, std::string name, std::string note = {}) {
  ObjectSchema object(Way::written);
  (add_members<T, Way::written>(object), ...);
  return {use, std::move(name), mf::to_text(object.take()), std::move(note)};
}

}  // namespace mf::json
