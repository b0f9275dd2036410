#include <array>
#include <cmath>

#include "actors/views/dispatch_report.hpp"
#include "base/described_schema.hpp"

namespace mf {
BOOST_DESCRIBE_STRUCT(Window, (), (from, to))
}  // namespace mf

namespace mf::views {
namespace {

struct AddsView {
  Duration travel_ms{}, lateness_ms{}, wait_ms{};
};
BOOST_DESCRIBE_STRUCT(AddsView, (), (travel_ms, lateness_ms, wait_ms))
struct RunView {
  Timestamp at{};
  std::string did;
  Id order;
  std::string code;
  std::optional<Id> technician;
  std::optional<std::string> technician_name;
  std::optional<Window> slot;
  std::optional<AddsView> adds;
  std::optional<std::string> why;
};
BOOST_DESCRIBE_STRUCT(RunView, (),
                      (at, did, order, code, technician, technician_name, slot, adds, why))
struct WaitingView {
  Id order;
  std::string code;
  int priority = 3;
  std::string reason, text;
  std::optional<Id> technician;
  std::optional<Timestamp> since, until;
};
BOOST_DESCRIBE_STRUCT(WaitingView, (),
                      (order, code, priority, reason, text, technician, since, until))
struct ProposalView {
  Id order;
  std::string code, verb;
  Id technician;
  std::string technician_name;
  Window slot;
  AddsView adds;
};
BOOST_DESCRIBE_STRUCT(ProposalView, (),
                      (order, code, verb, technician, technician_name, slot, adds))
struct FiguresView {
  std::uint64_t insertions = 0, offers = 0, plans = 0, repairs = 0, improvements = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(FiguresView, (), (insertions, offers, plans, repairs, improvements, refused))
struct ReportView {
  Id zone;
  std::string mode, state;
  std::optional<Timestamp> at;
  std::uint64_t technicians = 0, on_duty = 0, orders = 0;
  FiguresView figures;
  std::vector<WaitingView> waiting;
  std::vector<ProposalView> proposals;
  std::vector<RunView> runs;
};
BOOST_DESCRIBE_STRUCT(ReportView, (),
                      (zone, mode, state, at, technicians, on_duty, orders, figures, waiting,
                       proposals, runs))

constexpr auto always_written(const ReportView*) {
  return std::array{"waiting", "proposals", "runs"};
}
constexpr auto notes_on(const AddsView*) {
  return std::array{
      json::Note{"travel_ms", "What the technicians drive more by it."},
      json::Note{"lateness_ms", "After the order's due time, as its priority weighs it."},
      json::Note{"wait_ms", "Until the work begins."}};
}
constexpr auto notes_on(const RunView*) {
  return std::array{json::Note{"did", "offered, planned, replanned, improved, proposed, refused …"},
                    json::Note{"code", "The order's short name."},
                    json::Note{"why", "Of what was refused: the code; else what it was for."}};
}
constexpr auto notes_on(const WaitingView*) {
  return std::array{json::Note{"code", "The order's short name."},
                    json::Note{"reason", "A code: not_due, escalated, skill_missing …"},
                    json::Note{"text", "The same in the language of the request."},
                    json::Note{"technician", "With whom it is planned."},
                    json::Note{"until", "When something will happen by itself."}};
}
constexpr auto notes_on(const ReportView*) {
  return std::array{json::Note{"mode", "off, suggest or automatic"},
                    json::Note{"state", "off; loading: it waits for the board; ready"},
                    json::Note{"figures", "Since the node began."},
                    json::Note{"waiting", "Orders that wait, and for what; at most 200."},
                    json::Note{"proposals", "What it would do where it only suggests."},
                    json::Note{"runs", "The latest decisions, newest first."}};
}

AddsView adds(double travel, double lateness, double wait) {
  const auto ms = [](double seconds) { return Duration(std::llround(seconds * 1000)); };
  return {ms(travel), ms(lateness), ms(wait)};
}

template <class T>
std::optional<T> unless_empty(const T& value) {
  return value.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

std::string to_json(const DispatchReport& report, Say say, bool in_spanish) {
  const auto& f = report.figures;
  ReportView view{
      .zone = report.zone,
      .mode = report.mode,
      .state = report.state,
      .at = report.at == Timestamp{} ? std::nullopt : std::optional(report.at),
      .technicians = report.technicians,
      .on_duty = report.on_duty,
      .orders = report.orders,
      .figures = {f.insertions, f.offers, f.plans, f.repairs, f.improvements, f.refused},
      .waiting = {},
      .proposals = {},
      .runs = {}};
  for (const auto& w : report.waiting) {
    const auto text = !w.sentence.empty() ? say(w.sentence) : in_spanish ? w.spanish : w.english;
    view.waiting.push_back({w.order, w.code, w.priority, w.reason, text, unless_empty(w.technician),
                            w.since, w.until});
  }
  for (const auto& p : report.proposals)
    view.proposals.push_back({p.order, p.code, p.verb, p.technician, p.technician_name, p.slot,
                              adds(p.travel, p.lateness, p.wait)});
  for (const auto& r : report.runs) {
    RunView run{.at = r.at, .did = r.did, .order = r.order, .code = r.code};
    run.technician = unless_empty(r.technician);
    run.technician_name = unless_empty(r.technician_name);
    run.slot = r.slot;
    if (r.slot) run.adds = adds(r.travel, r.lateness, r.wait);
    run.why = unless_empty(r.why);
    view.runs.push_back(std::move(run));
  }
  return json::to_text(view);
}

Shown form_of_dispatch_report() { return json::shown<ReportView>(Shown::Use::part, "Dispatch"); }

}  // namespace mf::views
