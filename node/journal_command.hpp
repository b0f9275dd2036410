#pragma once
#include <functional>

#include "storage/journal_tools.hpp"

namespace CLI {
class App;
}

namespace mf::node {

/// Adds `journal verify|dump|export|repair`. A chosen command runs while `app` is being parsed and
/// sets `exit_code`: 0 whole or done, 1 damaged or failed; wrong usage is CLI11's own error.
/// `make_rebuild` gives repair the fold of this program's entities; it may be empty.
void add_journal_command(CLI::App& app, int& exit_code,
                         std::function<storage::Rebuild()> make_rebuild);

}  // namespace mf::node
