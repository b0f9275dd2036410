#include "simulator/day.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/time.hpp"

namespace mf::simulator {
namespace {

using Json = nlohmann::json;

constexpr std::size_t http_connections = 12;

Done done_from(int status, const std::string& body) {
  Done done{.is_ok = status / 100 == 2, .status = status};
  const auto json = parse_json(body);
  if (!json.is_object()) return done;
  if (done.is_ok) {
    done.version = json.value("version", std::uint64_t{0});
    done.state = json.value("status", "");
  } else {
    done.code = json.value("code", "");
  }
  return done;
}

}  // namespace

Day::Day(const Options& from, std::vector<User>& people)
    : options(from),
      users(people),
      http(io, from.server, http_connections),
      random_(from.seed),
      key_prefix_(to_hex(random_bytes(8))) {}

asio::awaitable<void> Day::pass(double minutes) {
  if (is_over_) co_return;
  asio::steady_timer timer(
      io, std::chrono::milliseconds(static_cast<std::int64_t>(minutes * 60'000 / options.speed)));
  waiting_.insert(&timer);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  waiting_.erase(&timer);
}

void Day::end() {
  is_over_ = true;
  for (auto* timer : waiting_) timer->cancel();
}

bool Day::chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
double Day::between(double low, double high) {
  return std::uniform_real_distribution(low, high)(random_);
}
double Day::until_next(double mean) { return std::exponential_distribution(1 / mean)(random_); }

std::string Day::new_key() { return key_prefix_ + "-" + std::to_string(next_key_++); }
std::string Day::now_text() const { return format_rfc3339(system_clock().now()); }

asio::awaitable<bool> Day::sign_in(User& user) {
  const Json body{{"username", user.username}, {"password", user.password}};
  for (int attempt = 0; attempt < 5 && !is_over_; ++attempt) {
    Request request{"POST", "/v1/sessions", "", to_text(body)};
    const auto answer = co_await http.send(std::move(request));
    const auto json = parse_json(answer.body);
    if (answer.ok() && json.is_object()) {
      user.token = json.value("token", "");
      co_return !user.token.empty();
    }
    if (answer.status == 401) break;
    co_await pass(options.speed / 60);  // a second
  }
  co_return false;
}

asio::awaitable<Done> Day::post(const User& user, std::string path, std::string order,
                                std::string body) {
  Request request{"POST", "/v1/" + path, user.token, std::move(body), new_key()};
  const auto sent = std::chrono::steady_clock::now();
  Done done;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto answer = co_await http.send(request);
    done = done_from(answer.status, answer.body);
    if (answer.status != 0 && answer.status != 503) break;
    if (is_over_) break;
    co_await pass(options.speed / 120);
  }
  auto method = path.substr(path.rfind('/') + 1);
  figures.answered(method == "orders" ? "create" : method, done.status, done.code);
  if (done.is_ok && !order.empty()) figures.committed(order, done.version, done.state, sent);
  co_return done;
}

asio::awaitable<std::map<std::string, Done>> Day::accept(const User& user, std::string zone,
                                                         std::vector<std::string> proposals) {
  Request request{"POST", "/v1/zones/" + zone + "/accept_proposals", user.token,
                  to_text(Json{{"proposals", proposals}}), new_key()};
  const auto sent = std::chrono::steady_clock::now();
  const auto answer = co_await http.send(std::move(request));
  const auto body = parse_json(answer.body);
  std::map<std::string, Done> done;
  if (!answer.ok() || !body.is_object()) {
    figures.answered("accept_proposals", answer.status, done_from(answer.status, answer.body).code);
    co_return done;
  }
  for (const auto& result : body.value("results", Json::array())) {
    const auto err = result.value("err", Json::object());
    auto& one = done[result.value("order", "")];
    one = done_from(err.value("status", 200), to_text(result.value("ok", err)));
    figures.answered("accept_proposals", one.status, one.code);
    if (one.is_ok) figures.committed(result.value("order", ""), one.version, one.state, sent);
  }
  co_return done;
}

asio::awaitable<Done> Day::rpc(Stream& stream, std::string method, std::string order,
                               std::string body) {
  auto params = parse_json(body);
  params["id"] = order;
  const Json call{{"method", "orders." + method}, {"params", params}, {"key", new_key()}};
  const auto sent = std::chrono::steady_clock::now();
  const auto reply = co_await stream.call("rpc", to_text(call));
  Done done;
  if (!reply.json.empty()) {
    const auto json = parse_json(reply.json);
    const int status = reply.is_ok || !json.is_object() ? 200 : json.value("status", 400);
    done = done_from(status, reply.json);
  }
  figures.answered(method, done.status, done.code);
  if (done.is_ok) figures.committed(order, done.version, done.state, sent);
  co_return done;
}

asio::awaitable<Answer> Day::get(const User& user, std::string target) {
  Request request{"GET", std::move(target), user.token};
  co_return co_await http.send(std::move(request));
}

}  // namespace mf::simulator
