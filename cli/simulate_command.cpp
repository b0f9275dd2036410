#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "base/text.hpp"
#include "cli/commands.hpp"
#include "simulator/simulate.hpp"

namespace mf::cli {
namespace {

constexpr std::size_t users_bytes_max = std::size_t{4} * 1024 * 1024;

std::atomic<bool> stop_asked{false};

struct SimulateArguments {
  std::string url, users = "-", length;
  double speed = 60;
  std::uint64_t seed = 1;
  bool json = false;
  simulator::Dispatch dispatch = simulator::Dispatch::automatic;
};

std::string read_all(const std::string& from) {
  std::ifstream file;
  if (from != "-") file.open(from);
  std::istream& in = from == "-" ? std::cin : file;
  std::string text(std::istreambuf_iterator<char>(in), {});
  return text.size() > users_bytes_max ? std::string() : text;
}

int simulate_with(const SimulateArguments& arguments) {
  const auto users = simulator::parse_users(read_all(arguments.users));
  if (!users) {
    fmt::print(stderr, "microflow: {}\n", users.error().message);
    return 2;
  }
  simulator::Options options{.speed = arguments.speed,
                             .seed = arguments.seed,
                             .is_terminal = isatty(STDOUT_FILENO) && !arguments.json,
                             .is_json = arguments.json,
                             .dispatch = arguments.dispatch};
  try {
    options.server = client::parse_url(arguments.url);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "microflow: --url: {}\n", error.what());
    return 2;
  }
  if (!arguments.length.empty()) {
    options.length = parse_length(arguments.length);
    if (!options.length) {
      fmt::print(stderr, "microflow: --for: a time looks like 90s, 10m or 2h\n");
      return 2;
    }
  }
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stop_asked = true; });
  const auto report = simulator::run(options, *users, stop_asked);
  if (!report) {
    fmt::print(stderr, "microflow: {}\n", report.error().message);
    return 1;
  }
  fmt::print("{}", arguments.json ? report->json : report->text);
  return report->is_good ? 0 : 1;
}

}  // namespace

void add_simulate_command(CLI::App& app, const Command& command) {
  auto* simulating = app.add_subcommand(
      "simulate", "play a working day at a running node, as its clients, supervisors, technicians");
  const auto arguments = std::make_shared<SimulateArguments>();
  simulating->add_option("--url", arguments->url, "http://HOST:PORT of the node")->required();
  simulating->add_option("--users", arguments->users,
                         "file with the people (`microflow demo --users FILE` writes one); - reads "
                         "standard input");
  simulating->add_option("--speed", arguments->speed, "simulated seconds per second")
      ->check(CLI::Range(0.1, 3600.0));
  simulating->add_option("--for", arguments->length, "end after this time: 60s, 10m, 2h");
  simulating->add_option("--seed", arguments->seed, "of all that is random");
  using simulator::Dispatch;
  simulating
      ->add_option("--dispatch", arguments->dispatch,
                   "who finds technicians: automatic (a zone's dispatcher where it is automatic, "
                   "else supervisors), suggest (supervisors carry out what it suggests), nearest "
                   "(supervisors everywhere)")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Dispatch>{{"automatic", Dispatch::automatic},
                                          {"suggest", Dispatch::suggest},
                                          {"nearest", Dispatch::nearest}}));
  simulating->add_flag("--json", arguments->json, "report as JSON");
  simulating->callback([arguments, &command] {
    command.with_config({},
                        [arguments](const config::Config&) { return simulate_with(*arguments); });
  });
}

}  // namespace mf::cli
