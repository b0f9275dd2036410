#include <chrono>

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

 private:
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
  Latencies inserted, moved;
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
  }
  report.add("dispatch", "one order more: decided", static_cast<double>(inserted.size()), "of 300");
  inserted.report(report, "dispatch", "one order more, until its command", "<= 5,000 us");
  moved.report(report, "dispatch", "following a technician who moves");
}

}  // namespace mf::bench
