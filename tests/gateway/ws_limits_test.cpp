// What one account, or nobody in particular, can do to a node over streams.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "base/json.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::test {
namespace {

namespace asio = boost::asio;

/// A client's frame: FIN or not, the mask all zeros.
std::string frame(unsigned char first_byte, std::string_view payload = {}) {
  std::string out(1, static_cast<char>(first_byte));
  out += static_cast<char>(0x80 | payload.size());
  out.append(4, '\0');
  return out.append(payload);
}

/// A WebSocket by hand; true when the server ends it because of `count` copies of `what`.
bool is_cut_by(StreamNode& node, const std::string& bearer, const std::string& first,
               const std::string& what, int count) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), node.port()});
  std::string head =
      "GET /v1/stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  if (!bearer.empty()) head += "Authorization: Bearer " + bearer + "\r\n";
  asio::write(socket, asio::buffer(head + "\r\n" + first));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += what;
  socket.non_blocking(true);
  std::array<char, 65536> waste;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  boost::system::error_code error;
  std::size_t sent = 0;
  while (sent < many.size() * static_cast<std::size_t>(count) / 1000 &&
         std::chrono::steady_clock::now() < end) {
    const auto offset = sent % many.size();
    sent += socket.write_some(asio::buffer(many.data() + offset, many.size() - offset), error);
    if (error && error != asio::error::would_block) return true;
    static_cast<void>(socket.read_some(asio::buffer(waste), error));
    if (error && error != asio::error::would_block) return true;
  }
  // What the kernels hold between us is still on its way.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < patience) {
    static_cast<void>(socket.read_some(asio::buffer(waste), error));
    if (error && error != asio::error::would_block) return true;
    std::this_thread::yield();
  }
  return false;
}

TEST_CASE("pings and empty fragments without end cost the connection, before a login too") {
  const bool is_known = GENERATE(true, false);
  StreamNode node;
  const auto bearer =
      is_known ? node.runtime.log_in(supervisor_of(numbered("zon", 1))) : std::string();
  CHECK(is_cut_by(node, bearer, "", frame(0x89), 300'000));
  CHECK(is_cut_by(node, bearer, frame(0x01), frame(0x00), 300'000));
}

TEST_CASE("an account has so many streams and no more") {
  auto options = stream_options();
  options.limits.streams_per_account = 2;
  StreamNode node(options);
  const auto bearer = node.runtime.log_in(supervisor_of(numbered("zon", 1)));
  Phone first(node, bearer);
  {
    Phone second(node, bearer);
    Phone third(node.port(), bearer, false);
    third.say(R"({"id":1,"connect":{}})");
    CHECK(third.close_code() == 4429);
    second.cut();
  }
  Phone other(node, node.runtime.log_in(supervisor_of(numbered("zon", 1))));
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (node.connections() > 2 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  CHECK_NOTHROW(Phone(node, bearer));
}

TEST_CASE("any message may be as long as a frame: what is sent is counted in bytes") {
  StreamNode node;
  const auto bearer = node.runtime.log_in(supervisor_of(numbered("zon", 1)));
  Phone phone(node, bearer);
  const std::string filler(60'000, 'x');
  CHECK(phone.ask("sub", {{"topic", filler}}).contains("err"));
  CHECK(phone.ask("unsub", {{"topic", "cluster"}}).contains("err"));  // and the stream goes on
}

TEST_CASE("an account sends so many bytes a second, over all its streams") {
  auto options = stream_options();
  options.limits.stream_bytes_per_second = 8 * 1024;
  StreamNode node(options);
  const auto bearer = node.runtime.log_in(supervisor_of(numbered("zon", 1)));
  Phone first(node, bearer), second(node, bearer);
  const auto big = to_text(json{
      {"id", 9},
      {"rpc", {{"method", "orders.comment"}, {"params", {{"text", std::string(12'000, 'x')}}}}}});
  first.say(big);
  for (int i = 0; i < 10; ++i) second.say(big);
  CHECK(second.close_code() == 4429);
}

TEST_CASE("who asks for a long history again and again has to wait") {
  auto options = stream_options();
  options.limits.subscriptions_per_second = 1;
  StreamNode node(options);
  const Id zone = numbered("zon", 1), order = numbered("ord", 1);
  node.runtime.put(EntityKind::work_order, to_text(json{{"id", order}, {"zone", zone}}));
  const auto body = to_text(json{{"text", std::string(30'000, 'x')}});
  for (int i = 0; i < 20; ++i)
    node.runtime.change({EntityKind::work_order, order}, "comment", body);
  Phone phone(node, node.runtime.log_in(supervisor_of(zone)));
  const json topic{{"topic", "order:" + order}};
  const json from_start{{"topic", "order:" + order}, {"since", "era1.0"}};
  int replayed = 0;
  for (; replayed < 5; ++replayed) {
    if (phone.ask("sub", from_start).contains("err")) break;
    while (phone.next("pub")["event"]["version"] != 21) {
    }
    phone.ask("unsub", topic);
  }
  CHECK(replayed >= 1);
  CHECK(replayed < 3);
}

TEST_CASE("who never said who it is has no time to read why it is closed") {
  auto options = stream_options();
  options.stream.connect = 200ms;
  options.stream.close_grace = 60s;
  StreamNode node(options);
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), node.port()});
  asio::write(
      socket,
      asio::buffer(std::string(
          "GET /v1/stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")));
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (node.connections() == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  while (node.connections() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  CHECK(node.connections() == 0);
}

}  // namespace
}  // namespace mf::test
