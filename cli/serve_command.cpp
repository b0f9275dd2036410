#include "cli/serve_command.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <ctime>

#include "base/environment.hpp"
#include "base/log.hpp"
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

/// The next signal, or 0 after a second without one.
int next_signal(const sigset_t& signals) {
  const timespec second{1, 0};
  const int number = sigtimedwait(&signals, nullptr, &second);
  return number > 0 ? number : 0;
}

}  // namespace

int serve(const config::Config& config, node::PersonKeys keys) {
  node::configure_log(config);
  if (!config.cluster.name.empty()) {
    fmt::print(stderr, "microflow: cluster.name is set, but this version runs one node alone\n");
    return 2;
  }
  const auto signals = block_signals();
  auto started = node::Node::start(
      config, node::Doors::open, environment_value("MICROFLOW_ADMIN_PASSWORD").value_or(""), keys);
  if (!started) {
    fmt::print(stderr, "microflow: {}\n", started.error().message);
    return 1;
  }
  auto& node = **started;
  if (!node.first_password().empty())
    fmt::print(stderr,
               "The first administrator is \"admin\", password {}\n"
               "It is shown only this once: sign in and change it.\n",
               node.first_password());
  const auto [http, admin] = node.addresses();
  fmt::print("ready http={} admin={}\n", http, admin);
  std::fflush(stdout);

  while (!node.has_failed()) {
    const int number = next_signal(signals);
    if (number == SIGHUP) node.reload();
    if (number == SIGTERM || number == SIGINT) {
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
