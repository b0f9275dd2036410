#include "gateway/api/commands.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/described_schema.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "gateway/api/resources.hpp"

namespace mf::gateway {
namespace {

constexpr std::size_t key_size_max = 255;

/// The body as people send it to a path: the id of a part that is made may be left out, that of one
/// that is changed stands in the path.
std::string without_part_id(const std::string& schema, const PartVerb& part) {
  auto body = parse_ordered_json(schema);
  if (part.id_prefix.empty() || !body.contains("properties")) return schema;
  if (!part.is_new) body["properties"].erase("id");
  if (!body.contains("required")) return to_text(body);
  auto& required = body["required"];
  const auto found = std::ranges::find(required, nlohmann::ordered_json("id"));
  if (found != required.end()) required.erase(found);
  if (required.empty()) body.erase("required");
  return to_text(body);
}

Operation operation_of(EntityKind kind, entity::Kind::Verb verb) {
  const auto* resource = resource_of(kind);
  Operation operation{
      .name = std::string(resource ? resource->name : "catalogue") + "." + verb.name,
      .kind = kind,
      .verb = verb.name,
      .schema = std::move(verb.schema),
      .summary = std::move(verb.summary),
      .prefix = std::string(id_prefix(kind)),
      .creates = verb.name == "create",
      .part_prefix = {},
      .makes_part = false};
  if (const auto* part = part_verb(kind, verb.name)) {
    operation.name = part->operation;
    operation.part_prefix = part->id_prefix;
    operation.makes_part = part->is_new;
    operation.schema = without_part_id(operation.schema, *part);
  }
  return operation;
}

Problem wrong_field(std::string field, std::string code, Sentence detail) {
  return problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}});
}

}  // namespace

Operations::Operations(const entity::Kinds& kinds) {
  std::set<EntityKind> addressed;
  for (const auto& resource : resources()) addressed.insert(resource.kind);
  for (const auto kind : addressed)
    for (auto& verb : kinds.of(kind).public_verbs())
      all_.push_back(operation_of(kind, std::move(verb)));
  std::ranges::sort(all_, {}, &Operation::name);
}

const Operation* Operations::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(all_, name, {}, &Operation::name);
  return found != all_.end() && found->name == name ? &*found : nullptr;
}

namespace {

/// Finds the id of a create or of a part, and puts it where it belongs: a new entity's is its
/// address and leaves the body, a part's is a member of the body.
std::expected<void, Problem> place_id(const Intent& intent, const Principal& by,
                                      nlohmann::json& body, Built& built) {
  const auto& operation = *intent.operation;
  const auto& prefix = operation.creates ? operation.prefix : operation.part_prefix;
  const auto own = body.find("id");
  const bool is_given = own != body.end();
  Id id;
  if (is_given) {
    if (own->is_string()) id = own->get<std::string>();
  } else if (!operation.creates && !operation.makes_part) {
    id = intent.target;
  } else {
    id = intent.key.empty()
             ? random_id(prefix)
             : derive_id(prefix, by.account, operation.name + built.command.target.id, intent.key);
  }
  if (!is_id(prefix, id))
    return std::unexpected(wrong_field(
        "id", "malformed", "an id is {prefix}_ and 26 characters"_en.with("prefix", prefix)));
  if (operation.creates) {
    built.command.target.id = id;
    body.erase("id");
  } else {
    built.part = id;
    body["id"] = id;
  }
  return {};
}

struct OutcomeView {
  Id id;
  std::uint64_t version = 0;
  std::string status, position;
};
BOOST_DESCRIBE_STRUCT(OutcomeView, (), (id, version, status, position))
constexpr auto notes_on(const OutcomeView*) {
  return std::array{
      json::Note{"id", "Of what the command was about, or of what it made."},
      json::Note{"version", "Of the entity, after it."},
      json::Note{"status", "Of the entity, after it; empty for kinds without one."},
      json::Note{"position", "Where the change stands, for reads that must not be older."}};
}

/// Hashes are made by us, of a password (routes/passwords.cpp) or of a random token, never sent.
/// Gives the name of the one that is there, or nothing.
std::string hash_in(const nlohmann::json& body) {
  for (const auto* name : {"password_hash", "token_hash", "totp_step"})
    if (body.contains(name)) return name;
  return {};
}

CommandId command_id(const Operation& operation, const Built& built, const Principal& by,
                     std::string_view key) {
  if (!key.empty()) return blake2b_128({by.account, operation.name, built.command.target.id, key});
  CommandId id;
  const auto bytes = random_bytes(id.bytes.size());
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

}  // namespace

std::uint64_t fingerprint_of(const Operation& operation, std::string_view body) {
  const auto parsed = json::parse(body.empty() ? "{}" : body);
  return xxh3_64(operation.verb) ^ (parsed ? xxh3_64(to_text(*parsed)) : xxh3_64(body));
}

std::expected<Built, Problem> build(const entity::Kinds& kinds, const Intent& intent,
                                    const Principal& by, Timestamp now, Duration patience) {
  const auto& operation = *intent.operation;
  if (characters(intent.key) > key_size_max)
    return std::unexpected(problem(422, "invalid_idempotency_key",
                                   "an Idempotency-Key has at most 255 characters"_en));
  // One tree for all that is asked of the body here; sorted, so that its text is the same however
  // the members were ordered and spaced.
  JsonTree parsed_here;
  if (!intent.tree) {
    auto body = json::parse(intent.body.empty() ? "{}" : intent.body);
    if (!body) return std::unexpected(problem(std::vector{body.error()}));
    parsed_here.value = std::move(*body);
  }
  auto& tree = intent.tree ? *intent.tree : parsed_here;
  auto& body = tree.value;
  if (!body.is_object())
    return std::unexpected(wrong_field("", "wrong_type", "the body is not a JSON object"_en));
  Built built;
  auto& command = built.command;
  const bool is_catalogue = operation.kind == EntityKind::catalogue;
  command.target = {operation.kind, is_catalogue ? "catalogue" : std::string(intent.target)};
  if (operation.creates || !operation.part_prefix.empty())
    if (auto placed = place_id(intent, by, body, built); !placed)
      return std::unexpected(std::move(placed.error()));

  if (operation.kind == EntityKind::account && !intent.fingerprint)
    if (const auto hash = hash_in(body); !hash.empty())
      return std::unexpected(wrong_field(hash, "unknown_field", "there is no such field"_en));

  const auto text = to_text(body);
  if (intent.tree && text.size() > body_size_max)  // else it was measured as it came
    return std::unexpected(problem(413, "body_too_large", "at most 60 KiB"_en));
  auto parsed = kinds.of(operation.kind).parse_tree(operation.verb, tree, std::string(text));
  if (!parsed) return std::unexpected(problem(std::move(parsed.error())));
  if (!is_catalogue && !operation.creates && !is_id(operation.prefix, command.target.id))
    return std::unexpected(problem(404, "not_found", "no such object"_en));
  command.fingerprint =
      intent.fingerprint ? *intent.fingerprint : xxh3_64(operation.verb) ^ xxh3_64(text);
  command.body = std::move(*parsed);
  if (intent.occurred_at) command.body.occurred_at = intent.occurred_at;
  command.body.device_clock = intent.device_clock;
  command.id = command_id(operation, built, by, intent.key);
  command.by = by;
  command.deadline = now + patience;
  command.trace = intent.trace;
  command.expected_versions = intent.expected_versions;
  return built;
}

std::string outcome_json(const entity::Outcome& outcome, const Id& part) {
  return json::to_text(OutcomeView{part.empty() ? outcome.id : part, outcome.version,
                                   outcome.status, outcome.position});
}

std::string outcome_schema() { return json::shown<OutcomeView>(Shown::Use::part, {}).schema; }

}  // namespace mf::gateway
