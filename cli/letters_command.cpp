#include "cli/letters_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "base/json.hpp"
#include "cli/journal_command.hpp"
#include "config/load.hpp"
#include "node/resend.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::cli {
namespace {

using Json = nlohmann::ordered_json;
using storage::DeadLetter;

struct LettersArguments {
  std::string data_dir = "./data", keys_dir;
  std::vector<std::string> resend;
  bool json = false;
};

constexpr auto lesson =
    "A reaction is what an event causes in another object: a claim given back, a visit told to "
    "its\n"
    "technician. One that its target refuses for good becomes a dead letter, with an alarm and in\n"
    "the metric microflow_dead_letters. Nobody sends it again until you do:\n"
    "\n"
    "  microflow journal letters                       what was refused, by whom and why\n"
    "  microflow journal letters --resend 5-42-0-0     sends one again\n"
    "  microflow journal letters --resend all          sends every one, oldest first\n"
    "\n"
    "Sending again is harmless when it was done after all: the target remembers. A letter that is\n"
    "refused again stays. The node of the directory must not run.";

Json as_json(const DeadLetter& letter) {
  return {{"letter", storage::name_of(letter.key)},
          {"cause", storage::cause_of(letter.key)},
          {"target", std::string(to_string(letter.target.kind)) + "/" + letter.target.id},
          {"verb", letter.verb},
          {"why", letter.why}};
}

int list(const std::vector<DeadLetter>& letters, bool json) {
  if (json) {
    auto all = Json::array();
    for (const auto& letter : letters) all.push_back(as_json(letter));
    fmt::print("{}\n", to_text(Json({{"letters", std::move(all)}})));
    return 0;
  }
  for (const auto& letter : letters)
    fmt::print("{}  {} to {}/{}\n    because of {}: {}\n", storage::name_of(letter.key),
               letter.verb, to_string(letter.target.kind), letter.target.id,
               storage::cause_of(letter.key), letter.why);
  if (letters.empty()) fmt::print("no dead letters\n");
  return 0;
}

Result<config::Config> configuration(const LettersArguments& arguments) {
  std::vector<std::string> flags = {"--storage.data_dir=" + arguments.data_dir,
                                    "--storage.create=false"};
  if (!arguments.keys_dir.empty()) flags.push_back("--storage.keys_dir=" + arguments.keys_dir);
  auto resolved = config::resolve(
      {.presets = {}, .file = {}, .environment = config::process_environment(), .flags = flags});
  if (!resolved) return std::unexpected(std::move(resolved.error()));
  return std::move(resolved->config);
}

/// The letters that were named, or an error for a name that is none's.
Result<std::vector<DeadLetter>> chosen(const std::vector<std::string>& names,
                                       const std::vector<DeadLetter>& letters) {
  if (names == std::vector<std::string>{"all"}) return letters;
  std::vector<DeadLetter> out;
  for (const auto& name : names) {
    const auto found = std::ranges::find(
        letters, name, [](const DeadLetter& letter) { return storage::name_of(letter.key); });
    if (found == letters.end())
      return fail(ErrorCode::not_found, "there is no dead letter " + name);
    out.push_back(*found);
  }
  return out;
}

int run(const LettersArguments& arguments) {
  const auto letters = storage::dead_letters(arguments.data_dir);
  if (!letters) return complain(letters.error(), arguments.json);
  if (arguments.resend.empty()) return list(*letters, arguments.json);
  const auto picked = chosen(arguments.resend, *letters);
  if (!picked) return complain(picked.error(), arguments.json);
  const auto config = configuration(arguments);
  if (!config) return complain(config.error(), arguments.json);
  const auto sent = node::resend_dead_letters(*config, *picked);
  if (!sent) return complain(sent.error(), arguments.json);

  auto all = Json::array();
  for (const auto& [letter, outcome, detail] : *sent) {
    auto line = as_json(letter);
    line["outcome"] = outcome;
    if (!detail.empty()) line["detail"] = detail;
    all.push_back(std::move(line));
    if (!arguments.json)
      fmt::print("{}  {} to {}/{}: {}{}\n", storage::name_of(letter.key), letter.verb,
                 to_string(letter.target.kind), letter.target.id, outcome,
                 detail.empty() ? "" : ", " + detail);
  }
  if (arguments.json) fmt::print("{}\n", to_text(Json({{"letters", std::move(all)}})));
  return std::ranges::all_of(*sent, [](const node::Resent& s) { return s.outcome == "done"; }) ? 0
                                                                                               : 1;
}

}  // namespace

void add_letters_command(CLI::App& journal, int& exit_code) {
  auto* letters = journal.add_subcommand(
      "letters", "List reactions that their targets refused, and send them again");
  const auto arguments = std::make_shared<LettersArguments>();
  letters->footer(lesson);
  letters->add_option("--data-dir", arguments->data_dir, "The node's data directory")
      ->envname("MICROFLOW_STORAGE_DATA_DIR")
      ->capture_default_str();
  letters
      ->add_option("--keys-dir", arguments->keys_dir,
                   "The directory of the personal keys; without it <data-dir>/keys")
      ->envname("MICROFLOW_STORAGE_KEYS_DIR");
  letters->add_option("--resend", arguments->resend, "Names of letters to send again, or all");
  letters->add_flag("--json", arguments->json, "Answer in JSON");
  letters->callback([=, &exit_code] { exit_code = run(*arguments); });
}

}  // namespace mf::cli
