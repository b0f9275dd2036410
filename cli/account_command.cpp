#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/environment.hpp"
#include "base/json.hpp"
#include "cli/commands.hpp"
#include "gateway/auth/password.hpp"
#include "node/control_socket.hpp"
#include "node/control_unlock.hpp"
#include "node/node.hpp"
#include "node/system_door.hpp"

namespace mf::cli {
namespace {

using nlohmann::json;

struct AccountArguments {
  std::string username, technician, client;
  std::vector<std::string> roles, zones;
  int password_size_min = 10;  ///< auth.password_length_min
  gateway::auth::HashCost cost;
  bool as_json = false;
};

/// From the environment, else one line of standard input; never from the command line, where other
/// users of the machine could read it.
std::string read_password() {
  if (auto given = environment_value("MICROFLOW_PASSWORD")) return *std::move(given);
  if (isatty(STDIN_FILENO)) fmt::print(stderr, "Password: ");
  std::string password;
  std::getline(std::cin, password);
  return password;
}

Result<std::string> read_password_hash(const AccountArguments& arguments) {
  const auto password = read_password();
  if (const auto no = gateway::auth::check_new_password(password, arguments.password_size_min,
                                                        arguments.username))
    return fail(ErrorCode::invalid_argument,
                "this password will not do: " + no->detail.in_english());
  return gateway::auth::hash_password(password, arguments.cost);
}

Result<json> add(node::SystemDoor& door, const AccountArguments& arguments) {
  auto hash = read_password_hash(arguments);
  if (!hash) return std::unexpected(std::move(hash.error()));
  json body{{"username", arguments.username}, {"password_hash", *hash}};
  if (!arguments.roles.empty()) body["roles"] = arguments.roles;
  if (!arguments.zones.empty()) body["zones"] = arguments.zones;
  if (!arguments.technician.empty()) body["technician"] = arguments.technician;
  if (!arguments.client.empty()) body["client"] = arguments.client;
  const auto id = random_id("acc");
  auto done = door.run({EntityKind::account, id}, "create", to_text(body));
  if (!done) return std::unexpected(std::move(done.error()));
  return json{{"id", id}, {"username", arguments.username}};
}

Result<json> change_password(node::SystemDoor& door, const AccountArguments& arguments) {
  const auto id = node::account_of(door, arguments.username);
  if (!id) return std::unexpected(id.error());
  auto hash = read_password_hash(arguments);
  if (!hash) return std::unexpected(std::move(hash.error()));
  const EntityRef account{EntityKind::account, *id};
  auto done = door.run(account, "set_password", to_text(json{{"password_hash", *hash}}));
  if (!done) return std::unexpected(std::move(done.error()));
  // Who can't log in may have lost the second factor, too.
  const auto login = door.ask(account, "login");
  if (login && parse_json(*login).value("totp", false)) {
    done = door.run(account, "set_totp", "{}");
    if (!done) return std::unexpected(std::move(done.error()));
  }
  return json{{"id", *id}, {"username", arguments.username}};
}

Result<json> list(node::SystemDoor& door, const AccountArguments&) {
  json accounts = json::array();
  views::ListQuery query{.kind = EntityKind::account, .limit = 100};
  do {
    auto page = door.list(query);
    if (!page) return std::unexpected(std::move(page.error()));
    for (const auto& row : page->rows) accounts.push_back(parse_json(row));
    query.cursor = page->next_cursor;
  } while (!query.cursor.empty());
  return accounts;
}

void print_row(const json& account) {
  std::string roles;
  for (const auto& role : account.value("roles", json::array()))
    roles += (roles.empty() ? "" : ", ") + role.get<std::string>();
  fmt::print("{}  {:<24} {}\n", account.value("id", ""), account.value("username", ""), roles);
}

using Action = Result<json> (*)(node::SystemDoor&, const AccountArguments&);

int run(const config::Config& config, Action action, AccountArguments arguments) {
  arguments.password_size_min = config.auth.password_length_min;
  arguments.cost = {static_cast<std::uint64_t>(config.auth.hash_memory), config.auth.hash_passes};
  auto node = node::Node::start(config, node::Doors::closed);
  if (!node) {
    fmt::print(stderr,
               "microflow: {}\nWhile a node serves this directory, use POST /v1/accounts.\n",
               node.error().message);
    return 1;
  }
  auto door = (*node)->door();
  const auto result = action(door, arguments);
  if (!result) {
    fmt::print(stderr, "microflow: {}\n", result.error().message);
    return 1;
  }
  if (arguments.as_json) {
    fmt::print("{}\n", to_text(*result));
  } else if (result->is_array()) {
    for (const auto& account : *result) print_row(account);
  } else {
    print_row(*result);
  }
  return 0;
}

/// By the node that serves the directory, or, when none does, here.
int unlock(const config::Config& config, const AccountArguments& arguments) {
  const auto told =
      node::ask_node(config.storage.data_dir, to_text(json{{"unlock", arguments.username}}));
  json answer;
  if (told) {
    answer = parse_json(*told);
  } else if (told.error().code == ErrorCode::unavailable) {
    auto node = node::Node::start(config, node::Doors::closed);
    if (!node) {
      fmt::print(stderr, "microflow: {}\n", node.error().message);
      return 1;
    }
    auto door = (*node)->door();
    const auto id = node::unlock_account(door, arguments.username);
    answer = id ? json{{"id", *id}, {"username", arguments.username}}
                : json{{"error", "failed"}, {"detail", id.error().message}};
  } else {
    answer = {{"error", "failed"}, {"detail", told.error().message}};
  }
  if (answer.contains("error")) {
    fmt::print(stderr, "microflow: {}\n", answer.value("detail", ""));
    return 1;
  }
  if (arguments.as_json) fmt::print("{}\n", to_text(answer));
  else fmt::print("{} may log in again\n", answer.value("username", ""));
  return 0;
}

}  // namespace

void add_account_command(CLI::App& app, const Command& command) {
  auto* account =
      app.add_subcommand("account",
                         "add, list or change accounts of a directory that no node serves\n"
                         "(the password comes from MICROFLOW_PASSWORD or standard input)");
  account->require_subcommand(1);
  const auto arguments = std::make_shared<AccountArguments>();
  const auto sub = [&](const char* name, const char* about, Action action) {
    auto* added = account->add_subcommand(name, about);
    added->add_flag("--json", arguments->as_json, "print JSON");
    added->callback([&command, arguments, action] {
      command.with_config(
          {}, [&](const config::Config& config) { return run(config, action, *arguments); });
    });
    return added;
  };
  auto* adding = sub("add", "make an account", add);
  adding->add_option("username", arguments->username)->required();
  adding->add_option("--role", arguments->roles,
                     "client, technician, supervisor, operator, administrator");
  adding->add_option("--zone", arguments->zones, "id of a zone a supervisor is for");
  adding->add_option("--technician", arguments->technician, "id of the technician it belongs to");
  adding->add_option("--client", arguments->client, "id of the client it belongs to");
  sub("passwd", "set a new password, and switch the second factor off", change_password)
      ->add_option("username", arguments->username)
      ->required();
  sub("list", "list all accounts", list);
  auto* unlocking = account->add_subcommand(
      "unlock", "let somebody in again who tried too often; also while a node serves");
  unlocking->add_flag("--json", arguments->as_json, "print JSON");
  unlocking->add_option("username", arguments->username)->required();
  unlocking->callback([&command, arguments] {
    command.with_config({},
                        [&](const config::Config& config) { return unlock(config, *arguments); });
  });
}

}  // namespace mf::cli
