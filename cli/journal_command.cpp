#include "cli/journal_command.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <memory>

#include "base/json.hpp"
#include "cli/letters_command.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf::cli {

int complain(const Error& error, bool json) {
  if (json)
    fmt::print("{}\n", to_text(nlohmann::ordered_json(
                           {{"error", to_string(error.code)}, {"detail", error.message}})));
  else fmt::print(stderr, "microflow: {}\n", error.message);
  return 1;
}

namespace {

using Json = nlohmann::ordered_json;

struct JournalArguments {
  std::string data_dir = "./data";
  bool json = false;
  int shard = -1;
  std::uint64_t from = 1, to = std::numeric_limits<std::uint64_t>::max();
  std::string entity;
  bool accepts_loss = false, rebuilds_all = false;
  std::string keys_dir;

  [[nodiscard]] std::optional<ShardId> chosen_shard() const {
    if (shard < 0) return {};
    return static_cast<ShardId>(shard);
  }
  [[nodiscard]] std::filesystem::path keys() const {
    const std::filesystem::path given = keys_dir;
    return given.empty() ? std::filesystem::path(data_dir) / "keys" : given;
  }
};

constexpr auto repair_lesson =
    "The journal is the truth. States, histories, lists, timers and remembered outcomes are "
    "derived\n"
    "from it and can be made anew; a damaged batch can not, and what follows it goes with it.\n"
    "\n"
    "  1. Stop the node, and copy the whole data directory somewhere safe.\n"
    "  2. microflow journal verify    says which shards are damaged, and where.\n"
    "  3. microflow journal repair    changes nothing: it says what would be cut.\n"
    "  4. A backup newer than the damage is better than a cut: microflow restore.\n"
    "  5. microflow journal repair --accept-loss    cuts each damaged shard at its last good\n"
    "     batch, sets aside what it cuts in <data-dir>/cut/<time>, and rebuilds those shards.\n"
    "\n"
    "A whole journal, but an order that can't be read, a list or a count that is wrong:\n"
    "  microflow journal repair --rebuild    cuts nothing; it can be run again if interrupted.\n"
    "It also replaces damaged table files. Where `journal repair` says so, only a backup helps.\n"
    "\n"
    "Both need the personal keys: without them names and addresses would be rebuilt empty. Those\n"
    "of erased persons stay empty. Dead letters are kept. Exit code: 0 whole or repaired, else 1.";

Json as_json(const storage::VerifyReport& report) {
  Json shards = Json::array();
  for (const auto& shard : report.shards) {
    Json out = {{"shard", shard.shard},
                {"applied", shard.applied},
                {"proven", shard.proven},
                {"records", shard.records}};
    if (!shard.problem.empty()) {
      out["problem"] = shard.problem;
      out["in_the_middle"] = shard.is_in_the_middle;
    }
    shards.push_back(std::move(out));
  }
  Json out = {{"whole", report.is_whole()},
              {"era", report.era},
              {"shard_count", report.shard_count},
              {"shards", std::move(shards)}};
  if (!report.cycles_problem.empty()) out["cycles_problem"] = report.cycles_problem;
  if (!report.log_problem.empty()) out["log_problem"] = report.log_problem;
  return out;
}

void print(const storage::VerifyReport& report) {
  std::uint64_t records = 0;
  for (const auto& shard : report.shards) {
    records += shard.records;
    if (shard.problem.empty()) continue;
    fmt::print("shard {}: {}; whole up to {}, the states stand at {}{}\n", shard.shard,
               shard.problem, shard.proven, shard.applied,
               shard.is_in_the_middle ? ", more batches follow the damage" : "");
  }
  if (!report.cycles_problem.empty()) fmt::print("{}\n", report.cycles_problem);
  if (!report.log_problem.empty()) fmt::print("{}\n", report.log_problem);
  fmt::print("{}: {} batches in {} shards read\n", report.is_whole() ? "whole" : "DAMAGED", records,
             report.shards.size());
}

int verify(const JournalArguments& arguments) {
  const auto report = storage::verify_journal(arguments.data_dir, arguments.chosen_shard());
  if (!report) return complain(report.error(), arguments.json);
  if (arguments.json) fmt::print("{}\n", to_text(as_json(*report)));
  else print(*report);
  return report->is_whole() ? 0 : 1;
}

int dump(const JournalArguments& arguments, storage::DumpForm form) {
  const auto done = storage::dump_journal(arguments.data_dir,
                                          {.shard = arguments.chosen_shard(),
                                           .from = arguments.from,
                                           .to = arguments.to,
                                           .entity = arguments.entity},
                                          form, [](std::string_view line) {
                                            return std::fwrite(line.data(), 1, line.size(),
                                                               stdout) == line.size() &&
                                                   std::fputc('\n', stdout) != EOF;
                                          });
  // Not as a line of JSON: what reads the lines must not take it for one of them.
  return done ? 0 : complain(done.error(), /*json=*/false);
}

Json as_json(const storage::RepairReport& report) {
  Json cuts = Json::array();
  for (const auto& cut : report.cuts)
    cuts.push_back({{"shard", cut.shard},
                    {"kept_to", cut.kept_to},
                    {"records_cut", cut.records},
                    {"records_unreadable", cut.unreadable},
                    {"problem", cut.problem}});
  Json out = {{"was_whole", report.was_whole}, {"changed", report.changed}, {"cuts", cuts}};
  if (!report.cycles_problem.empty()) out["cycles_problem"] = report.cycles_problem;
  if (!report.log_problem.empty()) out["log_problem"] = report.log_problem;
  if (!report.derived_problems.empty()) out["derived_problems"] = report.derived_problems;
  if (!report.rebuilt.empty()) out["rebuilt"] = report.rebuilt;
  if (report.changed && !report.was_whole) out["kept_in"] = report.kept_in.string();
  return out;
}

void print(const storage::RepairReport& report) {
  if (!report.rebuilt.empty())
    fmt::print("{} shards rebuilt from their whole journals\n", report.rebuilt.size());
  else if (report.was_whole && report.derived_problems.empty())
    fmt::print("whole: nothing to repair\n");
  for (const auto& problem : report.derived_problems)
    fmt::print("{}{}\n", report.changed ? "was mended: " : "", problem);
  if (report.was_whole) {
    if (!report.derived_problems.empty() && !report.changed)
      fmt::print("the journal is whole and nothing was changed: repeat with --rebuild\n");
    return;
  }
  if (!report.log_problem.empty()) fmt::print("{}\n", report.log_problem);
  if (!report.cycles_problem.empty()) fmt::print("{}\n", report.cycles_problem);
  for (const auto& cut : report.cuts)
    fmt::print("shard {}: {}; {} at batch {}{}\n", cut.shard, cut.problem,
               report.changed ? "cut" : "would be cut", cut.kept_to,
               cut.unreadable == 0
                   ? ""
                   : fmt::format("; {} batches behind it could not be read", cut.unreadable));
  if (report.changed) fmt::print("repaired; what was cut lies in {}\n", report.kept_in.string());
  else fmt::print("nothing was changed: restore a backup, or repeat with --accept-loss\n");
}

int repair(const JournalArguments& arguments, const OpenFold& open_fold,
           const storage::StateCheck& check) {
  storage::RepairOptions options{.accepts_loss = arguments.accepts_loss,
                                 .rebuilds_all = arguments.rebuilds_all,
                                 .rebuild = {},
                                 .check = check};
  if (options.accepts_loss || options.rebuilds_all) {
    const auto noted = storage::keys_noted_in(arguments.data_dir);
    if (!noted) return complain(noted.error(), arguments.json);
    auto fold = open_fold(arguments.keys(), *noted);
    if (!fold) return complain(fold.error(), arguments.json);
    options.rebuild = std::move(*fold);
  }
  const auto report = storage::repair_journal(arguments.data_dir, options);
  if (!report) return complain(report.error(), arguments.json);
  if (arguments.json) fmt::print("{}\n", to_text(as_json(*report)));
  else print(*report);
  const bool is_whole = report->was_whole && report->derived_problems.empty();
  return is_whole || report->changed ? 0 : 1;
}

CLI::App* subcommand(CLI::App& journal, const char* name, const char* about,
                     JournalArguments& arguments) {
  auto* command = journal.add_subcommand(name, about);
  command->add_option("--data-dir", arguments.data_dir, "The node's data directory")
      ->envname("MICROFLOW_STORAGE_DATA_DIR")
      ->capture_default_str();
  command->add_flag("--json", arguments.json, "Answer in JSON");
  return command;
}

void add_filters(CLI::App& command, JournalArguments& arguments) {
  command.add_option("--shard", arguments.shard, "Only this shard")->check(CLI::Range(0, 4095));
  command.add_option("--from", arguments.from, "From this batch number on");
  command.add_option("--to", arguments.to, "Up to this batch number");
  command.add_option("--entity", arguments.entity, "Only batches that touch the entity of this id");
}

}  // namespace

void add_journal_command(CLI::App& app, int& exit_code, const OpenFold& open_fold,
                         const storage::StateCheck& check) {
  auto* journal = app.add_subcommand("journal", "Look at, prove and repair the journal");
  journal->require_subcommand(1);
  const auto arguments = std::make_shared<JournalArguments>();

  auto* verify_command =
      subcommand(*journal, "verify", "Prove every batch from the first one on", *arguments);
  verify_command->add_option("--shard", arguments->shard, "Only this shard")
      ->check(CLI::Range(0, 4095));
  verify_command->callback([=, &exit_code] { exit_code = verify(*arguments); });

  auto* dump_command =
      subcommand(*journal, "dump", "Print batches as lines of JSON, with their hashes", *arguments);
  add_filters(*dump_command, *arguments);
  dump_command->callback(
      [=, &exit_code] { exit_code = dump(*arguments, storage::DumpForm::batches); });

  auto* export_command = subcommand(
      *journal, "export", "Print events as lines of JSON, for other programs", *arguments);
  add_filters(*export_command, *arguments);
  export_command->callback(
      [=, &exit_code] { exit_code = dump(*arguments, storage::DumpForm::events); });

  add_letters_command(*journal, exit_code);

  auto* repair_command = subcommand(
      *journal, "repair", "Cut damage off, keep what is cut, rebuild the rest", *arguments);
  repair_command->footer(repair_lesson);
  repair_command->add_flag("--accept-loss", arguments->accepts_loss,
                           "Do it; without this it only says what it would cut");
  repair_command->add_flag("--rebuild", arguments->rebuilds_all,
                           "Make what derives from the journal anew in every shard, whole or not");
  repair_command
      ->add_option("--keys-dir", arguments->keys_dir,
                   "The directory of the personal keys; without it <data-dir>/keys")
      ->envname("MICROFLOW_STORAGE_KEYS_DIR");
  repair_command->callback([=, &exit_code] { exit_code = repair(*arguments, open_fold, check); });
}

}  // namespace mf::cli
