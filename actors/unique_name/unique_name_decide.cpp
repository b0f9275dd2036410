#include <algorithm>

#include "actors/unique_name/unique_name.hpp"

namespace mf::unique_name {

Decision<Event> decide(const UniqueName& name, const ClaimName& claim, const Facts&) {
  if (!name.owner.empty() && name.owner != claim.owner)
    return reject("name_taken", "somebody else has this name already"_en);
  return std::vector<Event>{Claimed{claim.owner, claim.token}};
}

Decision<Event> decide(const UniqueName& name, const ReleaseClaim& release, const Facts&) {
  const bool is_held = name.token == release.token ||
                       std::ranges::find(name.replaced, release.token) != name.replaced.end();
  if (name.owner.empty() || !is_held)
    return reject("claim_not_held", "this claim holds nothing"_en);
  return std::vector<Event>{Released{release.token}};
}

Decision<Event> decide(const UniqueName& name, const VerifyClaims&, const Facts& facts) {
  if (name.owner.empty() || name.is_confirmed)
    return reject("already_done", "no claim waits to be verified"_en);
  switch (facts.use) {
    case ClaimUse::used: return std::vector<Event>{Confirmed{name.token}};
    case ClaimUse::unused: return std::vector<Event>{Released{name.token}};
    case ClaimUse::unknown: break;
  }
  return std::vector<Event>{Kept{name.token}};
}

std::vector<Deadline> deadlines(const UniqueName& name) {
  if (name.owner.empty() || name.is_confirmed) return {};
  return {{"verify_claims", name.check_at}};
}

}  // namespace mf::unique_name
