#pragma once
// One zone's dispatcher, as pure steps: what its board tells, what became of its commands and the
// hour go in; commands, a wake-up time and a line for each decision come out.
//
//   board: snapshot, deltas ─► Picture ─► Day ─► place, offer, repair, improve ─► commands
//                                ▲                                                  │
//            wait for its row ◄──┴── verdict: yes, no (not again), could not (pause)◄┘
//
// It keeps no truth: whatever it forgets is on the board. It may be ended at any step, and two of
// them for one zone do no harm: each command names the version it was decided on.
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/dispatch/day.hpp"
#include "actors/entity/command.hpp"
#include "actors/views/dispatch_report.hpp"

namespace mf::dispatch {

enum class Mode : std::uint8_t { off, suggest, automatic };
[[nodiscard]] std::string_view to_string(Mode mode);

struct Settings {
  /// Work that begins sooner is offered, other work is planned.
  Duration offer_ahead = std::chrono::hours(2);
  int offers_per_technician = 2;  ///< that wait for an answer at a time
  /// Plans that begin sooner are not improved any more.
  Duration frozen = std::chrono::minutes(30);
  /// So long may a search for better plans take at a time; 0: there is none. The dispatcher itself
  /// only asks whether there is any: whoever runs the search measures it.
  Duration search{0};
  /// Seconds since some moment: how long decisions take. None: nobody measures.
  std::function<double()> stopwatch = {};
  Roads roads = {};
};

/// An ordinary command to one order.
struct Command {
  std::uint64_t tag = 0;
  Id order;
  std::string verb;  ///< assign, schedule, reassign
  std::string body;  ///< JSON
  std::uint64_t expected_version = 0;
};

struct Step {
  std::vector<Command> commands;
  bool wants_board = false;  ///< a new snapshot, answered by take() or board_refused()
  std::shared_ptr<const SearchTask> search;      ///< to be answered by take(); one at a time
  Timestamp wake_at{};                           ///< at the latest
  std::vector<views::DispatchReport::Run> runs;  ///< what was decided, in order
  bool is_changed = false;                       ///< a report would tell something new
};

class Dispatcher {
 public:
  Dispatcher(Id zone, Settings settings) : zone_(std::move(zone)), settings_(std::move(settings)) {}

  /// Off: it decides nothing, and only keeps its picture.
  void set(Mode mode);
  [[nodiscard]] Mode mode() const { return mode_; }
  /// Keeps a day in step though it is off, to answer questions from; no more: forgets it.
  void consult(bool is_consulted);
  [[nodiscard]] bool keeps_day() const { return mode_ != Mode::off || is_consulted_; }
  /// The zone's day as the last step saw it; nullptr: there is none to believe.
  [[nodiscard]] Day* day() { return picture_.is_ready() && day_ ? &*day_ : nullptr; }
  void take(const views::BoardReply& snapshot);
  void take(const views::BoardDelta& delta) { picture_.take(delta); }
  void board_refused() {}  // it asks again when it has waited long enough
  void take(std::uint64_t tag, const entity::Reply& verdict, Timestamp now);
  /// What the search found.
  void take(std::vector<Exchange> found);

  /// Whatever there is to do at this moment, a bounded part of it at a time.
  [[nodiscard]] Step step(Timestamp now);
  [[nodiscard]] views::DispatchReport report(Timestamp now) const;
  /// What it only suggests, the most urgent first.
  [[nodiscard]] views::ProposalList proposals() const;
  /// The same, when they are others than the last time.
  [[nodiscard]] std::optional<views::ProposalList> new_proposals();
  [[nodiscard]] bool is_ready() const { return picture_.is_ready(); }
  [[nodiscard]] const Picture& picture() const { return picture_; }
  /// For how long its picture has been behind: no board, or a row that should show a command of
  /// its own.
  [[nodiscard]] Duration staleness(Timestamp now) const;

 private:
  /// What was tried for an order, as its row was then.
  struct Memory {
    std::uint64_t version = 0;
    std::set<Id> refused;     ///< technicians whose time it could not have
    int refusals = 0;         ///< in a row, whatever the version
    Timestamp not_before{};   ///< it is let alone until then
    Timestamp stays_until{};  ///< the same, as long as its row is what it was
    Timestamp tried{}, improved{}, explained{};
    std::uint64_t seen_changes = 0;
    bool is_done = false;  ///< for this version, until something else changes
  };
  struct Sent {
    Id order, technician;
    std::string verb;
    std::uint64_t version = 0;
  };
  struct Awaited {
    std::uint64_t version = 0;
    Timestamp since{};
  };
  /// What was looked at by searches, and how often since it changed last.
  struct Looked {
    std::size_t mark = 0;
    int rounds = 0;
  };
  /// An exchange on its way.
  struct Exchanging {
    std::vector<Move> left;
    std::vector<Id> done, aside;
    double gain = 0;
    std::size_t count = 0;
    Timestamp since{};  ///< of the last wave
    Id urgent = {};     ///< what the others give way to; empty: it is for spare time's sake
    std::string why = {};
  };
  using Waiting = views::DispatchReport::Waiting;

  bool has_picture(Timestamp now, Step& step);
  bool see_board(Timestamp now, Step& step);
  void settle_awaited(Timestamp now);
  [[nodiscard]] bool is_under_way(const Id& order) const;
  void drop_gone(const Picture::Changes& changes);
  void drop_all_gone();
  [[nodiscard]] std::vector<const OrderRow*> to_do(Timestamp now);
  [[nodiscard]] bool has_something_to_do(const OrderRow& order, Memory& memory, Timestamp now);
  [[nodiscard]] static bool is_left_to_people(const OrderRow& order);
  void decide(const OrderRow& order, Timestamp now, Step& step);
  void place(const OrderRow& order, Timestamp now, Step& step);
  void offer(const OrderRow& order, Timestamp now, Step& step);
  void repair(const OrderRow& order, Timestamp now, Step& step);
  void rescue(const OrderRow& order, Timestamp now, Step& step);
  /// Gives it a place where less urgent plans give way, with nobody of `except`, if it would be
  /// late in `best` (none: nobody can) and that wins more than it costs. It must have no place in
  /// the day. True: that is under way, or must wait for another exchange.
  bool make_room(const OrderRow& order, const std::set<Id>& except, const Choice* best,
                 Timestamp now, Step& step);
  [[nodiscard]] bool may_give_way(const OrderRow& order, const OrderRow& to, Timestamp now) const;
  [[nodiscard]] std::optional<std::vector<Move>> moves_into(const Room& room, const OrderRow& order,
                                                            Timestamp now);
  void use_spare_time(Timestamp now, Step& step);
  void improve(Timestamp now, Step& step);
  void improve(const OrderRow& order, Timestamp now, Step& step);
  [[nodiscard]] bool may_move_plan(const OrderRow& order, Timestamp now) const;
  [[nodiscard]] bool is_unplaced(const OrderRow& order) const;
  void search(Timestamp now, Step& step);
  [[nodiscard]] bool begin_search(Timestamp now, Step& step);
  void take_exchange(Timestamp now, Step& step);
  void go_on(Timestamp now, Step& step);
  [[nodiscard]] bool is_too_near(const Move& move, const TechnicianRow::Line& line);
  void end_exchange();
  void carry_out(const Move& move, Timestamp now, Step& step);
  void set_aside(const Move& move, Timestamp now, Step& step);
  void moved(const Sent& sent, std::uint64_t version);
  [[nodiscard]] bool is_in_exchange(const Id& order) const;
  [[nodiscard]] bool must_wait_for_exchange(const OrderRow& order, const Choice& choice) const;
  void listen(Timestamp now);
  [[nodiscard]] bool is_silent(const Id& technician) const { return silent_.contains(technician); }
  [[nodiscard]] bool needs_repair(const OrderRow& order) const;
  [[nodiscard]] bool is_out_of_touch(const OrderRow& order, Timestamp now) const;
  [[nodiscard]] bool is_for_silent_alone(const OrderRow& order, std::set<Id> except, Timestamp now);
  [[nodiscard]] bool needs_rescue(const OrderRow& order) const;
  [[nodiscard]] bool is_near(Timestamp begin, bool is_next, Timestamp now) const;
  [[nodiscard]] bool is_due(const OrderRow& order, Timestamp now) const;
  [[nodiscard]] bool may_offer(const Id& technician) const;
  /// A supervisor refused the technician whom it is planned with, today.
  [[nodiscard]] static bool is_unwanted(const OrderRow& order, Timestamp now);
  [[nodiscard]] std::string name_of(const Id& technician) const;
  [[nodiscard]] std::set<Id> not_again(const OrderRow& order, Timestamp now);
  /// Suggests what act() would send. False: that was proposed already.
  bool propose(const OrderRow& order, std::string_view did, std::string_view why,
               const std::string& verb, std::string body, const Choice& choice, Timestamp now);
  [[nodiscard]] bool propose_better_again(const OrderRow& order, Timestamp now, Step& step);
  void drop_stale_proposals();
  /// And the place that it held.
  void drop_proposal(const Id& order, Timestamp now);
  void wait(const OrderRow& order, std::string reason, Sentence sentence,
            std::optional<Timestamp> until, Timestamp now);
  void explain(const OrderRow& order, const std::set<Id>& except, Timestamp now);
  /// Sends the command, or only proposes it.
  void act(const OrderRow& order, std::string_view did, const std::string& verb,
           const Choice& choice, bool keeps_time, Timestamp now, Step& step, std::string why = {},
           double gain = 0);
  void refused(const Sent& sent, const Rejection& no, Timestamp now);
  void could_not(const Sent& sent, const entity::Fault& fault, Timestamp now);
  void begin_thinking() { began_ = settings_.stopwatch ? settings_.stopwatch() : 0; }
  void note(Step* step, views::DispatchReport::Run run);

  const Id zone_;
  const Settings settings_;
  Mode mode_ = Mode::off;
  bool is_consulted_ = false;
  Picture picture_;
  std::optional<Day> day_;
  std::map<Id, Memory> memory_;
  std::map<std::uint64_t, Sent> sent_;
  std::map<Id, Awaited> awaited_;  ///< orders whose row must show a command of ours first
  std::map<Id, Waiting> waiting_;
  std::map<Id, views::ProposalPtr> proposals_;  ///< by order
  views::ProposalList told_proposals_;
  std::deque<views::DispatchReport::Run> runs_;   ///< newest first
  std::vector<views::DispatchReport::Run> told_;  ///< by verdicts, for the next step
  views::DispatchReport::Figures figures_;
  std::optional<Timestamp> board_asked_, last_step_, unready_since_;
  Timestamp next_tick_{}, resume_at_{};
  Duration pause_{0};  ///< after overload, doubled each time
  std::uint64_t last_tag_ = 0, changes_ = 0, last_stamp_ = 0, told_stamp_ = 0;
  int explained_ = 0;               ///< in this step
  double began_ = 0;                ///< by the stopwatch: what is thought about now
  std::map<Id, Timestamp> silent_;  ///< technicians who answer nothing: until when
  std::map<Id, Looked> looked_;     ///< technicians, and orders nobody could do
  std::deque<Exchange> found_;
  std::optional<Exchanging> exchange_;
  Timestamp search_at_{}, searched_at_{};
  bool is_searching_ = false;
  bool is_changed_ = false, has_more_ = false;
};

}  // namespace mf::dispatch
