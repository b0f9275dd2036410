#include "actors/unique_name/unique_name.hpp"

namespace mf::unique_name {
namespace {

void on(UniqueName& name, const Claimed& e, Timestamp now) {
  name.owner = e.owner;
  name.token = e.token;
  name.is_confirmed = false;
  name.check_at = now + claim_check_delay;
}
void on(UniqueName& name, const Confirmed& e, Timestamp) {
  if (name.token == e.token) name.is_confirmed = true;
}
void on(UniqueName& name, const Kept& e, Timestamp now) {
  if (name.token == e.token) name.check_at = now + claim_check_delay;
}
void on(UniqueName& name, const Released& e, Timestamp) {
  if (name.token != e.token) return;
  name.owner.clear();
  name.token.clear();
  name.is_confirmed = false;
}

}  // namespace

void apply(UniqueName& name, const Event& event, const Context& context) {
  name.is_known = true;
  std::visit([&](const auto& e) { on(name, e, context.now); }, event);
}

}  // namespace mf::unique_name
