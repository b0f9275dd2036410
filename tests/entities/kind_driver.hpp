#pragma once
// Plays one entity the way the runtime does, without the runtime: needs, decide, seal, open, apply,
// encode, decode. Every event goes through its stored form, every state through its encoding.
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/entity/kind.hpp"

namespace mf::test {

/// Keys that only mark what they seal: "sealed(person): plain".
class MarkingKeys final : public entity::KeyRing {
 public:
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool create) override;
  Status erase(std::string_view person) override;
  std::set<std::string, std::less<>> persons, erased;
};

/// "tec_AAAA…": a well-formed id that is easy to tell from others.
[[nodiscard]] Id id_of(std::string_view prefix, char letter);
[[nodiscard]] Timestamp at(std::string_view rfc3339);

[[nodiscard]] Principal administrator();
[[nodiscard]] Principal supervisor_of(std::vector<Id> zones);
[[nodiscard]] Principal technician_named(const Id& technician);
[[nodiscard]] Principal client_named(const Id& client);

struct Said {
  std::vector<std::string> events;  ///< types; empty for a no
  std::vector<std::string> stored;  ///< their JSON
  std::vector<std::uint16_t> schemas = {};
  std::optional<Rejection> no;
  std::vector<FieldError> invalid;  ///< the body itself was refused
  /// "technician.created, …", or the code of the no.
  [[nodiscard]] std::string text() const;
};

class Driver {
 public:
  using Responder = std::function<std::expected<std::string, Rejection>(const entity::Need&)>;

  Driver(std::shared_ptr<const entity::Kind> kind, Id id);

  Driver& as(Principal by);
  Driver& now(Timestamp time);
  Driver& later(Duration by);
  /// How facts and claims are answered; all are granted unless told otherwise.
  Driver& answering(Responder responder);

  Said does(const std::string& verb, const std::string& body = "{}");
  /// Like does(), and fails the test unless it is a yes.
  Driver& given(const std::string& verb, const std::string& body = "{}");
  [[nodiscard]] Driver copy() const;
  /// Events applied again from their stored form to an empty entity, with the keys as they are now.
  [[nodiscard]] std::string rebuilt_state() const;

  /// What a commit would store of the state as it is.
  [[nodiscard]] std::string stored_state() const { return entity_->clone()->seal(*keys_); }
  /// What is read back of that, with the keys as they are now.
  void reload(const std::string& stored) { entity_ = kind_->unseal(id_, stored, *keys_).value(); }
  [[nodiscard]] const entity::Entity& entity() const { return *entity_; }
  [[nodiscard]] std::string ask(std::string_view query, std::string_view body = "{}",
                                const Principal& by = Principal::system()) const;
  [[nodiscard]] const std::vector<entity::Reaction>& reactions() const { return reactions_; }
  [[nodiscard]] const std::vector<entity::Need>& asked() const { return asked_; }
  MarkingKeys& keys() { return *keys_; }

 private:
  struct Stored {
    std::string type, json;
    std::uint16_t schema = 1;
    Context context;
  };
  std::shared_ptr<const entity::Kind> kind_;
  Id id_;
  Principal by_ = administrator();
  Timestamp now_;
  std::uint64_t attempt_ = 0;
  Responder responder_;
  std::shared_ptr<MarkingKeys> keys_ = std::make_shared<MarkingKeys>();
  std::shared_ptr<const entity::Entity> entity_;
  std::vector<entity::Reaction> reactions_;
  std::vector<entity::Need> asked_;
  std::vector<Stored> history_;
};

struct MatrixCommand {
  std::string label, verb, body;
  Principal by;
  Driver::Responder responder = {};
};
/// Compares docs/states/<name>.md with the outcome of every command in every state; MF_WRITE=1
/// writes it instead.
void check_matrix(const std::string& name, const std::string& intro,
                  const std::vector<std::pair<std::string, Driver>>& states,
                  const std::vector<MatrixCommand>& commands);

/// Compares tests/golden/events/<kind>/<type>.v<schema>.json with what is stored for that event, by
/// type (schema 1) or type.v<schema>; MF_WRITE=1 writes it instead.
void check_golden_events(const std::string& kind, const std::map<std::string, std::string>& events);

}  // namespace mf::test
