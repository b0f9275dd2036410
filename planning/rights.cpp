// Who may do what: a byte for each visit and kind of duty. By visit first, for whoever asks looks
// for somebody who does one visit, and what is new is a visit.
#include <algorithm>
#include <map>

#include "base/skill.hpp"
#include "planning/instance.hpp"

namespace mf::planning {

bool Instance::renew_visit(std::uint32_t v) {
  const auto& visit = problem.visits[v];
  const bool is_known =
      visit.demand.size() <= dimensions &&
      std::ranges::all_of(visit.materials,
                          [&](const Amount& m) { return items_.contains(m.item); }) &&
      std::ranges::all_of(visit.tools, [&](const std::string& t) { return tools_.contains(t); });
  const bool is_placed = visit.pin && (visit.pin->place || visit.pin->started);
  if (!is_known || nodes[v].is_fixed || is_placed) return false;
  fill_visit(v);
  fill_needs(v);
  put_who_serves(v, duties);
  return true;
}

/// A technician's are neighbours.
std::span<Duty> Instance::duties_of(std::uint32_t first) {
  const auto technician = duties[first].technician;
  auto last = first;
  while (last < duties.size() && duties[last].technician == technician) ++last;
  return std::span(duties).subspan(first, last - first);
}

void Instance::renew_duties(std::uint32_t first) {
  const auto own = duties_of(first);
  for (auto& duty : own) {
    fill_duty(duty);
    fill_stock(static_cast<std::uint32_t>(&duty - duties.data()));
  }
  for (std::uint32_t v = 0; v < visit_count; ++v) put_who_serves(v, own);
}

void Instance::renew_places(std::uint32_t first) {
  for (auto& duty : duties_of(first)) fill_duty(duty);
}

/// By skill, zone and name: what a technician's shifts have in common.
bool Instance::is_theirs(const Technician& who, const Visit& visit) {
  if (!visit.allowed.empty() && std::ranges::find(visit.allowed, who.id) == visit.allowed.end())
    return false;
  if (std::ranges::find(visit.forbidden, who.id) != visit.forbidden.end()) return false;
  if (!visit.zone.empty() && !who.zones.empty() &&
      std::ranges::find(who.zones, visit.zone) == who.zones.end())
    return false;
  return !missing_skill(who.skills, visit.skills);
}

void Instance::put_who_serves(std::uint32_t v, std::span<const Duty> list) {
  const auto row = serves_.begin() + static_cast<std::ptrdiff_t>(std::size_t{v} * kinds);
  const Technician* who = nullptr;
  bool is_asked = false;
  for (const auto& duty : list) {
    if (const auto* next = &problem.technicians[duty.technician]; next != who) {
      who = next;
      is_asked = is_theirs(*who, problem.visits[v]);
    }
    row[duty.kind] = may_serve(duty, v, is_asked) ? 1 : 0;
  }
}

bool Instance::may_serve(const Duty& duty, std::uint32_t v) const {
  return may_serve(duty, v, is_theirs(problem.technicians[duty.technician], problem.visits[v]));
}

/// Everything but time on the way and what is in the van by then. Who is at it may do it.
bool Instance::may_serve(const Duty& duty, std::uint32_t v, bool is_theirs) const {
  const auto& node = nodes[v];
  const auto d = static_cast<std::size_t>(&duty - duties.data());
  if (node.pinned_duty != Node::nobody && static_cast<std::size_t>(node.pinned_duty) != d)
    return false;
  if (node.under_way) return true;
  if (!is_theirs || !has_time(duty) || is_never_open(node)) return false;
  if (problem.depots.empty()) {
    if ((needs_tools[v] & ~has_tools[d]).any()) return false;
    for (std::uint32_t k = dimensions; k < supplies; ++k)
      if (use[v * supplies + k] > has[d * supplies + k]) return false;
  }
  for (std::uint32_t k = 0; k < dimensions; ++k)
    if (use[v * supplies + k] > has[d * supplies + k]) return false;
  return node.close >= duty.from && node.open <= duty.to_with_overtime;
}

void Instance::decide_who_serves(const Cancelled& is_cancelled) {
  // Duties with the same numbers that serve the same visits are interchangeable.
  std::map<std::pair<std::vector<double>, std::vector<std::uint8_t>>, std::uint32_t> kinds_seen;
  std::vector<const std::vector<std::uint8_t>*> rows;  // of each kind
  for (std::size_t d = 0; d < duties.size(); ++d) {
    if (is_cancelled && is_cancelled()) return;
    auto& duty = duties[d];
    std::vector<std::uint8_t> row(visit_count);
    for (std::uint32_t v = 0; v < visit_count; ++v) row[v] = may_serve(duty, v) ? 1 : 0;
    std::vector<double> numbers{double(duty.start),    double(duty.end), duty.from,  duty.to,
                                duty.to_with_overtime, duty.length,      duty.speed, duty.cost};
    for (const auto& b : duty.breaks)
      numbers.insert(numbers.end(), {b.start.from, b.start.to, b.duration});
    numbers.insert(numbers.end(), has.begin() + static_cast<std::ptrdiff_t>(d * supplies),
                   has.begin() + static_cast<std::ptrdiff_t>((d + 1) * supplies));
    for (std::size_t tool = 0; tool < has_tools[d].size(); ++tool)
      if (has_tools[d][tool]) numbers.push_back(static_cast<double>(tool));
    // Whose visits are announced to clients is somebody.
    if (objective.has(Term::instability)) numbers.push_back(duty.technician);
    if (duty.fixed > 0 || room_.is_wanted) numbers.push_back(-1 - static_cast<double>(d));
    const auto [found, is_new] = kinds_seen.emplace(std::pair{std::move(numbers), row}, kinds);
    duty.kind = found->second;
    if (!is_new) continue;
    ++kinds;
    rows.push_back(&found->first.second);
  }
  serves_.resize(std::size_t{visit_count} * kinds);
  for (std::uint32_t kind = 0; kind < kinds; ++kind)
    for (std::uint32_t v = 0; v < visit_count; ++v)
      serves_[std::size_t{v} * kinds + kind] = (*rows[kind])[v];
}

}  // namespace mf::planning
