#pragma once
// A node's local door for whoever may write its data directory: `<data_dir>/control`, a Unix socket
// that only the directory's owner can open. For what must be done by the process that has the data
// open. One line in and one line out per connection.
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.hpp"

namespace mf::node {

class ControlSocket {
 public:
  /// Called on the socket's own threads, as many requests at once as there are; gives the answer
  /// without its newline. What it throws is told, and answered as the error "internal".
  using Handle = std::function<std::string(std::string_view line)>;

  /// How many callers are served at once: one that takes long (a backup) or says nothing holds its
  /// own place only. More callers wait for a free one.
  static constexpr std::size_t callers_max = 4;

  /// `reading_patience`: how long a caller may take to say its line.
  explicit ControlSocket(std::chrono::milliseconds reading_patience = std::chrono::seconds(5))
      : reading_patience_(reading_patience) {}
  /// Ends with what is being handled; who has not said all is hung up on.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;

  /// Requires the lock of the directory: a socket that a killed process left behind is replaced.
  [[nodiscard]] Status open(const std::filesystem::path& data_dir, Handle handle);

 private:
  void run() const;
  void serve(int caller) const;
  void wait_a_moment() const;
  [[nodiscard]] std::string answer(std::string_view line) const;
  const std::chrono::milliseconds reading_patience_;
  Handle handle_;
  std::filesystem::path path_;
  int listener_ = -1, stop_ = -1;
  std::vector<std::thread> threads_;
};

/// The answer of the node that has `data_dir` open; waits as long as it works on it. `unavailable`
/// when nobody listens there.
[[nodiscard]] Result<std::string> ask_node(const std::filesystem::path& data_dir,
                                           std::string_view line);

}  // namespace mf::node
