#include "actors/dispatch/arrivals.hpp"

#include <algorithm>

#include "actors/dispatch/work.hpp"
#include "actors/work_order/arrival.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// Who waits for one technician, in the order of their times.
struct Awaiting {
  const OrderRow* running = nullptr;
  const OrderRow* next = nullptr;
};

std::map<Id, Awaiting> awaiting(const Picture& picture) {
  std::map<Id, Awaiting> all;
  for (const auto& [id, order] : picture.orders()) {
    if (order.technician.empty() || order.stage < Stage::offered) continue;
    auto& one = all[order.technician];
    if (is_running(order.stage)) {
      // Working elsewhere before going on: what is under way longest is left first.
      if (!one.running || order.stage > one.running->stage) one.running = &order;
    } else if (order.slot && (!one.next || order.slot->from < one.next->slot->from)) {
      one.next = &order;
    }
  }
  return all;
}

}  // namespace

std::vector<Estimate> Arrivals::step(const Picture& picture, const Roads& roads, Timestamp now) {
  std::vector<Estimate> news;
  const auto see = [&](const OrderRow& order, std::optional<Timestamp> eta) {
    if (!eta || !order.slot || order.visit.empty()) return;
    const auto planned = work_order::arrival_window(*order.slot, order.windows);
    const auto known = order.eta.value_or(planned.from);
    if (!work_order::is_news(planned, known, *eta)) return;
    auto& sent = sent_[order.id];
    if (sent != Timestamp{} && now >= sent && now - sent < work_order::eta_interval) return;
    sent = now;
    news.push_back({order.id, order.visit, order.version, *eta});
  };
  std::erase_if(sent_, [&](const auto& item) { return !picture.order(item.first); });
  for (const auto& [id, orders] : awaiting(picture)) {
    const auto* technician = picture.technician(id);
    if (!technician || !orders.running) continue;
    const auto& running = *orders.running;
    if (running.stage == Stage::traveling) see(running, eta_of(running, *technician, roads, now));
    if (!orders.next) continue;
    const auto leaves = end_of(running, *technician, roads, now);
    const auto there = roads.arrival(running.site, orders.next->site, leaves);
    if (there) see(*orders.next, std::max(*there, orders.next->slot->from));
  }
  return news;
}

}  // namespace mf::dispatch
