#include "cli/backup_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/json.hpp"
#include "node/control_backup.hpp"
#include "node/control_socket.hpp"
#include "storage/rocks/tools/backup.hpp"

namespace mf::cli {
namespace {

using Json = nlohmann::ordered_json;

struct BackupArguments {
  std::string data_dir = "./data";
  std::string backup, keys_dir;
  bool json = false;
};

constexpr const char* keys_note =
    "The keys are not in a backup. Keep a copy of their directory (<data-dir>/keys) elsewhere: "
    "without it names, addresses and other personal data in a backup can't be read, searches don't "
    "find them, and second factors have to be set anew.";

int finish(const Result<storage::BackupReport>& report, const BackupArguments& arguments,
           const char* done, const std::string& where) {
  if (!report && arguments.json) {
    fmt::print("{}\n", node::report_json(report));
    return 1;
  }
  if (!report) {
    fmt::print(stderr, "microflow: {}\n", report.error().message);
    return 1;
  }
  if (arguments.json) {
    Json out{{done, where}};
    out.update(parse_ordered_json(node::report_json(report)));
    fmt::print("{}\n", to_text(out));
    return 0;
  }
  fmt::print("{} {}: {} batches, {} files, {} bytes, era {}\n{}\n", done, where, report->batches,
             report->files, report->bytes, report->era, keys_note);
  return 0;
}

void add_common(CLI::App& command, BackupArguments& arguments) {
  command.add_option("--data-dir", arguments.data_dir, "The node's data directory")
      ->envname("MICROFLOW_STORAGE_DATA_DIR")
      ->capture_default_str();
  command.add_flag("--json", arguments.json, "Answer in JSON");
}

/// By the node that has the directory open.
Result<storage::BackupReport> back_up_running(const BackupArguments& arguments) {
  const auto target = std::filesystem::absolute(arguments.backup).string();
  const auto answer = node::ask_node(arguments.data_dir, to_text(Json({{"backup", target}})));
  if (!answer) return std::unexpected(answer.error());
  const auto said = parse_ordered_json(*answer);
  if (!said.is_object()) return fail(ErrorCode::internal, "the node's answer is malformed");
  if (said.contains("error")) return fail(ErrorCode::io, said.value("detail", "no reason given"));
  return storage::BackupReport{said.value("era", ""), said.value("shard_count", std::uint16_t{0}),
                               said.value("batches", std::uint64_t{0}),
                               said.value("files", std::uint64_t{0}),
                               said.value("bytes", std::uint64_t{0})};
}

Result<storage::BackupReport> back_up(const BackupArguments& arguments) {
  storage::BackupRules rules;
  if (!arguments.keys_dir.empty()) rules.apart_from.emplace_back(arguments.keys_dir);
  auto report = storage::back_up(arguments.data_dir, arguments.backup, rules);
  if (!report && report.error().code == ErrorCode::locked) return back_up_running(arguments);
  return report;
}

}  // namespace

void add_backup_commands(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<BackupArguments>();
  auto* backup = app.add_subcommand("backup",
                                    "Copy a data directory, consistent and checked; "
                                    "its node may be running");
  add_common(*backup, *arguments);
  backup->add_option("target", arguments->backup, "A directory that does not exist yet")
      ->required();
  backup
      ->add_option("--keys-dir", arguments->keys_dir,
                   "The directory of the personal keys, if it is not <data-dir>/keys: no backup "
                   "may lie in it")
      ->envname("MICROFLOW_STORAGE_KEYS_DIR");
  backup->callback([=, &exit_code] {
    exit_code = finish(back_up(*arguments), *arguments, "backup", arguments->backup);
  });

  auto* restore = app.add_subcommand("restore", "Make a data directory from a backup");
  add_common(*restore, *arguments);
  restore->add_option("backup", arguments->backup, "The directory of the backup")->required();
  restore->callback([=, &exit_code] {
    exit_code = finish(storage::restore(arguments->backup, arguments->data_dir), *arguments,
                       "restored", arguments->data_dir);
  });
}

}  // namespace mf::cli
