#pragma once
// People who keep sending commands to a node that may vanish at any moment, through both doors, and
// the ledger of what they were told: what must be there afterwards, exactly once.
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "tests/system/company.hpp"

namespace mf::system_test {

/// A command about an order; a create has no order yet.
struct Request {
  std::string verb, order;
  Json body = Json::object();
  std::string key;
};

struct Told {
  int status = 0;
  Json body;
  std::optional<bool> is_replayed;  ///< only HTTP says so
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
};

enum class Door { http, stream };

/// One person with a connection of each kind, one request at a time on each.
class Doors {
 public:
  Doors(Loop& loop, const Person& person)
      : http_(loop, person.address(), person.token()), live_(loop) {}
  void open(const Address& address);
  /// nullopt: the connection ended before an answer.
  [[nodiscard]] asio::awaitable<std::optional<Told>> ask(Request request, Door door);
  [[nodiscard]] Live& live() { return live_; }

 private:
  asio::awaitable<std::optional<Told>> ask_http(Request request);
  asio::awaitable<std::optional<Told>> ask_stream(Request request);
  Person http_;
  Live live_;
};

/// Everything that was acknowledged.
class Ledger {
 public:
  struct Order {
    std::string title;
    std::multiset<std::string> comments;
    std::vector<std::string> steps;  ///< types of all other events, in order
  };
  void note(const Request& request, const Told& told);
  /// Compares an order's timeline, as staff see it, with what was acknowledged; empty when it is
  /// the same, else what differs.
  [[nodiscard]] static std::string difference(const Order& order, const Json& timeline);

  std::map<std::string, Order> orders;  ///< by id
  std::set<std::string> touched;        ///< since somebody cleared it
};

/// Several callers at once. Each is either waiting for an answer or has none left to wait for.
class Load {
 public:
  Load(World& world, std::uint64_t seed);
  ~Load();

  void begin();
  /// Until so many more answers came. False when callers stopped or complained before.
  [[nodiscard]] bool wait_for_answers(std::size_t count);
  /// After the node's end: until every caller has noticed.
  [[nodiscard]] bool wait_for_end(Patience patience = std::chrono::seconds(30));
  /// Connects everybody to the node anew.
  void connect();
  /// Repeats every unanswered command with its key, twice: both must give the same.
  void retry_unanswered();
  /// Repeats some answered commands of any time: each must be answered as it was.
  void replay(std::size_t count);
  /// Orders touched since the last check are as acknowledged.
  void recount_touched();
  /// All of them are, and the node has no others.
  void recount_all();
  /// Whoever was refused a start because of an unused claim gets to work after all.
  void free_held_up();
  /// From now on a refusal (503) only ends a caller; its command counts as unanswered.
  void allow_refusals() { allows_refusals_ = true; }

  [[nodiscard]] const std::string& complaints() const { return complaints_; }
  [[nodiscard]] std::size_t answered() const { return answered_.size(); }
  [[nodiscard]] std::size_t cut() const { return cut_; }  ///< retried after a lost connection
  /// Starts refused because of a claim that a crash left unused.
  [[nodiscard]] std::size_t held_up() const { return held_up_; }
  [[nodiscard]] std::size_t orders() const { return ledger_.orders.size(); }
  [[nodiscard]] std::vector<Live*> streams();

 private:
  struct Caller;
  struct Talker;
  struct Worker;
  struct Answered {
    Caller* caller;
    int who;
    Request request;
    Json body;
  };
  asio::awaitable<void> work(Caller& caller);
  asio::awaitable<void> free(Caller& caller);
  asio::awaitable<void> retry(Caller& caller);
  asio::awaitable<void> replay_one(Caller& caller, std::vector<const Answered*> which);
  void spawn(asio::awaitable<void> coroutine);
  void run_all(std::vector<asio::awaitable<void>> coroutines,
               Patience patience = std::chrono::seconds(30));
  void settle(Caller& caller, const Told& told);
  void recount(const std::string& id);
  void must_be_found_once(const std::string& title);
  void complain(const Request& request, const Told& told, const std::string& what);
  [[nodiscard]] std::size_t below(std::size_t end) { return random_() % end; }
  [[nodiscard]] Door any_door() { return below(2) == 0 ? Door::http : Door::stream; }
  [[nodiscard]] std::string unique(const std::string& word);
  [[nodiscard]] Request create();

  World& world_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Caller>> callers_;
  Ledger ledger_;
  std::deque<Answered> answered_;
  std::deque<std::string> talked_about_;  ///< orders that anybody may comment on
  std::string complaints_;
  std::size_t running_ = 0, cut_ = 0, held_up_ = 0, next_ = 0;
  bool allows_refusals_ = false;
};

}  // namespace mf::system_test
