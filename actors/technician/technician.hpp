#pragma once
// A technician: who it is, when it works, and what holds its time.
//
//   availability   off ◄──► available ◄──► break        set by the technician or a supervisor
//                            │    ▲
//             claim_work     ▼    │  release_claim      follows from the claims
//                        traveling, working
//
// Orders hold the technician's time by claims (claim.hpp): agenda slots that never overlap, and
// at most one travel and one work claim. A claim that its order has not confirmed is asked about
// (`verify_claims`); no clock ever frees one.
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/technician/duty.hpp"
#include "base/claim.hpp"
#include "base/decision.hpp"
#include "base/patch.hpp"
#include "base/skill.hpp"
#include "base/window.hpp"

namespace mf::technician {

enum class Availability : std::uint8_t { off, available, traveling, working, break_ };
enum class Purpose : std::uint8_t { travel, work };

struct Place {
  double lat = 0, lon = 0;
};
struct Position {
  Timestamp at{};
  double lat = 0, lon = 0, accuracy = 0;
};

/// What people say about a technician.
struct Profile {
  std::string name;
  std::optional<Id> account;
  std::vector<Skill> skills;
  std::vector<Id> zones;
  std::vector<Shift> shifts;  ///< none: always on duty
  std::vector<Shift> breaks;
  std::vector<Absence> absences;
  std::optional<Place> home;
  std::optional<std::string> vehicle;
  std::optional<int> max_orders;  ///< in the agenda at a time
};

/// The time of an offer runs while its technician is on duty: it is over at `expires_at`, or stands
/// still with `left_ms` while the technician is off or on a break. One of both.
struct OfferTime {
  std::optional<Timestamp> expires_at;
  std::optional<Duration> left_ms;
};

/// A slot that a newer claim of the same order replaced, until the newer is confirmed: if that one
/// turns out unused, this one is back. Until then its time stays taken.
struct Replaced {
  std::string token;
  Id visit;
  Timestamp from{}, to{};
  bool is_acked = false;
  std::optional<OfferTime> offer = {};
};

struct Slot {
  std::string token;
  Id order, visit;
  Timestamp from{}, to{};
  bool is_acked = false;  ///< the technician's device has the assignment
  bool is_confirmed = false;
  Timestamp check_at{};
  std::vector<Replaced> replaced;       ///< newest last
  std::optional<OfferTime> offer = {};  ///< of the visit; goes on when it was accepted, for nobody
};
struct Hold {
  std::string token;
  Id order, visit;
  Purpose purpose = Purpose::work;
  bool is_confirmed = false;
  Timestamp check_at{};
  std::vector<std::string> replaced;  ///< tokens of the same order's holds before, newest last
};

struct Technician : Profile {
  Id id;
  Timestamp created_at{};
  std::string created_by;  ///< fingerprint of its create command
  Availability availability = Availability::available;
  std::vector<Slot> agenda;  ///< by `from`
  std::vector<Hold> holds;   ///< at most one per purpose
  std::optional<Position> position;
  std::optional<bool> disabled;  ///< off for good: gets no work, and comes back by an edit only
};

inline constexpr std::size_t agenda_max = 64;
inline constexpr std::size_t replaced_max = 8;

struct Create : Profile {
  std::string fingerprint;
};
struct Edit {
  Patch<std::string> name;
  Patch<std::optional<Id>> account;
  Patch<std::vector<Skill>> skills;
  Patch<std::vector<Id>> zones;
  Patch<std::vector<Shift>> shifts, breaks;
  Patch<std::vector<Absence>> absences;
  Patch<std::optional<Place>> home;
  Patch<std::optional<std::string>> vehicle;
  Patch<std::optional<int>> max_orders;
  Patch<bool> disabled;
};
/// Made by an account that names this technician; replaces no account that still does.
struct Link {
  Id account;
};
struct SetAvailability {
  Availability availability = Availability::available;
};
/// What an order asks of whoever visits.
struct VisitTerms {
  Id zone;
  std::vector<Skill> skills;
  std::vector<Window> windows;  ///< when the client can receive us; none: at any time
};
/// Without `from` it is the first gap of the agenda in which the visit fits, with shift and
/// windows.
struct ClaimAgenda : VisitTerms {
  std::string token;
  Id order, visit;
  Duration duration_ms{};
  std::optional<Timestamp> from;
  std::optional<Duration> offer_ms;  ///< how long an offer may wait; counted while on duty
  bool override_ = false;            ///< skips everything but overlap; needs a reason
  std::optional<std::string> reason;
  /// Whoever works in none of these zones is hidden from the person who asks, whatever is
  /// overridden; none: who asks sees all.
  std::optional<std::vector<Id>> seen_zones;
};
struct ClaimWork {
  std::string token;
  Id order, visit;
  Purpose purpose = Purpose::work;
};
struct ReleaseClaim {
  std::string token;
};
struct VerifyClaims {};
struct AckAssignment {
  Id visit;
};
struct RecordTrail {
  std::vector<std::vector<double>> points;  ///< [at_ms, lat, lon, accuracy], oldest first
};
using Command = std::variant<Create, Edit, Link, SetAvailability, ClaimAgenda, ClaimWork,
                             ReleaseClaim, VerifyClaims, AckAssignment, RecordTrail>;

struct Created : Profile {
  std::string created_by;
};
struct Edited {
  Edit changes;
  std::vector<Id> orders;  ///< in the agenda, whose visits may not hold any more
};
struct Linked {
  Id account;
};
struct AvailabilityChanged {
  Availability from = Availability::available, to = Availability::available;
  /// In the agenda: they lose their visit when `to` is off, or look at it and its offer anew.
  std::vector<Id> orders;
};
struct AgendaClaimed {
  std::string token;
  Id order, visit;
  Timestamp from{}, to{};
  std::optional<std::string> override_reason;
  std::optional<Duration> offer_ms = {};
};
struct WorkClaimed {
  std::string token;
  Id order, visit;
  Purpose purpose = Purpose::work;
};
struct ClaimReleased {
  std::string token;
};
struct ClaimConfirmed {
  std::string token;
};
struct ClaimKept {
  std::string token;
};
struct AssignmentAcked {
  Id visit;
};
struct TrailRecorded {
  std::vector<std::vector<double>> points;
};
using Event =
    std::variant<Created, Edited, Linked, AvailabilityChanged, AgendaClaimed, WorkClaimed,
                 ClaimReleased, ClaimConfirmed, ClaimKept, AssignmentAcked, TrailRecorded>;

/// What an account says of itself.
struct NamedAccount {
  std::optional<Id> technician;  ///< whose it is
  bool is_technicians = false;   ///< that is its only role
  std::vector<Id> zones;
};
/// What decide learns from others.
struct Facts {
  std::map<Id, Rejection> refused_zones;  ///< of a create or edit: those the catalogue lacks
  /// Of account_to_check(); nothing: not asked.
  std::optional<std::expected<NamedAccount, Rejection>> account;
  std::map<std::string, ClaimUse> uses;  ///< by token, of a VerifyClaims
};

/// Rejects with `technician_off`, `wrong_zone`, `skill_missing`, `outside_window`, `off_shift`,
/// `agenda_overlap`, `agenda_full` (ClaimAgenda), `busy_with_another_order`, `technician_off`
/// (ClaimWork), `technician_disabled` (both, and SetAvailability), `claim_not_held`,
/// `work_in_progress`, `already_done`, `already_exists`, `unknown_account`, `account_taken`.
[[nodiscard]] Decision<Event> decide(const Technician&, const Command&, const Facts&,
                                     const Context&);
void apply(Technician&, const Event&, const Context&);
[[nodiscard]] std::vector<Deadline> deadlines(const Technician&);

/// Does a visit at that time hold? The first thing that speaks against it, but for what else is in
/// the agenda. Asked when it is promised, and again when something it rests on has changed.
[[nodiscard]] std::optional<Rejection> objection(const Technician&, const VisitTerms&,
                                                 Interval slot);
/// The time of the agenda that a claim gets, or all that speaks against it, never nothing: the
/// first is what `decide` refuses with. Who asks (`seen_zones`) and the values of the claim aren't
/// judged.
[[nodiscard]] std::expected<Interval, std::vector<Rejection>> slot_for(const Technician&,
                                                                       const ClaimAgenda&,
                                                                       Timestamp now);
[[nodiscard]] bool exists(const Technician&);
[[nodiscard]] bool is_that_technician(const Technician&, const Principal&);
/// Supervisor of one of its zones, administrator, or the system.
[[nodiscard]] bool is_dispatcher_of(const Technician&, const Principal&);
/// The zones a create or edit would introduce.
[[nodiscard]] std::vector<Id> zones_to_check(const Technician&, const Command&);
/// The account that a create or edit would link; of a Link the one it would replace; empty: none.
[[nodiscard]] Id account_to_check(const Technician&, const Command&);
/// Tokens that are neither confirmed nor asked about before `now`.
[[nodiscard]] std::vector<std::pair<std::string, Id>> claims_to_verify(const Technician&,
                                                                       Timestamp now);
/// What the remaining holds make of the availability.
[[nodiscard]] Availability availability_from_holds(const Technician&);

}  // namespace mf::technician
