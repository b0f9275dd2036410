#include "actors/entity/kind.hpp"

#include "base/assert.hpp"

namespace mf::entity {

void Kinds::add(std::unique_ptr<Kind> kind) { kinds_.push_back(std::move(kind)); }

const Kind& Kinds::of(EntityKind kind) const {
  for (const auto& known : kinds_)
    if (known->kind() == kind) return *known;
  MF_ASSERT(false, "kind " + std::string(to_string(kind)) + " is not registered");
}

}  // namespace mf::entity
