#include "cli/serve_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <future>
#include <stop_token>
#include <thread>

#include "base/environment.hpp"
#include "base/guarded_thread.hpp"
#include "base/log.hpp"
#include "base/log_lines.hpp"
#include "base/os_error.hpp"
#include "node/node.hpp"
#include "node/options.hpp"

namespace mf::cli {
namespace {

/// Blocks the signals a node listens to, in this thread and all it starts.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// The next signal, or 0 after a time without one.
int next_signal(const sigset_t& signals, Duration time) {
  const timespec patience{time.count() / 1000, time.count() % 1000 * 1'000'000};
  const int number = sigtimedwait(&signals, nullptr, &patience);
  return number > 0 ? number : 0;
}

bool is_goodbye(int signal) { return signal == SIGTERM || signal == SIGINT; }

/// Written whole or not at all, and never readable by others.
Status write_private(const std::string& path, const std::string& text) {
  const auto partial = path + ".partial";
  const auto failed = [&] { return fail_with_errno("auth.first_password_file: writing " + path); };
  // What stands there is of a start that was cut off, or a link that leads elsewhere: neither is
  // written to.
  ::unlink(partial.c_str());
  const int file =
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return failed();
  const bool is_written =
      ::fchmod(file, 0600) == 0 &&
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file) == 0;
  if (!is_written) {
    auto status = failed();
    ::close(file);
    return status;
  }
  ::close(file);
  return ::rename(partial.c_str(), path.c_str()) == 0 ? Status{} : failed();
}

/// Standard output is for machines ("ready …"): a password never goes there.
Status announce(const config::Config& config, const std::string& password) {
  const auto& file = config.auth.first_password_file;
  if (!file.empty()) {
    if (auto written = write_private(file, password + "\n"); !written) return written;
    fmt::print(stderr,
               "The first administrator is \"admin\"; its password is in {}\n"
               "Sign in, change it, and remove the file.\n",
               file);
    return {};
  }
  fmt::print(stderr,
             "The first administrator is \"admin\", password {}\n"
             "It is shown only this once: sign in and change it.\n",
             password);
  return {};
}

node::FirstPassword first_password(const config::Config& config) {
  return {
      .given = environment_value("MICROFLOW_ADMIN_PASSWORD").value_or(""),
      .announce = [&config](const std::string& password) { return announce(config, password); }};
}

using Started = Result<std::unique_ptr<node::Node>>;

/// Starts the node on a thread of its own, so that a signal is heard meanwhile: sets `goodbye`.
Started start(const config::Config& config, node::PersonKeys keys, const sigset_t& signals,
              bool& goodbye) {
  constexpr Duration look{20}, patience = std::chrono::seconds(5);
  std::stop_source stopping;
  // Not a std::future of std::async: its destructor would wait for a disk that hangs.
  std::promise<Started> promise;
  auto result = promise.get_future();
  std::thread starter([&config, keys, promise = std::move(promise),
                       stop = stopping.get_token()]() mutable {
    name_thread("start");
    Started started = fail(ErrorCode::internal, "the start failed, see thread-failed");
    static_cast<void>(guarded("start", [&] {
      started = node::Node::start(config, node::Doors::open, first_password(config), keys, stop);
    }));
    promise.set_value(std::move(started));
  });
  while (result.wait_for(Duration{0}) != std::future_status::ready) {
    if (!is_goodbye(next_signal(signals, look))) continue;
    goodbye = true;
    log::info(log::node, "stopping-while-starting");
    stopping.request_stop();
    if (result.wait_for(patience) == std::future_status::ready) break;
    // It hangs on the disk. Nothing was promised to anybody yet: what is durable stays so.
    log::standard_error().flush(std::chrono::seconds(2));
    std::_Exit(0);
  }
  starter.join();
  return result.get();
}

}  // namespace

int serve(const config::Config& config, node::PersonKeys keys) {
  node::configure_log(config);
  if (config.cluster != config::Cluster{}) {
    fmt::print(
        stderr,
        "microflow: a setting of cluster.* is given, but this version runs one node alone\n");
    return 2;
  }
  const auto signals = block_signals();
  bool goodbye = false;
  auto started = start(config, keys, signals, goodbye);
  if (!started && goodbye) return 0;
  if (!started) {
    // Behind what was logged of it, and like that without a wait for whoever reads it.
    log::standard_error().put("microflow: " + started.error().message);
    return 1;
  }
  auto& node = **started;
  if (goodbye) {
    node.stop();
    return 0;
  }
  const auto [http, admin] = node.addresses();
  fmt::print("ready http={} admin={}\n", http, admin);
  std::fflush(stdout);

  while (!node.has_failed()) {
    const int number = next_signal(signals, std::chrono::seconds(1));
    if (number == SIGHUP) node.reload();
    if (is_goodbye(number)) {
      log::info(log::node, "stopping", {{"signal", number}});
      node.stop();
      return 0;
    }
  }
  // The journal does not take anything any more; whoever waits for an answer hears "unknown".
  node.stop();
  return 1;
}

}  // namespace mf::cli
