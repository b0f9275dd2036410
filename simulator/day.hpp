#pragma once
// The simulated working day that all people of a simulation share. One thread, one io_context.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "simulator/figures.hpp"
#include "simulator/http_pool.hpp"
#include "simulator/simulate.hpp"
#include "simulator/stream.hpp"
#include "simulator/users.hpp"

namespace mf::simulator {

namespace asio = boost::asio;

/// What became of a command.
struct Done {
  bool is_ok = false;
  int status = 0;
  std::string code;  ///< of a problem
  std::uint64_t version = 0;
  std::string state;
};

class Day {
 public:
  Day(const Options& options, std::vector<User>& users);

  /// Lets simulated minutes pass; wakes early when the day is over.
  asio::awaitable<void> pass(double minutes);
  [[nodiscard]] bool is_over() const { return is_over_; }
  void end();

  [[nodiscard]] bool chance(double probability);
  [[nodiscard]] double between(double low, double high);
  /// Waiting time until the next of events that come every `mean`.
  [[nodiscard]] double until_next(double mean);
  template <class List>
  [[nodiscard]] const auto& one_of(const List& list) {
    return list[static_cast<std::size_t>(between(0, static_cast<double>(std::size(list))))];
  }
  [[nodiscard]] std::string new_key();
  /// RFC 3339, of the real present.
  [[nodiscard]] std::string now_text() const;

  asio::awaitable<bool> sign_in(User& user);
  /// POST /v1/<path> with a new Idempotency-Key; again with the same one when no answer came.
  asio::awaitable<Done> post(const User& user, std::string path, std::string order,
                             std::string body);
  /// Carries out what a zone's dispatcher proposes: what became of each order.
  asio::awaitable<std::map<std::string, Done>> accept(const User& user, std::string zone,
                                                      std::vector<std::string> proposals);
  /// The same command through the stream: {"rpc":{"method","params","key"}}.
  asio::awaitable<Done> rpc(Stream& stream, std::string method, std::string order,
                            std::string body);
  asio::awaitable<Answer> get(const User& user, std::string target);

  asio::io_context io{1};
  const Options options;
  std::vector<User>& users;
  HttpPool http;
  Figures figures;
  struct OrderType {
    std::string id, name;
  };
  std::vector<OrderType> order_types;
  std::size_t client_count = 0, technician_count = 0;

 private:
  std::mt19937_64 random_;
  bool is_over_ = false;
  std::set<asio::steady_timer*> waiting_;
  std::uint64_t next_key_ = 0;
  std::string key_prefix_;
};

}  // namespace mf::simulator
