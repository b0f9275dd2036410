// ./dev bench: measures one release binary, the raw limit and the peer in one run.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "bench/parts.hpp"

namespace {

using namespace mf::bench;

struct Part {
  const char* name;
  void (*measure)(const Options&, Report&);
};
constexpr Part parts[] = {
    {"transitions", measure_transitions}, {"push", measure_push},
    {"fanout", measure_fan_out},          {"idle", measure_idle_entities},
    {"stored", measure_stored_orders},    {"plan", measure_planner},
    {"dispatch", measure_dispatch},       {"published", measure_published_days},
};

/// Everything stands or falls with what else ran meanwhile.
std::string load_now() {
  double load[3]{};
  ::getloadavg(load, 3);
  return fmt::format("load average {:.1f} {:.1f} {:.1f}", load[0], load[1], load[2]);
}

std::string machine() {
  utsname name{};
  ::uname(&name);
  std::string model = "unknown CPU";
  std::ifstream cpus("/proc/cpuinfo");
  for (std::string line; std::getline(cpus, line);)
    if (line.starts_with("model name")) model = line.substr(line.find(':') + 2);
  return fmt::format("{} x {}, Linux {}", std::thread::hardware_concurrency(), model, name.release);
}

void raise_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(const Options& options, const std::vector<std::string>& names, const std::string& json) {
  Report report;
  report.note(machine());
  int result = 0;
  for (const auto& part : parts) {
    if (!names.empty() && std::ranges::find(names, part.name) == names.end()) continue;
    report.note(fmt::format("{}: {}", part.name, load_now()));
    try {
      part.measure(options, report);
    } catch (const std::exception& error) {
      report.note(fmt::format("{} failed: {}", part.name, error.what()));
      result = 1;
    }
  }
  report.note(load_now());
  if (!json.empty()) std::ofstream(json) << report.json();
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Ours, the peer and the raw limit in one run; parts: transitions push fanout idle stored "
      "plan dispatch published"};
  Options options{.binary = MF_BINARY};
  std::vector<std::string> names;
  std::string json, directory;
  app.add_option("part", names, "only these parts");
  app.add_option("--json", json, "write the figures here, too");
  app.add_option("--seconds", options.seconds, "of each measurement")->capture_default_str();
  app.add_option("--callers", options.callers, "concurrent callers")->capture_default_str();
  app.add_flag("--alone", options.is_alone,
               "part transitions: ours only, for the CPU per command while others use the machine");
  app.add_option("--orders", options.stored_orders, "of part stored")->capture_default_str();
  app.add_option("--subscribers", options.subscribers, "of part fanout")->capture_default_str();
  app.add_option("--instances", options.instances,
                 "published instances, of parts plan and published")
      ->capture_default_str();
  app.add_flag("--long", options.is_long, "part plan: every set with every budget; 3.5 hours");
  app.add_option("--sets", options.sets, "part plan: only these sets, with every budget they have")
      ->check(CLI::IsMember(planner_set_names()));
  app.add_option("--budgets", options.budgets,
                 "part plan: of the published sets only these seconds for each instance");
  app.add_option(
      "--tables", options.tables,
      "part plan: a row per instance goes to SET.csv in this folder as soon as it is "
      "solved; rows of an earlier run with the same set and budget are replaced; part dispatch: a "
      "page with pictures of its days");
  app.add_option("--draw", options.draw,
                 "part plan: solve nothing; from the tables in this folder make charts and a "
                 "README.md there");
  app.add_option("--binary", options.binary, "the microflow to measure")->capture_default_str();
  app.add_option("--directory", directory, "for the data; kept (a temporary one is removed)");
  CLI11_PARSE(app, argc, argv);

  raise_descriptors();
  std::string temporary =
      (std::filesystem::temp_directory_path() / "microflow-bench-XXXXXX").string();
  if (directory.empty() && !::mkdtemp(temporary.data())) return 1;
  options.directory = directory.empty() ? temporary : directory;
  // PostgreSQL runs as another user and has to reach its part of it.
  std::filesystem::permissions(
      options.directory, std::filesystem::perms::others_exec | std::filesystem::perms::group_exec,
      std::filesystem::perm_options::add);
  const int result = run(options, names, json);
  if (directory.empty()) std::filesystem::remove_all(options.directory);
  return result;
}
