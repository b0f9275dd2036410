#include "node/backup_command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "storage/rocks/backup.hpp"

namespace mf::node {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string data_dir = "./data";
  std::string backup;
  bool json = false;
};

constexpr const char* keys_note =
    "The keys of personal data are not in a backup. Keep a copy of the directory of keys "
    "(<data-dir>/keys) elsewhere: without it personal fields can't be read any more.";

int finish(const Result<storage::BackupReport>& report, const Arguments& arguments,
           const char* done, const std::string& where) {
  if (!report && arguments.json) {
    fmt::print("{}\n",
               Json({{"error", to_string(report.error().code)}, {"detail", report.error().message}})
                   .dump());
    return 1;
  }
  if (!report) {
    fmt::print(stderr, "microflow: {}\n", report.error().message);
    return 1;
  }
  if (arguments.json) {
    fmt::print("{}\n", Json({{done, where},
                             {"era", report->era},
                             {"shard_count", report->shard_count},
                             {"batches", report->batches},
                             {"files", report->files},
                             {"bytes", report->bytes}})
                           .dump());
    return 0;
  }
  fmt::print("{} {}: {} batches, {} files, {} bytes, era {}\n{}\n", done, where, report->batches,
             report->files, report->bytes, report->era, keys_note);
  return 0;
}

void add_common(CLI::App& command, Arguments& arguments) {
  command.add_option("--data-dir", arguments.data_dir, "The node's data directory")
      ->envname("MICROFLOW_STORAGE_DATA_DIR")
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "Answer in JSON");
}

}  // namespace

void add_backup_commands(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<Arguments>();
  auto* backup = app.add_subcommand("backup", "Copy a data directory, consistent and checked");
  add_common(*backup, *arguments);
  backup->add_option("target", arguments->backup, "A directory that does not exist yet")
      ->required();
  backup->callback([=, &exit_code] {
    exit_code = finish(storage::back_up(arguments->data_dir, arguments->backup), *arguments,
                       "backup", arguments->backup);
  });

  auto* restore = app.add_subcommand("restore", "Make a data directory from a backup");
  add_common(*restore, *arguments);
  restore->add_option("backup", arguments->backup, "The directory of the backup")->required();
  restore->callback([=, &exit_code] {
    exit_code = finish(storage::restore(arguments->backup, arguments->data_dir), *arguments,
                       "restored", arguments->data_dir);
  });
}

}  // namespace mf::node
