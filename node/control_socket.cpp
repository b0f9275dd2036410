#include "node/control_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/os_error.hpp"

namespace mf::node {
namespace {

namespace fs = std::filesystem;

constexpr auto file_name = "control";
constexpr std::size_t line_size_max = 8192;
// Answers are short: one that does not go out at once goes to nobody.
constexpr timeval writing_patience{1, 0};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

std::unexpected<Error> refused(const std::string& doing) {
  return fail_with_errno(doing, ErrorCode::unavailable);
}

int new_socket(int flags = 0) { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0); }

/// By way of the directory's descriptor: a path of any length fits into an address that way.
sockaddr_un address_below(const Descriptor& directory) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  const auto path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + file_name;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool send_line(int socket, std::string line) {
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const auto sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Whether there is something to receive; false once `until` has passed, or `stop` is readable.
bool wait_for_more(int socket, std::chrono::steady_clock::time_point until, int stop) {
  std::array<pollfd, 2> waiting{{{socket, POLLIN, 0}, {stop, POLLIN, 0}}};
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  const int found = ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
  if (found < 0 && errno == EINTR) return wait_for_more(socket, until, stop);
  return found > 0 && !waiting[1].revents;
}

/// Without its newline; empty when it does not come whole, or `go_on` (asked before each wait) says
/// no.
std::string receive_line(int socket, const std::function<bool()>& go_on) {
  std::string line;
  std::array<char, 1024> buffer;
  while (line.size() < line_size_max && go_on()) {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return {};
    line.append(buffer.data(), static_cast<std::size_t>(size));
    if (line.ends_with('\n')) return line.substr(0, line.size() - 1);
  }
  return {};
}

}  // namespace

Status ControlSocket::open(const fs::path& data_dir, Handle handle) {
  handle_ = std::move(handle);
  path_ = data_dir / file_name;
  const auto doing = "opening " + path_.string();
  const Descriptor directory(::open(data_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Of those that see the same caller come, only one gets it.
  Descriptor listener(new_socket(SOCK_NONBLOCK));
  if (directory.get() < 0 || listener.get() < 0) return refused(doing);
  std::error_code ignored;
  fs::remove(path_, ignored);
  // Its mode counts from bind() on, so that nobody slips in before a later chmod.
  if (::fchmod(listener.get(), S_IRUSR | S_IWUSR) != 0) return refused(doing);
  const auto address = address_below(directory);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), 4) != 0)
    return refused(doing);
  stop_ = ::eventfd(0, EFD_CLOEXEC);
  if (stop_ < 0) return refused(doing);
  listener_ = listener.release();
  for (std::size_t i = 0; i < callers_max; ++i)
    threads_.emplace_back([this] {
      name_thread("control");
      while (!guarded("control", [this] { run(); })) {
      }
    });
  return {};
}

ControlSocket::~ControlSocket() {
  if (threads_.empty()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto told = ::write(stop_, &one, sizeof one);
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
  ::close(stop_);
  std::error_code ignored;
  fs::remove(path_, ignored);
}

void ControlSocket::run() const {
  while (true) {
    std::array<pollfd, 2> waiting{{{listener_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents) return;
    if (!waiting[0].revents) continue;
    const Descriptor caller(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (caller.get() >= 0) serve(caller.get());
    else if (errno != EAGAIN) wait_a_moment();
  }
}

void ControlSocket::serve(int caller) const {
  ::setsockopt(caller, SOL_SOCKET, SO_SNDTIMEO, &writing_patience, sizeof writing_patience);
  const auto until = std::chrono::steady_clock::now() + reading_patience_;
  const auto line = receive_line(caller, [&] { return wait_for_more(caller, until, stop_); });
  if (!line.empty()) send_line(caller, answer(line));
}

/// Without a descriptor for the caller it stays in the queue, and would be seen again at once.
void ControlSocket::wait_a_moment() const {
  log::warn(log::node, "control-caller-not-taken",
            {{"why", std::generic_category().message(errno)}});
  pollfd stop{stop_, POLLIN, 0};
  ::poll(&stop, 1, 1000);
}

std::string ControlSocket::answer(std::string_view line) const {
  std::string answer = R"({"error":"internal","detail":"the request failed, see thread-failed"})";
  static_cast<void>(guarded("control", [&] { answer = handle_(line); }));
  return answer;
}

Result<std::string> ask_node(const fs::path& data_dir, std::string_view line) {
  const auto doing = "asking the node of " + data_dir.string();
  const Descriptor directory(::open(data_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const Descriptor socket(new_socket());
  if (directory.get() < 0 || socket.get() < 0) return refused(doing);
  const auto address = address_below(directory);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return refused(doing);
  if (!send_line(socket.get(), std::string(line))) return refused(doing);
  auto answer = receive_line(socket.get(), [] { return true; });
  if (answer.empty()) return fail(ErrorCode::unavailable, doing + ": it ended without an answer");
  return answer;
}

}  // namespace mf::node
