#pragma once

namespace CLI {
class App;
}

namespace mf::cli {

/// `microflow plan solve|insert|explain|check|bench`: the planner on files, without a node.
/// `result` becomes the exit status: 0 ok, 1 the plan breaks a rule or a file is wrong.
void add_plan_command(CLI::App& app, int& result);

}  // namespace mf::cli
