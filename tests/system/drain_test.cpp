// SIGTERM while people work: they are told, what runs is finished, what was answered stays.
#include <sys/stat.h>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include "base/json.hpp"
#include "tests/seed.hpp"
#include "tests/storage/temporary_directory.hpp"
#include "tests/system/callers.hpp"
#include "tests/system/node_process.hpp"

using namespace mf::system_test;

namespace {

const std::vector<std::string> quick{"--node.drain_timeout_ms=2000"};

}  // namespace

TEST_CASE("a node that is told to stop says goodbye, exits 0 and has all it acknowledged") {
  const auto seed = mf::test::seed();
  World world(quick);
  Load load(world, seed);
  load.begin();
  REQUIRE(load.wait_for_answers(50));
  load.allow_refusals();
  world.node->signal(SIGTERM);
  CHECK(load.wait_for_end());
  const auto streams = load.streams();
  CHECK(world.loop.wait(
      [&] { return std::ranges::none_of(streams, [](Live* live) { return live->is_open(); }); }));
  for (auto* live : streams) {
    CHECK(live->pushed("bye").size() == 1);
    CHECK(live->close_code() == 4503);
  }
  CHECK(world.node->wait_for_exit() == 0);

  world.start_again(quick);
  load.connect();
  load.retry_unanswered();
  load.replay(50);
  load.recount_all();
  INFO("seed " << seed << "\n" << load.complaints());
  CHECK(load.complaints().empty());
}

TEST_CASE("commands that are on their way when a node is told to stop are answered") {
  World world(quick);
  auto& company = *world.company;
  const auto order = company.new_order();
  Live stream(world.loop);
  stream.open(world.node->http(), company.laura().token());
  const auto ask = [&](int number) {
    Json params{{"id", order}, {"text", std::to_string(number)}};
    return stream.async_call("rpc", {{"method", "orders.comment"}, {"params", params}});
  };
  // Always some are under way, until the node says goodbye.
  int answered = 0, lost = 0, asking = 0;
  const auto ask_on = [&](int first) -> asio::awaitable<void> {
    ++asking;
    for (int i = first; stream.pushed("bye").empty(); i += 8) {
      const Json reply = co_await ask(i);
      if (reply.empty()) {
        ++lost;
        break;
      }
      ++answered;
      if (reply.contains("err")) break;
    }
    --asking;
  };
  for (int i = 0; i < 8; ++i)
    asio::co_spawn(world.loop.io, ask_on(i), [](const std::exception_ptr&) {});
  REQUIRE(world.loop.wait([&] { return answered > 50; }));
  world.node->signal(SIGTERM);
  CHECK(world.loop.wait([&] { return asking == 0; }));
  CHECK(lost == 0);
  CHECK(world.node->wait_for_exit() == 0);
}

TEST_CASE("a request in the middle of its body is finished before a node stops") {
  World world(quick);
  auto& company = *world.company;
  const auto& at = world.node->http();
  asio::ip::tcp::socket socket(world.loop.io);
  socket.connect(
      {asio::ip::make_address(at.host), static_cast<unsigned short>(std::stoi(at.port))});
  Json order{{"type", company.type},
             {"client", company.laura().client},
             {"site", company.laura().site},
             {"title", "Sin internet"}};
  const auto body = mf::to_text(order);
  const auto head =
      "POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Authorization: Bearer " +
      company.laura().token() + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  asio::write(socket, asio::buffer(head + body.substr(0, 10)));
  REQUIRE(company.laura().get("/v1/orders").ok());  // what was sent before has been read by now
  world.node->signal(SIGTERM);
  const auto is_draining = [&] {
    try {  // a connection of its own each time: a drain cuts idle ones, also under a new request
      return Person(world.loop, world.node->admin()).get("/readyz").status == 503;
    } catch (const boost::system::system_error&) {
      return false;
    }
  };
  REQUIRE(world.loop.wait(is_draining));
  asio::write(socket, asio::buffer(body.substr(10)));
  std::string answer;
  boost::system::error_code ended;
  asio::read(socket, asio::dynamic_buffer(answer), ended);
  CHECK(answer.starts_with("HTTP/1.1 201"));
  CHECK(world.node->wait_for_exit() == 0);
  world.start_again(quick);
  CHECK(company.laura().get("/v1/orders").json.at("data").size() == 1);
}

TEST_CASE("a node that is told to stop while it starts exits 0, whatever it hangs on") {
  mf::test::TemporaryDirectory directory;
  // Opening a pipe that nobody writes waits for ever, as a disk does that has died.
  const auto certificate = directory / "certificate.pem";
  REQUIRE(::mkfifo(certificate.c_str(), 0600) == 0);
  Process node(serve(directory / "data", {"--gateway.tls_certificate=" + certificate.string(),
                                          "--gateway.tls_key=" + certificate.string()}));
  const auto has_begun = [&] { return std::filesystem::exists(directory / "data" / "db"); };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!has_begun() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  REQUIRE(has_begun());
  node.signal(SIGTERM);
  CHECK(node.wait_for_exit() == 0);
  CHECK(node.printed().find("ready") == std::string::npos);
}
