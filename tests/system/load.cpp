#include <boost/asio/detached.hpp>

#include "base/json.hpp"
#include "tests/system/callers.hpp"

namespace mf::system_test {
namespace {

constexpr std::size_t talked_about_max = 10, comments_max = 60;
/// Unused claims are verified 30 s after they were taken.
constexpr auto verification_patience = std::chrono::seconds(60);

}  // namespace

/// Somebody with a task. `pending` has been sent and not been answered.
struct Load::Caller {
  explicit Caller(Load& load) : load(load) {}
  virtual ~Caller() = default;
  /// Sets `pending` and who sends it.
  virtual void next() = 0;
  virtual void done(const Told& told) = 0;
  /// True when a rejection is no fault, and something else comes next.
  virtual bool gives_up(const Told&) { return false; }
  [[nodiscard]] virtual bool is_held_up() const { return false; }

  Load& load;
  std::deque<Doors> people;
  std::optional<Request> pending;
  int who = 0;
};

/// Makes orders and comments on anybody's.
struct Load::Talker final : Load::Caller {
  Talker(Load& load, const Person& person) : Caller(load) {
    people.emplace_back(load.world_.loop, person);
  }

  void next() override {
    auto& orders = load.talked_about_;
    if (orders.empty() || load.below(5) == 0) {
      pending = load.create();
      return;
    }
    const auto& order = orders[load.below(orders.size())];
    Json body{{"text", load.unique("dicho")}, {"visibility", "client"}};
    pending = Request{"comment", order, std::move(body), load.unique("key")};
  }

  void done(const Told& told) override {
    auto& orders = load.talked_about_;
    if (pending->verb == "create") {
      orders.push_back(told.body.at("id"));
      if (orders.size() > talked_about_max) orders.pop_front();
    } else if (load.ledger_.orders[pending->order].comments.size() >= comments_max) {
      std::erase(orders, pending->order);
    }
  }
};

/// Takes one order after the other all the way, with a client, a dispatcher and a technician.
struct Load::Worker final : Load::Caller {
  Worker(Load& load, const Person& technician) : Caller(load), technician(technician.technician) {
    auto& company = *load.world_.company;
    const Person* all[] = {&company.laura(), &company.supervisor(), &technician};
    for (const auto* person : all) people.emplace_back(load.world_.loop, *person);
  }

  void next() override {
    static constexpr const char* way[] = {"create",   "triage",  "comment", "assign",
                                          "unassign", "assign",  "start",   "comment",
                                          "complete", "approve", "cancel"};
    static constexpr int senders[] = {0, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1};
    who = senders[step];
    if (step == 0) {
      pending = load.create();
      return;
    }
    Json body = Json::object();
    const std::string verb = way[step];
    if (verb == "comment") body["text"] = load.unique("nota");
    if (verb == "triage") body["confirmed_distinct"] = true;
    if (verb == "assign") body["technician"] = technician;
    if (verb == "unassign" || verb == "cancel") body["reason"] = "other";
    pending = Request{verb, order, std::move(body), load.unique("key")};
    pending->order = order;
  }

  void done(const Told& told) override {
    if (step == 0) order = told.body.at("id");
    if (pending->verb == "start") held_up = false;
    step = pending->verb == "approve" || pending->verb == "cancel" ? 0 : step + 1;
  }

  /// A claim that a crash left unused keeps its technician from other work until it is verified.
  bool gives_up(const Told& told) override {
    if (told.body.value("code", "") != "busy_with_another_order") return false;
    held_up = true;
    step = 10;
    return true;
  }
  bool is_held_up() const override { return held_up; }

  std::string technician, order;
  std::size_t step = 0;
  bool held_up = false;
};

Load::Load(World& world, std::uint64_t seed) : world_(world), random_(seed) {
  auto& company = *world.company;
  for (const Person* person :
       {&company.laura(), &company.laura(), &company.supervisor(), &company.admin})
    callers_.push_back(std::make_unique<Talker>(*this, *person));
  for (const Person* technician : {&company.ana(), &company.ben()})
    callers_.push_back(std::make_unique<Worker>(*this, *technician));
  connect();
}

Load::~Load() = default;

std::string Load::unique(const std::string& word) {
  const auto number = std::to_string(next_++);
  return word + std::string(7 - std::min<std::size_t>(number.size(), 7), '0') + number;
}

Request Load::create() {
  auto& company = *world_.company;
  Json body{
      {"type", company.type}, {"client", company.laura().client}, {"site", company.laura().site}};
  body["title"] = unique("caso");
  return {"create", {}, std::move(body), unique("key")};
}

void Load::connect() {
  for (auto& caller : callers_)
    for (auto& person : caller->people) person.open(world_.node->http());
}

std::vector<Live*> Load::streams() {
  std::vector<Live*> all;
  for (auto& caller : callers_)
    for (auto& person : caller->people) all.push_back(&person.live());
  return all;
}

void Load::spawn(asio::awaitable<void> coroutine) {
  ++running_;
  asio::co_spawn(world_.loop.io, std::move(coroutine), [this](const std::exception_ptr& thrown) {
    --running_;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      complaints_ += std::string("a caller failed: ") + error.what() + "\n";
    }
  });
}

void Load::begin() {
  for (auto& caller : callers_) spawn(work(*caller));
}

asio::awaitable<void> Load::work(Caller& caller) {
  while (complaints_.empty()) {
    caller.next();
    const Door door = any_door();
    auto& person = caller.people[static_cast<std::size_t>(caller.who)];
    const auto told = co_await person.ask(*caller.pending, door);
    if (!told || (allows_refusals_ && told->status == 503)) co_return;
    settle(caller, *told);
  }
}

void Load::settle(Caller& caller, const Told& told) {
  if (!told.ok() && caller.gives_up(told)) {
    ++held_up_;
    caller.pending.reset();
    return;
  }
  if (!told.ok()) return complain(*caller.pending, told, "refused");
  ledger_.note(*caller.pending, told);
  caller.done(told);
  answered_.push_back({&caller, caller.who, *caller.pending, told.body});
  caller.pending.reset();
}

void Load::free_held_up() {
  std::vector<asio::awaitable<void>> coroutines;
  for (auto& caller : callers_)
    if (caller->is_held_up()) coroutines.push_back(free(*caller));
  run_all(std::move(coroutines), verification_patience);
}

asio::awaitable<void> Load::free(Caller& caller) {
  while (caller.is_held_up() && complaints_.empty()) {
    caller.next();
    auto& person = caller.people[static_cast<std::size_t>(caller.who)];
    const Request request = *caller.pending;
    auto told = co_await person.ask(request, Door::http);
    while (told && told->body.value("code", "") == "busy_with_another_order")
      told = co_await person.ask(request, Door::http);
    if (!told) co_return;
    settle(caller, *told);
  }
}

void Load::complain(const Request& request, const Told& told, const std::string& what) {
  complaints_ += request.verb + " " + request.order + " " + request.key + ": " + what + ": " +
                 std::to_string(told.status) + " " + to_text(told.body) + "\n";
}

bool Load::wait_for_answers(std::size_t count) {
  const auto until = answered_.size() + count;
  const auto is_over = [&] {
    return answered_.size() >= until || running_ < callers_.size() || !complaints_.empty();
  };
  return world_.loop.wait(is_over) && answered_.size() >= until;
}

bool Load::wait_for_end(Patience patience) {
  return world_.loop.wait([&] { return running_ == 0; }, patience);
}

void Load::run_all(std::vector<asio::awaitable<void>> coroutines, Patience patience) {
  for (auto& coroutine : coroutines) spawn(std::move(coroutine));
  if (!wait_for_end(patience)) complaints_ += "callers did not end in time\n";
}

void Load::retry_unanswered() {
  std::vector<asio::awaitable<void>> retries;
  std::vector<std::string> titles;
  for (auto& caller : callers_) {
    if (!caller->pending) continue;
    if (caller->pending->verb == "create") titles.push_back(caller->pending->body.at("title"));
    retries.push_back(retry(*caller));
  }
  cut_ += retries.size();
  run_all(std::move(retries));
  for (const auto& title : titles) must_be_found_once(title);
}

asio::awaitable<void> Load::retry(Caller& caller) {
  auto& person = caller.people[static_cast<std::size_t>(caller.who)];
  const Request request = *caller.pending;
  const Door first_door = any_door();
  const auto first = co_await person.ask(request, first_door);
  const auto second = co_await person.ask(request, Door::http);
  if (!first || !second) {
    complaints_ += request.key + ": no answer to a retry\n";
    co_return;
  }
  if (first->ok() && (first->body != second->body || !second->is_replayed.value_or(false)))
    complain(request, *second, "another answer to the second retry than " + to_text(first->body));
  settle(caller, *first);
}

void Load::replay(std::size_t count) {
  std::map<Caller*, std::vector<const Answered*>> chosen;
  for (std::size_t i = 0; i < count && !answered_.empty(); ++i) {
    const auto& one = answered_[below(answered_.size())];
    chosen[one.caller].push_back(&one);
  }
  std::vector<asio::awaitable<void>> replays;
  replays.reserve(chosen.size());
  for (auto& [caller, which] : chosen) replays.push_back(replay_one(*caller, std::move(which)));
  run_all(std::move(replays));
}

asio::awaitable<void> Load::replay_one(Caller& caller, std::vector<const Answered*> which) {
  for (const auto* one : which) {
    auto& person = caller.people[static_cast<std::size_t>(one->who)];
    const Door door = any_door();
    const auto told = co_await person.ask(one->request, door);
    if (!told) complaints_ += one->request.key + ": no answer to a replay\n";
    else if (told->body != one->body || !told->is_replayed.value_or(true))
      complain(one->request, *told, "another answer than " + to_text(one->body));
  }
}

}  // namespace mf::system_test
