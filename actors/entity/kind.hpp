#pragma once
// What the runtime needs to know of an entity kind. Each kind implements this once, in its codec
// file, over the pure functions decide / apply / react / deadlines of its own header.
// No CAF, no JSON library here: bodies travel as text plus the parsed thing behind a pointer.
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decision.hpp"
#include "base/entity_ref.hpp"
#include "base/personal_cipher.hpp"
#include "base/result.hpp"
#include "base/shown.hpp"
#include "storage/key_change.hpp"

namespace mf {
struct JsonTree;  // base/json.hpp
}

namespace mf::entity {

/// A command's content, parsed and checked against its schema. Immutable, shared between threads.
struct CommandBody {
  std::string verb;                   ///< "start"
  std::shared_ptr<const void> typed;  ///< the kind's own Command variant
  std::string json;                   ///< the text it came from, for fingerprints and forwarding
  // Fields any command may carry, taken out of the body by parse():
  std::optional<Timestamp> occurred_at;
  std::optional<DeviceClock> device_clock;  ///< not of the body: found by whoever sent the command
  Id on_behalf_of;
  std::string justification;
};

/// An event's content. `json` is what is stored: personal fields sealed.
struct EventBody {
  std::string type;  ///< "tracking.work_started"
  std::uint16_t schema = 1;
  std::shared_ptr<const void> typed;  ///< the kind's own Event variant
  std::string json;
  std::optional<Timestamp> at;  ///< when it happened, where the event says that itself
};

/// Something a command must know (fact) or hold (claim) before it can be decided.
struct Need {
  enum class Type : std::uint8_t { fact, claim };
  Type type = Type::fact;
  std::string name;  ///< under which decide() finds the answer
  EntityRef target;
  std::string verb;   ///< fact: the query, see Entity::answer; claim: the target's command
  std::string body;   ///< JSON
  std::string token;  ///< of a claim: what `release_claim {"token":…}` names if it is not used
};

/// What came back for a need: JSON (for a claim "{}"), or the target's no. Facts may be stale.
struct Answer {
  std::string name;
  std::uint64_t version = 0;  ///< the target's, 0 when it does not exist
  std::expected<std::string, Rejection> value;
};
using Answers = std::vector<Answer>;

/// A consequence in another entity. At-least-once; deduplicated at the target by its id.
struct Reaction {
  EntityRef target;
  std::string verb;
  std::string body;  ///< JSON
};

using mf::Viewer;
using mf::Viewpoint;

/// Whom a change concerns: routes live events without asking the entity again.
struct Concerns {
  Id zone, client, technician;
  std::vector<Id> zones;  ///< of a technician: all of them
  bool is_open = false;   ///< shown on boards
};

/// One sort- or filter-key of an entity. `key` is unique per entity and index; it starts with the
/// bytes to filter by and continues with those to sort by (see index_keys.hpp). `value` is a small
/// covering value, may be empty.
struct IndexEntry {
  std::uint8_t index = 0;
  std::string key;
  std::string value;
  auto operator<=>(const IndexEntry&) const = default;
};

class KeyRing;

/// One entity's state as a value behind a pointer. A committed one is never changed again and may
/// be read from any thread; apply() is only called on a fresh clone.
class Entity {
 public:
  virtual ~Entity() = default;
  [[nodiscard]] virtual std::unique_ptr<Entity> clone() const = 0;
  /// False before its first event.
  [[nodiscard]] virtual bool exists() const = 0;
  /// The life-cycle state as replies carry it ("ASSIGNED"); empty for kinds without one.
  [[nodiscard]] virtual std::string status() const = 0;

  /// Pure; called before decide, against the same state.
  [[nodiscard]] virtual std::vector<Need> needs(const CommandBody&, const Context&) const = 0;
  /// Pure. On yes at least one event.
  [[nodiscard]] virtual std::expected<std::vector<EventBody>, Rejection> decide(
      const CommandBody&, const Answers&, const Context&) const = 0;
  /// Total. The context is the one of context_of(entry), live and in a rebuild alike.
  virtual void apply(const EventBody&, const Context&) = 0;

  /// The whole state, nothing sealed.
  [[nodiscard]] virtual std::string encode() const = 0;
  /// The state as it is stored: encode() with personal members sealed, or left out when their
  /// person was erased. Call it on a fresh clone only.
  [[nodiscard]] virtual std::string seal(KeyRing&) { return encode(); }
  /// About what of that is lists that the system keeps for other entities, each bounded by itself.
  /// They always find room: Kind::state_bytes_max() is for all the rest.
  [[nodiscard]] virtual std::size_t bookkeeping_bytes() const { return 0; }
  [[nodiscard]] virtual std::vector<Deadline> deadlines() const = 0;
  [[nodiscard]] virtual std::vector<IndexEntry> index() const = 0;
  /// True only if index() is the same for both, cheaply: most commands change no entry.
  [[nodiscard]] virtual bool has_same_index(const Entity&) const { return false; }
  /// index() without the words it is found by, which are most of it and rarely change.
  [[nodiscard]] virtual std::vector<IndexEntry> index_without_words() const { return index(); }
  /// True only if both are found by the same words, cheaply.
  [[nodiscard]] virtual bool has_same_words(const Entity&) const { return false; }
  /// Which of the daily and open-order counters this state counts in: e.g. "zon_…|NEW".
  [[nodiscard]] virtual std::string counter() const = 0;
  [[nodiscard]] virtual Concerns concerns() const = 0;

  /// How this principal sees it; nullopt: as if it did not exist.
  [[nodiscard]] virtual std::optional<Viewpoint> viewpoint(const Principal&) const = 0;
  /// The JSON object that GET returns, without `version` (the caller adds it).
  [[nodiscard]] virtual std::string view(const Viewer&) const = 0;
  /// The shorter one of lists and boards; has "id".
  [[nodiscard]] virtual std::string row(const Viewer&) const = 0;
  /// Answers a need of another entity, or of the gateway (`principal` …). Pure.
  [[nodiscard]] virtual std::expected<std::string, Rejection> answer(std::string_view query,
                                                                     std::string_view body_json,
                                                                     const Principal& by,
                                                                     Timestamp now) const = 0;
};

/// Gives the cipher of one person's data (a client id, or the name of a secret of the
/// installation).
class KeyRing {
 public:
  virtual ~KeyRing() = default;
  /// nullptr: there is none. `create`: for sealing what is about to be committed, with a new key if
  /// need be (CommitKeys makes it); nullptr then means that the person was erased, for ever. A disk
  /// that refuses throws ReadFailed.
  [[nodiscard]] virtual std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person,
                                                                        bool create) = 0;
  /// Forgets a person for ever.
  virtual Status erase(std::string_view person) = 0;
  /// Whether that is so, durably or nearly: not of a key that was lost. A disk that refuses throws
  /// ReadFailed.
  [[nodiscard]] virtual bool is_destroyed(std::string_view person) {
    static_cast<void>(person);
    return false;
  }

  struct Drafted {
    std::shared_ptr<const PersonalCipher> cipher;  ///< nullptr: erased, for ever
    std::optional<storage::KeyChange> made;        ///< what the commit has to carry
  };
  /// The cipher a person has, or one of a new key that only becomes durable with a commit. Throws
  /// ReadFailed for a known person who has none: it was lost, and may come back.
  [[nodiscard]] virtual Drafted draft(std::string_view person, storage::KeyOf) {
    return {cipher_of(person, true), {}};
  }
};

/// The keys of one command on its way to a commit: what it makes and destroys is collected, and
/// becomes so with that commit or not at all.
class CommitKeys final : public KeyRing {
 public:
  /// `newcomer`: the client that the command makes; every other one has a key, or was erased.
  explicit CommitKeys(KeyRing& keys, std::string newcomer = {})
      : keys_(keys), newcomer_(std::move(newcomer)) {}
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool create) override;
  Status erase(std::string_view person) override;
  [[nodiscard]] std::vector<storage::KeyChange> take() { return std::move(changes_); }
  /// Whether something was to be sealed for this person, who was erased.
  [[nodiscard]] bool is_erased(std::string_view person) const;

 private:
  KeyRing& keys_;
  std::string newcomer_;
  std::vector<std::string> erased_;
  std::vector<storage::KeyChange> changes_;
};

inline constexpr std::size_t state_bytes_max_usual = std::size_t{64} * 1024;

/// An entity kind. Stateless and thread-safe; one per process.
class Kind {
 public:
  virtual ~Kind() = default;
  [[nodiscard]] virtual EntityKind kind() const = 0;
  /// Of a stored state without its bookkeeping; what would make it larger is refused.
  [[nodiscard]] virtual std::size_t state_bytes_max() const { return state_bytes_max_usual; }
  [[nodiscard]] virtual std::unique_ptr<Entity> empty(std::string_view id) const = 0;
  /// What Entity::encode gave, or Entity::seal: sealed members stay at their default here.
  [[nodiscard]] virtual Result<std::unique_ptr<Entity>> decode(std::string_view id,
                                                               std::string_view state) const = 0;
  /// A stored state: what is sealed in it is opened; what stands there unsealed (an older program
  /// wrote it) is read as it is.
  [[nodiscard]] virtual Result<std::unique_ptr<Entity>> unseal(std::string_view id,
                                                               std::string_view state,
                                                               KeyRing&) const {
    return decode(id, state);
  }
  /// Every verb, also the internal ones ("release_claim", timers); entities refuse those from
  /// anybody but the system.
  [[nodiscard]] virtual std::expected<CommandBody, std::vector<FieldError>> parse(
      std::string_view verb, std::string_view body_json) const = 0;
  /// The same of a body that is parsed already and printed as `text`; what is taken out of it is
  /// gone. Parsing is most of what reading a command costs.
  [[nodiscard]] virtual std::expected<CommandBody, std::vector<FieldError>> parse_tree(
      std::string_view verb, JsonTree& body, std::string&& text) const {
    static_cast<void>(body);
    return parse(verb, text);
  }
  /// The verbs people may use, with their JSON Schema (one line each) and
  /// what they do: for routes and OpenAPI.
  struct Verb {
    std::string name, schema, summary = {};
  };
  [[nodiscard]] virtual std::vector<Verb> public_verbs() const = 0;
  /// What Entity::view and ::row, queries that people get to see, and event_view give: for the
  /// documents. Made of what writes it. Of views and rows without `version`, which the caller adds.
  [[nodiscard]] virtual std::vector<Shown> shown() const { return {}; }

  /// Seals an event that decide gave: fills `json`. Personal members of somebody who was erased are
  /// emptied, in `typed` too. Call it before the event is applied.
  [[nodiscard]] virtual Status seal(std::string_view id, EventBody&, KeyRing&) const = 0;
  [[nodiscard]] virtual Result<EventBody> open(std::string_view id, std::string_view type,
                                               std::uint16_t schema, std::string_view json,
                                               KeyRing&) const = 0;
  [[nodiscard]] virtual std::vector<Reaction> react(std::string_view id,
                                                    const EventBody&) const = 0;
  /// The event's data as this viewer may see it, a JSON object; nullopt: not at all.
  [[nodiscard]] virtual std::optional<std::string> event_view(const EventBody&,
                                                              const Viewer&) const = 0;
};

/// All kinds of this process, by their number. Filled once in node/, before threads start.
class Kinds {
 public:
  void add(std::unique_ptr<Kind> kind);
  [[nodiscard]] const Kind& of(EntityKind kind) const;  ///< asserts that it was added

  /// Whose keys open stored states; outlives these. Without it what is sealed stays closed.
  void open_with(KeyRing& keys) { keys_ = &keys; }
  [[nodiscard]] Result<std::unique_ptr<Entity>> unseal(const EntityRef& ref,
                                                       std::string_view state) const;

 private:
  std::vector<std::unique_ptr<Kind>> kinds_;
  KeyRing* keys_ = nullptr;
};

}  // namespace mf::entity
