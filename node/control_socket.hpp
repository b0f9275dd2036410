#pragma once
// A node's local door for whoever may write its data directory: `<data_dir>/control`, a Unix socket
// that only the directory's owner can open. For what must be done by the process that has the data
// open. One line in and one line out per connection.
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.hpp"

namespace mf::node {

class ControlSocket {
 public:
  /// Called on the socket's own thread, one request at a time; gives the answer without its
  /// newline. What it throws is told, and answered as the error "internal".
  using Handle = std::function<std::string(std::string_view line)>;

  ControlSocket() = default;
  /// Ends with what is being handled.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;

  /// Requires the lock of the directory: a socket that a killed process left behind is replaced.
  [[nodiscard]] Status open(const std::filesystem::path& data_dir, Handle handle);

 private:
  void run();
  void wait_a_moment() const;
  [[nodiscard]] std::string answer(std::string_view line) const;
  Handle handle_;
  std::filesystem::path path_;
  int listener_ = -1, stop_ = -1;
  std::thread thread_;
};

/// The answer of the node that has `data_dir` open; waits as long as it works on it. `unavailable`
/// when nobody listens there.
[[nodiscard]] Result<std::string> ask_node(const std::filesystem::path& data_dir,
                                           std::string_view line);

}  // namespace mf::node
