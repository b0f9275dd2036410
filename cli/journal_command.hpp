#pragma once
#include <filesystem>
#include <functional>

#include "storage/rocks/tools/journal_tools.hpp"

namespace CLI {
class App;
}

namespace mf::cli {

/// Adds `journal verify|dump|export|letters|repair`. A chosen command runs while `app` is being
/// parsed and sets `exit_code`: 0 whole or done, 1 damaged or failed; wrong usage is CLI11's own
/// error. `open_fold` gives repair the fold of this program's entities over a directory of personal
/// keys.
/// `noted`: what the journal knows of the keys.
using OpenFold = std::function<Result<storage::Rebuild>(
    const std::filesystem::path& keys, const std::optional<storage::KeyMark>& noted)>;
/// `check` tells repair which states of this program's entities can be read.
void add_journal_command(CLI::App& app, int& exit_code, const OpenFold& open_fold,
                         const storage::StateCheck& check);

/// Prints the error as JSON on standard output, or for people on standard error; the exit status.
int complain(const Error& error, bool json);

}  // namespace mf::cli
