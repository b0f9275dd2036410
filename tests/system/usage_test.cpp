// What the program says to somebody who mistypes: 2 and the name of the thing; 1 when it is the
// machine that does not let it.
#include <catch2/catch.hpp>
#include <fstream>

#include "tests/storage/temporary_directory.hpp"
#include "tests/system/company.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;
using Catch::Matchers::Contains;

namespace {

Ended run_with(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  return run({std::move(arguments), std::move(environment), {}});
}

/// `serve` with one thing wrong.
Ended serve_with(const mf::test::TemporaryDirectory& directory, std::vector<std::string> flags,
                 std::vector<std::string> environment = {}) {
  auto launch = serve(directory / "data", std::move(flags));
  launch.environment.insert(launch.environment.end(), environment.begin(), environment.end());
  return run(launch);
}

void check_usage(const Ended& ended, const std::vector<std::string>& words) {
  INFO(ended.errors << ended.output);
  CHECK(ended.status == 2);
  CHECK(ended.output.find("ready") == std::string::npos);
  for (const auto& word : words) CHECK_THAT(ended.errors, Contains(word));
}

}  // namespace

TEST_CASE("a mistyped flag is refused with 2, its name and the nearest known one") {
  mf::test::TemporaryDirectory directory;
  check_usage(serve_with(directory, {"--gateway.lisen=127.0.0.1:0"}),
              {"--gateway.lisen", "did you mean --gateway.listen?"});
  check_usage(serve_with(directory, {"--gateway.lisen", "127.0.0.1:0"}),
              {"--gateway.lisen", "did you mean --gateway.listen?"});
  check_usage(serve_with(directory, {"--databdir", "x"}), {"--databdir", "--data-dir"});
  check_usage(serve_with(directory, {"-x"}), {"-x"});
  check_usage(serve_with(directory, {"now"}), {"now"});
  check_usage(run_with({"account", "list", "--jsn"}), {"--jsn"});
  check_usage(run_with({"journal", "repair", "--acept-loss", "--data-dir", "x"}), {"--acept-loss"});
  check_usage(serve_with(directory, {"--log.level"}), {"--log.level", "needs a value"});
  CHECK_FALSE(std::filesystem::exists(directory / "data"));
}

TEST_CASE("a setting of the cluster is refused as long as a node runs alone") {
  mf::test::TemporaryDirectory directory;
  for (const char* flag :
       {"--cluster.name=x", "--cluster.etcd=http://127.0.0.1:2379", "--cluster.node_id=a",
        "--cluster.peer_listen=127.0.0.1:0", "--cluster.ca=x", "--cluster.etcd_key=x"})
    check_usage(serve_with(directory, {flag}), {"cluster", "alone"});
  CHECK_FALSE(std::filesystem::exists(directory / "data"));
}

TEST_CASE("a mistyped variable is refused with 2, its name and the nearest known one") {
  mf::test::TemporaryDirectory directory;
  check_usage(serve_with(directory, {}, {"MICROFLOW_GATEWAY_LISEN=127.0.0.1:0"}),
              {"MICROFLOW_GATEWAY_LISEN", "did you mean MICROFLOW_GATEWAY_LISTEN?"});
  check_usage(serve_with(directory, {}, {"MICROFLOW_LOG_LEVEL=loud"}),
              {"MICROFLOW_LOG_LEVEL", "log.level"});
  CHECK_FALSE(std::filesystem::exists(directory / "data"));
}

TEST_CASE("a wrong file of configuration is refused with 2, its name, line and key") {
  mf::test::TemporaryDirectory directory;
  const auto file = (directory / "node.toml").string();
  const auto with = [&](const std::string& text) {
    std::ofstream(file, std::ios::trunc) << text;
    return serve_with(directory, {"--config", file});
  };
  check_usage(with("[gateway]\nlisen = \"127.0.0.1:0\"\n"),
              {file + ":2", "gateway.lisen", "did you mean gateway.listen?"});
  check_usage(with("[limits]\n\ncommands_per_second = \"many\"\n"),
              {file + ":3", "limits.commands_per_second"});
  check_usage(with("[limits]\ncommands_per_second = -1\n"),
              {file + ":2", "limits.commands_per_second"});
  check_usage(with("[gateway\n"), {file});
  std::filesystem::remove(file);
  check_usage(serve_with(directory, {"--config", file}), {file});
  CHECK_FALSE(std::filesystem::exists(directory / "data"));
}

TEST_CASE("all that is wrong is told at once") {
  mf::test::TemporaryDirectory directory;
  check_usage(serve_with(directory, {"--websocket.ping_interval_ms=1", "--storage.memory=much"},
                         {"MICROFLOW_NODE_DRAIN=1"}),
              {"websocket.ping_interval_ms", "storage.memory", "MICROFLOW_NODE_DRAIN"});
}

TEST_CASE("an unknown or missing subcommand is refused with 2") {
  check_usage(run_with({"sreve"}), {"sreve"});
  check_usage(run_with({}), {"subcommand"});
  check_usage(run_with({"account"}), {"subcommand"});
  check_usage(run_with({"account", "remove"}), {"remove"});
  check_usage(run_with({"account", "add"}), {"username"});
}

TEST_CASE("help behind a word that is no subcommand is refused with 2, not answered") {
  check_usage(run_with({"sreve", "--help"}), {"sreve"});
  check_usage(run_with({"--help", "sreve"}), {"sreve"});
  check_usage(run_with({"account", "remove", "--help"}), {"remove"});
  check_usage(run_with({"sreve", "--version"}), {"sreve"});
  check_usage(run_with({"serve", "--nope", "--help"}), {"--nope"});
  CHECK(run_with({"sreve", "--help"}).output.empty());
}

TEST_CASE("serve --help lists every setting with its variable") {
  const auto ended = run_with({"serve", "--help"});
  CHECK(ended.status == 0);
  for (const auto* part :
       {"--data-dir, --storage.data_dir", "MICROFLOW_STORAGE_DATA_DIR",
        "--limits.logins_per_minute", "MICROFLOW_AUTH_SESSION_MS", "--log.level"})
    CHECK_THAT(ended.output, Contains(part));
}

TEST_CASE("a time is refused in a line that says what one looks like") {
  const auto ended = run_with({"plan", "solve", "day.json", "--time", "soon"});
  check_usage(ended, {"--time", "400ms, 0.4s", "soon"});
  CHECK(ended.errors.size() < 300);
  check_usage(run_with({"plan", "solve", "day.json", "--time", "-1"}), {"--time"});
  // A good one gets as far as the file.
  const auto read = run_with({"plan", "solve", "no-such.json", "--time", "0.4s"});
  CHECK(read.status == 1);
  CHECK_THAT(read.errors, Contains("no-such.json"));
}

TEST_CASE("the version is one number, wherever it is asked for") {
  const auto ended = run_with({"--version"});
  REQUIRE(ended.status == 0);
  REQUIRE_THAT(ended.output, Contains("microflow ") && Catch::EndsWith("\n"));
  const auto number = ended.output.substr(10, ended.output.size() - 11);
  World world;
  Person nobody(world.loop, world.node->http()), admin(world.loop, world.node->admin());
  CHECK(nobody.get("/v1/openapi.json").json.at("info").at("version") == number);
  CHECK(nobody.get("/v1/asyncapi.json").json.at("info").at("version") == number);
  CHECK_THAT(admin.get("/metrics").raw.body,
             Contains("microflow_build_info{version=\"" + number + "\"} 1"));
  CHECK(number.find_first_not_of("0123456789.") == number.npos);
}

TEST_CASE("help is no error") {
  for (const auto& arguments :
       {std::vector<std::string>{"--help"}, {"serve", "--help"}, {"journal", "repair", "--help"}}) {
    const auto ended = run_with(arguments);
    CHECK(ended.status == 0);
    CHECK_THAT(ended.output, Contains("microflow") || Contains("Usage"));
  }
}

TEST_CASE("what the machine does not allow ends with 1 and names it") {
  mf::test::TemporaryDirectory directory;
  const auto check_failed = [](const Ended& ended, const std::vector<std::string>& words) {
    INFO(ended.errors << ended.output);
    CHECK(ended.status == 1);
    for (const auto& word : words) CHECK_THAT(ended.errors, Contains(word));
  };
  std::ofstream(directory / "file") << "not a directory";
  const auto file = (directory / "file").string();
  check_failed(run(serve(file)), {file});
  check_failed(serve_with(directory, {"--storage.create=false"}), {(directory / "data").string()});
  const auto certificate = (directory / "missing.pem").string();
  check_failed(serve_with(directory, {"--gateway.tls_certificate=" + certificate,
                                      "--gateway.tls_key=" + certificate}),
               {certificate});
  World world;
  const auto& taken = world.node->http();
  const auto address = taken.host + ":" + taken.port;
  check_failed(serve_with(directory, {"--listen", address}), {address, "in use"});
  check_failed(run_with({"journal", "verify", "--data-dir", (directory / "none").string()}),
               {(directory / "none").string()});
}

TEST_CASE("another number of shards than the directory has is refused, naming both") {
  World world;
  world.node->kill();
  const auto ended = run(serve(world.directory / "data", {"--storage.shard_count=8"}));
  INFO(ended.errors);
  CHECK(ended.status == 1);
  CHECK_THAT(ended.errors, Contains("64 shards") && Contains("8"));
}

TEST_CASE("a directory keeps its number of shards when none is asked for") {
  mf::test::TemporaryDirectory directory;
  REQUIRE(Process(serve(directory / "data", {"--storage.shard_count=8"})).wait_until_ready());
  Process again(serve(directory / "data"));
  REQUIRE(again.wait_until_ready());
  Loop loop;
  CHECK_THAT(Person(loop, again.admin()).get("/metrics").raw.body,
             Contains("microflow_shards{state=\"open\"} 8"));
}
