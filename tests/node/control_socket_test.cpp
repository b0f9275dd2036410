#include "node/control_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>

#include "base/metrics.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;
using namespace std::chrono_literals;

namespace {

/// Somebody at the socket who need not say anything.
class Caller {
 public:
  explicit Caller(const std::filesystem::path& directory)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const auto path = (directory / "control").string();
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Caller() { ::close(socket_); }
  Caller(const Caller&) = delete;
  /// False once it was hung up on.
  [[nodiscard]] bool say(std::string_view text) const {
    return ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

 private:
  int socket_;
};

}  // namespace

TEST_CASE("control socket: a request whose handling throws is answered, and the next one served") {
  test::TemporaryDirectory directory;
  node::ControlSocket socket;
  REQUIRE(socket.open(directory.path(), [](std::string_view line) -> std::string {
    if (line == "break") throw std::runtime_error("a directory that is its own link");
    return "heard " + std::string(line);
  }));
  const auto broken = node::ask_node(directory.path(), "break");
  REQUIRE(broken);
  CHECK_THAT(*broken, Catch::Matchers::Contains("\"error\":\"internal\""));
  CHECK(node::ask_node(directory.path(), "again").value() == "heard again");
  CHECK_THAT(metrics::expose(),
             Catch::Matchers::Contains("microflow_thread_failures_total{thread=\"control\"} 1"));
}

TEST_CASE("control socket: neither a long request nor callers that say nothing hold another one") {
  test::TemporaryDirectory directory;
  std::latch asked{1}, done{1};
  node::ControlSocket socket;
  REQUIRE(socket.open(directory.path(), [&](std::string_view line) -> std::string {
    if (line == "long") {
      asked.count_down();
      done.wait();
    }
    return "heard " + std::string(line);
  }));
  auto taking_long = std::async(std::launch::async,
                                [&] { return node::ask_node(directory.path(), "long").value(); });
  asked.wait();
  const Caller silent(directory.path()), other(directory.path());
  CHECK(other.say("not all of it"));
  CHECK(node::ask_node(directory.path(), "short").value() == "heard short");
  CHECK(taking_long.wait_for(0s) == std::future_status::timeout);
  done.count_down();
  CHECK(taking_long.get() == "heard long");
}

TEST_CASE("control socket: a caller that drips its bytes is hung up on, and its place is free") {
  test::TemporaryDirectory directory;
  node::ControlSocket socket(200ms);
  REQUIRE(socket.open(directory.path(), [](std::string_view line) { return std::string(line); }));
  {
    std::array<Caller, node::ControlSocket::callers_max> all{
        {Caller(directory.path()), Caller(directory.path()), Caller(directory.path()),
         Caller(directory.path())}};
    const auto end = std::chrono::steady_clock::now() + 30s;
    const auto drips = [](const Caller& caller) { return caller.say("x"); };
    while (std::ranges::any_of(all, drips) && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(20ms);
    CHECK(std::ranges::none_of(all, drips));
    CHECK(node::ask_node(directory.path(), "next").value() == "next");
  }
}

TEST_CASE("control socket: its end does not wait for whoever has not said all") {
  test::TemporaryDirectory directory;
  auto socket = std::make_unique<node::ControlSocket>(1h);
  REQUIRE(socket->open(directory.path(), [](std::string_view line) { return std::string(line); }));
  const Caller silent(directory.path());
  CHECK(silent.say("x"));
  auto ended = std::async(std::launch::async, [&] { socket.reset(); });
  CHECK(ended.wait_for(30s) == std::future_status::ready);
}
