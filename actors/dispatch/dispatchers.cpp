#include "actors/dispatch/dispatchers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "actors/dispatch/advice.hpp"
#include "actors/dispatch/arrivals.hpp"
#include "actors/dispatch/mailbox.hpp"
#include "actors/dispatch/search_thread.hpp"
#include "actors/dispatch/zones.hpp"
#include "base/guarded_thread.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::dispatch {
namespace {

using namespace std::chrono_literals;

/// How soon a change of the catalogue is noticed, and how often a report is told at most.
constexpr Duration look_every = 500ms, report_every = 1s;
constexpr Duration command_patience = 10s;
/// A zone whose step failed begins anew, but not at once.
constexpr Duration rest_after_failure = 10s;
/// Arrivals are looked at as often; what is told is rarer by far.
constexpr Duration estimate_every = 5s;
/// Nobody waits for its verdict.
constexpr std::uint64_t no_tag = ~std::uint64_t{0};
/// How long a zone's day is waited for by who asks, and kept for who asks again.
constexpr auto answer_patience = 5s;
constexpr auto keep_day = 5min;
constexpr std::size_t consulted_max = 16;
constexpr Duration look_for_picture = 50ms;

struct Zone {
  Zone(const Id& id, Settings settings)
      : dispatcher(id, std::move(settings)),
        age(metrics::gauge("microflow_dispatch_picture_age_seconds",
                           "For how long a dispatcher's picture has been behind: no board, or a "
                           "command of its own that it doesn't show yet",
                           {{"zone", id}})) {}
  Dispatcher dispatcher;
  Arrivals arrivals;
  metrics::Gauge& age;
  Timestamp wake_at{}, reported{}, rests_until{}, estimate_at{};
  bool has_news = true, is_touched = true;
  std::vector<Waiting> questions;
  SteadyTime consulted;  ///< the last time
};

struct Asked {
  Id zone;
  std::uint64_t tag = 0;  ///< the dispatcher's; 0: the board
};

}  // namespace

class Dispatchers::Impl final : public host::Adviser {
 public:
  Impl(host::Runtime& runtime, const Clock& clock, Settings settings)
      : runtime_(runtime),
        clock_(clock),
        settings_(with_stopwatch(std::move(settings))),
        search_(settings_.search,
                [this](SearchThread::Answer found) { mailbox_.post(std::move(found)); }),
        thread_([this] { loop(); }) {
    runtime_.set_adviser(this);
  }
  ~Impl() override { stop(); }

  void stop() {
    if (std::exchange(is_stopped_, true)) return;
    runtime_.set_adviser(nullptr);
    auto left = mailbox_.stop();
    thread_.join();
    search_.stop();
    for (auto& [id, zone] : zones_) std::ranges::move(zone.questions, std::back_inserter(left));
    for (const auto& waiting : left)
      waiting.fail(entity::Fault::Code::unavailable, "the node is stopping");
  }

  void answer(std::uint64_t tag, views::Question question, host::Sink& sink) override {
    const Waiting refused{tag, &sink, {}, {}};
    Waiting waiting{tag, &sink, std::move(question),
                    std::chrono::steady_clock::now() + answer_patience};
    if (!mailbox_.post(std::move(waiting)))
      refused.fail(entity::Fault::Code::overloaded, "too much is asked");
  }

  void wake() { mailbox_.wake(); }

 private:
  void loop() {
    name_thread("dispatch");
    auto patience = Duration{0};
    while (auto mail = mailbox_.wait(patience))
      if (!guarded("dispatch", [&] { patience = turn(*mail); })) patience = look_every;
  }

  /// What has come, and whatever is due. How long there is nothing else to do.
  Duration turn(Mail& mail) {
    const auto now = clock_.now();
    follow_catalogue();
    for (auto& item : mail.items)
      if (!guarded("dispatch",
                   [&] { std::visit([&](auto& what) { take(std::move(what), now); }, item); }))
        mail.is_lost = true;
    give_up();
    if (!clock_.is_settled()) return look_every;
    auto patience = look_every;
    for (auto& [id, zone] : zones_) {
      if (mail.is_lost) zone.dispatcher.take(lost(id));
      const bool is_due = zone.is_touched || now >= zone.wake_at || now + 1min < zone.wake_at;
      if (is_due && now >= zone.rests_until) step(id, zone, now);
      answer(zone, now);
      report(zone, now);
      if (!zone.questions.empty()) patience = std::min(patience, look_for_picture);
      zone.age.set(static_cast<double>(zone.dispatcher.staleness(now).count()) / 1000);
      patience = std::clamp(zone.wake_at - now, Duration{0}, patience);
    }
    return patience;
  }

  static Settings with_stopwatch(Settings settings) {
    settings.stopwatch = [] {
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      return std::chrono::duration<double>(now).count();
    };
    return settings;
  }

  static views::BoardDelta lost(const Id& zone) {
    views::BoardDelta delta;
    delta.zone = zone;
    delta.is_lost = true;
    return delta;
  }

  void follow_catalogue() {
    const auto catalogue = runtime_.catalogue();
    if (catalogue.get() == catalogue_.get()) return;
    catalogue_ = catalogue;
    for (const auto& [id, mode] : modes_of(catalogue->zones)) {
      auto& zone = followed(id);
      if (zone.dispatcher.mode() == mode) continue;
      log::info(log::dispatch, "zone-mode", {{"zone", id}, {"mode", to_string(mode)}});
      zone.dispatcher.set(mode);
      zone.is_touched = zone.has_news = true;
    }
    std::map<std::string_view, int> modes{{"suggest", 0}, {"automatic", 0}};
    for (const auto& [id, zone] : zones_) ++modes[to_string(zone.dispatcher.mode())];
    for (const auto mode : {Mode::suggest, Mode::automatic})
      metrics::gauge("microflow_dispatch_zones", "Zones that are dispatched, by how",
                     {{"mode", std::string(to_string(mode))}})
          .set(modes[to_string(mode)]);
  }

  /// The boards of all zones are followed, also of those that people dispatch: their clients, too,
  /// are told when somebody will be there.
  Zone& followed(const Id& id) {
    const auto [zone, is_new] = zones_.try_emplace(id, id, settings_);
    if (is_new) runtime_.watch_board(id, mailbox_, views::Pace::prompt);
    return zone->second;
  }

  /// The first question about a zone has its day made, and keeps it for those that follow.
  void take(Waiting waiting, Timestamp) {
    const auto id = waiting.question.state->concerns().zone;
    if (!zones_.contains(id) && (!catalogue_ || !catalogue_->zone_ids.contains(id)))
      return waiting.fail(entity::Fault::Code::unavailable, "the order's zone is not known yet");
    auto& zone = followed(id);
    zone.consulted = std::chrono::steady_clock::now();
    zone.dispatcher.consult(true);
    zone.questions.push_back(std::move(waiting));
    zone.is_touched = true;
    let_go();
  }

  /// Days that nobody has asked about of late, and the oldest where there are too many.
  void let_go() {
    std::vector<std::pair<SteadyTime, Id>> kept;
    for (auto& [id, zone] : zones_)
      if (zone.dispatcher.mode() == Mode::off && zone.dispatcher.keeps_day() &&
          zone.questions.empty())
        kept.emplace_back(zone.consulted, id);
    std::ranges::sort(kept);
    auto surplus = kept.size() > consulted_max ? kept.size() - consulted_max : 0;
    const auto now = std::chrono::steady_clock::now();
    for (const auto& [consulted, id] : kept) {
      if (surplus == 0 && now - consulted < keep_day) break;
      if (surplus > 0) --surplus;
      zones_.at(id).dispatcher.consult(false);
    }
  }

  void give_up() {
    const auto now = std::chrono::steady_clock::now();
    for (auto& [id, zone] : zones_)
      std::erase_if(zone.questions, [&](const Waiting& waiting) {
        if (now < waiting.deadline) return false;
        waiting.fail(entity::Fault::Code::unavailable, "the zone's day is being read; try again");
        return true;
      });
    if (now >= looked_at_kept_ + 1min) {
      looked_at_kept_ = now;
      let_go();
    }
  }

  void answer(Zone& zone, Timestamp now) {
    auto* day = zone.questions.empty() ? nullptr : zone.dispatcher.day();
    if (!day) return;
    for (const auto& waiting : std::exchange(zone.questions, {})) {
      const auto begin = std::chrono::steady_clock::now();
      views::ReadReply reply;
      if (guarded("dispatch",
                  [&] { reply = advise(*day, zone.dispatcher.picture(), waiting.question, now); }))
        waiting.sink->post({{waiting.tag, std::move(reply)}});
      else waiting.fail(entity::Fault::Code::internal, "the question failed");
      answer_seconds_.observe(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
  }

  [[nodiscard]] views::ReadReply advise(Day& day, const Picture& picture,
                                        const views::Question& question, Timestamp now) const {
    views::ReadReply reply{.version = question.version, .concerns = question.state->concerns()};
    reply.viewpoint = question.state->viewpoint(question.by);
    const auto wanted = wanted_of(question, now);
    if (!wanted) {
      reply.fault = entity::Fault{entity::Fault::Code::internal, "the order could not be read"};
      return reply;
    }
    const auto& orders = runtime_.kinds().of(EntityKind::work_order);
    reply.json =
        question.would
            ? views::to_json(preview(day, picture, *wanted, question, orders, now), question.say)
            : views::to_json(candidates(day, picture, *wanted, now), question.say);
    return reply;
  }

  void take(const std::shared_ptr<const views::BoardDelta>& delta, Timestamp) {
    const auto zone = zones_.find(delta->zone);
    if (zone == zones_.end()) return;
    zone->second.dispatcher.take(*delta);
    zone->second.is_touched = true;
  }

  void take(SearchThread::Answer found, Timestamp) {
    const auto zone = zones_.find(found.zone);
    if (zone == zones_.end()) return;
    zone->second.dispatcher.take(std::move(found.found));
    zone->second.is_touched = true;
  }

  void take(const host::TaggedAnswer& answer, Timestamp now) {
    const auto asked = asked_.extract(answer.tag);
    if (!asked) return;
    const auto zone = zones_.find(asked.mapped().zone);
    if (zone == zones_.end()) return;
    auto& dispatcher = zone->second.dispatcher;
    if (const auto* board = std::get_if<views::BoardReply>(&answer.answer)) {
      zone->second.is_touched = true;
      if (board->no || board->fault) return dispatcher.board_refused();
      if (board->left_out > 0)
        log::warn(log::dispatch, "board-incomplete",
                  {{"zone", zone->first}, {"left_out", board->left_out}});
      return dispatcher.take(*board);
    }
    if (asked.mapped().tag == no_tag) return;  // the board shows what became of it
    zone->second.is_touched = true;
    if (const auto* verdict = std::get_if<entity::Reply>(&answer.answer))
      dispatcher.take(asked.mapped().tag, *verdict, now);
  }

  void step(const Id& id, Zone& zone, Timestamp now) {
    zone.is_touched = false;
    Step step;
    const auto begin = std::chrono::steady_clock::now();
    const bool is_done = guarded("dispatch", [&] { step = zone.dispatcher.step(now); });
    if (!is_done) begin_anew(id, zone, now);
    if (auto proposals = zone.dispatcher.new_proposals())
      runtime_.propose(id, *std::move(proposals));
    if (!is_done) return;
    if (!step.runs.empty())
      step_seconds_.observe(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    zone.wake_at = step.wake_at;
    zone.has_news |= step.is_changed;
    for (const auto& run : step.runs) tell(id, run);
    if (step.wants_board) {
      metrics::counter("microflow_dispatch_boards_total",
                       "Boards that dispatchers asked for: at the start, and after a loss")
          .add();
      asked_[++last_tag_] = {id, 0};
      runtime_.board(last_tag_, id, mailbox_);
    }
    if (step.search) search_.begin(id, std::move(step.search));
    if (!step.commands.empty()) submit(id, zone, step.commands, now);
    if (zone.dispatcher.is_ready() && !(now < zone.estimate_at && zone.estimate_at <= now + 1min))
      static_cast<void>(guarded("dispatch", [&] { estimate(id, zone, now); }));
  }

  /// Tells orders when who is awaited will be there.
  void estimate(const Id& id, Zone& zone, Timestamp now) {
    zone.estimate_at = now + estimate_every;
    std::vector<host::TaggedCommand> commands;
    for (const auto& news : zone.arrivals.step(zone.dispatcher.picture(), settings_.roads, now)) {
      const auto body =
          fmt::format(R"({{"visit":"{}","eta":"{}"}})", news.visit, format_rfc3339(news.eta));
      auto command = command_of(
          {.order = news.order, .verb = "estimate", .body = body, .expected_version = news.version},
          now);
      if (!command) continue;
      asked_[++last_tag_] = {id, no_tag};
      commands.push_back({last_tag_, std::move(*command)});
    }
    if (commands.empty()) return;
    metrics::counter("microflow_dispatch_estimates_total", "Expected arrivals told to their orders")
        .add(static_cast<double>(commands.size()));
    runtime_.submit(std::move(commands), mailbox_);
  }

  /// What it believes may be half of something: it looks at the board again.
  void begin_anew(const Id& id, Zone& zone, Timestamp now) {
    const auto mode = zone.dispatcher.mode();
    zone.dispatcher.set(Mode::off);
    zone.dispatcher.set(mode);
    zone.dispatcher.take(lost(id));
    zone.rests_until = zone.wake_at = now + rest_after_failure;
    log::error(log::dispatch, "dispatcher-failed", {{"zone", id}});
  }

  /// As the system's, idempotent: the same decision on the same version is the same command,
  /// whoever takes it.
  std::expected<entity::Command, Rejection> command_of(const Command& wanted, Timestamp now) {
    const auto command_id = blake2b_128({"dispatch", wanted.order, wanted.verb, wanted.body,
                                         std::to_string(wanted.expected_version)});
    auto command = entity::system_command(runtime_.kinds().of(EntityKind::work_order),
                                          {EntityKind::work_order, wanted.order}, wanted.verb,
                                          wanted.body, command_id, entity::Origin::person);
    if (!command) return command;
    command->deadline = now + command_patience;
    command->trace = to_hex(command_id.view());
    command->expected_versions = {wanted.expected_version};
    return command;
  }

  void submit(const Id& id, Zone& zone, const std::vector<Command>& list, Timestamp now) {
    std::vector<host::TaggedCommand> commands;
    for (const auto& wanted : list) {
      auto command = command_of(wanted, now);
      if (!command) {
        zone.dispatcher.take(wanted.tag, command.error(), now);
        zone.is_touched = true;
        continue;
      }
      asked_[++last_tag_] = {id, wanted.tag};
      commands.push_back({last_tag_, std::move(*command)});
    }
    if (!commands.empty()) runtime_.submit(std::move(commands), mailbox_);
  }

  static void tell(const Id& zone, const views::DispatchReport::Run& run) {
    metrics::counter("microflow_dispatch_decisions_total", "What dispatchers decided, by kind",
                     {{"did", run.did}})
        .add();
    if (run.took > 0)
      metrics::histogram("microflow_dispatch_decision_seconds",
                         "What a decision took to think, by kind", metrics::latency_buckets(),
                         {{"did", run.did}})
          .observe(run.took);
    if (run.gain > 0)
      metrics::counter("microflow_dispatch_gain_seconds_total",
                       "What improvements saved, as seconds on the road")
          .add(run.gain);
    const auto from = run.slot ? format_rfc3339(run.slot->from) : std::string();
    log::info(log::dispatch, "decision",
              {{"did", run.did},
               {"zone", zone},
               {"order", run.order},
               {"technician", run.technician},
               {"from", from},
               {"travel_s", static_cast<std::int64_t>(run.travel)},
               {"lateness_s", static_cast<std::int64_t>(run.lateness)},
               {"wait_s", static_cast<std::int64_t>(run.wait)},
               {"gain_s", static_cast<std::int64_t>(run.gain)},
               {"took_us", static_cast<std::int64_t>(run.took * 1e6)},
               {"why", run.why}});
  }

  void report(Zone& zone, Timestamp now) {
    const bool is_time = now - zone.reported >= report_every || now < zone.reported;
    if (!zone.has_news || !is_time) return;
    zone.has_news = false;
    zone.reported = now;
    runtime_.tell(std::make_shared<views::DispatchReport>(zone.dispatcher.report(now)));
  }

  host::Runtime& runtime_;
  const Clock& clock_;
  const Settings settings_;
  Mailbox mailbox_;
  std::shared_ptr<const views::CatalogueView> catalogue_;
  std::map<Id, Zone> zones_;
  std::map<std::uint64_t, Asked> asked_;
  std::uint64_t last_tag_ = 0;
  metrics::Histogram& step_seconds_ =
      metrics::histogram("microflow_dispatch_step_seconds", "A step that decided something",
                         metrics::latency_buckets());
  metrics::Histogram& answer_seconds_ = metrics::histogram(
      "microflow_dispatch_answer_seconds",
      "An answer about who could do an order, or what would be", metrics::latency_buckets());
  SteadyTime looked_at_kept_ = std::chrono::steady_clock::now();
  bool is_stopped_ = false;
  SearchThread search_;
  std::thread thread_;  // the last one: it uses the others
};

Dispatchers::Dispatchers(host::Runtime& runtime, const Clock& clock, Settings settings)
    : impl_(std::make_unique<Impl>(runtime, clock, std::move(settings))) {}
Dispatchers::~Dispatchers() = default;
void Dispatchers::stop() { impl_->stop(); }
void Dispatchers::wake() { impl_->wake(); }

}  // namespace mf::dispatch
