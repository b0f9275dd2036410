// The report and, as boards show them alone, its proposals: one form for both.
#include "actors/views/advice_fields.hpp"
#include "actors/views/dispatch_report.hpp"
#include "base/described_json.hpp"

namespace mf::views {
BOOST_DESCRIBE_ENUM(WhyProposed, no_technician, due, late, impossible, refused, technician_silent,
                    better)
BOOST_DESCRIBE_ENUM(HeldAs, planned, offered, accepted)
BOOST_DESCRIBE_ENUM(Hearer, client, technician, former_technician)
namespace {

enum class Kind : std::uint8_t { proposal };
BOOST_DESCRIBE_ENUM(Kind, proposal)
enum class Verb : std::uint8_t { assign, schedule, reassign };
BOOST_DESCRIBE_ENUM(Verb, assign, schedule, reassign)

struct ReplacedView {
  HeldAs status{};
  Id technician;
  std::string technician_name;
  Window slot;
};
BOOST_DESCRIBE_STRUCT(ReplacedView, (), (status, technician, technician_name, slot))
struct ProposalView {
  Id id;
  std::uint64_t version = 0;
  Kind kind = Kind::proposal;
  Id order;
  std::uint64_t order_version = 0;
  std::string code;
  int priority = 3;
  Verb verb{};
  Id technician;
  std::string technician_name;
  Window slot;
  AddsView adds;
  std::optional<AddsView> before;
  std::optional<ReplacedView> replaces;
  std::vector<Hearer> tells;
  WhyProposed why{};
  Timestamp made_at{};
};
BOOST_DESCRIBE_STRUCT(ProposalView, (),
                      (id, version, kind, order, order_version, code, priority, verb, technician,
                       technician_name, slot, adds, before, replaces, tells, why, made_at))

constexpr auto always_written(const ProposalView*) { return std::array{"tells"}; }
constexpr auto notes_on(const ProposalView*) {
  return std::array{
      json::Note{"id", "prp_…: the same for as long as the same is proposed."},
      json::Note{"version", "Of this row; the order's is `order_version`."},
      json::Note{"order_version", "It holds for this version of the order alone."},
      json::Note{"code", "The order's short name."},
      json::Note{"verb", "The command that it is."},
      json::Note{"slot", "When the visit would be."},
      json::Note{"adds", "What it costs the zone's day where it would be."},
      json::Note{"before", "The same where it is; absent: nowhere, or it can't be kept there."},
      json::Note{"replaces", "What is planned or promised now; absent: nothing."},
      json::Note{"tells", "Who hears of it when it is accepted."},
      json::Note{"why",
                 "no_technician: nobody has it. due: its time to be offered has come. late, "
                 "impossible: so is what was planned. refused: its technician was. "
                 "technician_silent: lets offers pass. better: it "
                 "saves enough."}};
}

Verb verb_of(std::string_view verb) {
  if (verb == "schedule") return Verb::schedule;
  return verb == "reassign" ? Verb::reassign : Verb::assign;
}

ProposalView view_of(const Proposal& p) {
  const auto terms = [](const Proposal::Terms& t) {
    return view_of(Adds{t.travel, t.lateness, t.wait});
  };
  ProposalView view{.id = p.id,
                    .version = p.version,
                    .order = p.order,
                    .order_version = p.order_version,
                    .code = p.code,
                    .priority = p.priority,
                    .verb = verb_of(p.verb),
                    .technician = p.technician,
                    .technician_name = p.technician_name,
                    .slot = p.slot,
                    .adds = terms(p.adds),
                    .before = p.before.transform(terms),
                    .replaces = {},
                    .tells = p.tells,
                    .why = p.why,
                    .made_at = p.made_at};
  if (const auto& r = p.replaces)
    view.replaces = ReplacedView{r->status, r->technician, r->technician_name, r->slot};
  return view;
}

struct RunView {
  Timestamp at{};
  std::string did;
  Id order;
  std::string code;
  std::optional<Id> technician;
  std::optional<std::string> technician_name;
  std::optional<Window> slot;
  std::optional<AddsView> adds;
  std::optional<Duration> gain_ms;
  std::optional<std::string> why;
};
BOOST_DESCRIBE_STRUCT(RunView, (),
                      (at, did, order, code, technician, technician_name, slot, adds, gain_ms, why))
struct WaitingView {
  Id order;
  std::string code;
  int priority = 3;
  std::string reason, text;
  std::optional<Id> technician;
  std::optional<Timestamp> since, until;
  std::vector<HelpView> helps;
};
BOOST_DESCRIBE_STRUCT(WaitingView, (),
                      (order, code, priority, reason, text, technician, since, until, helps))
struct FiguresView {
  std::uint64_t insertions = 0, offers = 0, plans = 0, repairs = 0, improvements = 0, refused = 0;
};
BOOST_DESCRIBE_STRUCT(FiguresView, (), (insertions, offers, plans, repairs, improvements, refused))
struct ReportView {
  Id zone;
  std::string mode, state;
  std::optional<std::string> travel;
  std::optional<Timestamp> at;
  std::uint64_t technicians = 0, on_duty = 0, orders = 0, waiting_count = 0;
  FiguresView figures;
  std::vector<WaitingView> waiting;
  std::vector<ProposalView> proposals;
  std::vector<RunView> runs;
};
BOOST_DESCRIBE_STRUCT(ReportView, (),
                      (zone, mode, state, travel, at, technicians, on_duty, orders, waiting_count,
                       figures, waiting, proposals, runs))

constexpr auto always_written(const ReportView*) {
  return std::array{"waiting", "proposals", "runs"};
}
constexpr auto notes_on(const RunView*) {
  return std::array{json::Note{"did", "offered, planned, replanned, improved, proposed, refused …"},
                    json::Note{"code", "The order's short name."},
                    json::Note{"gain_ms",
                               "What an improvement saves, as time on the road; what the change "
                               "costs is taken off. Of changes made together each has its share."},
                    json::Note{"why", "Of what was refused: the code; else what it was for."}};
}
constexpr auto notes_on(const WaitingView*) {
  return std::array{json::Note{"code", "The order's short name."},
                    json::Note{"reason", "A code: not_due, escalated, skill_missing …"},
                    json::Note{"text", "The same in the language of the request."},
                    json::Note{"technician", "With whom it is planned."},
                    json::Note{"until", "When something will happen by itself."},
                    json::Note{"helps", "What would let somebody do it, the cheapest first."}};
}
constexpr auto notes_on(const ReportView*) {
  return std::array{json::Note{"mode", "off, suggest or automatic"},
                    json::Note{"state", "off; loading: it waits for the board; ready"},
                    json::Note{"travel",
                               "How ways are known: great_circle; service: a road service; "
                               "service_down: it fails, the great circle stands in."},
                    json::Note{"figures", "Since the node began."},
                    json::Note{"waiting_count", "Of all orders that wait."},
                    json::Note{"waiting",
                               "Orders that wait, and for what: what goes on by itself (`until`) "
                               "after the rest, then by priority; at most 200."},
                    json::Note{"proposals", "What it would do where it only suggests."},
                    json::Note{"runs", "The latest decisions, newest first."}};
}

template <class T>
std::optional<T> unless_empty(const T& value) {
  return value.empty() ? std::nullopt : std::optional(value);
}

}  // namespace

std::string to_json(const DispatchReport& report, Say say) {
  const auto& f = report.figures;
  ReportView view{
      .zone = report.zone,
      .mode = report.mode,
      .state = report.state,
      .travel = unless_empty(report.travel),
      .at = report.at == Timestamp{} ? std::nullopt : std::optional(report.at),
      .technicians = report.technicians,
      .on_duty = report.on_duty,
      .orders = report.orders,
      .waiting_count = report.waiting_count,
      .figures = {f.insertions, f.offers, f.plans, f.repairs, f.improvements, f.refused},
      .waiting = {},
      .proposals = {},
      .runs = {}};
  for (const auto& w : report.waiting) {
    const auto text = w.nobody ? said(*w.nobody, say) : say(w.sentence);
    view.waiting.push_back({w.order,
                            w.code,
                            w.priority,
                            w.reason,
                            text,
                            unless_empty(w.technician),
                            w.since,
                            w.until,
                            {}});
    if (w.nobody) view.waiting.back().helps = views_of(w.nobody->helps, say);
  }
  for (const auto& p : report.proposals) view.proposals.push_back(view_of(*p));
  for (const auto& r : report.runs) {
    RunView run{.at = r.at, .did = r.did, .order = r.order, .code = r.code};
    run.technician = unless_empty(r.technician);
    run.technician_name = unless_empty(r.technician_name);
    run.slot = r.slot;
    if (r.slot) run.adds = view_of(Adds{r.travel, r.lateness, r.wait});
    if (r.gain > 0) run.gain_ms = Duration(std::llround(r.gain * 1000));
    run.why = unless_empty(r.why);
    view.runs.push_back(std::move(run));
  }
  return json::to_text(view);
}

std::string row_of(const Proposal& proposal) { return json::to_text(view_of(proposal)); }

Shown form_of_proposal() { return json::shown<ProposalView>(Shown::Use::row, "ProposalRow"); }

Shown form_of_dispatch_report() { return json::shown<ReportView>(Shown::Use::part, "Dispatch"); }

}  // namespace mf::views
