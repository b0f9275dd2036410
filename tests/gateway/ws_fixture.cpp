#include "tests/gateway/ws_fixture.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/http.hpp>
#include <future>

#include "base/json.hpp"
#include "gateway/auth/authenticate.hpp"
#include "gateway/ws/accept.hpp"

namespace mf::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

gateway::GatewayOptions stream_options() {
  gateway::GatewayOptions options;
  options.limits.commands_per_second = 0;
  options.limits.subscriptions_per_second = 0;
  options.limits.position_frames_per_second = 0;
  options.limits.stream_bytes_per_second = 0;
  return options;
}

StreamNode::StreamNode(gateway::GatewayOptions options)
    : options_(std::move(options)),
      commands_(options_.limits.commands_per_second, options_.limits.commands_per_second * 2),
      reads_(0, 0),
      strangers_(0, 0),
      subscriptions_(options_.limits.subscriptions_per_second,
                     options_.limits.subscriptions_per_second),
      position_frames_(options_.limits.position_frames_per_second,
                       options_.limits.position_frames_per_second),
      stream_bytes_(options_.limits.stream_bytes_per_second,
                    options_.limits.stream_bytes_per_second * 2),
      account_streams_(options_.limits.streams_per_account, 0),
      logins_({.logins_per_minute = 0}, options_.passwords),
      shared_{.options = options_,
              .runtime = runtime,
              .operations = operations_,
              .commands = commands_,
              .reads = reads_,
              .strangers = strangers_,
              .subscriptions = subscriptions_,
              .position_frames = position_frames_,
              .stream_bytes = stream_bytes_,
              .connections = connections_,
              .admin_connections = admin_connections_,
              .account_streams = account_streams_,
              .passwords = passwords_,
              .logins = logins_,
              .clock = system_clock()},
      worker_(shared_),
      thread_(worker_.thread),
      acceptor_(accept_io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  port_ = acceptor_.local_endpoint().port();
  running_ = std::thread([this] { thread_.run(); });
  accepting_ = std::thread([this] { listen(); });
}

StreamNode::~StreamNode() {
  boost::system::error_code ignored;
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  accepting_.join();
  acceptor_.close(ignored);
  thread_.stop();
  running_.join();
}

void StreamNode::listen() {
  while (true) {
    boost::system::error_code error;
    tcp::socket socket(accept_io_);
    acceptor_.accept(socket, error);
    if (error) return;
    take(std::move(socket));
  }
}

/// What http/ does with an upgrade, in short.
void StreamNode::take(tcp::socket socket) {
  beast::flat_buffer buffer;
  http::request_parser<http::empty_body> parser;
  boost::system::error_code error;
  http::read_header(socket, buffer, parser, error);
  if (error) return;
  auto upgrade = std::make_shared<gateway::ws::Upgrade>();
  upgrade->target = std::string(parser.get().target());
  upgrade->address = "127.0.0.1";
  std::string bearer;
  for (const auto& field : parser.get()) {
    upgrade->headers.emplace_back(field.name_string(), field.value());
    if (field.name() == http::field::authorization) bearer = std::string(field.value().substr(7));
  }
  upgrade->slot = gateway::take_slot(connections_, {upgrade->address});
  const auto handle = socket.release();
  asio::post(thread_.io(), [this, upgrade, bearer, handle] {
    auto stream = std::make_shared<gateway::PlainStream>(thread_.io().get_executor());
    stream->assign(tcp::v4(), handle);
    const auto go = [this, upgrade, stream](auto, gateway::auth::IdentityPtr identity) {
      upgrade->identity = std::move(identity);
      gateway::ws::accept(std::move(*stream), std::move(*upgrade), worker_);
    };
    const auto token = gateway::auth::parse_bearer(bearer);
    if (!token) return go(gateway::auth::Verdict::unknown, nullptr);
    gateway::auth::authenticate(worker_.principals, *token, go);
  });
}

void StreamNode::on_thread(const std::function<void(gateway::IoThread&)>& what) {
  std::promise<void> done;
  asio::post(thread_.io(), [&] {
    what(thread_);
    done.set_value();
  });
  done.get_future().wait();
}

Phone::Phone(std::uint16_t port, const std::string& bearer, bool connects) {
  ws_.next_layer().connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
  ws_.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& r) {
    r.set(http::field::sec_websocket_protocol, "microflow.v1");
    if (!bearer.empty()) r.set(http::field::authorization, "Bearer " + bearer);
  }));
  ws_.handshake("127.0.0.1:" + std::to_string(port), "/v1/stream");
  ws_.read_message_max(std::size_t{256} * 1024);
  read();
  if (connects && !ask("connect", json::object()).contains("ok"))
    throw std::runtime_error("connect was refused");
}

void Phone::read() {
  ws_.async_read(buffer_, [this](const boost::system::error_code& error, std::size_t) {
    if (error) {
      is_over_ = true;
      return;
    }
    ++frames_;
    std::istringstream lines(beast::buffers_to_string(buffer_.data()));
    buffer_.consume(buffer_.size());
    for (std::string line; std::getline(lines, line);) {
      if (line == "{}" && answers_pings) say("{}");
      else inbox_.push_back(parse_json(line));
    }
    read();
  });
}

bool Phone::run_one(std::chrono::steady_clock::time_point until) {
  if (is_over_ || std::chrono::steady_clock::now() >= until) return false;
  io_.restart();
  io_.run_one_until(until);
  return true;
}

void Phone::say(const std::string& text) {
  boost::system::error_code ignored;
  ws_.text(true);
  ws_.write(asio::buffer(text), ignored);
}

void Phone::say_binary(const std::string& text) {
  boost::system::error_code ignored;
  ws_.binary(true);
  ws_.write(asio::buffer(text), ignored);
}

json Phone::ask(const std::string& verb, const json& body) {
  const int id = ++last_id_;
  say(to_text(json{{"id", id}, {verb, body}}));
  const auto until = std::chrono::steady_clock::now() + 5s;
  do {
    for (auto at = inbox_.begin(); at != inbox_.end(); ++at)
      if (at->value("id", 0) == id) {
        const json answer = std::move(*at);
        inbox_.erase(at);
        return answer;
      }
  } while (run_one(until));
  return json::object();
}

json Phone::next(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (inbox_.empty())
    if (!run_one(until)) return json::object();
  json message = std::move(inbox_.front());
  inbox_.pop_front();
  return message;
}

json Phone::next(const std::string& member, std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  do {
    for (auto at = inbox_.begin(); at != inbox_.end(); ++at)
      if (at->contains(member)) {
        const json message = std::move((*at)[member]);
        inbox_.erase(at);
        return message;
      }
  } while (run_one(until));
  return json::object();
}

int Phone::close_code(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (run_one(until)) {
  }
  if (!is_over_) return 0;
  return ws_.reason().code == beast::websocket::close_code::none ? -1 : ws_.reason().code;
}

void Phone::cut() {
  boost::system::error_code ignored;
  ws_.next_layer().close(ignored);
}

Principal supervisor_of(const Id& zone) {
  Principal by;
  by.roles = {Role::supervisor};
  by.zones = {zone};
  return by;
}

Principal technician_as(const Id& technician) {
  Principal by;
  by.roles = {Role::technician};
  by.technician = technician;
  return by;
}

Principal client_as(const Id& client) {
  Principal by;
  by.roles = {Role::client};
  by.client = client;
  return by;
}

Id numbered(const std::string& prefix, int number) {
  std::string digits = std::to_string(number);
  return prefix + "_" + std::string(26 - digits.size(), '0') + digits;
}

}  // namespace mf::test
