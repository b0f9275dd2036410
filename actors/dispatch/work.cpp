// Estimates of the end of work under way are rounded up to five minutes, and whoever is late is
// looked at as often: so a picture that doesn't change gives the same answer for a while, and
// nothing is computed anew for a minute's difference.
#include "actors/dispatch/work.hpp"

#include <algorithm>
#include <chrono>

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr Duration grain = 5min;
/// Of work that should be over.
constexpr Duration remainder_min = 10min;
constexpr std::size_t agenda_max = 64;
/// A position that is older or coarser says nothing about who is on the way.
constexpr Duration position_age_max = 15min;
constexpr double position_error_max_m = 2000;

Timestamp rounded_up(Timestamp at) {
  return Timestamp{((at.time_since_epoch() + grain - 1ms) / grain) * grain};
}

/// The end of work for planning: in whole grains, and what is a little late is in time.
Timestamp planned_end_of(const OrderRow& order, const TechnicianRow& technician, const Roads& roads,
                         Timestamp now) {
  const bool has_begun = order.stage == Stage::working || order.stage == Stage::paused;
  auto end = end_of(order, technician, roads, now);
  const bool is_measured = has_begun && order.started_at.value_or(now) + order.duration > now;
  if (!is_measured) end = rounded_up(end);
  // What is late by less than the grain is in time: it is only an estimate.
  if (order.slot && end > order.slot->to && end <= order.slot->to + grain && now < order.slot->to)
    return order.slot->to;
  return end;
}

class Writer {
 public:
  Writer(const TechnicianRow& technician, const Picture& picture, const Assumptions& assumed,
         const Roads& roads, Timestamp now)
      : technician_(technician), picture_(picture), assumed_(assumed), roads_(roads), now_(now) {
    work_.skills = technician.skills;
    work_.start = technician.position ? technician.position : technician.home;
  }

  void see_agenda() {
    for (const auto& line : technician_.agenda) {
      work_.busy[line.order] = {line.from, line.to};
      if (line.is_running) run_until(std::max(line.to, now_ > line.to ? rounded_up(now_) : now_));
      if (line.is_running || picture_.order(line.order) || assumed_.contains(line.order)) continue;
      work_.fixed.push_back({line.order, {}, {line.from, line.to}});
      // Of another zone's visit it isn't known whether it was accepted, but until when it must be.
      work_.offers += line.offer_until && *line.offer_until > now_;
    }
  }

  void see_order(const OrderRow& order) {
    if (is_running(order.stage)) {
      run_until(planned_end_of(order, technician_, roads_, now_));
      work_.start = order.site;
      return;
    }
    if (assumed_.contains(order.id) || !order.slot) return;
    if (order.stage == Stage::offered) ++work_.offers;
    work_.busy.try_emplace(order.id, *order.slot);
    work_.fixed.push_back({order.id, order.site, *order.slot});
  }

  void see_assumption(const Id& order, const Assumed& assumed) {
    if (assumed.technician != technician_.id) return;
    const auto* row = picture_.order(order);
    work_.fixed.push_back({order, row ? row->site : assumed.site, assumed.slot});
    work_.busy[order] = assumed.slot;
    work_.offers += assumed.is_offer;
  }

  Work take() {
    if (!technician_.is_off && !technician_.is_disabled) add_pieces();
    std::ranges::sort(work_.fixed, [](const Fixed& a, const Fixed& b) {
      return std::pair(a.slot.from, a.order) < std::pair(b.slot.from, b.order);
    });
    const auto most = static_cast<std::size_t>(technician_.max_orders.value_or(agenda_max));
    work_.room = most > work_.busy.size() ? most - work_.busy.size() : 0;
    if (!work_.is_running && !work_.fixed.empty() && work_.fixed.front().slot.from < now_)
      work_.late_at = to_millis(rounded_up(now_));
    return std::move(work_);
  }

 private:
  void run_until(Timestamp end) {
    work_.is_running = true;
    free_at_ = std::max(free_at_, end);
  }

  /// From the full hour, so that it stays the same for an hour.
  void add_pieces() {
    const auto begin = std::chrono::floor<std::chrono::hours>(now_);
    const technician::Duty duty{technician_.shifts, technician_.breaks, technician_.absences};
    for (auto piece : technician::on_duty(duty, {begin, begin + horizon})) {
      piece.from = std::max(piece.from, free_at_);
      if (piece.from < piece.to && work_.pieces.size() < pieces_max) work_.pieces.push_back(piece);
    }
  }

  const TechnicianRow& technician_;
  const Picture& picture_;
  const Assumptions& assumed_;
  const Roads& roads_;
  const Timestamp now_;
  Timestamp free_at_{};
  Work work_;
};

}  // namespace

std::optional<Timestamp> eta_of(const OrderRow& order, const TechnicianRow& technician,
                                const Roads& roads, Timestamp now) {
  const auto age = now - technician.position_at;
  const bool is_seen = technician.position && age <= position_age_max &&
                       technician.position_accuracy <= position_error_max_m;
  if (!is_seen) return {};
  // Who isn't seen for a while is taken to have gone on.
  const auto seen = std::min(technician.position_at, now);
  const auto there = roads.arrival(technician.position, order.site, seen);
  if (!there) return {};
  return std::max(*there, now);
}

Timestamp end_of(const OrderRow& order, const TechnicianRow& technician, const Roads& roads,
                 Timestamp now) {
  const bool has_begun = order.stage == Stage::working || order.stage == Stage::paused;
  if (has_begun) {
    const auto end = order.started_at.value_or(now) + order.duration;
    return end <= now ? now + remainder_min : end;
  }
  // Not before its time, whoever is there early.
  auto begin = now;
  if (order.stage == Stage::traveling) {
    auto there = eta_of(order, technician, roads, now);
    if (!there && technician.position) there = roads.arrival(technician.position, order.site, now);
    begin = there.value_or(now);
  }
  if (order.slot) begin = std::max(begin, order.slot->from);
  return begin + order.duration;
}

Work work_of(const TechnicianRow& technician, const Picture& picture, const OrdersOf& orders,
             const Assumptions& assumed, const Roads& roads, Timestamp now) {
  Writer writer(technician, picture, assumed, roads, now);
  writer.see_agenda();
  if (const auto own = orders.find(technician.id); own != orders.end())
    for (const auto& id : own->second)
      if (const auto* order = picture.order(id)) writer.see_order(*order);
  for (const auto& [order, what] : assumed) writer.see_assumption(order, what);
  return writer.take();
}

}  // namespace mf::dispatch
