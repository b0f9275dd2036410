#include "config/load.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdlib>

#include <fstream>
#include <regex>
#include <sstream>

#include "base/environment.hpp"
#include "config/keys.hpp"
#include "tests/source_dir.hpp"

using namespace mf;
using namespace mf::config;
using Catch::Contains;

namespace {

/// A file that goes when the test does.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    char name[] = "/tmp/mf-config-XXXXXX";
    const int file = mkstemp(name);
    REQUIRE(file >= 0);
    path = name;
    std::ofstream(path) << text;
    ::close(file);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string path;
};

/// Two cores and 8 GiB, whatever machine the test runs on.
Sources sources() { return {.container = {.cpus = 2, .memory = 8ull << 30}}; }

std::string complaint(const Sources& from) {
  const auto config = load(from);
  REQUIRE_FALSE(config.has_value());
  return config.error().message;
}

}  // namespace

TEST_CASE("config: with no sources every documented default holds") {
  const auto config = load(sources());
  REQUIRE(config);
  CHECK(config->gateway.listen == "127.0.0.1:8080");
  CHECK(config->admin.listen == "127.0.0.1:8081");
  CHECK(config->limits.commands_per_second == 20);
  CHECK(config->limits.subscriptions_per_second == 50);
  CHECK(config->limits.position_frames_per_second == 5);
  CHECK(config->limits.logins_per_minute == 5);
  CHECK(config->limits.connections_per_address == 100);
  CHECK(config->storage.shard_count == 0);
  CHECK(config->websocket.pending_max == 32);
  CHECK(config->websocket.topics_max == 128);
  CHECK(config->websocket.ping_interval_ms == std::chrono::seconds(25));
  CHECK(config->cluster.name.empty());
}

TEST_CASE("config: the names that the protocol fixes are keys") {
  for (const char* name : {"limits.commands_per_second",
                           "limits.subscriptions_per_second",
                           "limits.position_frames_per_second",
                           "limits.logins_per_minute",
                           "limits.connections_per_address",
                           "gateway.listen",
                           "gateway.allowed_origins",
                           "gateway.tls_certificate",
                           "gateway.tls_key",
                           "gateway.trusted_proxies",
                           "admin.listen",
                           "storage.data_dir",
                           "dispatch.offer_timeout_ms",
                           "dispatch.offers_max",
                           "dispatch.geofence_m",
                           "orders.auto_close_ms",
                           "orders.late_after_ms",
                           "orders.warranty_ms",
                           "orders.time_limit_percent",
                           "node.drain_timeout_ms",
                           "cluster.name",
                           "cluster.etcd",
                           "cluster.node_id",
                           "cluster.peer_listen",
                           "cluster.peer_advertise",
                           "cluster.ca",
                           "cluster.certificate",
                           "cluster.key",
                           "cluster.etcd_ca",
                           "cluster.etcd_certificate",
                           "cluster.etcd_key"}) {
    INFO(name);
    CHECK(find_key(name) != nullptr);
  }
}

TEST_CASE(
    "config: flags win over the environment, the environment over the file, the file over "
    "presets") {
  const TemporaryFile file(
      "[limits]\ncommands_per_second = 2\nsubscriptions_per_second = 2\nlogins_per_minute = 2\n");
  auto from = sources();
  from.file = file.path;
  from.presets = {{"limits.commands_per_second", "1"},
                  {"limits.connections_per_address", "1"},
                  {"limits.subscriptions_per_second", "1"},
                  {"limits.logins_per_minute", "1"}};
  from.environment = {"MICROFLOW_LIMITS_SUBSCRIPTIONS_PER_SECOND=3",
                      "MICROFLOW_LIMITS_COMMANDS_PER_SECOND=3", "HOME=/root"};
  from.flags = {"--limits.commands_per_second", "4"};
  const auto resolved = resolve(from);
  REQUIRE(resolved);
  CHECK(resolved->config.limits.connections_per_address == 1);
  CHECK(resolved->config.limits.logins_per_minute == 2);
  CHECK(resolved->config.limits.subscriptions_per_second == 3);
  CHECK(resolved->config.limits.commands_per_second == 4);
  CHECK(resolved->origins.at("limits.connections_per_address") == "preset");
  CHECK(resolved->origins.at("limits.logins_per_minute") == file.path + ":4");
  CHECK(resolved->origins.at("limits.subscriptions_per_second") ==
        "MICROFLOW_LIMITS_SUBSCRIPTIONS_PER_SECOND");
  CHECK(resolved->origins.at("limits.commands_per_second") == "--limits.commands_per_second");
  CHECK(resolved->origins.at("gateway.listen") == "default");
  CHECK(resolved->origins.at("gateway.threads") == "container");
}

TEST_CASE("config: the short flags of the protocol set their keys") {
  auto from = sources();
  from.flags = {"--listen=0.0.0.0:80",
                "--admin-listen",
                "[::1]:0",
                "--data-dir",
                "/srv/mf",
                "--cluster",
                "demo",
                "--etcd",
                "http://a:1,http://b:2",
                "--node-id",
                "n1",
                "--peer-listen",
                "1.2.3.4:9",
                "--peer-advertise",
                "n1.example:9"};
  const auto config = load(from);
  REQUIRE(config);
  CHECK(config->gateway.listen == "0.0.0.0:80");
  CHECK(config->admin.listen == "[::1]:0");
  CHECK(config->storage.data_dir == "/srv/mf");
  CHECK(config->cluster.name == "demo");
  CHECK(config->cluster.etcd == std::vector<std::string>{"http://a:1", "http://b:2"});
  CHECK(config->cluster.node_id == "n1");
  CHECK(config->cluster.peer_listen == "1.2.3.4:9");
  CHECK(config->cluster.peer_advertise == "n1.example:9");
}

TEST_CASE("config: an unknown key is refused and the nearest one named") {
  const TemporaryFile file("[gateway]\n\nlisen = \"127.0.0.1:1\"\n");
  auto from = sources();
  from.file = file.path;
  CHECK(complaint(from) ==
        file.path + ":3: there is no key gateway.lisen; did you mean gateway.listen?");
}

TEST_CASE("config: an unknown variable or flag is refused and the nearest one named") {
  auto from = sources();
  from.environment = {"MICROFLOW_GATEWAY_LISEN=x"};
  CHECK_THAT(complaint(from), Contains("did you mean MICROFLOW_GATEWAY_LISTEN?"));
  from = sources();
  from.flags = {"--data-dirr", "x"};
  CHECK_THAT(complaint(from),
             Contains("there is no flag --data-dirr") && Contains("did you mean --data-dir?"));
  from.flags = {"--frobnicate-everything"};
  CHECK_THAT(complaint(from), !Contains("did you mean"));
}

TEST_CASE("config: variables of Kubernetes services and passwords are no keys") {
  auto from = sources();
  from.environment = {"MICROFLOW_ADMIN_PASSWORD=x",          "MICROFLOW_PASSWORD=x",
                      "MICROFLOW_SERVICE_HOST=10.0.0.1",     "MICROFLOW_SERVICE_PORT_HTTP=80",
                      "MICROFLOW_PORT_80_TCP_ADDR=10.0.0.1", "MICROFLOW_PORT=tcp://10.0.0.1:80"};
  CHECK(load(from));
}

TEST_CASE("config: values out of range or of the wrong type are refused, all of them at once") {
  const TemporaryFile file(
      "[gateway]\nthreads = 0\nlisten = \"nowhere\"\n[auth]\nhash_passes = 1.5\n"
      "[storage]\nmemory = \"64 bananas\"\ndata_dir = \"\"\ncreate = 1\n[log]\nlevel = \"loud\"\n"
      "[cluster]\netcd = [1]\n");
  auto from = sources();
  from.file = file.path;
  const auto text = complaint(from);
  CHECK_THAT(text, Contains(":2: gateway.threads must be from 1 to 256") &&
                       Contains(":3: gateway.listen must be HOST:PORT") &&
                       Contains(":5: auth.hash_passes must be a whole number") &&
                       Contains(":7: storage.memory must be a size in bytes") &&
                       Contains(":8: storage.data_dir must not be empty") &&
                       Contains(":9: storage.create must be true or false") &&
                       Contains(":11: log.level must be one of debug, info, warn, error") &&
                       Contains(":13: cluster.etcd must be a list of texts"));
}

TEST_CASE("config: a file that is not TOML is refused with its line") {
  const TemporaryFile file("[gateway]\nlisten = \n");
  auto from = sources();
  from.file = file.path;
  CHECK_THAT(complaint(from), Catch::StartsWith(file.path + ":2: "));
  from.file = "/nonexistent/microflow.toml";
  CHECK_THAT(complaint(from), Contains("/nonexistent/microflow.toml: can't be read"));
}

TEST_CASE("config: sizes are bytes or have a binary unit") {
  auto from = sources();
  from.flags = {"--storage.memory", "1GiB", "--auth.hash_memory=20000000",
                "--websocket.queue_bytes_max", "16 KiB"};
  const auto config = load(from);
  REQUIRE(config);
  CHECK(config->storage.memory == 1'073'741'824u);
  CHECK(config->auth.hash_memory == 20'000'000u);
  CHECK(config->websocket.queue_bytes_max == 16'384u);
  from.flags = {"--storage.memory", "99999999999GiB"};
  CHECK_THAT(complaint(from), Contains("storage.memory must be a size in bytes"));
}

TEST_CASE("config: origins and networks are checked") {
  auto from = sources();
  from.flags = {"--gateway.allowed_origins", "https://a.example,http://b.example:81",
                "--gateway.trusted_proxies", "10.0.0.0/8,::1"};
  CHECK(load(from));
  from.flags = {"--gateway.allowed_origins", "https://a.example/path"};
  CHECK_THAT(complaint(from), Contains("\"https://a.example/path\" must be an origin"));
  from.flags = {"--gateway.allowed_origins", "*"};
  CHECK_THAT(complaint(from), Contains("must be an origin"));
  from.flags = {"--gateway.trusted_proxies", "10.0.0.0/33"};
  CHECK_THAT(complaint(from), Contains("must be an address or a network"));
}

TEST_CASE("config: a certificate needs its key and the other way round") {
  auto from = sources();
  from.flags = {"--gateway.tls_certificate", "c.pem"};
  CHECK(complaint(from) ==
        "--gateway.tls_certificate: gateway.tls_certificate needs gateway.tls_key too");
  from.flags = {"--gateway.tls_key", "k.pem"};
  CHECK_THAT(complaint(from), Contains("needs gateway.tls_certificate too"));
}

TEST_CASE("config: a flag without its value is refused; a switch needs none") {
  auto from = sources();
  from.flags = {"--listen"};
  CHECK(complaint(from) == "--listen: needs a value");
  from.environment = {"MICROFLOW_STORAGE_CREATE=false"};
  from.flags = {"--storage.create"};
  CHECK(load(from)->storage.create);
  from.flags = {"--storage.create", "false", "--listen", ":0"};
  CHECK_FALSE(load(from)->storage.create);
}

TEST_CASE("config: a subcommand takes its own flags and leaves the configuration's") {
  std::vector<std::string> args{"--for",       "60s",      "--data-dir", "d",
                                "--listen=:0", "--config", "f.toml",     "--json"};
  CHECK(take_flags(args) ==
        std::vector<std::string>{"--data-dir", "d", "--listen=:0", "--config", "f.toml"});
  CHECK(args == std::vector<std::string>{"--for", "60s", "--json"});
}

TEST_CASE("config: --config wins over MICROFLOW_CONFIG") {
  const TemporaryFile weak("[limits]\nlogins_per_minute = 7\n");
  const TemporaryFile strong("[limits]\nlogins_per_minute = 8\n");
  auto from = sources();
  from.environment = {"MICROFLOW_CONFIG=" + weak.path};
  CHECK(load(from)->limits.logins_per_minute == 7);
  from.flags = {"--config", strong.path};
  CHECK(load(from)->limits.logins_per_minute == 8);
}

TEST_CASE("config: what --print-config prints loads as the same configuration") {
  auto from = sources();
  from.flags = {"--gateway.allowed_origins",
                "https://a.example,https://b.example",
                "--storage.data_dir",
                "a \"quoted\" \\ path",
                "--log.level",
                "debug",
                "--storage.create=false",
                "--storage.memory",
                "100MiB",
                "--dispatch.offer_timeout_ms",
                "60000"};
  const auto resolved = resolve(from);
  REQUIRE(resolved);
  const auto printed = print(*resolved);
  CHECK_THAT(printed, Contains("create = false  # --storage.create\n"));
  CHECK_THAT(printed, Contains("listen = \"127.0.0.1:8080\"  # default\n"));

  const TemporaryFile file(printed);
  auto again = sources();
  again.container = {.cpus = 32, .memory = 64ull << 30};
  again.file = file.path;
  const auto reread = load(again);
  REQUIRE(reread);
  for (const auto& key : keys()) {
    INFO(key.name);
    CHECK(value_text(key, *reread) == value_text(key, resolved->config));
  }
}

TEST_CASE("config: every key is read in node/ or cli/, so that none is an empty promise") {
  std::string readers;
  for (const auto* folder : {"node", "cli"})
    for (const auto& file : std::filesystem::directory_iterator(source_dir() / folder)) {
      if (file.path().extension() != ".cpp") continue;
      std::stringstream text;
      text << std::ifstream(file.path()).rdbuf();
      readers += text.str();
    }
  for (const auto& key : keys()) {
    if (key.name.starts_with("cluster.")) continue;  // refused as long as a node is always alone
    INFO(key.name);
    const std::regex use("\\." + std::string(key.name.substr(key.name.find('.') + 1)) + "\\b");
    CHECK(std::regex_search(readers, use));
  }
}

TEST_CASE("config: every default is within its own range") {
  const TemporaryFile file(print(Resolved{Config{}, [] {
                                            std::map<std::string, std::string, std::less<>> origins;
                                            for (const auto& key : keys())
                                              origins.emplace(key.name, "default");
                                            return origins;
                                          }()}));
  auto from = sources();
  from.file = file.path;
  CHECK(load(from));
}

TEST_CASE("config: docs/configuration.md says what the table says") {
  const auto path = source_dir() / "docs/configuration.md";
  if (environment_value("MF_WRITE")) std::ofstream(path) << reference();
  std::ifstream in(path);
  std::stringstream page;
  page << in.rdbuf();
  INFO("MF_WRITE=1 config_test writes the page anew");
  CHECK((page.str() == reference()));
}

TEST_CASE("config: serve --help says every key's flags, variable, default and sentence") {
  const auto help = flags_help();
  const std::regex blanks("\\s+");
  const auto in_one_line = [&](const std::string& text) {
    return std::regex_replace(text, blanks, " ");
  };
  const auto text = in_one_line(help);
  const Config defaults;
  for (const auto& key : keys()) {
    INFO(key.name);
    const std::string name(key.name),
        flag = key.flag.empty() ? "" : "--" + std::string(key.flag) + ", ";
    const auto value = key.is_fitted ? "from the container's limits" : value_text(key, defaults);
    CHECK(text.find(in_one_line(" " + flag + "--" + name + " " + std::string(key.doc) + " " +
                                environment_name(key.name) + "; " + type_text(key) + "; default " +
                                value + " ")) != text.npos);
  }
  std::istringstream lines(help);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 100);
}
