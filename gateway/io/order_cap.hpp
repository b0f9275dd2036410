#pragma once
#include "gateway/io/io_thread.hpp"

namespace mf::gateway {

/// 429 `too_many_orders` when this is a client who has created as many orders as one may a day
/// (limits.orders_per_client_per_day; they come back evenly). Counts what it lets pass.
/// Thread-safe.
[[nodiscard]] inline std::optional<Problem> order_cap(Shared& shared, const Operation& operation,
                                                      const Principal& by) {
  const bool is_about_orders = operation.kind == EntityKind::work_order && operation.creates;
  const bool is_staff = by.has(Role::supervisor) || by.is_administrator();
  if (!is_about_orders || is_staff || by.client.empty() || !shared.orders_per_client) return {};
  if (shared.orders_per_client->take(by.client)) return {};
  auto no = problem(429, "too_many_orders", "this client has ordered enough for a day: call us"_en);
  no.retry_after_s = shared.orders_per_client->retry_after_s();
  return no;
}

}  // namespace mf::gateway
