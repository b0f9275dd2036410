#pragma once
// Lines of the log on their way out. Whoever reads them may stop reading (a full pipe, a stopped
// terminal, a disk without room), and nobody who logs may wait for that.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace mf::log {

/// A bounded queue of lines, and the thread that writes them. What does not fit, or what the file
/// refuses, is dropped whole and counted (microflow_log_lines_dropped_total).
class LogLines {
 public:
  /// How many lines were dropped, once lines can be written again; on the writing thread, which may
  /// put a line itself.
  using Tell = std::function<void(std::uint64_t dropped)>;

  /// `file` is a descriptor that stays the caller's; `bytes_max` bounds what waits.
  LogLines(int file, std::size_t bytes_max, Tell tell);
  ~LogLines();  ///< drops what waits: flush() first
  LogLines(const LogLines&) = delete;

  /// Any thread; never waits for the file. Without a line feed.
  void put(std::string_view line);
  /// Waits until all is written; false when `patience` ends first. Any thread.
  bool flush(std::chrono::milliseconds patience);

 private:
  void run();
  void write_out(std::string lines);
  [[nodiscard]] std::uint64_t write(std::string_view lines);
  void drop(std::uint64_t lines);

  const int file_;
  const std::size_t bytes_max_;
  const Tell tell_;
  bool is_torn_ = false;  ///< the last line was cut in its middle; the writing thread's own
  std::atomic<bool> ending_{false};
  std::atomic<std::uint64_t> untold_{0};
  std::mutex mutex_;
  std::condition_variable wake_, written_;
  std::string waiting_;
  bool is_writing_ = false;
  std::thread thread_;
};

/// The lines of standard error. They live as long as the process; what waits when it exits is
/// given two seconds.
[[nodiscard]] LogLines& standard_error();

}  // namespace mf::log
