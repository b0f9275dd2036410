#pragma once
#include "gateway/io/io_thread.hpp"

namespace mf::gateway {

/// Whether this would be one more order of a client whose orders are counted.
[[nodiscard]] inline bool is_order_counted(const Shared& shared, const Operation& operation,
                                           const Principal& by) {
  const bool is_about_orders = operation.kind == EntityKind::work_order && operation.creates;
  const bool is_staff = by.has(Role::supervisor) || by.is_administrator();
  return is_about_orders && !is_staff && !by.client.empty() && shared.orders_per_client;
}

/// 429 `too_many_orders` when this is a client who has created as many orders as one may a day
/// (limits.orders_per_client_per_day; they come back evenly). Counts what it lets pass.
/// Thread-safe.
[[nodiscard]] inline std::optional<Problem> order_cap(Shared& shared, const Operation& operation,
                                                      const Principal& by) {
  if (!is_order_counted(shared, operation, by)) return {};
  if (shared.orders_per_client->take(by.client)) return {};
  auto no = problem(429, "too_many_orders", "this client has ordered enough for a day: call us"_en);
  no.retry_after_s = shared.orders_per_client->retry_after_s();
  return no;
}

/// False: there is none, because of this command, at least. Of a lost one that shows when it is
/// tried again: as a replay, or as a new order.
[[nodiscard]] inline bool may_have_made_an_order(const entity::Reply& reply) {
  if (const auto* outcome = std::get_if<entity::Outcome>(&reply)) return !outcome->replayed;
  const auto* fault = std::get_if<entity::Fault>(&reply);
  return fault && fault->code == entity::Fault::Code::outcome_unknown;
}

/// How every door submits what it has built: refused by order_cap(), or sent. What was refused or
/// replayed takes nothing off a client's day.
[[nodiscard]] inline std::optional<Problem> submit_capped(IoThread& thread,
                                                          const Operation& operation,
                                                          const Principal& by,
                                                          entity::Command command, OnReply then) {
  auto& shared = thread.shared();
  if (auto no = order_cap(shared, operation, by)) return no;
  if (is_order_counted(shared, operation, by))
    then = [&limiter = *shared.orders_per_client, client = by.client,
            then = std::move(then)](entity::Reply reply) mutable {
      if (!may_have_made_an_order(reply)) limiter.give_back(client);
      then(std::move(reply));
    };
  thread.submit(std::move(command), std::move(then));
  return {};
}

}  // namespace mf::gateway
