#pragma once
// What a dispatcher would do in a zone that only suggests: rows of the zone's board beside its
// orders and technicians, until somebody accepts them, refuses them or the order changes.
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"
#include "base/window.hpp"

namespace mf::views {

inline constexpr std::string_view proposal_prefix = "prp";
/// So many of a zone are shown at a time, the most urgent ones.
inline constexpr std::size_t proposals_max = 200;

enum class WhyProposed : std::uint8_t {
  no_technician,
  due,                ///< planned, and its time to be offered has come
  late,               ///< its plan or visit will be
  impossible,         ///< its plan or visit can't be kept
  refused,            ///< its technician was, by a supervisor
  technician_silent,  ///< its technician lets offers pass without an answer
  better              ///< it saves enough
};
/// How firmly somebody has the order now.
enum class HeldAs : std::uint8_t { planned, offered, accepted };
enum class Hearer : std::uint8_t { client, technician, former_technician };

/// One change of one order. Never changes itself: what says the same again has the same id.
struct Proposal {
  /// What the objective counts, in seconds.
  struct Terms {
    double travel = 0, lateness = 0, wait = 0;
  };
  /// What the order has now.
  struct Replaced {
    HeldAs status = HeldAs::planned;
    Id technician;
    std::string technician_name;
    Window slot;
  };
  Id id;                      ///< made of all that it says, and of the order's version
  std::uint64_t version = 0;  ///< of the row: higher when its terms are others by now
  Id order;
  std::uint64_t order_version = 0;
  std::string code;  ///< the order's short name
  int priority = 3;
  std::string verb;  ///< assign, schedule, reassign
  std::string body;  ///< of that command, JSON
  Id technician;
  std::string technician_name;
  Window slot;
  Terms adds;                   ///< where it would be
  std::optional<Terms> before;  ///< where it is; none: it has no place, or one that can't be kept
  std::optional<Replaced> replaces;
  std::vector<Hearer> tells;  ///< who hears of it when it is accepted
  WhyProposed why = WhyProposed::no_technician;
  Timestamp made_at{};
};
using ProposalPtr = std::shared_ptr<const Proposal>;
using ProposalList = std::vector<ProposalPtr>;

/// As a board shows it, with "id", "version", "kind".
[[nodiscard]] std::string row_of(const Proposal& proposal);
[[nodiscard]] Shown form_of_proposal();

/// The latest proposals of each zone, and those that went last: who accepts one that has just gone
/// hears from its order what became of it. Thread-safe.
class ProposalBook {
 public:
  void put(const Id& zone, const ProposalList& proposals);
  /// nullptr: there is none, or it went long ago.
  [[nodiscard]] ProposalPtr find(const Id& zone, const Id& proposal) const;

 private:
  static constexpr std::size_t gone_max = 500;  ///< remembered of each zone
  struct Zone {
    std::map<Id, ProposalPtr> open, gone;
    std::deque<Id> gone_order;  ///< oldest first
  };
  mutable std::mutex mutex_;
  std::map<Id, Zone> zones_;
};

}  // namespace mf::views
