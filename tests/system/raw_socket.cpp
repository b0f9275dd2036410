#include "tests/system/raw_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace mf::system_test {
namespace {

std::string frame_of(std::string_view payload, int first, bool is_masked) {
  std::string out(1, static_cast<char>(first));
  const int mask_bit = is_masked ? 0x80 : 0;
  const auto size = payload.size();
  const auto put = [&](int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
      out += static_cast<char>(size >> shift & 0xFF);
  };
  if (size < 126) {
    out += static_cast<char>(mask_bit | static_cast<int>(size));
  } else if (size < 65'536) {
    out += static_cast<char>(mask_bit | 126);
    put(2);
  } else {
    out += static_cast<char>(mask_bit | 127);
    put(8);
  }
  constexpr std::string_view mask = "\x12\x34\x56\x78";
  if (is_masked) out += mask;
  for (std::size_t i = 0; i < size; ++i)
    out += is_masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i];
  return out;
}

}  // namespace

RawSocket::RawSocket(const client::Address& address, int receive_buffer) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.port)));
  ::inet_pton(AF_INET, address.host.c_str(), &to.sin_addr);
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (receive_buffer > 0)
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("can't connect");
}

RawSocket::~RawSocket() {
  if (socket_ >= 0) ::close(socket_);
}

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawSocket::fill() {
  pollfd some{socket_, POLLIN, 0};
  if (::poll(&some, 1, static_cast<int>(patience.count())) <= 0) return false;
  char buffer[std::size_t{16} * 1024];
  const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
  if (count <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::string RawSocket::read(std::size_t size) {
  while (in_.size() < size && fill()) {
  }
  const auto taken = in_.substr(0, size);
  in_.erase(0, taken.size());
  return taken;
}

client::Response RawSocket::read_response() {
  client::Response response;
  std::size_t end;
  while ((end = in_.find("\r\n\r\n")) == in_.npos)
    if (!fill()) return response;
  const auto head = read(end + 4);
  response.status = std::stoi(head.substr(9, 3));
  for (auto at = head.find("\r\n") + 2; at < end;) {
    const auto line = head.substr(at, head.find("\r\n", at) - at);
    const auto colon = line.find(": ");
    if (colon != line.npos)
      response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    at += line.size() + 2;
  }
  const auto length = response.header("Content-Length");
  if (!length.empty()) response.body = read(std::stoul(length));
  return response;
}

bool RawSocket::is_closed() {
  pollfd some{socket_, POLLIN, 0};
  if (!in_.empty() || ::poll(&some, 1, static_cast<int>(patience.count())) <= 0) return false;
  char byte;
  return ::recv(socket_, &byte, 1, 0) <= 0;
}

std::string request_bytes(const std::string& line, const std::vector<std::string>& headers,
                          const std::string& body) {
  auto out = line + " HTTP/1.1\r\nHost: node\r\n";
  for (const auto& header : headers) out += header + "\r\n";
  if (!body.empty()) out += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return out + "\r\n" + body;
}

RawStream::RawStream(const client::Address& address, const std::vector<std::string>& headers,
                     int receive_buffer)
    : socket(address, receive_buffer) {
  auto all = headers;
  for (const auto* header :
       {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="})
    all.emplace_back(header);
  socket.send(request_bytes("GET /v1/stream", all));
  upgrade_ = socket.read_response();
}

bool RawStream::send(std::string_view payload, int first, bool is_masked) {
  return socket.send(frame_of(payload, first, is_masked));
}

std::pair<int, std::string> RawStream::read_frame() {
  const auto head = socket.read(2);
  if (head.size() < 2) return {-1, {}};
  std::size_t size = head[1] & 0x7F;
  if (size >= 126) {
    const auto length = socket.read(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : length) size = size << 8 | static_cast<unsigned char>(c);
  }
  return {head[0] & 0x0F, socket.read(size)};
}

std::string RawStream::read_text() {
  for (;;) {
    auto [opcode, payload] = read_frame();
    if (opcode == 1) return payload;
    if (opcode < 0 || opcode == 8) return {};
  }
}

int RawStream::close_code() {
  for (;;) {
    const auto [opcode, payload] = read_frame();
    if (opcode < 0) return 0;
    if (opcode == 8 && payload.size() >= 2)
      return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
  }
}

}  // namespace mf::system_test
