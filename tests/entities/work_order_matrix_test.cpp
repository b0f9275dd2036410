// Every state × every command, by whoever may give it: writes docs/states/work_order.md.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "actors/work_order/work_order_fields.hpp"
#include "base/described_json.hpp"
#include "base/environment.hpp"
#include "tests/entities/work_order_world.hpp"
#include "tests/source_dir.hpp"

namespace mf::work_order::test {
namespace {

struct Row {
  const char* verb;
  Command command;
  Principal by;
  const char* who;
  Envelope envelope = {};
};

std::vector<Row> rows() {
  const Window day{start_time + 24h, start_time + 26h};
  return {
      {"reject", Reject{.reason = "out of area"}, sofia, "supervisor"},
      {"triage", Triage{}, sofia, "supervisor"},
      {"schedule", Schedule{.from = start_time + 5h}, sofia, "supervisor"},
      {"assign", assign_to(ana), sofia, "supervisor"},
      {"reassign", Reassign{assign_to(ben)}, sofia, "supervisor"},
      {"accept", Accept{}, ana, "technician"},
      {"decline", Decline{.reason = "too far"}, ana, "technician"},
      {"unassign", Unassign{.reason = "sick"}, sofia, "supervisor"},
      {"depart", Depart{}, ana, "technician"},
      {"arrive", Arrive{}, ana, "technician"},
      {"start", Start{}, ana, "technician"},
      {"pause", Pause{}, ana, "technician"},
      {"resume", Resume{}, ana, "technician"},
      {"follow_up", FollowUp{.reason = "parts"}, sofia, "supervisor"},
      {"complete", Complete{}, ana, "technician"},
      {"request_approval", RequestApproval{.reason = "check"}, sofia, "supervisor"},
      {"approve", Approve{}, sofia, "supervisor"},
      {"return", Return{"the photo is blurred"}, sofia, "supervisor"},
      {"fail", Fail{}, ana, "technician"},
      {"retry", Retry{.reason = "tomorrow"}, sofia, "supervisor"},
      {"cancel", Cancel{.reason = "solved"}, clara, "client"},
      {"cancel", Cancel{.reason = "solved"}, sofia, "supervisor"},
      {"reopen", Reopen{.reason = "fails again"}, sofia, "supervisor"},
      {"comment", Comment{.text = "call first"}, sofia, "supervisor"},
      {"set_priority", SetPriority{.priority = 1}, sofia, "supervisor"},
      {"edit", Edit{.title = {"No signal"}}, sofia, "supervisor"},
      {"pin", Pin{}, sofia, "supervisor"},
      {"unpin", Unpin{}, sofia, "supervisor"},
      {"refuse_proposal", RefuseProposal{.technician = ben.technician, .reason = "other_crew"},
       sofia, "supervisor"},
      {"withdraw_tracking", WithdrawTracking{}, sofia, "supervisor"},
      {"confirm_window", ConfirmWindow{}, clara, "client"},
      {"reschedule", Reschedule{.windows = {day}}, clara, "client"},
      {"rate", Rate{5}, clara, "client"},
      {"request_time_edit",
       RequestTimeEdit{.from = start_time + 1min, .to = start_time + 2min},
       ana,
       "technician",
       {.justification = "forgot to press start"}},
      {"edit_time", EditTime{}, sofia, "supervisor"},
      {"revoke", Revoke{ana.technician, "technician_off"}, the_system, "technician went off"},
      {"recheck", Recheck{ana.technician}, the_system, "technician changed"},
      {"twin_ended", TwinEnded{id_of("ord", 'T'), {}}, the_system, "the repeated one ended"},
      {"estimate", Estimate{}, the_system, "dispatcher"},
      {"reach_site", ReachSite{}, the_system, "technician at the site"},
      {"offer_expiry", OfferExpiry{}, the_system, "timer"},
      {"sla_check", SlaCheck{}, the_system, "timer"},
      {"auto_close", AutoClose{}, the_system, "timer"},
  };
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out) c = static_cast<char>(std::tolower(c));
  return out;
}

/// Technicians without the order hear that it does not exist; in the page the state speaks.
World world_for(const Row& row, Status status) {
  auto world = given_in(status).world;
  if (row.by.technician.empty() || !world.order.visits.empty()) return world;
  // So that the state refuses and not the right: ana had a visit here before.
  world.order.visits.push_back(
      {.id = "vis_before", .status = VisitStatus::partial, .technician = row.by.technician});
  return world;
}

std::string cell(const Row& row, Status status) {
  auto world = world_for(row, status);
  // Timers come when they are due, not before.
  if (world.order.status == Status::ASSIGNED && std::string_view(row.verb) == "offer_expiry")
    world.now += 5min;
  if (std::string_view(row.verb) == "request_time_edit") world.now += 1min;
  if (std::string_view(row.verb) == "recheck") world.holds_no = reject("off_shift").error();
  if (std::string_view(row.verb) == "twin_ended") world.order.twin = id_of("ord", 'T');
  if (std::string_view(row.verb) == "auto_close") world.now += 24h;
  if (std::string_view(row.verb) == "sla_check") world.now += 100h;
  auto command = row.command;
  if (auto* estimate = std::get_if<Estimate>(&command))
    *estimate = {world.order.visits.empty() ? "" : world.order.visits.back().id, world.now + 9h};
  if (auto* reach = std::get_if<ReachSite>(&command))
    *reach = {world.order.visits.empty() ? "" : world.order.visits.back().id, *world.order.lat,
              *world.order.lon, world.now};
  if (!world.send(command, row.by, row.envelope)) {
    const auto& code = world.last.error().code;
    return code == "order_is_" + lower(json::enum_name(status)) ? "" : "`" + code + "`";
  }
  return world.order.status == status
             ? "yes"
             : "→ **" + std::string(json::enum_name(world.order.status)) + "**";
}

std::string page() {
  std::ostringstream out;
  out << "# Work order: every state, every command\n\n"
         "Written by `tests/entities/work_order_matrix_test.cpp` (`MF_WRITE=1` rewrites it). "
         "The diagram is in `actors/work_order/work_order.hpp`.\n\n"
         "→ **STATE**: allowed, and the order is in that state afterwards. yes: allowed, the state "
         "stays. `code`: refused with 409 and that code; the last row of a table has the commands "
         "that the state as such refuses.\n"
         "Each command is given by somebody who may give it, shown in brackets; the body is the "
         "simplest one. `create` is allowed once (`already_exists`).\n";
  const auto all = rows();
  for (const auto status : all_statuses) {
    out << "\n## " << json::enum_name(status) << "\n\n| command | outcome |\n|---|---|\n";
    std::string refused;
    for (const auto& row : all) {
      const auto text = cell(row, status);
      if (text.empty())
        refused +=
            (refused.empty() ? "" : ", ") + std::string(row.verb) +
            (std::string_view(row.verb) == "cancel" ? " (" + std::string(row.who) + ")" : "");
      else out << "| " << row.verb << " (" << row.who << ") | " << text << " |\n";
    }
    if (!refused.empty())
      out << "| " << refused << " | `order_is_" << lower(json::enum_name(status)) << "` |\n";
  }
  return out.str();
}

TEST_CASE("matrix: docs/states/work_order.md says what every command does in every state") {
  const auto path = source_dir() / "docs/states/work_order.md";
  const auto now = page();
  if (environment_value("MF_WRITE")) std::ofstream(path) << now;
  std::ifstream file(path);
  const std::string committed((std::istreambuf_iterator<char>(file)), {});
  CHECK(committed == now);
}

/// An order's life as it was agreed, by hand: which states allow a command, and where it leads.
TEST_CASE("matrix: transitions are exactly those that were agreed") {
  using S = Status;
  const std::map<std::string, std::map<S, S>> table{
      {"reject", {{S::NEW, S::REJECTED}}},
      {"triage", {{S::NEW, S::TRIAGED}}},
      // A plan may be replaced by another (decision 0011).
      {"schedule", {{S::TRIAGED, S::SCHEDULED}, {S::SCHEDULED, S::SCHEDULED}}},
      {"assign", {{S::TRIAGED, S::ASSIGNED}, {S::SCHEDULED, S::ASSIGNED}}},
      {"accept", {{S::ASSIGNED, S::ACCEPTED}}},
      {"decline", {{S::ASSIGNED, S::TRIAGED}, {S::ACCEPTED, S::TRIAGED}}},
      {"unassign", {{S::ASSIGNED, S::TRIAGED}, {S::ACCEPTED, S::TRIAGED}}},
      {"offer_expiry", {{S::ASSIGNED, S::TRIAGED}}},
      {"reassign",
       {{S::ASSIGNED, S::ASSIGNED},
        {S::ACCEPTED, S::ASSIGNED},
        {S::EN_ROUTE, S::ASSIGNED},
        {S::ON_SITE, S::ASSIGNED}}},
      {"depart", {{S::ASSIGNED, S::EN_ROUTE}, {S::ACCEPTED, S::EN_ROUTE}}},
      {"arrive", {{S::EN_ROUTE, S::ON_SITE}}},
      {"start",
       {{S::ASSIGNED, S::IN_PROGRESS},
        {S::ACCEPTED, S::IN_PROGRESS},
        {S::ON_SITE, S::IN_PROGRESS}}},
      {"pause", {{S::IN_PROGRESS, S::PAUSED}}},
      {"resume", {{S::PAUSED, S::IN_PROGRESS}}},
      {"follow_up", {{S::PAUSED, S::TRIAGED}, {S::IN_PROGRESS, S::TRIAGED}}},
      {"complete", {{S::IN_PROGRESS, S::COMPLETED}}},
      {"request_approval", {{S::COMPLETED, S::APPROVAL_REQUIRED}}},
      {"approve", {{S::COMPLETED, S::CLOSED}, {S::APPROVAL_REQUIRED, S::CLOSED}}},
      {"auto_close", {{S::COMPLETED, S::CLOSED}}},
      {"return", {{S::APPROVAL_REQUIRED, S::TRIAGED}}},
      {"fail",
       {{S::EN_ROUTE, S::FAILED},
        {S::ON_SITE, S::FAILED},
        {S::IN_PROGRESS, S::FAILED},
        {S::PAUSED, S::FAILED}}},
      {"retry", {{S::FAILED, S::TRIAGED}}},
      {"reopen", {{S::CLOSED, S::CLOSED}, {S::CANCELLED, S::CANCELLED}}},
      {"revoke",
       {{S::SCHEDULED, S::TRIAGED}, {S::ASSIGNED, S::TRIAGED}, {S::ACCEPTED, S::TRIAGED}}},
      {"recheck",
       {{S::SCHEDULED, S::TRIAGED}, {S::ASSIGNED, S::TRIAGED}, {S::ACCEPTED, S::TRIAGED}}},
      {"reschedule",
       {{S::NEW, S::NEW},
        {S::TRIAGED, S::TRIAGED},
        {S::SCHEDULED, S::TRIAGED},
        {S::ASSIGNED, S::TRIAGED},
        {S::ACCEPTED, S::TRIAGED}}},
      {"estimate",
       {{S::ASSIGNED, S::ASSIGNED}, {S::ACCEPTED, S::ACCEPTED}, {S::EN_ROUTE, S::EN_ROUTE}}},
      {"reach_site", {{S::EN_ROUTE, S::EN_ROUTE}}},
      {"rate",
       {{S::COMPLETED, S::COMPLETED},
        {S::APPROVAL_REQUIRED, S::APPROVAL_REQUIRED},
        {S::CLOSED, S::CLOSED}}},
  };
  for (const auto& row : rows()) {
    const auto expected = table.find(row.verb);
    if (expected == table.end()) continue;
    for (const auto status : all_statuses) {
      INFO(row.verb << " in " << json::enum_name(status));
      const auto leads_to = expected->second.find(status);
      const auto text = cell(row, status);
      if (leads_to == expected->second.end()) CHECK((text.empty() || text[0] == '`'));
      else if (leads_to->second == status) CHECK(text == "yes");
      else CHECK(text == "→ **" + std::string(json::enum_name(leads_to->second)) + "**");
    }
  }
}

}  // namespace
}  // namespace mf::work_order::test
