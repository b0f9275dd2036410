#pragma once
// Shared by the decide files of the technician; nobody else includes it.
#include <optional>

#include "actors/technician/technician.hpp"

namespace mf::technician {

using Yes = std::vector<Event>;

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
