#pragma once
// What people may do, by one name for both doors: POST /v1/orders/{id}/start is the rpc
// "orders.start". REST and the stream build the commands of callers here. What the gateway itself
// tells an entity (a session that opens, a trail, a delivery) is built where it arises.
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/host/runtime.hpp"
#include "gateway/api/identity.hpp"
#include "gateway/api/problem.hpp"

namespace mf::gateway {

/// Of a command, at whichever door.
inline constexpr std::size_t body_size_max = std::size_t{60} * 1024;

/// One public verb of a kind as it appears on the wire.
struct Operation {
  std::string name;  ///< "orders.start", "clients.add_site", "zones.create"
  EntityKind kind = EntityKind::work_order;
  std::string verb;          ///< the entity's
  std::string schema;        ///< JSON Schema of its body, one line
  std::string summary = {};  ///< what it does, for documents; may be empty
  std::string prefix;        ///< ids it may target: "ord"; "" for the one catalogue
  bool creates = false;      ///< the target is new: its id comes from the body, or from the key
  std::string part_prefix;   ///< it is about a part ("sit", "zon"), whose `id` is in the body
  bool makes_part = false;   ///< the part is new: its id is made like a create's
};

class Operations {
 public:
  explicit Operations(const entity::Kinds& kinds);
  [[nodiscard]] const Operation* find(std::string_view name) const;
  [[nodiscard]] const std::vector<Operation>& all() const { return all_; }

 private:
  std::vector<Operation> all_;  // sorted by name
};

/// What a caller wants, still unchecked.
struct Intent {
  const Operation* operation = nullptr;
  std::string_view target;              ///< an id; empty for creates; of the catalogue: a part's
  std::string_view body;                ///< JSON object; empty counts as {}
  std::shared_ptr<JsonTree> tree = {};  ///< the body where it is parsed already; is used up
  std::string_view key;                 ///< Idempotency-Key; empty: none
  std::vector<std::uint64_t> expected_versions = {};  ///< one of these; none: any
  std::string_view trace;                             ///< 32 hex digits
  std::optional<Timestamp> occurred_at;               ///< of /v1/sync: wins over the body's
  std::optional<DeviceClock> device_clock;            ///< of /v1/sync
  std::optional<std::uint64_t> fingerprint;  ///< where the body is ours, not what the caller sent
};

struct Built {
  entity::Command command;
  Id part;  ///< the id of the part it makes, else empty
};

/// Of a command's body as somebody sent it: the same however its members are ordered and spaced.
[[nodiscard]] std::uint64_t fingerprint_of(const Operation& operation, std::string_view body);

/// Command id = hash(principal, operation, target, key), random without a key; ids of creates and
/// parts are derived likewise. `now + patience` is the command's deadline.
/// Problems: 422 with errors[], 404 for a malformed target, 422 `invalid_idempotency_key`.
[[nodiscard]] std::expected<Built, Problem> build(const entity::Kinds& kinds, const Intent& intent,
                                                  const Principal& by, Timestamp now,
                                                  Duration patience);

/// The fixed reply {id, version, status, position}.
[[nodiscard]] std::string outcome_json(const entity::Outcome& outcome, const Id& part);
[[nodiscard]] std::string outcome_schema();

}  // namespace mf::gateway
