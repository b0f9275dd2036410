#include "bench/wires.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace mf::bench {
namespace {

constexpr int text_frame = 1, close_frame = 8;

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what); }

}  // namespace

Wires::Wires(int port) : port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

Wires::~Wires() {
  for (const auto& wire : wires_) ::close(wire.fd);
  ::close(epoll_);
}

Wires::Id Wires::open(int source) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) give_up("no more sockets");
  sockaddr_in from{.sin_family = AF_INET}, to{.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + static_cast<unsigned>(source));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(port_));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    give_up(fmt::format("can't connect from 127.0.0.{} to port {}", source, port_));
  wires_.push_back({fd, false, {}});
  epoll_event event{.events = EPOLLIN, .data = {.u64 = wires_.size() - 1}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  return wires_.size() - 1;
}

Wires::Id Wires::open_http() { return open(1); }

Wires::Id Wires::open_stream(const std::string& token, int source) {
  const auto id = open(source);
  write_all(wires_[id],
            "GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Protocol: microflow.v1\r\nAuthorization: Bearer " +
                token + "\r\n\r\n");
  std::array<char, 4096> buffer;
  std::string head;
  while (head.find("\r\n\r\n") == head.npos) {
    const auto n = ::recv(wires_[id].fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) give_up("the upgrade was not answered");
    head.append(buffer.data(), static_cast<std::size_t>(n));
  }
  if (!head.starts_with("HTTP/1.1 101")) give_up("no upgrade: " + head);
  wires_[id].is_stream = true;
  send(id, R"({"id":1,"connect":{}})");
  bool is_connected = false;
  while (!is_connected)
    receive(id, [&](Id, int, std::string_view text) {
      if (text.find("\"ok\"") == text.npos) give_up("not connected: " + std::string(text));
      is_connected = true;
    });
  return id;
}

void Wires::write_all(const Wire& wire, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(wire.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) give_up("the server closed a connection");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

void Wires::send(Id id, std::string_view text) {
  auto& wire = wires_[id];
  if (!wire.is_stream) return write_all(wire, text);
  out_.assign(1, static_cast<char>(0x80 | text_frame));
  if (text.size() < 126) {
    out_ += static_cast<char>(0x80 | text.size());
  } else {
    out_ += static_cast<char>(0x80 | 126);
    out_ += static_cast<char>(text.size() >> 8);
    out_ += static_cast<char>(text.size() & 0xff);
  }
  out_.append(4, '\0');
  out_ += text;
  write_all(wire, out_);
}

void Wires::poll(int timeout_ms, const OnMessage& on_message) {
  std::array<epoll_event, 256> events;
  const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < n; ++i) receive(events[static_cast<std::size_t>(i)].data.u64, on_message);
}

void Wires::receive(Id id, const OnMessage& on_message) {
  static thread_local std::array<char, 262'144> buffer;
  const auto n = ::recv(wires_[id].fd, buffer.data(), buffer.size(), 0);
  if (n < 0 && errno == EINTR) return;
  if (n <= 0) give_up(fmt::format("connection {} was closed by the server", id));
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(n));
  const auto take = [&](std::string_view all) {
    return wires_[id].is_stream ? take_frames(id, all, on_message) : take_http(id, all, on_message);
  };
  // A handler may open wires: wires_ is looked up again each time.
  if (wires_[id].in.empty()) {
    bytes.remove_prefix(take(bytes));
    if (!bytes.empty()) wires_[id].in = bytes;
    return;
  }
  auto all = std::move(wires_[id].in);
  all += bytes;
  const auto taken = take(all);
  wires_[id].in = all.substr(taken);
}

std::size_t Wires::take_http(Id id, std::string_view bytes, const OnMessage& on_message) {
  std::size_t taken = 0;
  while (true) {
    const auto rest = bytes.substr(taken);
    const auto head = rest.find("\r\n\r\n");
    if (head == rest.npos) return taken;
    constexpr std::string_view length = "Content-Length: ";
    const auto at = rest.find(length);
    const auto size = at < head ? std::strtoul(rest.data() + at + length.size(), nullptr, 10) : 0;
    if (rest.size() < head + 4 + size) return taken;
    on_message(id, std::atoi(rest.data() + 9), rest.substr(head + 4, size));
    taken += head + 4 + size;
  }
}

std::size_t Wires::take_frames(Id id, std::string_view bytes, const OnMessage& on_message) {
  std::size_t taken = 0;
  while (bytes.size() >= taken + 2) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[taken + i]); };
    std::size_t size = byte(1) & 0x7f, head = 2;
    if (size == 126) head = 4;
    if (size == 127) head = 10;
    if (bytes.size() < taken + head) return taken;
    if (head > 2) {
      size = 0;
      for (std::size_t i = 2; i < head; ++i) size = size << 8 | byte(i);
    }
    if (bytes.size() < taken + head + size) return taken;
    auto text = bytes.substr(taken + head, size);
    const int opcode = byte(0) & 0x0f;
    if (opcode == close_frame) give_up("closed: " + std::string(text));
    taken += head + size;
    while (opcode == text_frame && !text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      on_line(id, text.substr(0, end), on_message);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return taken;
}

void Wires::on_line(Id id, std::string_view line, const OnMessage& on_message) {
  if (line == "{}") return send(id, "{}");
  on_message(id, 0, line);
}

}  // namespace mf::bench
