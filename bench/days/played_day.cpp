#include "bench/days/played_day.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>

#include "actors/dispatch/dispatcher.hpp"
#include "bench/days/lying_roads.hpp"
#include "bench/days/played_people.hpp"

namespace mf::bench {
namespace {

using namespace std::chrono_literals;

/// How often people look around. Less than what makes a dispatcher think it was away.
constexpr Duration step_length = 15s;
/// Steps of the dispatcher at one moment; beyond, it would never come to rest.
constexpr int steps_max = 10'000;

/// Dispatchers as their node drives them: the board in, commands out, awake when they want to be.
/// Those that are there at one time decide on the same picture, each for itself.
class Driven {
 public:
  Driven(PureNode& node, const Id& zone, PlayedDay& day)
      : node_(node), zone_(zone), day_(day), roads_(node, day.plan.seed) {
    for (std::size_t i = 0; i < day.plan.dispatchers; ++i) begin_anew();
  }

  void begin_anew() {
    dispatch::Settings settings;
    if (day_.plan.roads_lie) settings.roads = roads_.roads();
    if (day_.plan.search > 0) settings.search = 1ms;  // whoever carries it out measures it
    ones_.push_back(std::make_unique<dispatch::Dispatcher>(zone_, settings));
    ones_.back()->set(dispatch::Mode::automatic);
  }
  /// As a kill: nobody is left, and another one begins.
  void replace() {
    ones_.clear();
    searches_.clear();
    begin_anew();
  }
  void pause_until(Timestamp at) { paused_until_ = at; }

  /// Until that time, when people may do something again.
  void run_until(Timestamp end) {
    if (node_.now() < paused_until_) return;
    answer_searches();
    roads_.answer();
    for (int i = 0; i < steps_max; ++i) {
      const auto delta = node_.changes(zone_);
      bool has_news = false;
      auto wake_at = end;
      std::vector<std::pair<dispatch::Dispatcher*, dispatch::Command>> commands;
      for (const auto& one : ones_) {
        if (delta) one->take(*delta);
        auto step = think(*one);
        for (auto& command : step.commands) commands.emplace_back(one.get(), std::move(command));
        if (step.wants_board) one->take(node_.board(zone_));
        if (step.search) searches_[one.get()] = step.search;
        has_news |= step.wants_board;
        wake_at = std::min(wake_at, step.wake_at);
      }
      for (const auto& [one, command] : commands) carry_out(*one, command);
      if (has_news || !commands.empty()) continue;
      if (wake_at >= end) return;
      node_.pass_until(std::max(wake_at, node_.now()));
    }
    throw std::runtime_error("the dispatcher never comes to rest");
  }

  void tell(PlayedDay& day) const {
    for (const auto& waiting : ones_.front()->report(node_.now()).waiting)
      day.reasons[waiting.order] = waiting.reason;
    day.roads_believed = roads_.believed();
    day.roads_refused = roads_.refused();
  }

 private:
  /// What was asked for a step of the people ago: meanwhile the day went on.
  void answer_searches() {
    for (const auto& [one, task] : std::exchange(searches_, {})) {
      one->take(dispatch::search(*task, {.iterations = day_.plan.search}));
      ++day_.searches;
    }
  }

  dispatch::Step think(dispatch::Dispatcher& one) {
    const auto begin = std::chrono::steady_clock::now();
    auto step = one.step(node_.now());
    const auto spent = std::chrono::steady_clock::now() - begin;
    day_.thinking_ms += std::chrono::duration<double, std::milli>(spent).count();
    return step;
  }

  void carry_out(dispatch::Dispatcher& one, const dispatch::Command& command) {
    ++day_.sent;
    const auto reply = node_.run({EntityKind::work_order, command.order}, command.verb,
                                 command.body, Principal::system(), command.expected_version);
    if (const auto* no = std::get_if<Rejection>(&reply)) ++day_.refused[no->code];
    one.take(command.tag, reply, node_.now());
  }

  PureNode& node_;
  const Id& zone_;
  PlayedDay& day_;
  LyingRoads roads_;
  std::vector<std::unique_ptr<dispatch::Dispatcher>> ones_;
  std::map<dispatch::Dispatcher*, std::shared_ptr<const dispatch::SearchTask>> searches_;
  Timestamp paused_until_{};
};

/// What befalls dispatchers, at its time.
void disturb(Driven& driven, const DayPlan& plan, Duration since_begin) {
  if (!plan.is_paused) return;
  if (since_begin == 2h) driven.pause_until(Timestamp::max());
  if (since_begin == 2h + 7min || since_begin == 6h + 4min) driven.pause_until({});
  if (since_begin == 6h) driven.pause_until(Timestamp::max());
  if (since_begin == 5h) driven.replace();
}

}  // namespace

std::string_view to_string(Rule rule) {
  return rule == Rule::automatic ? "automatic" : "nearest first";
}

PlayedDay play(const DayPlan& plan, Rule rule) {
  const PlayedCompany company(plan);
  PureNode node(company.begin);
  company.found(node);
  People people(company, node, plan);
  PlayedDay day{.plan = plan, .rule = rule, .begin = company.begin, .end = company.end};
  std::optional<Driven> driven;
  if (rule == Rule::automatic) driven.emplace(node, company.zone, day);
  auto next = company.wishes.begin();
  for (auto now = company.begin; now < company.end; now += step_length) {
    node.pass_until(now);
    for (; next != company.wishes.end() && next->at <= now; ++next) company.ask(node, *next);
    for (const auto& wish : company.wishes)
      if (wish.cancelled_at && *wish.cancelled_at <= now && *wish.cancelled_at > now - step_length)
        static_cast<void>(node.run({EntityKind::work_order, wish.id}, "cancel",
                                   R"({"reason":"client_request"})", company.supervisor));
    people.live();
    if (plan.people_interfere) people.interfere();
    people.find_technicians(driven.has_value());
    if (!driven) continue;
    disturb(*driven, plan, now - company.begin);
    driven->run_until(now + step_length);
  }
  if (driven) driven->tell(day);
  day.events = node.events();
  day.alarms = node.alarms();
  day.commands = node.commands();
  for (const auto& wish : company.wishes) day.sites[wish.id] = wish.place;
  for (const auto& worker : company.workers) {
    day.homes[worker.id] = worker.home;
    day.names[worker.id] = worker.name;
  }
  return day;
}

}  // namespace mf::bench
