#include "tests/system/outside.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>

#include "base/json.hpp"

namespace mf::system_test {

using asio::use_awaitable;

bool Loop::wait(const std::function<bool()>& condition, Patience patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    io.restart();
    io.run_one_for(Patience(20));
  }
  return true;
}

std::string Answer::code() const { return json.is_object() ? json.value("code", "") : ""; }
std::string Answer::id() const { return json.is_object() ? json.value("id", "") : ""; }
std::string Answer::text() const { return std::to_string(status) + " " + raw.body; }
bool Answer::is_replayed() const { return raw.header("Idempotent-Replayed") == "true"; }

Person::Person(Loop& loop, Address address, std::string token)
    : loop_(&loop), address_(std::move(address)), token_(std::move(token)) {
  move_to(address_);
}

void Person::move_to(Address address) {
  address_ = std::move(address);
  http_ = std::make_unique<client::HttpClient>(loop_->io, address_);
  http_->use_token(token_);
}

asio::awaitable<Answer> Person::send(std::string method, std::string path, std::string body,
                                     client::Headers headers) {
  Answer answer;
  answer.raw = co_await http_->request(std::move(method), std::move(path), std::move(body),
                                       std::move(headers));
  answer.status = answer.raw.status;
  answer.json = parse_json(answer.raw.body);
  co_return answer;
}

Answer Person::request(const std::string& method, const std::string& path, std::string body,
                       client::Headers headers) {
  return loop_->run(send(method, path, std::move(body), std::move(headers)));
}

Answer Person::get(const std::string& path) { return request("GET", path); }

std::vector<Json> Person::all(const std::string& path) {
  std::vector<Json> rows;
  Json cursor;
  do {
    const auto joint = path.find('?') == path.npos ? "?" : "&";
    const auto more = cursor.is_string() ? "&cursor=" + cursor.get<std::string>() : std::string();
    const auto page = get(path + joint + "limit=100" + more);
    if (!page.ok()) throw std::runtime_error("GET " + path + ": " + page.text());
    for (const auto& row : page.json.at("data")) rows.push_back(row);
    cursor = page.json.value("next_cursor", Json());
  } while (cursor.is_string());
  return rows;
}

Answer Person::post(const std::string& path, const Json& body, const std::string& key) {
  client::Headers headers;
  if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
  return request("POST", path, to_text(body), std::move(headers));
}

Answer Person::patch(const std::string& path, const Json& body, std::uint64_t version) {
  return request("PATCH", path, to_text(body),
                 {{"Content-Type", "application/merge-patch+json"},
                  {"If-Match", "\"" + std::to_string(version) + "\""}});
}

Person log_in(Loop& loop, const Address& address, const std::string& username,
              const std::string& password) {
  Person nobody(loop, address);
  const auto answer = nobody.post("/v1/sessions", {{"username", username}, {"password", password}});
  if (answer.status != 201) throw std::runtime_error(username + " can't log in: " + answer.text());
  Person person(loop, address, answer.json.at("token"));
  person.name = username;
  person.account = answer.json.at("account");
  return person;
}

struct Live::Shared {
  struct Waiting {
    asio::steady_timer timer;
    Json reply;
  };
  explicit Shared(asio::io_context& loop) : io(loop) {}
  asio::io_context& io;
  std::unique_ptr<client::StreamClient> client;
  std::deque<Json> pushes;
  std::deque<std::string> outgoing;
  std::map<int, std::shared_ptr<Waiting>> waiting;
  std::unique_ptr<asio::steady_timer> paused;
  int next_id = 1, close_code = 0;
  bool is_open = false, is_writing = false, is_paused = false;

  void receive(const std::string& line) {
    auto message = parse_json(line);
    if (!message.is_object()) return;
    if (message.empty()) return outgoing.push_back("{}");
    if (!message.contains("id")) return pushes.push_back(std::move(message)), void();
    const auto found = waiting.find(message["id"].get<int>());
    if (found == waiting.end()) return;
    message.erase("id");
    found->second->reply = std::move(message);
    found->second->timer.cancel();
  }
  void ended() {
    is_open = false;
    if (client) close_code = client->close_code();
    for (auto& [id, call] : waiting) call->timer.cancel();
  }
};

Live::Live(Loop& loop) : loop_(loop), shared_(std::make_shared<Shared>(loop.io)) {}
Live::~Live() { cut(); }

asio::awaitable<void> Live::read_all(std::shared_ptr<Shared> shared) {
  try {
    while (shared->is_open) {
      if (shared->is_paused) co_await shared->paused->async_wait(asio::as_tuple(use_awaitable));
      const auto lines = co_await shared->client->read();
      for (const auto& line : lines) shared->receive(line);
      if (!shared->outgoing.empty() && !std::exchange(shared->is_writing, true))
        asio::co_spawn(shared->io, write_all(shared), asio::detached);
    }
  } catch (const boost::system::system_error&) {  // NOLINT(bugprone-empty-catch)
    // However it ended, close_code() says what is known.
  }
  shared->ended();
}

asio::awaitable<void> Live::write_all(std::shared_ptr<Shared> shared) {
  try {
    while (!shared->outgoing.empty() && shared->is_open) {
      auto text = std::move(shared->outgoing.front());
      shared->outgoing.pop_front();
      co_await shared->client->write(std::move(text));
    }
  } catch (const boost::system::system_error&) {  // NOLINT(bugprone-empty-catch)
    // The reader hears of it too.
  }
  shared->is_writing = false;
}

asio::awaitable<bool> Live::async_open(Address address, std::string token, Json connect) {
  cut();
  auto pushes = std::move(shared_->pushes);
  shared_ = std::make_shared<Shared>(loop_.io);
  shared_->pushes = std::move(pushes);
  const auto shared = shared_;
  shared->client = std::make_unique<client::StreamClient>(loop_.io, std::move(address));
  co_await shared->client->open(std::move(token));
  shared->is_open = true;
  asio::co_spawn(loop_.io, read_all(shared), asio::detached);
  const auto reply = co_await async_call("connect", std::move(connect));
  co_return reply.contains("ok");
}

void Live::open(const Address& address, const std::string& token, const Json& connect) {
  if (!loop_.run(async_open(address, token, connect)))
    throw std::runtime_error("connect was refused, close code " + std::to_string(close_code()));
}

asio::awaitable<Json> Live::async_call(std::string verb, Json body) {
  const auto shared = shared_;
  if (!shared->is_open) co_return Json::object();
  const int id = shared->next_id++;
  const auto waiting =
      std::make_shared<Shared::Waiting>(asio::steady_timer(shared->io), Json::object());
  waiting->timer.expires_after(std::chrono::seconds(30));
  shared->waiting[id] = waiting;
  Json message{{"id", id}};
  message[verb] = std::move(body);
  send(to_text(message));
  co_await waiting->timer.async_wait(asio::as_tuple(use_awaitable));
  shared->waiting.erase(id);
  co_return std::move(waiting->reply);
}

Json Live::call(const std::string& verb, const Json& body) {
  return loop_.run(async_call(verb, body));
}

Json Live::rpc(const std::string& method, const Json& params, const std::string& key) {
  Json body{{"method", method}, {"params", params}};
  if (!key.empty()) body["key"] = key;
  return call("rpc", body);
}

void Live::send(std::string text) {
  shared_->outgoing.push_back(std::move(text));
  if (!std::exchange(shared_->is_writing, true))
    asio::co_spawn(shared_->io, write_all(shared_), asio::detached);
}

std::vector<Json> Live::pushed(const std::string& verb) const {
  std::vector<Json> found;
  for (const auto& push : shared_->pushes)
    if (push.contains(verb)) found.push_back(push[verb]);
  return found;
}

std::vector<Json> Live::events(const std::string& topic) const {
  std::vector<Json> found;
  for (const auto& pub : pushed("pub"))
    if (pub.value("topic", "") == topic) found.push_back(pub.at("event"));
  return found;
}

bool Live::is_open() const { return shared_->is_open; }
int Live::close_code() const { return shared_->close_code; }
std::deque<Json>& Live::pushes() { return shared_->pushes; }

void Live::cut() {
  if (shared_->client) shared_->client->cut();
  resume();
}

void Live::pause() {
  shared_->paused = std::make_unique<asio::steady_timer>(shared_->io);
  shared_->paused->expires_at(asio::steady_timer::time_point::max());
  shared_->is_paused = true;
}

void Live::resume() {
  if (!std::exchange(shared_->is_paused, false)) return;
  shared_->paused->cancel();
}

}  // namespace mf::system_test
