#include "bench/dispatch/road_stub.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace mf::bench {
namespace {

using Cell = std::pair<std::int64_t, std::int64_t>;
Cell cell_of(double longitude, double latitude) {
  return {std::llround(longitude * 10'000), std::llround(latitude * 10'000)};
}

std::string_view between(std::string_view text, std::string_view begin, std::string_view ends) {
  const auto from = text.find(begin);
  if (from == text.npos) return {};
  text.remove_prefix(from + begin.size());
  return text.substr(0, text.find_first_of(ends));
}

std::vector<double> numbers(std::string_view text) {
  std::vector<double> all;
  while (!text.empty()) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) break;
    all.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
  }
  return all;
}

}  // namespace

class RoadStub::Impl {
 public:
  Impl(std::vector<planning::Place> places, planning::Travel travel) : travel_(std::move(travel)) {
    for (std::size_t i = 0; i < places.size(); ++i)
      numbers_.try_emplace(cell_of(places[i].longitude, places[i].latitude), i);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    const bool is_open = listener_ >= 0 && ::bind(listener_, plain, size) == 0 &&
                         ::listen(listener_, 16) == 0 &&
                         ::getsockname(listener_, plain, &size) == 0;
    if (!is_open) throw std::system_error(errno, std::generic_category(), "road stub");
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  ~Impl() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  Impl(const Impl&) = delete;

  int port_ = 0;
  std::atomic<std::uint64_t> told_{0};

 private:
  void run(const std::stop_token& stop) {
    constexpr int look_every_ms = 50;
    while (!stop.stop_requested()) {
      pollfd waits{listener_, POLLIN, 0};
      if (::poll(&waits, 1, look_every_ms) <= 0) continue;
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      serve(connection);
      ::close(connection);
    }
  }

  /// One question for each connection.
  void serve(int connection) {
    std::string request;
    char buffer[8192];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto got = ::recv(connection, buffer, sizeof buffer, 0);
      if (got <= 0) return;
      request.append(buffer, static_cast<std::size_t>(got));
    }
    const auto body = answer(between(request, "GET ", " "));
    const auto reply = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        body.size(), body);
    for (std::size_t sent = 0; sent < reply.size();) {
      const auto done = ::send(connection, reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
      if (done <= 0) return;
      sent += static_cast<std::size_t>(done);
    }
  }

  std::string answer(std::string_view target) {
    std::vector<std::size_t> places;
    auto spots = between(target, "/driving/", "?");
    while (!spots.empty()) {
      const auto one = spots.substr(0, spots.find(';'));
      const auto degrees = numbers(one);
      const auto found =
          degrees.size() == 2 ? numbers_.find(cell_of(degrees[0], degrees[1])) : numbers_.end();
      places.push_back(found == numbers_.end() ? unknown : found->second);
      spots.remove_prefix(std::min(spots.size(), one.size() + 1));
    }
    std::string durations, distances;
    for (const auto from : numbers(between(target, "sources=", "& "))) {
      std::string times, metres;
      for (const auto to : numbers(between(target, "destinations=", "& "))) {
        const auto a = places.at(static_cast<std::size_t>(from));
        const auto b = places.at(static_cast<std::size_t>(to));
        const bool is_road = a != unknown && b != unknown;
        const auto leg = is_road ? planning::leg(travel_, a, b) : planning::Leg{};
        const char* comma = times.empty() ? "" : ",";
        times += comma + (is_road ? fmt::format("{}", leg.time) : "null");
        metres += comma + (is_road ? fmt::format("{}", leg.distance) : "null");
        ++told_;
      }
      const char* comma = durations.empty() ? "" : ",";
      durations += fmt::format("{}[{}]", comma, times);
      distances += fmt::format("{}[{}]", comma, metres);
    }
    return fmt::format(R"({{"code":"Ok","durations":[{}],"distances":[{}]}})", durations,
                       distances);
  }

  static constexpr auto unknown = ~std::size_t{0};
  const planning::Travel travel_;
  std::map<Cell, std::size_t> numbers_;
  int listener_ = -1;
  std::jthread thread_;
};

RoadStub::RoadStub(std::vector<planning::Place> places, planning::Travel travel)
    : impl_(std::make_unique<Impl>(std::move(places), std::move(travel))) {}
RoadStub::~RoadStub() = default;
int RoadStub::port() const { return impl_->port_; }
std::uint64_t RoadStub::told() const { return impl_->told_; }

}  // namespace mf::bench
