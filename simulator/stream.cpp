#include "simulator/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/json.hpp"

namespace mf::simulator {

namespace asio = boost::asio;

constexpr auto patience = std::chrono::seconds(20);

asio::awaitable<std::shared_ptr<Stream>> Stream::open(asio::io_context& io, client::Address address,
                                                      std::string token, OnPush on_push) {
  auto stream = std::make_shared<Stream>(io, std::move(address), std::move(on_push));
  try {
    co_await stream->client_.open(std::move(token));
  } catch (const boost::system::system_error&) {
    co_return nullptr;
  }
  stream->is_open_ = true;
  asio::co_spawn(io, stream->read(stream), asio::detached);
  const auto welcome = co_await stream->call("connect", "{}");
  if (welcome.is_ok) co_return stream;
  stream->on_push_ = nullptr;
  stream->close();
  co_return nullptr;
}

asio::awaitable<Stream::Reply> Stream::call(std::string verb, std::string body_json) {
  if (!is_open_) co_return Reply{};
  const auto self = shared_from_this();
  const int id = next_id_++;
  const auto waiting = std::make_shared<Waiting>(io_);
  waiting_[id] = waiting;
  waiting->timer.expires_after(patience);
  write("{\"id\":" + std::to_string(id) + ",\"" + verb + "\":" + body_json + "}");
  co_await waiting->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  waiting_.erase(id);
  co_return waiting->reply;
}

void Stream::tell(std::string_view verb, std::string_view body_json) {
  if (is_open_) write("{\"" + std::string(verb) + "\":" + std::string(body_json) + "}");
}

void Stream::close() {
  if (std::exchange(is_open_, false)) client_.cut();
}

void Stream::write(std::string text) {
  outgoing_.push_back(std::move(text));
  if (!std::exchange(is_writing_, true))
    asio::co_spawn(io_, write_all(shared_from_this()), asio::detached);
}

asio::awaitable<void> Stream::write_all(std::shared_ptr<Stream> self) {
  try {
    while (!outgoing_.empty() && is_open_) {
      auto text = std::move(outgoing_.front());
      outgoing_.pop_front();
      co_await client_.write(std::move(text));
    }
  } catch (const boost::system::system_error&) {
    self->close();
  }
  is_writing_ = false;
}

asio::awaitable<void> Stream::read(std::shared_ptr<Stream> self) {
  try {
    while (is_open_) {
      const auto lines = co_await client_.read();
      for (const auto& line : lines) receive(line);
    }
  } catch (const boost::system::system_error&) {  // NOLINT(bugprone-empty-catch)
    // However it ended, its owner hears the same.
  }
  self->close();
  for (auto& [id, waiting] : waiting_) waiting->timer.cancel();
  if (const auto tell_owner = std::exchange(on_push_, nullptr)) tell_owner("closed", "{}");
}

void Stream::receive(const std::string& line) {
  const auto message = parse_json(line);
  if (!message.is_object()) return;
  if (message.empty()) return write("{}");
  if (message.contains("id")) {
    const auto found = waiting_.find(message["id"].get<int>());
    if (found == waiting_.end()) return;
    const bool is_ok = message.contains("ok");
    found->second->reply = {is_ok, to_text(message.value(is_ok ? "ok" : "err", nlohmann::json()))};
    found->second->timer.cancel();
    return;
  }
  for (const auto& [verb, value] : message.items())
    if (on_push_) on_push_(verb, to_text(value));
}

}  // namespace mf::simulator
