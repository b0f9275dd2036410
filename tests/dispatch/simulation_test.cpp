// Random days of a zone: the pure dispatcher against the real entities behind real actors, with
// technicians who decline, forget, go home and work longer, clients who cancel, people who
// interfere or vanish, and a dispatcher that is paused, killed and doubled. Spare time is searched
// as on a node, but by iterations, so that a seed is one day.
#include <catch2/catch.hpp>
#include <random>

#include "base/geo.hpp"
#include "base/json.hpp"
#include "tests/dispatch/zone.hpp"
#include "tests/host/house.hpp"
#include "tests/seed.hpp"

using namespace mf;
using namespace mf::test;

namespace {

constexpr std::size_t technicians_count = 6, sites_count = 16;

class SimulatedZone {
 public:
  explicit SimulatedZone(std::uint64_t seed) : random_(seed) {
    house_.found_company();
    begin_at_eight();
    for (std::size_t i = 0; i < technicians_count; ++i) add_technician(i);
    for (std::size_t i = 0; i < sites_count; ++i) add_site();
    add_dispatcher();
  }

  void day(int minutes, bool with_people) {
    for (int minute = 0; minute < minutes; ++minute) {
      if (chance(0.12) && orders_.size() < 45) add_order();
      live(with_people);
      if (with_people && vanished_.empty() && chance(0.005)) vanish();
      if (with_people && chance(0.01)) dispatchers_.front().paused_until = minute + 7;
      if (with_people && chance(0.005)) kill();
      if (with_people && dispatchers_.size() == 1 && chance(0.003)) add_dispatcher();
      for (auto& one : dispatchers_)
        if (one.paused_until <= minute) run(one);
      house_.pass(1min);
    }
  }

  /// Nothing happens but the dispatcher's own doing: it must end, and everything have its reason.
  void rests() {
    std::size_t before = sent_;
    auto& one = dispatchers_.front();
    int quiet = 0;
    for (int i = 0; i < 60 && quiet < 3; ++i) {
      const auto was = sent_;
      run(one);
      house_.clock.advance(Duration{200});
      quiet = sent_ == was ? quiet + 1 : 0;
    }
    CHECK(quiet >= 3);
    CHECK(sent_ - before <= 3 * orders_.size() + 10);
    const auto report = one.dispatcher->report(now());
    for (const auto& order : orders_) {
      const auto view = house_.view(order, house_.supervisor);
      if (view.at("status") != "TRIAGED") continue;
      INFO(to_text(view));
      CHECK(std::ranges::count(report.waiting, order.id, &views::DispatchReport::Waiting::order) ==
            1);
    }
  }

  /// Between two times of one technician there is time for the way.
  void leaves_time_for_ways() {
    for (const auto& technician : technicians_) {
      const auto view = house_.view({EntityKind::technician, technician}, house_.admin);
      const auto agenda = view.value("agenda", Json::array());
      for (std::size_t i = 0; i + 1 < agenda.size(); ++i) {
        const auto from = place_of(agenda[i].at("order")), to = place_of(agenda[i + 1].at("order"));
        const auto drive = distance_m(from, to) * 1.4 / 7.5;
        const auto gap = *parse_rfc3339(agenda[i + 1].at("from").get<std::string>()) -
                         *parse_rfc3339(agenda[i].at("to").get<std::string>());
        INFO(to_text(agenda) << "\n" << told_of(agenda));
        // Places are taken for one within 111 m.
        CHECK(static_cast<double>(gap.count()) / 1000 >= drive - 90);
      }
    }
  }

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t orders() const { return orders_.size(); }
  [[nodiscard]] std::size_t most_for_one() const {
    std::size_t most = 0;
    for (const auto& [order, count] : sent_for_) most = std::max(most, count);
    return most;
  }
  [[nodiscard]] int worked() const { return worked_; }
  /// Searches in spare time, and the changes that were made for them.
  [[nodiscard]] int searches() const { return searches_; }
  [[nodiscard]] int improved() const { return improved_; }
  /// Whoever lets two offers pass gets the next one an hour later: a few of them at a time, and
  /// from dispatchers that were doubled or begun anew.
  void leaves_alone_who_vanished() const {
    if (vanished_.empty()) return;
    const auto hours =
        std::chrono::duration<double, std::ratio<3600>>(now() - vanished_at_).count();
    INFO("offers to " << vanished_ << " in " << hours << " h");
    CHECK(offers_to_vanished_ <= 4 + 3 * hours);
  }
  /// Codes of all commands that were refused.
  [[nodiscard]] const std::string& refused() const { return refused_; }

 private:
  struct One {
    std::unique_ptr<dispatch::Dispatcher> dispatcher;
    std::map<std::string, std::uint64_t> shown;  ///< versions of the rows it was given
    std::uint64_t at = 1;
    int paused_until = 0;
  };

  [[nodiscard]] Timestamp now() const { return house_.clock.now(); }
  bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(random_) < p; }
  double between(double low, double high) {
    return std::uniform_real_distribution<>(low, high)(random_);
  }
  template <class List>
  auto& one_of(List& list) {
    return list[std::uniform_int_distribution<std::size_t>(0, list.size() - 1)(random_)];
  }

  void begin_at_eight() {
    const auto day = std::chrono::floor<std::chrono::days>(now());
    house_.clock.advance(day + 37h - now());  // 13:00 UTC of the next day
  }

  void add_technician(std::size_t i) {
    const auto id = random_id("tec");
    technicians_.push_back(id);
    const auto every_day = Json{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    house_.yes(
        {EntityKind::technician, id}, "create",
        {{"name", "Técnico " + std::to_string(i)},
         {"zones", {house_.zone}},
         {"skills", {"fibra"}},
         {"home", {{"lat", between(6.2, 6.3)}, {"lon", between(-75.6, -75.5)}}},
         {"shifts", {{{"days", every_day}, {"from", i % 2 ? "08:00" : "10:00"}, {"to", "19:00"}}}},
         {"breaks", {{{"days", every_day}, {"from", "12:00"}, {"to", "12:45"}}}},
         {"max_orders", 8}},
        house_.admin);
  }

  void add_site() {
    const auto id = random_id("sit");
    const Point place{between(6.2, 6.3), between(-75.6, -75.5)};
    sites_.push_back(id);
    places_[id] = place;
    house_.yes({EntityKind::client, house_.person}, "add_site",
               {{"id", id},
                {"address", "Calle 10 # 43-20"},
                {"zone", house_.zone},
                {"lat", place.lat},
                {"lon", place.lon},
                {"name", "Casa"}},
               house_.admin);
  }

  void add_order() {
    const EntityRef order{EntityKind::work_order, random_id("ord")};
    const auto& site = one_of(sites_);
    house_.yes(
        order, "create",
        {{"type", house_.type}, {"client", house_.person}, {"site", site}, {"title", "Falla"}},
        house_.supervisor);
    Json triage{{"confirmed_distinct", true},
                {"priority", 1 + static_cast<int>(between(0, 4))},
                {"duration_ms", 60'000 * static_cast<int>(between(20, 100))}};
    if (chance(0.3)) {
      const auto from = now() + Duration(60'000LL * static_cast<int>(between(10, 400)));
      triage["windows"] = {{{"from", format_rfc3339(from)}, {"to", format_rfc3339(from + 2h)}}};
    }
    house_.yes(order, "triage", triage, house_.supervisor);
    orders_.push_back(order);
    site_of_[order.id] = site;
  }

  Point place_of(const std::string& order) { return places_[site_of_[order]]; }

  void add_dispatcher() {
    const dispatch::Settings settings{.search = Duration{1}};
    dispatchers_.push_back(
        {std::make_unique<dispatch::Dispatcher>(house_.zone, settings), {}, 1, 0});
    dispatchers_.back().dispatcher->set(Mode::automatic);
  }
  void kill() {
    dispatchers_.clear();
    add_dispatcher();
  }

  void vanish() {
    vanished_ = one_of(technicians_);
    vanished_at_ = now();
  }

  /// Whether it was taken.
  bool tries(const EntityRef& target, const std::string& verb, const Json& body,
             const Principal& by) {
    return std::holds_alternative<entity::Outcome>(house_.run(target, verb, body, by));
  }

  void live(bool with_people) {
    for (const auto& order : orders_) {
      const auto view = house_.view(order, house_.supervisor);
      const auto status = view.value("status", "");
      const auto technician = view.value("technician", "");
      if (with_people) interfere(order, status);
      if (!technician.empty() && technician == vanished_) continue;
      const Principal they{"acc_" + technician, {Role::technician}, {}, technician, {}, {}};
      if (status == "ASSIGNED") {
        if (chance(0.25)) tries(order, "accept", Json::object(), they);
        else if (chance(0.03) && tries(order, "decline", {{"reason", "other"}}, they))
          declined_[order.id].insert(technician);
      } else if (status == "ACCEPTED") {
        const auto from = *parse_rfc3339(view.at("slot").at("from").get<std::string>());
        if (from - now() < 12min && chance(0.4)) tries(order, "depart", Json::object(), they);
      } else if (status == "EN_ROUTE") {
        if (chance(0.3)) tries(order, "arrive", {{"confirmed", true}}, they);
      } else if (status == "ON_SITE") {
        const auto from = *parse_rfc3339(view.at("slot").at("from").get<std::string>());
        if (with_people ? chance(0.3) : now() >= from) tries(order, "start", Json::object(), they);
      } else if (status == "IN_PROGRESS") {
        const auto to = *parse_rfc3339(view.at("slot").at("to").get<std::string>());
        // On quiet days nobody is late, so that everything can be done at its time.
        if (with_people ? chance(0.02) : now() >= to - 5min)
          worked_ += tries(order, "complete", {{"note", "listo"}}, they);
        if (with_people && chance(0.002)) tries(order, "pause", {{"reason", "parts"}}, they);
      } else if (status == "PAUSED") {
        if (chance(0.1)) tries(order, "resume", Json::object(), they);
        if (chance(0.02))
          tries(order, "follow_up", {{"reason", "parts"}, {"parts", {"cable"}}}, they);
      }
    }
    if (!with_people) return;
    for (const auto& technician : technicians_) {
      if (technician == vanished_ || !chance(0.004)) continue;
      const auto what = chance(0.3) ? "off" : chance(0.5) ? "break" : "available";
      tries({EntityKind::technician, technician}, "set_availability", {{"availability", what}},
            house_.supervisor);
    }
  }

  void interfere(const EntityRef& order, const std::string& status) {
    if (!chance(0.004)) return;
    const auto& technician = one_of(technicians_);
    if (chance(0.2)) {
      tries(order, "cancel", {{"reason", "client_request"}}, house_.supervisor);
    } else if (status == "TRIAGED" || status == "SCHEDULED") {
      if (chance(0.3)) tries(order, "pin", Json::object(), house_.supervisor);
      else if (chance(0.5)) tries(order, "assign", {{"technician", technician}}, house_.supervisor);
      else
        tries(order, "schedule",
              {{"from", format_rfc3339(now() + 40min)}, {"technician", technician}},
              house_.supervisor);
    } else if (status == "ASSIGNED" || status == "ACCEPTED") {
      const auto had = house_.view(order, house_.supervisor).value("technician", "");
      if (chance(0.5) && tries(order, "unassign", {{"reason", "other"}}, house_.supervisor))
        declined_[order.id].insert(had);
      else tries(order, "reassign", {{"technician", technician}}, house_.supervisor);
    }
  }

  /// What was decided about these orders, in order.
  std::string told_of(const Json& agenda) const {
    std::string text;
    for (const auto& line : log_)
      for (const auto& slot : agenda)
        if (line.find(slot.at("order").get<std::string>()) != line.npos) text += line + "\n";
    return text;
  }

  void run(One& one) {
    show(one);
    for (int i = 0; i < 40; ++i) {
      const auto step = one.dispatcher->step(now());
      for (const auto& r : step.runs)
        log_.push_back(format_rfc3339(now()) + " " + r.did + " " + r.order + " " + r.technician +
                       " " + (r.slot ? format_rfc3339(r.slot->from) : "") + " " + r.why);
      for (const auto& command : step.commands) carry_out(one, command);
      improved_ += static_cast<int>(
          std::ranges::count(step.runs, "improved", &views::DispatchReport::Run::did));
      if (step.search) {
        ++searches_;
        one.dispatcher->take(dispatch::search(*step.search, {.iterations = 60}));
      }
      if (step.wants_board) show(one, true);
      else if (!step.commands.empty()) show(one);
      else if (step.wake_at > now()) return;
    }
  }

  void carry_out(One& one, const dispatch::Command& command) {
    ++sent_;
    ++sent_for_[command.order];
    const auto body = parse_json(command.body);
    const auto technician = body.value("technician", "");
    INFO(command.verb << " " << command.body);
    const bool is_offer = command.verb != "schedule";
    offers_to_vanished_ += is_offer && !vanished_.empty() && technician == vanished_;
    CHECK_FALSE(declined_[command.order].contains(technician));
    auto wanted = house_.command({EntityKind::work_order, command.order}, command.verb, body,
                                 Principal::system());
    wanted.expected_versions = {command.expected_version};
    const auto reply = house_.run(std::move(wanted));
    if (const auto* no = std::get_if<Rejection>(&reply)) refused_ += no->code + " ";
    one.dispatcher->take(command.tag, reply, now());
  }

  /// What its board tells since the last time.
  void show(One& one, bool is_whole = false) {
    const auto board = house_.board(house_.zone);
    if (is_whole) {
      one.shown.clear();
      for (const auto& row : board.rows) one.shown[row.id] = row.version;
      auto snapshot = board;
      snapshot.at = ++one.at;
      return one.dispatcher->take(snapshot);
    }
    views::BoardDelta delta{.zone = house_.zone, .at = ++one.at, .rows = {}, .gone = {}};
    std::map<std::string, std::uint64_t> seen;
    for (const auto& row : board.rows) {
      seen[row.id] = row.version;
      if (one.shown[row.id] != row.version) delta.rows.push_back(row);
    }
    for (const auto& [id, version] : one.shown)
      if (!seen.contains(id)) delta.gone.push_back({id, version + 1});
    one.shown = std::move(seen);
    one.dispatcher->take(delta);
  }

  using Mode = dispatch::Mode;
  std::mt19937_64 random_;
  House house_;
  std::vector<Id> technicians_, sites_;
  std::map<Id, Point> places_;
  std::map<Id, Id> site_of_;
  std::vector<EntityRef> orders_;
  std::vector<One> dispatchers_;
  std::map<Id, std::set<Id>> declined_;
  std::map<Id, std::size_t> sent_for_;
  std::size_t sent_ = 0;
  int worked_ = 0, searches_ = 0, improved_ = 0, offers_to_vanished_ = 0;
  Id vanished_;
  Timestamp vanished_at_{};
  std::string refused_;
  std::vector<std::string> log_;
};

}  // namespace

TEST_CASE("simulation: on quiet days every order finds its technician, with time for the way") {
  const auto first = seed();
  for (std::uint64_t i = 0; i < (environment_value("MF_LONG") ? 10 : 1); ++i) {
    INFO("seed " << first << " + " << i);
    SimulatedZone zone(first + i);
    for (int part = 0; part < 8; ++part) {
      zone.day(60, false);
      zone.leaves_time_for_ways();
    }
    zone.rests();
    CHECK(zone.worked() > 5);
    CHECK(zone.searches() > 0);
    CHECK(zone.improved() <= 40);
    // What the planner finds feasible the technicians' own rules grant.
    CHECK(zone.refused() == "");
    CHECK(zone.most_for_one() <= 15);
  }
}

TEST_CASE("simulation: whatever people do, nothing is offered twice and the zone comes to rest") {
  const auto first = seed();
  const std::uint64_t days = environment_value("MF_LONG") ? 40 : 2;
  for (std::uint64_t i = 0; i < days; ++i) {
    INFO("seed " << first << " + " << i);
    SimulatedZone zone(first + i);
    for (int part = 0; part < 6; ++part) {
      zone.day(100, true);
      zone.rests();
      zone.leaves_alone_who_vanished();
    }
    CHECK(zone.most_for_one() <= 40);
  }
}
