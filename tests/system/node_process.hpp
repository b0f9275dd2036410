#pragma once
// A microflow process as whoever runs it sees it: flags, files, signals, what it prints, how it
// ends.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/http_client.hpp"

namespace mf::system_test {

using Patience = std::chrono::milliseconds;

/// How a process is started.
struct Launch {
  std::vector<std::string> arguments;          ///< after the program's name
  std::vector<std::string> environment;        ///< NAME=value; ours has no other MICROFLOW_ names
  std::optional<std::uint64_t> file_size_max;  ///< of any file it writes: a disk that fills up
  std::optional<std::uint64_t> open_files_max = {};
  bool nobody_reads_errors = false;  ///< its stderr is a pipe that is full from the start
};

/// `serve` on a directory, any free ports, no rate limits, cheap passwords.
[[nodiscard]] Launch serve(const std::filesystem::path& data_dir,
                           std::vector<std::string> flags = {});

/// Ends with its destructor (kill -9), whatever the test does. Main thread only.
class Process {
 public:
  explicit Process(const Launch& launch);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Until the ready line is printed; false when the process ends or the time is over first.
  [[nodiscard]] bool wait_until_ready(Patience patience = std::chrono::seconds(60));
  [[nodiscard]] const client::Address& http() const { return http_; }
  [[nodiscard]] const client::Address& admin() const { return admin_; }

  void signal(int number) const;
  /// kill -9, and gone.
  void kill();
  /// Its exit status (128 + n when signal n ended it); nullopt: still running after `patience`.
  [[nodiscard]] std::optional<int> wait_for_exit(Patience patience = std::chrono::seconds(30));

  [[nodiscard]] std::string printed();  ///< to stdout, so far
  /// To stderr, until nothing has come for a moment: the node's own thread writes it.
  [[nodiscard]] std::string logged() const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  bool read_more(Patience patience);
  bool parse_ready_line();

  std::filesystem::path errors_;
  pid_t pid_ = -1;
  int out_ = -1, gone_ = -1;  ///< its stdout; readable when it has ended
  int unread_ = -1;           ///< the end of its stderr that nobody reads
  std::optional<int> status_;
  std::string printed_;
  client::Address http_, admin_;
};

}  // namespace mf::system_test
