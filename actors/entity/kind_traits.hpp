#pragma once
// What the traits of a kind are made of (typed_kind.hpp says how). Only *_codec.cpp include this.
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/entity/kind.hpp"
#include "base/described_schema.hpp"

namespace mf::entity {

/// Verbs of `system` are for reactions, timers, claims and the gateway's own needs; to people they
/// do not exist. Those of `gateway` are a person's, but only behind a door that checks more than an
/// entity can (a code, a password, a stream's order): no route and no rpc is made of them.
enum class Audience : std::uint8_t { people, system, gateway };

/// `summary`: to people, what it does; one line for documents.
template <class C>
struct Verb {
  using Type = C;
  constexpr explicit Verb(std::string_view verb, std::string_view what = {})
      : name(verb), summary(what) {}
  constexpr Verb(std::string_view verb, Audience whose) : name(verb), audience(whose) {}
  std::string_view name, summary;
  Audience audience = Audience::people;
};

template <class E>
struct EventType {
  using Type = E;
  std::string_view name;
  std::uint16_t schema = 1;
};

/// What most kinds don't need. Found by name: a traits struct shadows what it has.
struct KindDefaults {
  /// Events have Personal<> members, or ones with sealed_members(), or the state has those.
  static constexpr bool keeps_personal_data = false;
  static constexpr std::size_t state_bytes_max = state_bytes_max_usual;
  /// Refuse what would not even fit in the open, before anything is claimed for it.
  static constexpr bool is_size_checked = false;
  static std::size_t bookkeeping_bytes(const auto&) { return 0; }
  static std::string status(const auto&) { return {}; }
  static std::vector<Need> needs(const auto&, const auto&, const Context&) { return {}; }
  static std::vector<Deadline> deadlines(const auto&) { return {}; }
  static std::vector<IndexEntry> index(const auto&) { return {}; }
  static bool has_same_index(const auto&, const auto&) { return false; }
  static std::string counter(const auto&) { return {}; }
  static Concerns concerns(const auto&) { return {}; }
  static std::expected<std::string, Rejection> answer(const auto&, std::string_view,
                                                      std::string_view, const Principal&,
                                                      Timestamp) {
    return hide();
  }
  static std::vector<Reaction> react(std::string_view, const auto&) { return {}; }
  /// After an event was sealed: the place to destroy a person's key, with the commit.
  static Status sealed(std::string_view, const auto&, KeyRing&) { return {}; }
  template <class Event>
  static std::optional<std::string> event_view(const Event& event, const Viewer&) {
    return std::visit([](const auto& e) { return json::to_text(e); }, event);
  }
  /// Each form in which people see something of the kind; none: they see nothing.
  static std::vector<Shown> shown() { return {}; }
  /// Why a body of this verb may not say `on_behalf_of`; nothing: it may. Whoever allows it checks
  /// it in decide(): it stands in the audit trail.
  static std::optional<FieldError> refuses_on_behalf(std::string_view) {
    return FieldError{"on_behalf_of", "unknown_field", "there is no such field"_en};
  }
  /// Before the strict reading: brings permitted shorthands into their one described form.
  static void prepare(nlohmann::json&) {}
  /// After it: names the fields whose values no state could accept.
  static void check(const auto&, std::vector<FieldError>&) {}
  /// After it, before the command is shared.
  static void parsed(auto&) {}
  /// Whose key seals the personal members of an event, and opens those of a stored one.
  static std::string subject(std::string_view id, const auto&) { return std::string(id); }
  static std::string stored_subject(std::string_view id, std::string_view) {
    return std::string(id);
  }
  /// And those of the state; read after all that is not sealed in it.
  static std::string subject_of_state(const auto& state) { return state.id; }
  /// The key of this state has been destroyed: nothing personal is stored of it any more.
  static bool is_forgotten(const auto&) { return false; }
};

/// The JSON object without these members: what an event keeps for itself.
[[nodiscard]] inline std::string without(std::string_view object,
                                         std::initializer_list<const char*> members) {
  auto body = parse_ordered_json(object);
  for (const auto* member : members) body.erase(member);
  return to_text(body);
}

}  // namespace mf::entity
