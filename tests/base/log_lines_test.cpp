#include "base/log_lines.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <functional>
#include <thread>
#include <vector>

#include "base/metrics.hpp"

using namespace mf;
using namespace std::chrono_literals;

namespace {

/// A pipe of one page.
struct Pipe {
  std::array<int, 2> ends{};
  Pipe() {
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    ::fcntl(ends[1], F_SETPIPE_SZ, 4096);
  }
  ~Pipe() {
    close_reader();
    ::close(ends[1]);
  }
  void close_reader() {
    if (ends[0] >= 0) ::close(ends[0]);
    ends[0] = -1;
  }
  /// What comes until nothing did for a while; false from `go_on` ends it at once.
  std::string read(const std::function<bool(const std::string&)>& go_on) const {
    std::string text;
    std::array<char, 4096> some{};
    for (pollfd in{ends[0], POLLIN, 0}; go_on(text) && ::poll(&in, 1, 10'000) > 0;) {
      const auto size = ::read(ends[0], some.data(), some.size());
      if (size <= 0) break;
      text.append(some.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
};

auto lines_in(const std::string& text) { return std::ranges::count(text, '\n'); }

double dropped() { return metrics::counter("microflow_log_lines_dropped_total", "").value(); }

}  // namespace

TEST_CASE("log: whoever logs never waits for a reader; what did not fit is told when it flows") {
  const Pipe pipe;
  std::atomic<std::uint64_t> told{0};
  log::LogLines lines(pipe.ends[1], 8192, [&](std::uint64_t count) { told = count; });
  const auto before = dropped();
  constexpr int all = 5000;
  for (int i = 0; i < all; ++i) lines.put("line " + std::to_string(i));
  CHECK_FALSE(lines.flush(50ms));  // it waits for a reader, and its caller no longer than asked
  // What waits is written in two goes at least, and told after the first.
  const auto text = pipe.read([&](const std::string& got) {
    return lines_in(got) + static_cast<std::ptrdiff_t>(told) < all;
  });
  CHECK(told > 0);
  CHECK(lines_in(text) + static_cast<std::ptrdiff_t>(told) == all);
  CHECK(dropped() - before == static_cast<double>(told));
  CHECK(text.starts_with("line 0\nline 1\n"));
  lines.put("after");
  CHECK(lines.flush(10s));
  CHECK(pipe.read([](const std::string& got) { return got.empty(); }) == "after\n");
}

TEST_CASE("log: a reader that goes away loses its lines, and ends nothing") {
  Pipe pipe;
  log::LogLines lines(pipe.ends[1], 8192, [](std::uint64_t) {});
  const auto before = dropped();
  pipe.close_reader();
  for (int i = 0; i < 3; ++i) {
    lines.put("to nobody");
    CHECK(lines.flush(10s));
  }
  CHECK(dropped() - before == 3);
}

TEST_CASE("log: lines of many threads come whole") {
  const Pipe pipe;
  log::LogLines lines(pipe.ends[1], std::size_t{1} << 20, [](std::uint64_t) {});
  constexpr int threads = 4, each = 500;
  std::vector<std::thread> writers;
  writers.reserve(threads);
  for (int t = 0; t < threads; ++t)
    writers.emplace_back([&lines, t] {
      for (int i = 0; i < each; ++i) lines.put(std::string(1, static_cast<char>('a' + t)));
    });
  const auto text = pipe.read(
      [](const std::string& got) { return lines_in(got) < std::ptrdiff_t{threads} * each; });
  for (auto& writer : writers) writer.join();
  CHECK(text.size() == std::size_t{2} * threads * each);
  for (int t = 0; t < threads; ++t)
    CHECK(std::ranges::count(text, static_cast<char>('a' + t)) == each);
}
