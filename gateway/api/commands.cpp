#include "gateway/api/commands.hpp"

#include <algorithm>

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace mf::gateway {
namespace {

constexpr std::size_t key_size_max = 255;

struct Resource {
  EntityKind kind;
  std::string_view name, prefix;
};
constexpr Resource resources[] = {
    {EntityKind::work_order, "orders", "ord"}, {EntityKind::technician, "technicians", "tec"},
    {EntityKind::client, "clients", "cli"},    {EntityKind::account, "accounts", "acc"},
    {EntityKind::catalogue, "catalogue", ""},
};

/// A verb about a part of its entity, whose id stands in the body.
struct Part {
  EntityKind kind;
  std::string_view verb, operation, prefix;
  bool is_new;  // its id is made here; else the caller names it
};
constexpr Part parts[] = {
    {EntityKind::client, "add_site", "clients.add_site", "sit", true},
    {EntityKind::client, "add_asset", "clients.add_asset", "ast", true},
    {EntityKind::catalogue, "create_zone", "zones.create", "zon", true},
    {EntityKind::catalogue, "edit_zone", "zones.edit", "zon", false},
    {EntityKind::catalogue, "create_order_type", "order_types.create", "typ", true},
    {EntityKind::catalogue, "edit_order_type", "order_types.edit", "typ", false},
    {EntityKind::catalogue, "put_sla_policy", "sla_policies.put", "", false},
    {EntityKind::catalogue, "put_reason_code", "reason_codes.put", "", false},
};

const Part* part_of(EntityKind kind, std::string_view verb) {
  const auto found = std::ranges::find_if(
      parts, [&](const Part& part) { return part.kind == kind && part.verb == verb; });
  return found == std::end(parts) ? nullptr : &*found;
}

Operation operation_of(const Resource& resource, entity::Kind::Verb verb) {
  Operation operation{std::string(resource.name) + "." + verb.name,
                      resource.kind,
                      verb.name,
                      std::move(verb.schema),
                      std::string(resource.prefix),
                      verb.name == "create",
                      {},
                      false};
  if (const auto* part = part_of(resource.kind, verb.name)) {
    operation.name = part->operation;
    operation.part_prefix = part->prefix;
    operation.makes_part = part->is_new;
  }
  return operation;
}

Problem wrong_field(std::string field, std::string code, std::string detail) {
  return problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}});
}

}  // namespace

std::string_view id_prefix(EntityKind kind) {
  const auto found = std::ranges::find(resources, kind, &Resource::kind);
  return found == std::end(resources) ? std::string_view() : found->prefix;
}

Operations::Operations(const entity::Kinds& kinds) {
  for (const auto& resource : resources)
    for (auto& verb : kinds.of(resource.kind).public_verbs())
      all_.push_back(operation_of(resource, std::move(verb)));
  std::ranges::sort(all_, {}, &Operation::name);
}

const Operation* Operations::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(all_, name, {}, &Operation::name);
  return found != all_.end() && found->name == name ? &*found : nullptr;
}

namespace {

/// Finds the id of a create or of a part, and puts it where it belongs: a new entity's is its
/// address and leaves the body, a part's is a member of the body.
std::expected<void, Problem> place_id(const Intent& intent, const Principal& by, std::string& body,
                                      Built& built) {
  const auto& operation = *intent.operation;
  auto parsed = json::parse(body);
  if (!parsed) return std::unexpected(problem(std::vector{parsed.error()}));
  if (!parsed->is_object())
    return std::unexpected(wrong_field("", "wrong_type", "the body is not a JSON object"));
  const auto& prefix = operation.creates ? operation.prefix : operation.part_prefix;
  const auto own = parsed->find("id");
  const bool is_given = own != parsed->end();
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
    return std::unexpected(
        wrong_field("id", "malformed", "an id is " + prefix + "_ and 26 characters"));
  if (operation.creates) {
    built.command.target.id = id;
    if (!is_given) return {};
    parsed->erase(own);
    body = to_text(*parsed);
  } else {
    built.part = id;
    if (!is_given)
      body.insert(body.find('{') + 1, "\"id\":\"" + id + (parsed->empty() ? "\"" : "\","));
  }
  return {};
}

/// Hashes are made by us, of a password (routes/passwords.cpp) or of a random token, never sent.
/// Gives the name of the one that is there, or nothing.
std::string hash_in(const std::string& body) {
  const auto parsed = json::parse(body);
  if (!parsed || !parsed->is_object()) return {};
  for (const auto* name : {"password_hash", "token_hash", "totp_step"})
    if (parsed->contains(name)) return name;
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
    return std::unexpected(
        problem(422, "invalid_idempotency_key", "an Idempotency-Key has at most 255 characters"));
  std::string body(intent.body.empty() ? "{}" : intent.body);
  Built built;
  auto& command = built.command;
  const bool is_catalogue = operation.kind == EntityKind::catalogue;
  command.target = {operation.kind, is_catalogue ? "catalogue" : std::string(intent.target)};
  if (operation.creates || !operation.part_prefix.empty())
    if (auto placed = place_id(intent, by, body, built); !placed)
      return std::unexpected(std::move(placed.error()));

  if (operation.kind == EntityKind::account && !intent.fingerprint)
    if (const auto hash = hash_in(body); !hash.empty())
      return std::unexpected(wrong_field(hash, "unknown_field", "there is no such field"));

  auto parsed = kinds.of(operation.kind).parse(operation.verb, body);
  if (!parsed) return std::unexpected(problem(std::move(parsed.error())));
  if (!is_catalogue && !operation.creates && !is_id(operation.prefix, command.target.id))
    return std::unexpected(problem(404, "not_found", "no such object"));
  command.fingerprint = intent.fingerprint ? *intent.fingerprint : fingerprint_of(operation, body);
  command.body = std::move(*parsed);
  if (intent.occurred_at) command.body.occurred_at = intent.occurred_at;
  command.body.clock_offset = intent.clock_offset;
  command.id = command_id(operation, built, by, intent.key);
  command.by = by;
  command.deadline = now + patience;
  command.trace = intent.trace;
  command.expected_version = intent.expected_version;
  return built;
}

std::string outcome_json(const entity::Outcome& outcome, const Id& part) {
  std::string out = "{\"id\":";
  json::append_quoted(out, part.empty() ? outcome.id : part);
  out += ",\"version\":" + std::to_string(outcome.version) + ",\"status\":";
  json::append_quoted(out, outcome.status);
  out += ",\"position\":";
  json::append_quoted(out, outcome.position);
  out += '}';
  return out;
}

}  // namespace mf::gateway
