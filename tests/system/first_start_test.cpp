// The first start of an empty directory: one administrator, and a password that somebody knows.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/storage/temporary_directory.hpp"
#include "tests/system/outside.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;
using Catch::Matchers::Contains;

namespace {

/// A start without MICROFLOW_ADMIN_PASSWORD, or with this one.
Launch first_start(const mf::test::TemporaryDirectory& directory, std::vector<std::string> flags,
                   const std::string& password = {}) {
  auto launch = serve(directory / "data", std::move(flags));
  launch.environment.clear();
  if (!password.empty()) launch.environment = {"MICROFLOW_ADMIN_PASSWORD=" + password};
  return launch;
}

/// The password that was shown; empty if none was.
std::string shown(const std::string& text) {
  const std::regex line("first administrator is \"admin\", password ([0-9A-Z]+)\n");
  std::smatch found;
  return std::regex_search(text, found, line) ? found[1].str() : "";
}

int logs_in(const Process& node, const std::string& password) {
  Loop loop;
  Person nobody(loop, node.http());
  return nobody.post("/v1/sessions", {{"username", "admin"}, {"password", password}}).status;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("first start: the random password is shown once, never on standard output, and logs in") {
  mf::test::TemporaryDirectory directory;
  std::string password;
  {
    Process node(first_start(directory, {}));
    REQUIRE(node.wait_until_ready());
    password = shown(node.logged());
    REQUIRE(password.size() >= 16);
    CHECK_THAT(node.printed(), !Contains(password));
    CHECK(logs_in(node, password) == 201);
  }
  Process again(first_start(directory, {}));
  REQUIRE(again.wait_until_ready());
  CHECK(shown(again.logged()).empty());
  CHECK(logs_in(again, password) == 201);
}

TEST_CASE("first start: a port that is taken doesn't cost the password") {
  mf::test::TemporaryDirectory directory;
  mf::test::TemporaryDirectory other;
  Process holder(first_start(other, {}));
  REQUIRE(holder.wait_until_ready());
  const auto taken = holder.http().host + ":" + holder.http().port;
  for (const std::string flag : {"--listen=", "--admin-listen="}) {
    const auto ended = run(first_start(directory, {flag + taken}));
    INFO(ended.errors);
    CHECK(ended.status == 1);
    CHECK_THAT(ended.errors, Contains("in use"));
    CHECK(shown(ended.errors).empty());
  }
  Process node(first_start(directory, {}));
  REQUIRE(node.wait_until_ready());
  CHECK(logs_in(node, shown(node.logged())) == 201);
}

TEST_CASE("first start: a given password must keep the rule for passwords") {
  mf::test::TemporaryDirectory directory;
  const auto ended = run(first_start(directory, {}, "a"));
  INFO(ended.errors);
  CHECK(ended.status == 1);
  CHECK_THAT(ended.errors,
             Contains("MICROFLOW_ADMIN_PASSWORD") && Contains("at least 10 visible characters"));
  CHECK(ended.output.find("ready") == std::string::npos);
  // Nine characters, though twelve bytes.
  CHECK(run(first_start(directory, {}, "ñandúcafé")).status == 1);
  Process node(first_start(directory, {}, "ñandúcafés"));
  REQUIRE(node.wait_until_ready());
  CHECK(logs_in(node, "ñandúcafés") == 201);
}

TEST_CASE(
    "first start: a given password that is too short bothers no directory that has its admin") {
  mf::test::TemporaryDirectory directory;
  {
    Process node(first_start(directory, {}, "sin-prisa-ni-pausa"));
    REQUIRE(node.wait_until_ready());
  }
  Process node(first_start(directory, {}, "a"));
  REQUIRE(node.wait_until_ready());
  CHECK(logs_in(node, "sin-prisa-ni-pausa") == 201);
}

TEST_CASE("first start: the random password can go to a file that only its owner reads") {
  mf::test::TemporaryDirectory directory;
  const auto file = directory / "first-password";
  std::ofstream(file) << "of a start that was cut off";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  Process node(first_start(directory, {"--auth.first_password_file=" + file.string()}));
  REQUIRE(node.wait_until_ready());
  auto password = text_of(file);
  REQUIRE(password.ends_with('\n'));
  password.pop_back();
  struct stat about{};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK_THAT(node.logged(), Contains(file.string()) && !Contains(password));
  CHECK_THAT(node.printed(), !Contains(password));
  CHECK(logs_in(node, password) == 201);
}

TEST_CASE("first start: the password's file follows no link that somebody put there") {
  mf::test::TemporaryDirectory directory;
  const auto file = directory / "first-password", precious = directory / "precious";
  std::ofstream(precious) << "whatever it is";
  std::filesystem::create_symlink(precious, file.string() + ".partial");
  Process node(first_start(directory, {"--auth.first_password_file=" + file.string()}));
  REQUIRE(node.wait_until_ready());
  CHECK(text_of(precious) == "whatever it is");
  CHECK_FALSE(std::filesystem::is_symlink(file));
  auto password = text_of(file);
  password.pop_back();
  CHECK(logs_in(node, password) == 201);
}

TEST_CASE("first start: a file that can't be written ends it before there is an account") {
  mf::test::TemporaryDirectory directory;
  const auto nowhere = (directory / "missing" / "password").string();
  const auto ended = run(first_start(directory, {"--auth.first_password_file=" + nowhere}));
  CHECK(ended.status == 1);
  CHECK_THAT(ended.errors, Contains("auth.first_password_file") && Contains(nowhere));
  Process node(first_start(directory, {}));
  REQUIRE(node.wait_until_ready());
  CHECK(logs_in(node, shown(node.logged())) == 201);
}
