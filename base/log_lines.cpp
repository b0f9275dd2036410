#include "base/log_lines.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::log {
namespace {

// Some ten thousand lines: a burst that a slow reader catches up with, and no more memory than
// that.
constexpr std::size_t queue_bytes_max = 4u << 20;
constexpr std::chrono::milliseconds exit_patience{2000};
// How soon the writing thread notices that it is to end.
constexpr int look_ms = 100;
// A pipe that poll() finds writable takes so much without a wait (PIPE_BUF).
constexpr std::size_t piece_bytes = 4096;

metrics::Counter& dropped_figure() {
  static auto& counter =
      metrics::counter("microflow_log_lines_dropped_total",
                       "Lines of the log that nobody took from standard error in time");
  return counter;
}

std::uint64_t count_lines(std::string_view lines) {
  return static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
}

}  // namespace

LogLines::LogLines(int file, std::size_t bytes_max, Tell tell)
    : file_(file), bytes_max_(bytes_max), tell_(std::move(tell)) {
  static_cast<void>(dropped_figure());
  // Signals are for the threads that wait for them; a closed pipe is an error here, not an end.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] {
    name_thread("log");
    while (!guarded("log", [this] { run(); })) {
    }
  });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

LogLines::~LogLines() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LogLines::put(std::string_view line) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + line.size() + 1 > bytes_max_) return drop(1);
    waiting_.append(line).push_back('\n');
  }
  wake_.notify_one();
}

void LogLines::drop(std::uint64_t lines) {
  untold_ += lines;
  dropped_figure().add(static_cast<double>(lines));
}

bool LogLines::flush(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return written_.wait_for(lock, patience, [this] { return waiting_.empty() && !is_writing_; });
}

void LogLines::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    is_writing_ = false;
    if (waiting_.empty()) written_.notify_all();
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    auto lines = std::exchange(waiting_, {});
    is_writing_ = true;
    lock.unlock();
    write_out(std::move(lines));
    lock.lock();
  }
}

void LogLines::write_out(std::string lines) {
  if (is_torn_) lines.insert(0, 1, '\n');
  if (const auto lost = write(lines); lost > 0) return drop(lost);
  if (const auto untold = untold_.exchange(0); untold > 0) tell_(untold);
}

/// Gives how many lines could not be written.
std::uint64_t LogLines::write(std::string_view lines) {
  while (!lines.empty() && !ending_) {
    pollfd out{file_, POLLOUT, 0};
    if (::poll(&out, 1, look_ms) <= 0) continue;
    const auto size = ::write(file_, lines.data(), std::min(lines.size(), piece_bytes));
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size < 0) break;
    is_torn_ = size > 0 && lines[static_cast<std::size_t>(size) - 1] != '\n';
    lines.remove_prefix(static_cast<std::size_t>(size));
  }
  return count_lines(lines);
}

LogLines& standard_error() {
  // Never destroyed: threads log until the very end.
  static auto& lines = []() -> LogLines& {
    static auto* made = new LogLines(STDERR_FILENO, queue_bytes_max, [](std::uint64_t dropped) {
      warn(node, "log-lines-dropped", {{"lines", dropped}});
    });
    std::atexit([] { made->flush(exit_patience); });
    return *made;
  }();
  return lines;
}

}  // namespace mf::log
