#pragma once
// Shared by the technician's decide and apply files; nobody else includes it.
#include <functional>
#include <optional>

#include "actors/technician/technician.hpp"

namespace mf::technician {

using Yes = std::vector<Event>;

/// Of a trail's points, in ms: the year 2286, which fits a double without doubt.
inline constexpr double point_time_max = 1e13;

[[nodiscard]] Duty duty_of(const Technician&);
/// An offer with so much time left, from now on.
[[nodiscard]] OfferTime offer_from(const Technician&, Timestamp now, Duration left);
/// Offers of the agenda and of what its slots replaced: of each, what is left now goes on as duty
/// and availability are after the change.
void keep_offers(Technician&, Timestamp now, const std::function<void()>& change);
/// The orders whose offers stop or go on when the availability becomes another.
[[nodiscard]] std::vector<Id> orders_with_offers(const Technician&, Availability next,
                                                 Timestamp now);

/// One overload per command: people's in technician_decide.cpp, claims in technician_claims.cpp.
Decision<Event> on(const Technician&, const Create&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const Edit&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const Link&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const SetAvailability&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const ClaimAgenda&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const ClaimWork&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const ReleaseClaim&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const VerifyClaims&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const AckAssignment&, const Facts&, const Context&);
Decision<Event> on(const Technician&, const RecordTrail&, const Facts&, const Context&);

/// The first field of a profile with a value we refuse.
[[nodiscard]] std::optional<Rejection> check_profile(const Profile&);

}  // namespace mf::technician
