#pragma once
#include "actors/entity/kind.hpp"

namespace mf::test {

/// Kinds whose state is one JSON object. Bodies may hold anything but a member "nope".
void add_fake_kinds(entity::Kinds& kinds);

/// The state after one more event; `before` may be null.
[[nodiscard]] std::shared_ptr<const entity::Entity> next_state(
    const EntityRef& ref, const std::shared_ptr<const entity::Entity>& before,
    const std::string& verb, const std::string& json);
[[nodiscard]] std::string event_type(EntityKind kind, const std::string& verb);

}  // namespace mf::test
