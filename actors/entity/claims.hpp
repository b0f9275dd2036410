#pragma once
// The JSON of claims and of questions between entities. Only *_codec.cpp include this.
#include <string>
#include <string_view>

#include "actors/entity/kind.hpp"
#include "base/assert.hpp"
#include "base/claim.hpp"
#include "base/described_json.hpp"

namespace mf::entity {

/// The body of a query between entities; an object without members when it is malformed.
[[nodiscard]] inline nlohmann::json query_body(std::string_view text) {
  auto body = parse_json(text);
  return body.is_object() ? body : nlohmann::json::object();
}

/// The question to the catalogue whether something new may begin in a zone: its answer is the zone,
/// its no `unknown_zone` or `zone_disabled`.
[[nodiscard]] inline Need fact_of_zone(std::string need_name, const Id& zone) {
  Need need{
      .name = std::move(need_name), .target = catalogue_ref, .verb = "zone", .body = "{\"zone\":"};
  json::append_quoted(need.body, zone);
  need.body += '}';
  return need;
}

/// The claim of a unique name (`claim_name`) for `owner` ("<kind>/<id>").
[[nodiscard]] inline Need claim_of_name(std::string need_name, std::string unique_name,
                                        std::string_view owner, std::string token) {
  Need need{.type = Need::Type::claim,
            .name = std::move(need_name),
            .target = {EntityKind::unique_name, std::move(unique_name)},
            .verb = "claim_name",
            .body = "{\"token\":",
            .token = std::move(token)};
  json::append_quoted(need.body, need.token);
  need.body += ",\"owner\":";
  json::append_quoted(need.body, owner);
  need.body += '}';
  return need;
}

/// A holder's question to the claimant `owner` ("<kind>/<id>") whether it uses a claim; answered by
/// its query `claim_in_use` {"token","holder"} with {"used":bool}.
[[nodiscard]] inline Need use_of_claim(std::string_view owner, std::string_view token,
                                       std::string_view holder) {
  const auto slash = owner.find('/');
  const auto kind = parse_entity_kind(owner.substr(0, slash));
  MF_ASSERT(kind && slash != owner.npos, "a claim without a claimant");
  Need need{.name = std::string(token),
            .target = {*kind, std::string(owner.substr(slash + 1))},
            .verb = "claim_in_use",
            .body = "{\"token\":"};
  json::append_quoted(need.body, token);
  need.body += ",\"holder\":";
  json::append_quoted(need.body, holder);
  need.body += '}';
  return need;
}
/// A claimant that does not exist uses nothing; one that is busy or unreachable has not answered.
[[nodiscard]] inline ClaimUse claim_use(const Answer& answer) {
  if (!answer.value)
    return answer.value.error().kind == RejectionKind::not_found ? ClaimUse::unused
                                                                 : ClaimUse::unknown;
  const auto body = parse_json(*answer.value);
  if (!body.is_object() || !body.contains("used") || !body["used"].is_boolean())
    return ClaimUse::unknown;
  return body["used"].get<bool>() ? ClaimUse::used : ClaimUse::unused;
}

}  // namespace mf::entity
