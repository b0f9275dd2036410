#include <algorithm>

#include "actors/work_order/work_order_fields.hpp"
#include "actors/work_order/work_order_views.hpp"
#include "base/described_json.hpp"
#include "base/json.hpp"

namespace mf::work_order {
namespace {

/// What of an event its order's client sees.
struct Public {
  std::string out = "{";

  template <class V>
  Public& add(const char* name, const V& value) {
    if (out.back() != '{') out += ',';
    out.append("\"").append(name).append("\":");
    json::write(out, value);
    return *this;
  }
  std::optional<std::string> done() { return out + '}'; }
};
std::optional<std::string> at(Timestamp time) { return Public{}.add("at", time).done(); }

struct ForClient {
  using Text = std::optional<std::string>;
  Text operator()(const Created& e) const {
    return Public{}.add("code", e.code).add("title", e.title).add("type", e.type).done();
  }
  Text operator()(const Rejected& e) const { return Public{}.add("reason", e.reason).done(); }
  Text operator()(const Triaged&) const { return "{}"; }
  Text operator()(const Scheduled& e) const {
    return Public{}.add("from", e.from).add("to", e.to).done();
  }
  Text operator()(const Assignment& e) const {
    return Public{}.add("technician_name", e.first_name).add("from", e.from).add("to", e.to).done();
  }
  Text operator()(const Assigned& e) const { return (*this)(static_cast<const Assignment&>(e)); }
  Text operator()(const Reassigned& e) const { return (*this)(static_cast<const Assignment&>(e)); }
  Text operator()(const Accepted& e) const { return at(e.at); }
  Text operator()(const Declined&) const { return "{}"; }
  Text operator()(const Revoked&) const { return "{}"; }
  Text operator()(const SlotChanged& e) const {
    return Public{}.add("from", e.from).add("to", e.to).done();
  }
  Text operator()(const Expired&) const { return "{}"; }
  Text operator()(const Retried&) const { return "{}"; }
  Text operator()(const Returned&) const { return "{}"; }
  Text operator()(const ApprovalRequested&) const { return "{}"; }
  Text operator()(const TravelStarted& e) const {
    return Public{}.add("technician", e.technician).add("at", e.at).done();
  }
  Text operator()(const EtaChanged& e) const {
    return Public{}.add("eta", e.eta).add("breaks_window", e.breaks_window).done();
  }
  Text operator()(const Arrived& e) const { return at(e.at); }
  Text operator()(const WorkStarted& e) const { return at(e.at); }
  Text operator()(const WorkPaused& e) const { return at(e.at); }
  Text operator()(const WorkResumed& e) const { return at(e.at); }
  Text operator()(const FollowUpRequired& e) const { return at(e.at); }
  Text operator()(const WorkCompleted& e) const { return at(e.at); }
  Text operator()(const WorkFailed& e) const {
    return Public{}.add("reason", e.reason).add("at", e.at).done();
  }
  Text operator()(const Closed&) const { return "{}"; }
  Text operator()(const Cancelled& e) const {
    return Public{}.add("reason", e.reason).add("by_client", e.by_client).done();
  }
  Text operator()(const Reopened& e) const { return Public{}.add("order", e.order).done(); }
  Text operator()(const Commented& e) const {
    if (e.visibility != Visibility::client) return {};
    return Public{}
        .add("comment", e.comment)
        .add("text", e.text)
        .add("author_as", e.author_as)
        .done();
  }
  Text operator()(const Edited& e) const {
    if (e.title.is_kept() && e.description.is_kept() && e.windows.is_kept()) return {};
    return json::to_text(
        Edited{.title = e.title, .description = e.description, .windows = e.windows});
  }
  Text operator()(const WindowConfirmed& e) const { return json::to_text(e); }
  Text operator()(const Rescheduled& e) const { return Public{}.add("windows", e.windows).done(); }
  Text operator()(const Rated& e) const { return json::to_text(e); }
  Text operator()(const auto&) const { return {}; }
};

/// What of an event the holder of the order's tracking link sees: what happened, when, and the
/// technician's first name (docs/decisions/0010-tracking-links.md). What isn't named here isn't
/// seen.
struct ForLink {
  using Text = std::optional<std::string>;
  template <class E>
  Text operator()(const E& e) const {
    static constexpr bool is_bare = one_of<E, Triaged, Declined, Revoked, Expired, Retried,
                                           Returned, ApprovalRequested, Closed>;
    static constexpr bool is_moment =
        one_of<E, Accepted, TravelStarted, Arrived, WorkStarted, WorkPaused, WorkResumed,
               FollowUpRequired, WorkCompleted>;
    static constexpr bool is_as_for_client =
        one_of<E, Rejected, Scheduled, Assigned, Reassigned, SlotChanged, EtaChanged, WorkFailed,
               WindowConfirmed, Rescheduled>;
    if constexpr (is_bare) return "{}";
    else if constexpr (is_moment) return at(e.at);
    else if constexpr (is_as_for_client) return ForClient{}(e);
    else return {};
  }
  Text operator()(const Cancelled& e) const { return Public{}.add("reason", e.reason).done(); }
  Text operator()(const Edited& e) const {
    if (e.windows.is_kept()) return {};
    return json::to_text(Edited{.windows = e.windows});
  }

 private:
  template <class E, class... Some>
  static constexpr bool one_of = (std::is_same_v<E, Some> || ...);
};

/// Supervision that technicians don't see.
struct IsForStaffOnly {
  bool operator()(const Escalated&) const { return true; }
  bool operator()(const Rated&) const { return true; }
  bool operator()(const PlanBroken&) const { return true; }
  bool operator()(const PlanRestored&) const { return true; }
  bool operator()(const TwinChanged&) const { return true; }
  bool operator()(const Pinned&) const { return true; }
  bool operator()(const Unpinned&) const { return true; }
  bool operator()(const ProposalRefused&) const { return true; }
  bool operator()(const TrackingWithdrawn&) const { return true; }
  bool operator()(const auto&) const { return false; }
};

/// Whose visit an event is about; empty: nobody's.
struct TechnicianOf {
  std::string_view operator()(const auto& e) const {
    if constexpr (requires { std::string_view(e.technician); }) return e.technician;
    else if constexpr (requires { std::string_view(*e.technician); })
      return e.technician ? std::string_view(*e.technician) : std::string_view();
    else return {};
  }
};
/// Events of before that say which time was edited, and not whose.
struct IsSomebodysUnnamed {
  bool operator()(const TimeEdited& e) const { return !e.technician; }
  bool operator()(const TimeEditRefused& e) const { return !e.technician; }
  bool operator()(const auto&) const { return false; }
};

bool is_seen_by_technician(const Event& event, const Viewer& viewer) {
  if (std::visit(IsForStaffOnly{}, event) || std::visit(IsSomebodysUnnamed{}, event)) return false;
  const auto technician = std::visit(TechnicianOf{}, event);
  if (technician == viewer.technician) return true;
  return viewer.as == Viewpoint::technician && technician.empty();
}

template <class E>
std::string without_secrets(E e, const Viewer& as) {  // NOLINT(performance-unnecessary-value-param)
  if constexpr (requires { e.token.reset(); }) e.token.reset();
  if constexpr (requires { e.plan->token.reset(); })
    if (e.plan) e.plan->token.reset();
  if constexpr (requires { e.released; }) e.released.clear();
  if constexpr (requires {
                  e.generation;
                  e.tracking_hash;
                })
    return Public{}.add("generation", e.generation).out + '}';
  if constexpr (requires {
                  e.created_by;
                  e.tracking_hash;
                }) {
    e.created_by.reset();
    e.tracking_hash.reset();
  }
  if constexpr (requires { e.noted_by; }) e.noted_by.reset();
  if (as != Viewpoint::staff) {
    if constexpr (requires { e.twin; }) e.twin.reset();
    if constexpr (requires { e.previous_technician; }) {
      e.previous_visit.clear();
      e.previous_technician.clear();
    }
    if constexpr (requires { e.plan->technician; })
      if (e.plan && e.plan->technician != as.technician) e.plan.reset();
    if constexpr (requires { e.override_; }) e.reason = {};
    if constexpr (requires { e.requested_priority; }) e.requested_priority.reset();
    if constexpr (requires { e.priority_chosen; }) e.priority_chosen.reset();
    if constexpr (requires { e.rules; }) e.rules.clear();
  }
  return json::to_text(e);
}

}  // namespace

std::optional<std::string> view_of(const Event& event, const Viewer& as) {
  if (as == Viewpoint::client)
    return as.is_by_link ? std::visit(ForLink{}, event) : std::visit(ForClient{}, event);
  if (as != Viewpoint::staff && !is_seen_by_technician(event, as)) return {};
  return std::visit([&](const auto& e) { return without_secrets(e, as); }, event);
}

Shown without_secrets(Shown event) {
  auto schema = parse_ordered_json(event.schema);
  const auto hide = [](nlohmann::ordered_json& object, const char* member) {
    object["properties"].erase(member);
    if (!object.contains("required")) return;
    auto& required = object["required"];
    const auto found = std::ranges::find(required, nlohmann::ordered_json(member));
    if (found != required.end()) required.erase(found);
    if (required.empty()) object.erase("required");
  };
  for (const auto* secret : {"token", "released", "created_by", "noted_by", "tracking_hash"})
    hide(schema, secret);
  if (schema["properties"].contains("plan")) hide(schema["properties"]["plan"], "token");
  event.schema = to_text(schema);
  return event;
}

}  // namespace mf::work_order
