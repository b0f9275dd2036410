#pragma once
#include "actors/runtime/kind.hpp"

namespace mf::test {

/// Kinds whose state is one JSON object. Bodies may hold anything but a member "nope".
void add_fake_kinds(runtime::Kinds& kinds);

/// The state after one more event; `before` may be null.
[[nodiscard]] std::shared_ptr<const runtime::Entity> next_state(
    const EntityRef& ref, const std::shared_ptr<const runtime::Entity>& before,
    const std::string& verb, const std::string& json);
[[nodiscard]] std::string event_type(EntityKind kind, const std::string& verb);

}  // namespace mf::test
