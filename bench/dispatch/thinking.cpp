#include <chrono>
#include <stdexcept>

#include "actors/dispatch/advice.hpp"
#include "actors/dispatch/dispatcher.hpp"
#include "bench/days/played_company.hpp"
#include "bench/dispatch/parts.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t technicians = 500, open_orders = 2'000, more_orders = 300;
/// Steps of one moment; beyond, it would never come to rest.
constexpr int steps_max = 100'000;

/// A dispatcher over a node on paper, whose own time alone is measured.
class Measured {
 public:
  Measured(PureNode& node, const Id& zone)
      : node_(node), zone_(zone), dispatcher_(zone, dispatch::Settings{}) {
    dispatcher_.set(dispatch::Mode::automatic);
  }

  /// Nanoseconds until a command for this order came out; 0: none did.
  std::int64_t time_until(const Id& order) {
    std::int64_t spent = 0;
    bool is_done = false;
    for (int i = 0; i < steps_max; ++i) {
      dispatch::Step step;
      const auto delta = node_.changes(zone_);
      const auto took = time([&] {
        if (delta) dispatcher_.take(*delta);
        step = dispatcher_.step(node_.now());
      });
      if (!is_done) spent += took;
      for (const auto& command : step.commands) {
        is_done |= command.order == order;
        dispatcher_.take(command.tag,
                         node_.run({EntityKind::work_order, command.order}, command.verb,
                                   command.body, Principal::system(), command.expected_version),
                         node_.now());
      }
      if (step.wants_board) dispatcher_.take(node_.board(zone_));
      if (!step.wants_board && step.commands.empty() && step.wake_at > node_.now()) break;
    }
    return is_done ? spent : 0;
  }

  /// Of taking over what just happened.
  std::int64_t time_to_follow() {
    const auto delta = node_.changes(zone_);
    if (!delta) return 0;
    const auto spent = time([&] {
      dispatcher_.take(*delta);
      last_ = dispatcher_.step(node_.now());
    });
    for (const auto& command : last_.commands)
      dispatcher_.take(command.tag,
                       node_.run({EntityKind::work_order, command.order}, command.verb,
                                 command.body, Principal::system(), command.expected_version),
                       node_.now());
    return spent;
  }

  [[nodiscard]] bool knows(const Id& order) const { return dispatcher_.picture().order(order); }
  /// Of what POST /v1/orders/{id}/candidates and /preview are answered with: 0 if nothing is.
  std::int64_t time_of_candidates(const Id& order, const Principal& by) {
    return time_of_answer(
        order, by, {},
        [&](dispatch::Day& day, const dispatch::Wanted& wanted, const views::Question&) {
          return views::to_json(candidates(day, dispatcher_.picture(), wanted, node_.now()),
                                say_in_english);
        });
  }
  std::int64_t time_of_preview(const Id& order, const Principal& by, const Id& technician) {
    const auto is_planned = node_.status({EntityKind::work_order, order}) == "SCHEDULED";
    const bool has_visit = !is_planned && !dispatcher_.picture().order(order)->technician.empty();
    auto would = node_.orders().parse(has_visit ? "reassign" : "assign",
                                      "{\"technician\":\"" + technician + "\",\"from\":\"" +
                                          format_rfc3339(node_.now() + 3h) + "\"}");
    if (!would) throw std::runtime_error("a preview's command is malformed");
    return time_of_answer(
        order, by, std::move(*would),
        [&](dispatch::Day& day, const dispatch::Wanted& wanted, const views::Question& question) {
          return views::to_json(
              preview(day, dispatcher_.picture(), wanted, question, node_.orders(), node_.now()),
              say_in_english);
        });
  }

 private:
  std::int64_t time_of_answer(const Id& order, const Principal& by,
                              std::optional<entity::CommandBody> would, const auto& answer) {
    const EntityRef ref{EntityKind::work_order, order};
    const views::Question question{.order = order,
                                   .by = by,
                                   .would = std::move(would),
                                   .state = node_.state(ref),
                                   .version = node_.version(ref)};
    auto* day = dispatcher_.day();
    std::string text;
    const auto spent = time([&] {
      const auto wanted = dispatch::wanted_of(question, node_.now());
      if (day && wanted) text = answer(*day, *wanted, question);
    });
    return text.empty() ? 0 : spent;
  }

  static std::int64_t time(const auto& work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
  }

  PureNode& node_;
  const Id& zone_;
  dispatch::Dispatcher dispatcher_;
  dispatch::Step last_;
};

}  // namespace

void measure_thinking(Report& report) {
  const DayPlan plan{.name = "big",
                     .technicians = technicians,
                     .orders = open_orders + more_orders,
                     .known_in_the_morning = 1};
  const PlayedCompany company(plan);
  PureNode node(company.begin);
  company.found(node);
  Measured measured(node, company.zone);
  node.pass_until(company.begin + 31min);
  std::size_t next = 0;
  for (; next < open_orders; ++next) company.ask(node, company.wishes[next]);
  const auto begin = std::chrono::steady_clock::now();
  static_cast<void>(measured.time_until(""));
  report.add("dispatch", "2,000 orders at first sight, 500 technicians, with their commands",
             std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), "s");
  Latencies inserted, moved, asked, previewed;
  for (; next < company.wishes.size(); ++next) {
    node.pass_until(node.now() + 1s);
    static_cast<void>(measured.time_until(""));
    company.ask(node, company.wishes[next]);
    if (const auto spent = measured.time_until(company.wishes[next].id)) inserted.add(spent);
    const auto& worker = company.workers[next % company.workers.size()];
    node.yes({EntityKind::technician, worker.id}, "record_trail",
             "{\"points\":[[" + std::to_string(to_millis(node.now())) + "," +
                 std::to_string(worker.home.lat + 0.01) + "," + std::to_string(worker.home.lon) +
                 ",8]]}",
             Principal::system());
    if (const auto spent = measured.time_to_follow()) moved.add(spent);
    // One that may have any state by now.
    const auto& order = company.wishes[next * 7919 % next].id;
    if (!measured.knows(order)) continue;
    asked.add(measured.time_of_candidates(order, company.supervisor));
    previewed.add(measured.time_of_preview(order, company.supervisor, worker.id));
  }
  report.add("dispatch", "one order more: decided", static_cast<double>(inserted.size()), "of 300");
  inserted.report(report, "dispatch", "one order more, until its command", "<= 5,000 us");
  moved.report(report, "dispatch", "following a technician who moves");
  asked.report(report, "dispatch", "who could do an order: candidates");
  previewed.report(report, "dispatch", "what a command would do: preview", "<= 100,000 us");
}

}  // namespace mf::bench
