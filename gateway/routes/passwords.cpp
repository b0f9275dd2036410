#include "gateway/routes/passwords.hpp"

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "gateway/auth/hash_beside.hpp"
#include "gateway/auth/password.hpp"
#include "gateway/auth/security_log.hpp"
#include "gateway/http/address.hpp"
#include "gateway/http/route.hpp"
#include "gateway/routes/proof.hpp"

namespace mf::gateway::routes {
namespace {

Problem wrong(std::string field, std::string code, Sentence detail) {
  return problem(std::vector{FieldError{std::move(field), std::move(code), std::move(detail)}});
}

std::expected<nlohmann::json, Problem> object_of(std::string_view body) {
  auto parsed = json::parse(body.empty() ? "{}" : body);
  if (!parsed) return std::unexpected(problem(std::vector{parsed.error()}));
  if (!parsed->is_object())
    return std::unexpected(wrong("", "wrong_type", "the body is not a JSON object"_en));
  return *std::move(parsed);
}

/// What an account gets instead of a hash where it says no anyway, and how.
constexpr std::string_view no_hash = "$argon2id$";

/// A command to an account whose `password` becomes a hash on the way.
struct PasswordCommand {
  CallPtr call;
  nlohmann::json body;  // without it
  std::string target, location, password;
  std::uint64_t fingerprint = 0;
};

void tell_changed(const PasswordCommand& wanted) {
  const auto& call = wanted.call;
  if (call->route->operation->verb != "set_password") return;
  auth::tell({.event = "password-changed",
              .account = caller(call).account,
              .username = {},
              .address = call->address,
              .route = call->route->name,
              .code = {},
              .target = wanted.target});
}

void hash_and_send(const std::shared_ptr<PasswordCommand>& wanted, std::string_view username) {
  const auto& call = wanted->call;
  auto& thread = *call->thread;
  const auto& options = thread.shared().options.passwords;
  if (auto no = auth::check_new_password(wanted->password, options.size_min, username))
    return call->respond(problem(std::vector{*std::move(no)}));
  auth::hash_beside(
      thread, {http::limit_key(call->address), caller(call).is_administrator()},
      [password = wanted->password, cost = auth::HashCost{options.memory_bytes, options.passes}] {
        return auth::hash_password(password, cost);
      },
      [wanted](std::optional<Result<std::string>> hash) {
        const auto& call = wanted->call;
        if (!hash) return call->respond(too_many("too many passwords at once"_en));
        if (!*hash) return call->respond(problem(503, "unavailable", "retry later"_en));
        wanted->body["password_hash"] = **std::move(hash);
        command(call, wanted->target, to_text(wanted->body), std::move(wanted->location),
                wanted->fingerprint, [wanted] { tell_changed(*wanted); });
      });
}

std::optional<std::string> taken_text(nlohmann::json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end()) return {};
  auto text = found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
  body.erase(found);
  return text;
}

/// The own password: by who knows the present one, and has the second factor where there is one.
void set_own_password(const std::shared_ptr<PasswordCommand>& wanted) {
  auto current = taken_text(wanted->body, "current_password");
  auto code = taken_text(wanted->body, "code");
  if (!current)
    return wanted->call->respond(
        wrong("current_password", "required", "the password that is good now"_en));
  prove_own(wanted->call, {*std::move(current), std::move(code).value_or("")},
            [wanted](std::optional<std::int64_t> step) {
              if (step) wanted->body["totp_step"] = *step;
              hash_and_send(wanted, wanted->call->identity->username);
            });
}

}  // namespace

void account_command(const CallPtr& call, std::string_view target, std::string location) {
  const auto text = call->request().body;
  auto body = object_of(text);
  if (!body) return call->respond(body.error());
  const auto& verb = call->route->operation->verb;
  for (const auto* ours : {"password_hash", "token_hash", "totp_step"})
    if (body->contains(ours))
      return call->respond(wrong(ours, "unknown_field", "no such field"_en));
  if (!body->contains("password")) {
    if (verb == "set_password")
      return call->respond(wrong("password", "required", "must be given"_en));
    return command(call, target, text, std::move(location));
  }
  if (!(*body)["password"].is_string())
    return call->respond(wrong("password", "wrong_type", "not a text"_en));
  // What no body may hold is said before who may send it.
  const auto& rules = call->thread->shared().options.passwords;
  if (auto no =
          auth::check_new_password((*body)["password"].get<std::string>(), rules.size_min, {}))
    return call->respond(problem(std::vector{*std::move(no)}));
  // The hash has a random salt: the fingerprint is of what the caller sent.
  auto wanted = std::make_shared<PasswordCommand>(
      PasswordCommand{call,
                      {},
                      std::string(target),
                      std::move(location),
                      (*body)["password"].get<std::string>(),
                      fingerprint_of(*call->route->operation, text)});
  body->erase("password");
  wanted->body = *std::move(body);
  const auto& by = caller(call);
  if (verb == "set_password" && by.account == target) return set_own_password(wanted);
  if (!by.is_administrator()) {
    // The account says no to them, and how, whatever the password: it is not worth a hash.
    wanted->body["password_hash"] = no_hash;
    return command(call, target, to_text(wanted->body), std::move(wanted->location),
                   wanted->fingerprint);
  }
  if (verb != "set_password")
    return hash_and_send(wanted, wanted->body.value("username", nlohmann::json()).is_string()
                                     ? wanted->body["username"].get<std::string>()
                                     : std::string());
  with_login_facts(call, wanted->target,
                   [wanted](const LoginFacts& facts) { hash_and_send(wanted, facts.username); });
}

std::string with_password(const std::string& schema) {
  auto parsed = parse_ordered_json(schema);
  if (!parsed.is_object() || !parsed.contains("properties")) return schema;
  auto& properties = parsed["properties"];
  if (!properties.contains("password_hash")) return schema;
  properties.erase("password_hash");
  properties["password"] = {{"type", "string"}, {"maxLength", auth::password_size_max}};
  if (properties.erase("totp_step") > 0)
    for (const auto* proof : {"current_password", "code"}) properties[proof] = {{"type", "string"}};
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
