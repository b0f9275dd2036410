#pragma once
// What a client's documents and a site's coordinates must be like; shared by the decide files of
// the client, nobody else includes it.
#include "actors/client/client.hpp"
#include "base/field_check.hpp"

namespace mf::client {

/// `document_type` and `document_number`: none of another type (`other_document_type`); of a NIT
/// also its check digit, when it has one.
void check_document(FieldCheck&, std::string_view type, std::string_view number);

/// Refuses what is no place, or one far from the zone's centre: `null_island`, `axes_swapped`,
/// `sign_missing` (another sign lies in the zone), `far_from_zone`.
void check_place(FieldCheck&, const Point& place, const std::optional<Point>& zone_centre);
/// So far from its zone that somebody should look.
[[nodiscard]] bool is_doubtful(const Point& place, const std::optional<Point>& zone_centre);

}  // namespace mf::client
