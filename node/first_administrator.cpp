#include "node/first_administrator.hpp"

#include <nlohmann/json.hpp>

#include "actors/runtime/entity_core.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "gateway/auth/password.hpp"
#include "node/waiting_sink.hpp"

namespace mf::node {
namespace {

constexpr Duration patience = std::chrono::seconds(20);

Result<bool> has_administrator(runtime::Runtime& runtime, WaitingSink& sink) {
  runtime.ask(1, {EntityKind::unique_name, "user:admin"}, "owner", "{}", Principal::system(), sink);
  const auto answer = sink.wait(1, patience);
  if (!answer) return fail(ErrorCode::timeout, "the store does not answer");
  const auto& reply = std::get<runtime::ReadReply>(*answer);
  if (reply.fault) return fail(ErrorCode::unavailable, reply.fault->detail);
  return !reply.no;
}

Status create(runtime::Runtime& runtime, WaitingSink& sink, const std::string& password,
              Timestamp now) {
  auto hash = gateway::auth::hash_password(password);
  if (!hash) return std::unexpected(std::move(hash.error()));
  const nlohmann::json body{{"username", "admin"},
                            {"password_hash", *hash},
                            {"roles", {"administrator"}}};
  const EntityRef account{EntityKind::account, random_id("acc")};
  auto command = runtime::system_command(runtime.kinds().of(account.kind), account, "create",
                                         body.dump(), blake2b_128({"first-administrator", account.id}),
                                         runtime::Origin::person);
  if (!command) return fail(ErrorCode::internal, command.error().detail);
  command->deadline = now + patience;
  std::vector<runtime::TaggedCommand> commands;
  commands.push_back({2, std::move(*command)});
  runtime.submit(std::move(commands), sink);
  const auto answer = sink.wait(2, patience + Duration{1000});
  if (!answer) return fail(ErrorCode::timeout, "the store does not answer");
  const auto& reply = std::get<runtime::Reply>(*answer);
  if (const auto* no = std::get_if<Rejection>(&reply))
    return fail(ErrorCode::invalid_argument, no->code + " " + no->detail);
  if (const auto* fault = std::get_if<runtime::Fault>(&reply))
    return fail(ErrorCode::unavailable, fault->detail);
  return {};
}

}  // namespace

Result<std::string> ensure_administrator(runtime::Runtime& runtime, const std::string& given,
                                         Timestamp now) {
  WaitingSink sink;
  const auto exists = has_administrator(runtime, sink);
  if (!exists) return std::unexpected(Error{exists.error()}.in("looking for the administrator"));
  if (*exists) return std::string{};
  const auto password = given.empty() ? crockford_base32(random_bytes(12)) : given;
  if (auto made = create(runtime, sink, password, now); !made)
    return std::unexpected(std::move(made.error()).in("making the first administrator"));
  log::info(log::node, "first-administrator-made", {{"username", "admin"}});
  return given.empty() ? password : std::string{};
}

}  // namespace mf::node
