// A road service over HTTP that is well, hangs, closes, redirects, says too much or isn't there.
#include "node/road_service.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <thread>

#include "base/time.hpp"

namespace mf::node {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::tcp;

/// Answers each connection once, in turn, with these bytes; an empty answer is none at all.
class Server {
 public:
  explicit Server(std::vector<std::string> answers)
      : answers_(std::move(answers)), thread_([this] { serve(); }) {}
  ~Server() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    // Wakes the accept that may wait.
    boost::asio::io_context io;
    tcp::socket wake(io);
    wake.connect(endpoint_, ignored);
    thread_.join();
  }
  [[nodiscard]] config::Travel config(Duration timeout = 300ms) const {
    config::Travel travel;
    travel.service = "http://127.0.0.1:" + std::to_string(endpoint_.port());
    travel.timeout_ms = timeout;
    return travel;
  }

 private:
  void serve() {
    std::vector<tcp::socket> silent;
    for (const auto& answer : answers_) {
      boost::system::error_code failed;
      auto socket = acceptor_.accept(failed);
      if (failed) return;
      std::string request;
      boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", failed);
      if (answer.empty()) silent.push_back(std::move(socket));
      else boost::asio::write(socket, boost::asio::buffer(answer), failed);
    }
    boost::system::error_code ignored;
    static_cast<void>(acceptor_.accept(ignored));
  }

  std::vector<std::string> answers_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  tcp::endpoint endpoint_ = acceptor_.local_endpoint();
  std::thread thread_;
};

std::string http(const std::string& status, const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + more + "\r\n" + body;
}

TEST_CASE("road service: an answer is its body") {
  const Server server({http("200 OK", "{}"), http("200 OK", "[]")});
  const auto service = make_road_service(server.config());
  CHECK(service->get("/table").value_or("?") == "{}");
  CHECK(service->get("/table").value_or("?") == "[]");
}

TEST_CASE("road service: whatever is no answer in time and of some size is a failure") {
  const Server server({
      "",                                                                // hangs
      http("500 Internal Server Error", "{}"),                           //
      http("302 Found", "", "Location: http://127.0.0.1:1/secret\r\n"),  // is not followed
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",              // ends too soon
      "nonsense\r\n\r\n",                                                //
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{",         // far too long
      http("200 OK", std::string(20 << 20, ' ')),                        //
      http("200 OK", "{}", "X-Long: " + std::string(100'000, 'x') + "\r\n"),
      http("200 OK", "{}"),
  });
  const auto service = make_road_service(server.config());
  for (int i = 0; i < 8; ++i) {
    INFO(i);
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(service->get("/table"));
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
  }
  CHECK(service->get("/table").value_or("?") == "{}");
}

TEST_CASE("road service: nobody there is a failure") {
  config::Travel nobody;
  nobody.service = "http://127.0.0.1:1";
  nobody.timeout_ms = 300ms;
  CHECK_FALSE(make_road_service(nobody)->get("/table"));
}

}  // namespace
}  // namespace mf::node
