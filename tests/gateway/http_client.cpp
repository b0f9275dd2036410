#include "tests/gateway/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

namespace mf::test {
namespace {

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

}  // namespace

std::string HttpReply::header(const std::string& name) const {
  const auto wanted = "\r\n" + lower(name) + ": ";
  const auto at = lower(head).find(wanted);
  if (at == head.npos) return {};
  const auto begin = at + wanted.size();
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

RawConnection::RawConnection(const std::string& address, int receive_buffer) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience{5, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (receive_buffer > 0)
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    throw std::runtime_error("cannot connect to " + address);
}

RawConnection::~RawConnection() { ::close(socket_); }

void RawConnection::send(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const auto size = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) return;
    sent += static_cast<std::size_t>(size);
  }
}

bool RawConnection::fill() {
  char buffer[4096];
  const auto size = ::recv(socket_, buffer, sizeof buffer, 0);
  if (size <= 0) return false;
  in_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

HttpReply RawConnection::read(bool is_head) {
  HttpReply reply;
  std::size_t end;
  while ((end = in_.find("\r\n\r\n")) == in_.npos)
    if (!fill()) return reply;
  reply.head = in_.substr(0, end + 2);
  in_.erase(0, end + 4);
  const auto length =
      is_head ? 0u : std::strtoul(reply.header("Content-Length").c_str(), nullptr, 10);
  while (in_.size() < length)
    if (!fill()) return reply;
  reply.body = in_.substr(0, length);
  in_.erase(0, length);
  reply.status = std::atoi(reply.head.c_str() + 9);
  return reply;
}

bool RawConnection::is_reset() {
  pollfd watched{socket_, 0, 0};  // errors are always told
  if (::poll(&watched, 1, 5'000) <= 0) return false;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == ECONNRESET;
}

void RawConnection::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool RawConnection::is_closed() {
  char byte;
  return in_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
}

std::string to_bytes(const HttpRequest& request) {
  std::string out = request.method + " " + request.path + " HTTP/1.1\r\nHost: test\r\n";
  if (!request.bearer.empty()) out += "Authorization: Bearer " + request.bearer + "\r\n";
  for (const auto& header : request.headers) out += header + "\r\n";
  const bool names_type = std::ranges::any_of(
      request.headers, [](const auto& header) { return header.starts_with("Content-Type"); });
  if (!request.body.empty()) {
    if (!names_type)
      out += request.method == "PATCH" ? "Content-Type: application/merge-patch+json\r\n"
                                       : "Content-Type: application/json\r\n";
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return out + "\r\n" + request.body;
}

HttpReply exchange(const std::string& address, const HttpRequest& request) {
  RawConnection connection(address);
  connection.send(to_bytes(request));
  return connection.read(request.method == "HEAD");
}

}  // namespace mf::test
