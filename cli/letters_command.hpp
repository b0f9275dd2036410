#pragma once

namespace CLI {
class App;
}

namespace mf::cli {

/// Adds `journal letters` to the command `journal`: lists what a reaction's target refused for
/// good, and sends it again. Sets `exit_code`: 0 done, 1 refused again or failed.
void add_letters_command(CLI::App& journal, int& exit_code);

}  // namespace mf::cli
