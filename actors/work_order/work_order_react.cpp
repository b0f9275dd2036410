#include "actors/work_order/work_order_events.hpp"

namespace mf::work_order {

std::vector<Consequence> react(const Event& event) {
  std::vector<Consequence> result;
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { e.released; })
          for (const auto& claim : e.released)
            result.push_back(ReleaseClaim{claim.technician, claim.token});
        if constexpr (requires { e.noted_by; })
          if (e.noted_by) result.push_back(Forget{*e.noted_by});
      },
      event);
  if (const auto* changed = std::get_if<ContactChanged>(&event); changed && changed->zone)
    result.push_back(JudgePlan{});
  if (const auto* reopened = std::get_if<Reopened>(&event))
    result.push_back(OpenNew{reopened->order, *reopened});
  if (const auto* completed = std::get_if<WorkCompleted>(&event))
    result.push_back(Settle{completed->client});
  return result;
}

}  // namespace mf::work_order
