#include "actors/unique_name/unique_name.hpp"

namespace mf::unique_name {
namespace {

void on(UniqueName& name, const Claimed& e, Timestamp now) {
  if (!name.owner.empty() && name.token != e.token) {
    name.replaced.push_back(std::move(name.token));
    if (name.replaced.size() > replaced_max) name.replaced.erase(name.replaced.begin());
  }
  std::erase(name.replaced, e.token);
  name.owner = e.owner;
  name.token = e.token;
  name.is_confirmed = false;
  name.check_at = now + claim_check_delay;
}
void on(UniqueName& name, const Confirmed& e, Timestamp) {
  if (name.token != e.token) return;
  name.is_confirmed = true;
  name.replaced.clear();
}
void on(UniqueName& name, const Kept& e, Timestamp now) {
  if (name.token == e.token) name.check_at = now + claim_check_delay;
}
void on(UniqueName& name, const Released& e, Timestamp now) {
  std::erase(name.replaced, e.token);
  if (name.token != e.token) return;
  if (!name.replaced.empty()) {
    // The owner may have let this one go since: it is asked again.
    name.token = std::move(name.replaced.back());
    name.replaced.pop_back();
    name.is_confirmed = false;
    name.check_at = now + claim_check_delay;
    return;
  }
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
