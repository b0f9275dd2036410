// ./dev on a machine that is made up: its dpkg and apt are scripts that write down what they are
// asked.
#include <stdlib.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/house/tree.hpp"

namespace fs = std::filesystem;

namespace {

struct Ended {
  int status = -1;
  std::string said, asked_of_apt;
};

class Machine {
 public:
  Machine() {
    std::string path = (fs::temp_directory_path() / "mf-dev-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()));
    home_ = path;
    fs::create_directories(home_ / "bin");
    fs::create_directories(home_ / "deploy");
    fs::copy_file(mf::house::root() / "dev", home_ / "dev");
    write("deploy/packages.txt", "libwanted-dev build\nlibthere-dev build\n");
    script("dpkg-query", "[ \"$3\" = libthere-dev ] && printf installed");
    script("sudo", "exec \"$@\"");
  }
  ~Machine() {
    std::error_code ignored;
    fs::remove_all(home_, ignored);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  void script(const std::string& name, const std::string& body) {
    write("bin/" + name, "#!/bin/sh\n" + body + "\n");
    fs::permissions(home_ / "bin" / name, fs::perms::owner_all);
  }
  /// apt-get that says `simulated` when asked what it would do, and ends an install with `status`.
  void apt(const std::string& simulated, int status) {
    script("apt-get", "echo \"$*\" >> " + (home_ / "asked").string() +
                          "\ncase \" $* \" in\n  *' -s '*) printf '" + simulated +
                          "' ;;\n  *' install '*) exit " + std::to_string(status) + " ;;\nesac");
  }
  Ended run(const std::string& arguments) const {
    Ended ended;
    const auto line = "PATH=" + (home_ / "bin").string() + ":$PATH " + (home_ / "dev").string() +
                      " " + arguments + " 2>&1";
    auto* pipe = ::popen(line.c_str(), "r");
    REQUIRE(pipe);
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
      ended.said += static_cast<char>(c);
    const int raw = ::pclose(pipe);
    ended.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
    std::ifstream asked(home_ / "asked");
    std::ostringstream text;
    text << asked.rdbuf();
    ended.asked_of_apt = text.str();
    return ended;
  }

 private:
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(home_ / name) << text;
  }
  fs::path home_;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("./dev: what stands in the way of a package is named, and nothing is installed") {
  Machine machine;
  machine.apt("Remv libold-dev [1.74]\\nRemv libold1-dev [1.74]\\nInst libwanted-dev (1.81)\\n", 0);
  const auto ended = machine.run("build");
  CHECK(ended.status == 2);
  CHECK(holds(ended.said, "apt-get remove libold-dev libold1-dev\n"));
  CHECK(holds(ended.said, "libwanted-dev"));
  CHECK(holds(ended.said, "Nothing was removed or installed"));
  CHECK_FALSE(holds(ended.asked_of_apt, "remove "));
  CHECK_FALSE(holds(ended.asked_of_apt, "--no-remove"));
}

TEST_CASE("./dev: an install may remove nothing, whatever changes meanwhile") {
  Machine machine;
  machine.apt("Inst libwanted-dev (1.81)\\n", 100);
  const auto ended = machine.run("build");
  CHECK(ended.status == 2);
  CHECK(holds(ended.asked_of_apt, "install --no-remove --no-install-recommends libwanted-dev\n"));
  CHECK_FALSE(holds(ended.asked_of_apt, "libthere-dev"));
  CHECK(holds(ended.said, "apt-get could not install libwanted-dev"));
}
