#include "gateway/routes/passwords.hpp"

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/http/route.hpp"
#include "gateway/io/hash_beside.hpp"

namespace mf::gateway::routes {
namespace {

Problem wrong(std::string field, std::string code, std::string detail) {
  return problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}});
}

std::expected<nlohmann::json, Problem> object_of(std::string_view body) {
  auto parsed = json::parse(body.empty() ? "{}" : body);
  if (!parsed) return std::unexpected(problem(std::vector{parsed.error()}));
  if (!parsed->is_object())
    return std::unexpected(wrong("", "wrong_type", "the body is not a JSON object"));
  return *std::move(parsed);
}

std::optional<Problem> check_password(const nlohmann::json& value, int size_min) {
  if (!value.is_string()) return wrong("password", "wrong_type", "not a text");
  const auto size = characters(value.get_ref<const std::string&>());
  if (size < static_cast<std::size_t>(size_min))
    return wrong("password", "too_short", "at least " + std::to_string(size_min) + " characters");
  if (size > auth::password_size_max)
    return wrong("password", "too_long", "at most 256 characters");
  return {};
}

}  // namespace

void account_command(const CallPtr& call, std::string_view target, std::string location) {
  const auto text = call->request().body;
  auto body = object_of(text);
  if (!body) return call->respond(body.error());
  const bool is_hashed = body->contains("password_hash") || body->contains("token_hash");
  if (!is_hashed && !body->contains("password") && call->route->operation->verb == "set_password")
    return call->respond(wrong("password", "required", "must be given"));
  if (is_hashed || !body->contains("password"))
    return command(call, target, text, std::move(location));  // refuses a hash
  auto& thread = *call->thread;
  const auto& options = thread.shared().options.passwords;
  if (auto no = check_password((*body)["password"], options.size_min)) return call->respond(*no);
  auto password = (*body)["password"].get<std::string>();
  body->erase("password");
  // The hash has a random salt: the fingerprint is of what the caller sent.
  const auto fingerprint = fingerprint_of(*call->route->operation, text);
  const auth::HashCost cost{options.memory_bytes, options.passes};
  if (const auto& by = caller(call); !by.is_administrator() && by.account != target) {
    // The account says no to them, and how, whatever the password: it is not worth a hash.
    (*body)["password_hash"] = auth::nobodys_hash(cost);
    return command(call, target, to_text(*body), std::move(location), fingerprint);
  }
  const bool is_queued = auth::hash_beside(
      thread,
      [cost, password = std::move(password)] { return auth::hash_password(password, cost); },
      [call, body = *std::move(body), target = std::string(target), location = std::move(location),
       fingerprint](Result<std::string> hash) mutable {
        if (!hash) return call->respond(problem(503, "unavailable", "retry later"));
        body["password_hash"] = *std::move(hash);
        command(call, target, to_text(body), std::move(location), fingerprint);
      });
  if (!is_queued) call->respond(too_many("too many passwords at once"));
}

std::string with_password(const std::string& schema) {
  auto parsed = parse_ordered_json(schema);
  if (!parsed.is_object() || !parsed.contains("properties")) return schema;
  auto& properties = parsed["properties"];
  if (!properties.contains("password_hash")) return schema;
  properties.erase("password_hash");
  properties["password"] = {{"type", "string"}, {"maxLength", auth::password_size_max}};
  if (parsed.contains("required"))
    for (auto& name : parsed["required"])
      if (name == "password_hash") name = "password";
  return to_text(parsed);
}

std::expected<std::string, Problem> with_member(std::string_view body, const std::string& name,
                                                std::string_view value) {
  auto parsed = object_of(body);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  (*parsed)[name] = value;
  return to_text(*parsed);
}

std::string array_member(std::string_view object, const std::string& name) {
  const auto parsed = parse_ordered_json(object);
  if (!parsed.is_object() || !parsed.contains(name) || !parsed[name].is_array()) return "[]";
  return to_text(parsed[name]);
}

std::string client_part(std::string_view client, std::string_view id) {
  const auto parsed = parse_ordered_json(client);
  if (!parsed.is_object() || !parsed.contains("sites")) return {};
  const auto find = [&](const nlohmann::ordered_json& list) {
    for (const auto& part : list)
      if (part.value("id", "") == id) return to_text(part);
    return std::string();
  };
  if (auto site = find(parsed["sites"]); !site.empty()) return site;
  for (const auto& site : parsed["sites"])
    if (site.contains("assets"))
      if (auto asset = find(site["assets"]); !asset.empty()) return asset;
  return {};
}

}  // namespace mf::gateway::routes
