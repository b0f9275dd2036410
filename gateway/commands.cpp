#include "gateway/commands.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/described_json.hpp"

namespace mf::gateway {
namespace {

constexpr std::size_t key_size_max = 255;

struct Resource {
  EntityKind kind;
  std::string_view name, prefix;
};
constexpr Resource resources[] = {
    {EntityKind::work_order, "orders", "ord"},
    {EntityKind::technician, "technicians", "tec"},
    {EntityKind::client, "clients", "cli"},
    {EntityKind::account, "accounts", "acc"},
};

/// Verbs that make a part of their entity: its id comes with the body.
struct Part {
  EntityKind kind;
  std::string_view verb, prefix;
};
constexpr Part parts[] = {
    {EntityKind::client, "add_site", "sit"},      {EntityKind::client, "add_asset", "ast"},
    {EntityKind::catalogue, "add_zone", "zon"},   {EntityKind::catalogue, "add_order_type", "typ"},
    {EntityKind::catalogue, "add_sla_policy", ""},
};

/// The catalogue's verbs are operations of three collections.
struct CatalogueName {
  std::string_view verb, name;
};
constexpr CatalogueName catalogue_names[] = {
    {"add_zone", "zones.create"},
    {"edit_zone", "zones.edit"},
    {"add_order_type", "order_types.create"},
    {"edit_order_type", "order_types.edit"},
    {"set_sla_policy", "sla_policies.create"},
};

std::string part_prefix_of(EntityKind kind, std::string_view verb) {
  const auto found = std::ranges::find_if(
      parts, [&](const Part& part) { return part.kind == kind && part.verb == verb; });
  return found == std::end(parts) ? std::string() : std::string(found->prefix);
}

std::string catalogue_operation(std::string_view verb) {
  const auto found = std::ranges::find(catalogue_names, verb, &CatalogueName::verb);
  return found == std::end(catalogue_names) ? "catalogue." + std::string(verb)
                                            : std::string(found->name);
}

/// The body's own `id`, or the one given here, put into the body.
Id put_id(std::string& body, const nlohmann::json& parsed, Id id) {
  if (const auto own = parsed.find("id"); own != parsed.end() && own->is_string())
    return own->get<std::string>();
  const auto brace = body.find('{');
  body.insert(brace + 1, "\"id\":\"" + id + (parsed.empty() ? "\"" : "\","));
  return id;
}

Problem wrong_field(std::string field, std::string code, std::string detail) {
  return problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}});
}

}  // namespace

Operations::Operations(const runtime::Kinds& kinds) {
  for (const auto& resource : resources)
    for (auto& verb : kinds.of(resource.kind).public_verbs())
      all_.push_back({std::string(resource.name) + "." + verb.name, resource.kind, verb.name,
                      std::move(verb.schema), std::string(resource.prefix), verb.name == "create",
                      part_prefix_of(resource.kind, verb.name)});
  for (auto& verb : kinds.of(EntityKind::catalogue).public_verbs())
    all_.push_back({catalogue_operation(verb.name), EntityKind::catalogue, verb.name,
                    std::move(verb.schema), "", false,
                    part_prefix_of(EntityKind::catalogue, verb.name)});
  std::ranges::sort(all_, {}, &Operation::name);
}

const Operation* Operations::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(all_, name, {}, &Operation::name);
  return found != all_.end() && found->name == name ? &*found : nullptr;
}

std::expected<Built, Problem> build(const runtime::Kinds& kinds, const Intent& intent,
                                    const Principal& by, Timestamp now, Duration patience) {
  const auto& operation = *intent.operation;
  if (intent.key.size() > key_size_max)
    return std::unexpected(problem(422, "invalid_idempotency_key",
                                   "an Idempotency-Key has at most 255 characters"));
  std::string body(intent.body.empty() ? "{}" : intent.body);
  Built built;
  auto& command = built.command;
  command.target = {operation.kind, operation.kind == EntityKind::catalogue
                                        ? std::string("catalogue")
                                        : std::string(intent.target)};
  command.fingerprint = xxh3_64(operation.verb) ^ xxh3_64(body);

  if (operation.creates || !operation.part_prefix.empty()) {
    const auto parsed = json::parse(body);
    if (!parsed) return std::unexpected(problem(std::vector{parsed.error()}));
    if (!parsed->is_object())
      return std::unexpected(wrong_field("", "wrong_type", "the body is not a JSON object"));
    const auto& prefix = operation.creates ? operation.prefix : operation.part_prefix;
    const auto id = put_id(body, *parsed,
                           intent.key.empty()
                               ? random_id(prefix)
                               : derive_id(prefix, by.account + command.target.id, operation.name,
                                           intent.key));
    if (!is_id(prefix, id))
      return std::unexpected(wrong_field("id", "malformed", "an id is " + prefix +
                                                                "_ and 26 characters"));
    (operation.creates ? command.target.id : built.part) = id;
  } else if (!operation.prefix.empty() && !is_id(operation.prefix, command.target.id)) {
    return std::unexpected(problem(404, "not_found", "no such object"));
  }

  auto parsed = kinds.of(operation.kind).parse(operation.verb, body);
  if (!parsed) return std::unexpected(problem(std::move(parsed.error())));
  command.body = std::move(*parsed);
  if (intent.occurred_at) command.body.occurred_at = intent.occurred_at;
  if (intent.key.empty()) {
    const auto bytes = random_bytes(16);
    std::memcpy(command.id.bytes.data(), bytes.data(), 16);
  } else {
    command.id = blake2b_128({by.account, operation.name, command.target.id, intent.key});
  }
  command.by = by;
  command.deadline = now + patience;
  command.trace = intent.trace;
  command.expected_version = intent.expected_version;
  return built;
}

std::string outcome_json(const runtime::Outcome& outcome, const Id& part) {
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
