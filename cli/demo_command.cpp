#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "base/environment.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "node/node.hpp"
#include "simulator/demo/seed.hpp"
#include "simulator/simulate.hpp"

namespace mf::cli {
namespace {

struct DemoArguments {
  std::string length, users;
  double speed = 60;
  std::uint64_t seed = 1;
  bool json = false, quiet = false;
};

/// The demo's own configuration: limits that suit a whole company behind one address.
const std::vector<std::pair<std::string, std::string>> presets{
    {"storage.data_dir", "demo-data"},          {"limits.commands_per_second", "0"},
    {"limits.reads_per_second", "0"},           {"limits.subscriptions_per_second", "0"},
    {"limits.position_frames_per_second", "0"}, {"limits.logins_per_minute", "0"},
    {"limits.connections_per_address", "0"},    {"limits.streams_per_account", "0"},
    {"limits.stream_bytes_per_second", "0"},    {"log.level", "warn"}};

/// Sets `stop` at SIGINT or SIGTERM, which every thread has blocked.
class SignalWatch {
 public:
  SignalWatch() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    signal(SIGPIPE, SIG_IGN);
    thread_ = std::thread([this] {
      const timespec moment{0, 200'000'000};
      while (!is_over_)
        if (sigtimedwait(&signals_, nullptr, &moment) > 0) stop = true;
    });
  }
  ~SignalWatch() {
    is_over_ = true;
    thread_.join();
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  std::atomic<bool> stop{false};

 private:
  sigset_t signals_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

void show_progress(std::FILE* to, std::size_t done, std::size_t total) {
  const bool is_terminal = isatty(fileno(to));
  if (is_terminal) fmt::print(to, "\rcreating the company: {} of {}", done, total);
  else if (done % 100 == 0 || done == total)
    fmt::print(to, "creating the company: {} of {}\n", done, total);
  if (is_terminal && done == total) fmt::print(to, "\n");
  std::fflush(to);
}

void introduce(std::FILE* to, const node::Node::Addresses& at, const demo::Passwords& p) {
  fmt::print(to,
             "\nTelcoNova, Medellín\n"
             "  supervisors     http://{0}/dispatch\n"
             "  technicians     http://{0}/field\n"
             "  clients         http://{0}/track\n"
             "  administration  http://{0}/admin\n"
             "  each by role    http://{0}/\n"
             "  API             http://{0}/v1/openapi.json\n"
             "  health          http://{1}/readyz   http://{1}/metrics\n\n"
             "  {2:<15} {3:<34} {4}\n",
             at.http, at.admin, "role", "user name", "password");
  const auto line = [&](const char* role, const char* name, const std::string& password) {
    fmt::print(to, "  {:<15} {:<34} {}\n", role, name, password);
  };
  line("administrator", "admin", p.administrator);
  line("supervisor", "supervisor.01 … supervisor.03", p.supervisor);
  line("technician", "tecnico.01 … tecnico.40", p.technician);
  line("client", "cliente.001 … cliente.030", p.client);
  line("operator", "operador", p.operator_);
  fmt::print(to, "\n");
  std::fflush(to);
}

/// For its owner only: it holds passwords.
void write_users(const std::string& file, const std::vector<simulator::User>& users) {
  std::ofstream(file, std::ios::app).close();
  std::error_code ignored;
  using std::filesystem::perms;
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write, ignored);
  std::ofstream(file, std::ios::trunc) << simulator::to_json(users) << '\n';
}

int fail_with(const Error& error) {
  fmt::print(stderr, "microflow: {}\n", error.message);
  return 1;
}

int run_demo(const config::Config& config, const DemoArguments& arguments) {
  const auto length = arguments.length.empty() ? std::nullopt : parse_length(arguments.length);
  if (!arguments.length.empty() && !length) {
    fmt::print(stderr, "microflow: --for: a time looks like 90s, 10m or 2h\n");
    return 2;
  }
  SignalWatch signals;
  auto* to = arguments.json ? stderr : stdout;
  const auto given = environment_value("MICROFLOW_ADMIN_PASSWORD");
  auto credentials = demo::load_credentials(config.storage.data_dir, given.value_or(""));
  if (!credentials) return fail_with(credentials.error());

  auto node =
      node::Node::start(config, node::Doors::open, {.given = credentials->passwords.administrator});
  if (!node) return fail_with(node.error());
  const auto addresses = (*node)->addresses();
  fmt::print(to, "ready http={} admin={}\n", addresses.http, addresses.admin);
  const auto address = client::parse_url(addresses.http);
  auto company = demo::make_company(credentials->passwords);
  if (!credentials->is_seeded) {
    const auto progress = [to](std::size_t done, std::size_t all) { show_progress(to, done, all); };
    if (auto seeded = demo::seed(address, credentials->passwords.administrator, company, progress);
        !seeded)
      return fail_with(seeded.error());
    credentials->is_seeded = true;
    if (auto saved = demo::save_credentials(config.storage.data_dir, *credentials); !saved)
      return fail_with(saved.error());
  }
  if (!arguments.users.empty()) write_users(arguments.users, company.users);
  introduce(to, addresses, credentials->passwords);

  int result = 0;
  if (arguments.quiet) {
    while (!signals.stop && !(*node)->has_failed())
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
  } else {
    const simulator::Options options{.server = address,
                                     .speed = arguments.speed,
                                     .length = length,
                                     .seed = arguments.seed,
                                     .is_terminal = isatty(STDOUT_FILENO) && !arguments.json,
                                     .is_json = arguments.json};
    const auto report = simulator::run(options, std::move(company.users), signals.stop);
    if (!report) return fail_with(report.error());
    fmt::print("{}", arguments.json ? report->json : report->text);
    result = report->is_good ? 0 : 1;
  }
  (*node)->stop();
  return (*node)->has_failed() ? 1 : result;
}

}  // namespace

void add_demo_command(CLI::App& app, const Command& command) {
  auto* demo = app.add_subcommand(
      "demo", "a node in ./demo-data with a company in Medellín, and a simulated working day");
  const auto arguments = std::make_shared<DemoArguments>();
  demo->add_option("--for", arguments->length, "end after this time: 60s, 10m; without: at Ctrl-C");
  demo->add_option("--speed", arguments->speed, "simulated seconds per second")
      ->check(CLI::Range(0.1, 3600.0));
  demo->add_option("--seed", arguments->seed, "of the simulated day");
  demo->add_option("--users", arguments->users, "write the people for `microflow simulate` here");
  demo->add_flag("--no-simulation", arguments->quiet, "only the node and the company");
  demo->add_flag("--json", arguments->json, "report as JSON");
  demo->callback([arguments, &command] {
    command.with_config(
        {.presets = presets, .flags = {}},
        [arguments](const config::Config& config) { return run_demo(config, *arguments); });
  });
}

}  // namespace mf::cli
