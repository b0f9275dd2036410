#pragma once
// People and programs outside of a node, seen from a test: each call waits for its answer, pushes
// are collected as they come. One event loop, one thread.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/described_json.hpp"
#include "client/http_client.hpp"
#include "client/stream_client.hpp"
#include "tests/system/node_process.hpp"

namespace mf::system_test {

namespace asio = boost::asio;
using Json = nlohmann::json;
using client::Address;

/// The event loop; it turns only while somebody waits.
class Loop {
 public:
  asio::io_context io{1};

  /// Turns until the condition holds; false when it does not within `patience`.
  bool wait(const std::function<bool()>& condition, Patience patience = std::chrono::seconds(30));
  /// Turns until the coroutine ends. Rethrows what it throws.
  template <class T>
  T run(asio::awaitable<T> coroutine, Patience patience = std::chrono::seconds(120)) {
    auto future = asio::co_spawn(io, std::move(coroutine), asio::use_future);
    const auto is_done = [&] { return future.wait_for(Patience(0)) == std::future_status::ready; };
    if (!wait(is_done, patience)) throw std::runtime_error("a coroutine did not end in time");
    return future.get();
  }
};

/// What a request got.
struct Answer {
  int status = 0;
  Json json;
  client::Response raw;
  [[nodiscard]] bool ok() const { return status >= 200 && status < 300; }
  [[nodiscard]] std::string code() const;  ///< of a problem
  [[nodiscard]] std::string id() const;
  [[nodiscard]] std::string text() const;  ///< for messages of a failing test
  [[nodiscard]] bool is_replayed() const;
};

/// Somebody with a token (or none) and a connection.
class Person {
 public:
  Person(Loop& loop, Address address, std::string token = {});

  Answer get(const std::string& path);
  /// Every row of a list, page by page. Throws when a page can't be had.
  std::vector<Json> all(const std::string& path);
  /// An empty key: none is sent.
  Answer post(const std::string& path, const Json& body = Json::object(),
              const std::string& key = {});
  Answer patch(const std::string& path, const Json& body, std::uint64_t version);
  Answer request(const std::string& method, const std::string& path, std::string body = {},
                 client::Headers headers = {});
  [[nodiscard]] asio::awaitable<Answer> send(std::string method, std::string path,
                                             std::string body = {}, client::Headers headers = {});

  [[nodiscard]] const std::string& token() const { return token_; }
  [[nodiscard]] const Address& address() const { return address_; }
  /// The node runs somewhere else now.
  void move_to(Address address);

  std::string name, account, technician, client, site;  ///< who this is; ids

 private:
  Loop* loop_;
  Address address_;
  std::string token_;
  std::unique_ptr<client::HttpClient> http_;
};

/// Fails the test when the login does.
[[nodiscard]] Person log_in(Loop& loop, const Address& address, const std::string& username,
                            const std::string& password);

/// One stream connection. Pings are answered; everything without an id is kept in `pushes`.
class Live {
 public:
  /// Not connected until open() is called.
  explicit Live(Loop& loop);
  ~Live();
  Live(const Live&) = delete;

  /// Upgrades, sends `connect` and waits for its answer. Throws when there is no upgrade.
  void open(const Address& address, const std::string& token, const Json& connect = Json::object());
  [[nodiscard]] asio::awaitable<bool> async_open(Address address, std::string token,
                                                 Json connect = Json::object());

  /// {"ok":…} or {"err":…}; {} when the connection ended first.
  Json call(const std::string& verb, const Json& body);
  [[nodiscard]] asio::awaitable<Json> async_call(std::string verb, Json body);
  Json rpc(const std::string& method, const Json& params, const std::string& key = {});
  /// Sends a frame as it stands.
  void send(std::string text);

  /// What was pushed under `verb` ("pub", "view", "asg" …), in order.
  [[nodiscard]] std::vector<Json> pushed(const std::string& verb) const;
  /// Those events of a topic, in order.
  [[nodiscard]] std::vector<Json> events(const std::string& topic) const;

  [[nodiscard]] bool is_open() const;
  [[nodiscard]] int close_code() const;
  void cut();    ///< as a network would
  void pause();  ///< stops reading after the next frame
  void resume();

  [[nodiscard]] std::deque<Json>& pushes();

 private:
  struct Shared;
  static asio::awaitable<void> read_all(std::shared_ptr<Shared> shared);
  static asio::awaitable<void> write_all(std::shared_ptr<Shared> shared);
  Loop& loop_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace mf::system_test
