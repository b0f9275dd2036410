#include "actors/entity/kind.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/id.hpp"

namespace mf::entity {

void Kinds::add(std::unique_ptr<Kind> kind) { kinds_.push_back(std::move(kind)); }

const Kind& Kinds::of(EntityKind kind) const {
  for (const auto& known : kinds_)
    if (known->kind() == kind) return *known;
  MF_ASSERT(false, "kind " + std::string(to_string(kind)) + " is not registered");
}

Result<std::unique_ptr<Entity>> Kinds::unseal(const EntityRef& ref, std::string_view state) const {
  return keys_ ? of(ref.kind).unseal(ref.id, state, *keys_) : of(ref.kind).decode(ref.id, state);
}

std::shared_ptr<const PersonalCipher> CommitKeys::cipher_of(std::string_view person, bool create) {
  if (!create) return keys_.cipher_of(person, false);
  // Secrets of the installation are made when they are needed first.
  const bool may_be_made = person == newcomer_ || !is_id("cli", person);
  auto [cipher, made] =
      keys_.draft(person, may_be_made ? storage::KeyOf::newcomer : storage::KeyOf::known);
  if (!cipher) erased_.emplace_back(person);
  const auto is_same = [&](const storage::KeyChange& c) { return c.person == person; };
  if (made && std::ranges::none_of(changes_, is_same)) changes_.push_back(*std::move(made));
  return cipher;
}

bool CommitKeys::is_erased(std::string_view person) const {
  return std::ranges::find(erased_, person) != erased_.end();
}

Status CommitKeys::erase(std::string_view person) {
  changes_.push_back({std::string(person), {}});
  return {};
}

}  // namespace mf::entity
