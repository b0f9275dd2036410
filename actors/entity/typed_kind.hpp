#pragma once
// One adapter from an entity's pure functions to entity::Kind. Only *_codec.cpp include this.
//
// A codec file describes its structs (BOOST_DESCRIBE_*), writes one traits struct and returns
// `std::make_unique<TypedKind<Traits>>()`. The traits derive from KindDefaults and have
//   State    with a member `Id id` (not described: it is the address, not content)
//   Command, Event   std::variants of described structs
//   kind     its EntityKind
//   verbs    std::tuple of Verb<CommandStruct>{"name", Audience::people|system}
//   events   std::tuple of EventType<EventStruct>{"noun.happened", schema}; several schemas of one
//            type are several structs in the variant
//   exists, decide(state, command, answers, context), apply(state, event, context),
//   viewpoint(state, principal), view(state, viewpoint), row(state, viewpoint)
// and shadow those functions of KindDefaults that the kind needs. The functions may be static; a
// kind with a policy has them as const members of traits that hold it.
//
// `occurred_at` and `justification` may stand in every body, `on_behalf_of` where the traits allow
// it: parse() takes them out and gives the rest to the strict reader; so may the `id` of a
// `create`, which is the entity's address. A command struct with a text member `fingerprint` (not
// described) gets the hash of its body there, so that a repeated create can be recognised.
#include <algorithm>
#include <array>
#include <boost/mp11.hpp>
#include <functional>
#include <tuple>
#include <variant>

#include "actors/entity/kind.hpp"
#include "actors/entity/kind_traits.hpp"
#include "base/assert.hpp"
#include "base/described_schema.hpp"
#include "base/hash.hpp"

namespace mf::entity {

/// Stands in for a key that is gone: opens nothing.
class ErasedKey final : public PersonalCipher {
 public:
  std::string seal(std::string_view) const override { return {}; }
  std::optional<std::string> open(std::string_view) const override { return {}; }
};

/// Seals and opens the members of one stored state. Fetches the key when it is needed first; most
/// commands change nothing that is sealed, and what did not change keeps its sealed text.
class StateCipher final : public PersonalCipher {
 public:
  struct Text {
    std::string plain, sealed;
  };
  using Texts = std::vector<Text>;

  /// `before`: what the state had; may be null. `subject()` names whose key it is.
  StateCipher(KeyRing& keys, bool may_create, const Texts* before,
              std::function<std::string()> subject)
      : keys_(keys), may_create_(may_create), before_(before), subject_(std::move(subject)) {}

  std::string seal(std::string_view plain) const override {
    if (before_)
      for (const auto& text : *before_)
        if (text.plain == plain) return texts_.emplace_back(text).sealed;
    if (!has_asked_) ask();
    if (!cipher_) return {};
    return texts_.emplace_back(Text{std::string(plain), cipher_->seal(plain)}).sealed;
  }
  std::optional<std::string> open(std::string_view sealed) const override {
    if (!has_asked_) ask();
    auto plain = cipher_ ? cipher_->open(sealed) : std::nullopt;
    if (plain) texts_.push_back({*plain, std::string(sealed)});
    return plain;
  }
  /// All that went through it; null when nothing did.
  [[nodiscard]] std::shared_ptr<const Texts> texts() const {
    return texts_.empty() ? nullptr : std::make_shared<const Texts>(std::move(texts_));
  }

 private:
  void ask() const {
    has_asked_ = true;
    cipher_ = keys_.cipher_of(subject_(), may_create_);
  }
  KeyRing& keys_;
  bool may_create_;
  const Texts* before_;
  std::function<std::string()> subject_;
  mutable bool has_asked_ = false;
  mutable std::shared_ptr<const PersonalCipher> cipher_;
  mutable Texts texts_;
};

/// Is this verb one of the system's own?
template <class T>
[[nodiscard]] bool is_for_system(std::string_view verb) {
  static constexpr auto names = [] {
    constexpr auto size = std::tuple_size_v<decltype(T::verbs)>;
    std::array<std::string_view, size> systems{};
    std::size_t at = 0;
    std::apply(
        [&](const auto&... v) {
          ((v.audience == Audience::system ? void(systems[at++] = v.name) : void()), ...);
        },
        T::verbs);
    return systems;
  }();
  return !verb.empty() && std::ranges::find(names, verb) != names.end();
}

template <class T>
class TypedEntity final : public Entity {
 public:
  using State = typename T::State;
  using Command = typename T::Command;
  using Event = typename T::Event;

  /// The traits live in the kind, which outlives every entity.
  TypedEntity(const T* traits, State state, std::shared_ptr<const StateCipher::Texts> texts = {})
      : traits_(traits), state_(std::move(state)), texts_(std::move(texts)) {}
  std::unique_ptr<Entity> clone() const override { return std::make_unique<TypedEntity>(*this); }
  bool exists() const override { return traits_->exists(state_); }
  std::string status() const override { return traits_->status(state_); }

  std::vector<Need> needs(const CommandBody& body, const Context& context) const override {
    if (is_for_system<T>(body.verb) && !context.by.is_system()) return {};
    return traits_->needs(state_, command_of(body), context);
  }

  std::expected<std::vector<EventBody>, Rejection> decide(const CommandBody& body,
                                                          const Answers& answers,
                                                          const Context& context) const override {
    if (is_for_system<T>(body.verb) && !context.by.is_system()) return hide();
    auto decision = traits_->decide(state_, command_of(body), answers, context);
    if (!decision) return std::unexpected(std::move(decision.error()));
    MF_ASSERT(!decision->empty(), "a yes to " + body.verb + " without events");
    if constexpr (T::is_size_checked) {
      auto after = state_;
      for (const auto& event : *decision) traits_->apply(after, event, context);
      if (json::to_text(after).size() > T::state_bytes_max + traits_->bookkeeping_bytes(after))
        return reject("state_too_large",
                      "this would not fit in {kib} KiB"_en.with("kib", T::state_bytes_max / 1024));
    }
    std::vector<EventBody> bodies;
    for (auto& event : *decision) bodies.push_back(body_of(std::move(event)));
    return bodies;
  }

  void apply(const EventBody& body, const Context& context) override {
    traits_->apply(state_, *static_cast<const Event*>(body.typed.get()), context);
  }

  std::string encode() const override { return json::to_text(state_); }
  std::string seal(KeyRing& keys) override {
    if constexpr (!T::keeps_personal_data) return encode();
    if (traits_->is_forgotten(state_)) {
      texts_.reset();
      const ErasedKey nothing;
      return json::to_text(state_, &nothing);
    }
    const StateCipher cipher(keys, true, texts_.get(),
                             [this] { return traits_->subject_of_state(state_); });
    auto text = json::to_text(state_, &cipher, state_size_usual);
    texts_ = cipher.texts();
    return text;
  }
  std::size_t bookkeeping_bytes() const override { return traits_->bookkeeping_bytes(state_); }
  std::vector<Deadline> deadlines() const override { return traits_->deadlines(state_); }
  std::vector<IndexEntry> index() const override {
    return exists() ? traits_->index(state_) : std::vector<IndexEntry>{};
  }
  bool has_same_index(const Entity& other) const override {
    return exists() && other.exists() &&
           traits_->has_same_index(state_, static_cast<const TypedEntity&>(other).state_);
  }
  std::vector<IndexEntry> index_without_words() const override {
    if constexpr (requires { T::index_without_words(state_); })
      return exists() ? T::index_without_words(state_) : std::vector<IndexEntry>{};
    else return index();
  }
  bool has_same_words(const Entity& other) const override {
    if constexpr (requires { T::has_same_words(state_, state_); })
      return exists() && other.exists() &&
             T::has_same_words(state_, static_cast<const TypedEntity&>(other).state_);
    else return false;
  }
  std::string counter() const override {
    return exists() ? traits_->counter(state_) : std::string{};
  }
  Concerns concerns() const override { return traits_->concerns(state_); }
  std::optional<Viewpoint> viewpoint(const Principal& by) const override {
    return exists() ? traits_->viewpoint(state_, by) : std::nullopt;
  }
  std::string view(const Viewer& as) const override { return traits_->view(state_, as); }
  std::string row(const Viewer& as) const override { return traits_->row(state_, as); }
  std::expected<std::string, Rejection> answer(std::string_view query, std::string_view body_json,
                                               const Principal& by, Timestamp now) const override {
    return traits_->answer(state_, query, body_json, by, now);
  }

 private:
  static constexpr std::size_t state_size_usual = 2000;  // of an order that is worked on

  static const Command& command_of(const CommandBody& body) {
    return *static_cast<const Command*>(body.typed.get());
  }
  struct EventName {
    std::string_view type;
    std::uint16_t schema;
  };
  template <class E>
  static constexpr EventName event_name() {
    constexpr EventName name = std::apply(
        [](const auto&... row) {
          EventName found{};
          ((std::is_same_v<typename std::remove_cvref_t<decltype(row)>::Type, E>
                ? void(found = {row.name, row.schema})
                : void()),
           ...);
          return found;
        },
        T::events);
    static_assert(!name.type.empty(), "an event without a name");
    return name;
  }
  template <class... E>
  static const EventName& name_of(const std::variant<E...>& event) {
    static constexpr std::array names{event_name<E>()...};
    return names[event.index()];
  }
  static EventBody body_of(Event event) {
    EventBody body;
    const auto& [type, schema] = name_of(event);
    body.type = type;
    body.schema = schema;
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.late; }) body.at = e.at;
        },
        event);
    body.typed = std::make_shared<const Event>(std::move(event));
    return body;
  }

  const T* traits_;
  State state_;
  std::shared_ptr<const StateCipher::Texts>
      texts_;  ///< of the stored state that this one comes from
};

template <class T>
class TypedKind final : public Kind {
 public:
  using State = typename T::State;
  using Command = typename T::Command;
  using Event = typename T::Event;
  using Parsed = std::expected<CommandBody, std::vector<FieldError>>;

  /// Traits with data (a policy) are given here; those without are made.
  explicit TypedKind(T traits = {}) : traits_(std::move(traits)) {}

  EntityKind kind() const override { return T::kind; }
  std::size_t state_bytes_max() const override { return T::state_bytes_max; }

  std::unique_ptr<Entity> empty(std::string_view id) const override {
    State state{};
    state.id = id;
    return std::make_unique<TypedEntity<T>>(&traits_, std::move(state));
  }

  Result<std::unique_ptr<Entity>> decode(std::string_view id,
                                         std::string_view text) const override {
    auto state = json::from_stored<State>(text);
    if (!state) return std::unexpected(std::move(state.error()).in("stored state"));
    state->id = id;
    return std::make_unique<TypedEntity<T>>(&traits_, std::move(*state));
  }

  Result<std::unique_ptr<Entity>> unseal(std::string_view id, std::string_view text,
                                         KeyRing& keys) const override {
    if constexpr (!T::keeps_personal_data) return decode(id, text);
    State state{};
    state.id = id;
    const StateCipher cipher(keys, false, nullptr, [&] { return traits_.subject_of_state(state); });
    if (auto read = json::read_stored(text, state, &cipher); !read)
      return std::unexpected(std::move(read.error()).in("stored state"));
    state.id = id;
    return std::make_unique<TypedEntity<T>>(&traits_, std::move(state), cipher.texts());
  }

  Parsed parse(std::string_view verb, std::string_view body_json) const override {
    auto body = json::parse(body_json.empty() ? "{}" : body_json);
    if (!body) return std::unexpected(std::vector{body.error()});
    JsonTree tree{std::move(*body)};
    return parse_tree(verb, tree, std::string(body_json));
  }

  Parsed parse_tree(std::string_view verb, JsonTree& tree, std::string&& text) const override {
    auto& body = tree.value;
    if (!body.is_object())
      return std::unexpected(std::vector<FieldError>{{"", "wrong_type", "must be an object"_en}});
    CommandBody command{.verb = std::string(verb), .json = std::move(text)};
    std::vector<FieldError> errors;
    take_common_fields(body, command, errors);
    traits_.prepare(body);
    const auto row = std::ranges::find(verb_rows(), verb, &VerbRow::name);
    if (row != verb_rows().end()) (this->*row->parse)(body, row->audience, command, errors);
    else errors = {{"", "unknown_verb", "there is no such command"_en}};
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return command;
  }

  std::vector<Kind::Verb> public_verbs() const override {
    std::vector<Kind::Verb> verbs;
    for (const auto& row : verb_rows())
      if (row.audience == Audience::people)
        verbs.push_back({std::string(row.name), with_common_fields(row.schema(), row.name),
                         std::string(row.summary)});
    return verbs;
  }

  std::vector<Shown> shown() const override { return traits_.shown(); }

  Status seal(std::string_view id, EventBody& body, KeyRing& keys) const override {
    std::shared_ptr<const PersonalCipher> cipher;
    if constexpr (T::keeps_personal_data) {
      const auto& event = event_of(body);
      if (has_personal_members(event)) {
        cipher = keys.cipher_of(traits_.subject(id, event), true);
        if (!cipher) body.typed = std::make_shared<const Event>(without_person(event));
      }
    }
    const auto& event = event_of(body);
    body.json = std::visit([&](const auto& e) { return json::to_text(e, cipher.get()); }, event);
    return traits_.sealed(id, event, keys);
  }

  Result<EventBody> open(std::string_view id, std::string_view type, std::uint16_t schema,
                         std::string_view text, KeyRing& keys) const override {
    std::shared_ptr<const PersonalCipher> cipher;
    if constexpr (T::keeps_personal_data) {
      if (text.find("\"sealed\"") != text.npos)
        cipher = keys.cipher_of(traits_.stored_subject(id, text), false);
      if (!cipher) cipher = std::make_shared<const ErasedKey>();
    }
    for (const auto& row : event_rows())
      if (row.type == type && row.schema == schema) return row.read(row, text, cipher.get());
    return fail(ErrorCode::unsupported,
                "unknown event " + std::string(type) + " v" + std::to_string(schema));
  }

  std::vector<Reaction> react(std::string_view id, const EventBody& body) const override {
    return traits_.react(id, event_of(body));
  }
  std::optional<std::string> event_view(const EventBody& body, const Viewer& as) const override {
    return traits_.event_view(event_of(body), as);
  }

 private:
  struct VerbRow {
    std::string_view name, summary;
    Audience audience;
    void (TypedKind::*parse)(nlohmann::json& body, Audience audience, CommandBody& command,
                             std::vector<FieldError>& errors) const;
    nlohmann::ordered_json (*schema)();
  };
  static const auto& verb_rows() {
    static constexpr auto rows = std::apply(
        []<class... C>(const entity::Verb<C>&... verb) {
          return std::array{VerbRow{verb.name, verb.summary, verb.audience,
                                    &TypedKind::template parse_as<C>, &json::schema<C>}...};
        },
        T::verbs);
    return rows;
  }

  struct EventRow {
    std::string_view type;
    std::uint16_t schema;
    Result<EventBody> (*read)(const EventRow& row, std::string_view text,
                              const PersonalCipher* cipher);
  };
  static const auto& event_rows() {
    static constexpr auto rows = std::apply(
        []<class... E>(const EventType<E>&... event) {
          return std::array{
              EventRow{event.name, event.schema, &TypedKind::template read_event<E>}...};
        },
        T::events);
    return rows;
  }

  static const Event& event_of(const EventBody& body) {
    return *static_cast<const Event*>(body.typed.get());
  }

  void take_common_fields(nlohmann::json& body, CommandBody& command,
                          std::vector<FieldError>& errors) const {
    if (const auto no = traits_.refuses_on_behalf(command.verb))
      if (body.erase("on_behalf_of") > 0) errors.push_back(*no);
    const auto take = [&](const char* name, auto& into) {
      const auto found = body.find(name);
      if (found == body.end()) return;
      json::Reader reader{.path = name};
      if (!found->is_null()) json::read(*found, into, reader);
      errors.insert(errors.end(), reader.errors.begin(), reader.errors.end());
      body.erase(found);
    };
    take("occurred_at", command.occurred_at);
    take("on_behalf_of", command.on_behalf_of);
    take("justification", command.justification);
  }

  template <class C>
  void parse_as(nlohmann::json& body, Audience audience, CommandBody& command,
                std::vector<FieldError>& errors) const {
    if (command.verb == "create" && !has_member<C>("id")) body.erase("id");
    auto value = json::from_request<C>(body, audience == Audience::people);
    if (!value) {
      errors.insert(errors.end(), value.error().begin(), value.error().end());
      return;
    }
    if constexpr (requires { value->fingerprint = std::string{}; })
      value->fingerprint = to_hex(blake2b_128({json::to_text(*value)}).view());
    traits_.check(*value, errors);
    traits_.parsed(*value);
    command.typed = std::make_shared<const Command>(std::move(*value));
  }

  template <class C>
  static bool has_member(std::string_view name) {
    bool result = false;
    boost::mp11::mp_for_each<json::MembersOf<C>>(
        [&](auto d) { result |= json::wire_name(d.name) == name; });
    return result;
  }

  std::string with_common_fields(nlohmann::ordered_json schema, std::string_view verb) const {
    auto& properties = schema["properties"];
    properties["occurred_at"] = json::schema<Timestamp>();
    if (!traits_.refuses_on_behalf(verb)) properties["on_behalf_of"] = json::schema<std::string>();
    properties["justification"] = json::schema<std::string>();
    return to_text(schema);
  }

  template <class E>
  static Result<EventBody> read_event(const EventRow& row, std::string_view text,
                                      const PersonalCipher* cipher) {
    auto event = json::from_stored<E>(text, cipher);
    if (!event)
      return std::unexpected(std::move(event.error()).in("event " + std::string(row.type)));
    return EventBody{std::string(row.type), row.schema,
                     std::make_shared<const Event>(std::move(*event)), std::string(text)};
  }

  template <class M>
  static constexpr bool is_personal_member() {
    if constexpr (json::is_patch<M>::value) return json::is_personal<decltype(M::value)>::value;
    else return json::is_personal<M>::value || json::HasSealedMembers<M>;
  }
  /// What may still be stored about somebody who was erased.
  static Event without_person(Event event) {
    std::visit(
        [](auto& e) {
          using E = std::remove_cvref_t<decltype(e)>;
          boost::mp11::mp_for_each<json::MembersOf<E>>([&](auto d) {
            auto& member = e.*d.pointer;
            using M = std::remove_cvref_t<decltype(member)>;
            if constexpr (json::is_personal<M>::value) member.value.reset();
            else if constexpr (json::HasSealedMembers<M>) empty_sealed_members(member);
            else if constexpr (is_personal_member<M>())
              if (member.is_set()) member = M::removal();
          });
        },
        event);
    return event;
  }
  template <class S>
  static void empty_sealed_members(S& part) {
    boost::mp11::mp_for_each<json::MembersOf<S>>([&](auto d) {
      auto& member = part.*d.pointer;
      if (json::is_sealed_member<S>(json::wire_name(d.name)))
        member = std::remove_cvref_t<decltype(member)>{};
    });
  }
  /// Looks at the event's own members, Personal<> or of a struct with sealed_members(); personal
  /// data nests no deeper by convention.
  static bool has_personal_members(const Event& event) {
    return std::visit(
        [](const auto& e) {
          using E = std::remove_cvref_t<decltype(e)>;
          bool result = false;
          boost::mp11::mp_for_each<json::MembersOf<E>>([&](auto d) {
            result |= is_personal_member<std::remove_cvref_t<decltype(e.*d.pointer)>>();
          });
          return result;
        },
        event);
  }

  T traits_;
};

}  // namespace mf::entity
