#pragma once
// The single rules behind reasons.hpp: what forbids a visit whatever the route is, what a van
// lacks, and which stop of a route comes too late.
#include <optional>
#include <span>
#include <vector>

#include "planning/instance.hpp"
#include "planning/reasons.hpp"

namespace mf::planning {

/// What forbids the visit to the duty in any route: pins, lists, skills, zone, shift's hours, and
/// what neither its van nor any depot has enough of. Hardest first.
[[nodiscard]] std::vector<Reason> fixed_reasons(const Instance& instance, const Duty& duty,
                                                std::uint32_t visit);

/// What the van lacks on a route with these nodes; empty when it carries all.
[[nodiscard]] std::vector<Reason> shortages(const Instance& instance, std::uint32_t duty,
                                            std::span<const std::uint32_t> nodes);

/// What comes too late on a route, or can't be reached at all.
struct Breach {
  /// The amount of what has no road to it: more than any delay.
  static constexpr Seconds no_road_amount = 1e12;
  std::size_t stop = 0;  ///< of the nodes; as many as there are: the route's end
  Seconds amount = 0;
  [[nodiscard]] bool is_no_road() const { return amount == no_road_amount; }
};
struct Breaches {
  std::optional<Breach> first, worst;
};

/// Drives a route without breaks, as early as can be; who is late begins on arrival, and where
/// there is no road one is there at once. What isn't late is feasible but for breaks and supplies;
/// what is late is so with breaks, too.
[[nodiscard]] Breaches breaches(const Instance& instance, const Duty& duty,
                                std::span<const std::uint32_t> nodes);

/// The reason for a breach of a route with the visit at `at`.
[[nodiscard]] Reason reason_for(const Instance& instance, const Duty& duty,
                                std::span<const std::uint32_t> nodes, std::size_t at,
                                const Breach& breach);

/// For a route that only its breaks make impossible: which one, and how much time is lacking when
/// each is taken at the first good moment. An estimate: another moment may lack less.
[[nodiscard]] Reason break_reason(const Instance& instance, const Duty& duty,
                                  std::span<const std::uint32_t> nodes);

}  // namespace mf::planning
