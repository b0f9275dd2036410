#pragma once
// How an order (_views_codec) and its events (_event_views_codec) look from outside, as JSON
// objects. Through staff's eyes everything; the technician's lack supervision (flags, ratings) and
// other technicians' visits and events; the client's are the public part alone; whose
// visit has ended (`former`) sees that visit and its events. Claim tokens and hashes are shown to
// nobody.
#include <optional>
#include <string>
#include <vector>

#include "actors/work_order/work_order_events.hpp"
#include "base/shown.hpp"

namespace mf::work_order {

[[nodiscard]] std::string view_of(const Order&, const Viewer&, const WorkOrderPolicy&);
/// To whoever holds the tracking link, which gets passed on: status, times, first name; where the
/// site is only while somebody travels there, and rounded as the technician's position is.
[[nodiscard]] std::string link_view_of(const Order&, const WorkOrderPolicy&);
/// For lists and boards. A technician's list shows orders of ended visits as `former` does.
[[nodiscard]] std::string row_of(const Order&, const Viewer&);
/// nullopt: this viewer doesn't see such an event. By link one sees what link_view_of() shows.
[[nodiscard]] std::optional<std::string> view_of(const Event&, const Viewer&);

/// The forms of views, rows and the tracking link.
[[nodiscard]] std::vector<Shown> forms_of_orders();
/// Of a whole event's form: what staff see of it, as the view of an event has it.
[[nodiscard]] Shown without_secrets(Shown event);

}  // namespace mf::work_order
