// Disks, logs and processes that fail: a clear message, the right exit code, nothing lost.
#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <numeric>

#include "tests/system/company.hpp"
#include "tests/system/raw_socket.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// Comments on one order, each with its key; knows which were acknowledged.
struct Diary {
  explicit Diary(World& world) : world(world), order(world.company->new_order()) {}

  Answer write(int number) {
    const std::string text = std::to_string(number) + " " + std::string(1500, 'x');
    return world.company->laura().post("/v1/orders/" + order + "/comment", {{"text", text}},
                                       "page-" + std::to_string(number));
  }
  /// Until the first that is not acknowledged, or `pages_max` are; its answer, status 0 for none.
  Answer write_until_refused(int pages_max = 5000) {
    while (pages < pages_max) {
      Answer answer;
      try {
        answer = write(pages);
      } catch (const boost::system::system_error&) {
        return {};
      }
      if (!answer.ok()) return answer;
      ++pages;
    }
    return {};
  }
  /// Numbers of the comments in the timeline, in its order.
  std::vector<int> read() {
    std::vector<int> numbers;
    for (const auto& event : world.company->supervisor().all("/v1/orders/" + order + "/timeline"))
      if (event.at("type") == "order.commented")
        numbers.push_back(std::stoi(event.at("data").at("text").get<std::string>()));
    return numbers;
  }
  [[nodiscard]] std::vector<int> expected() const {
    std::vector<int> numbers(static_cast<std::size_t>(pages));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
  }
  /// The page that was in doubt is written with its key, and all are there once.
  void check_nothing_is_lost() {
    const auto retried = write(pages);
    INFO(retried.text());
    REQUIRE(retried.ok());
    ++pages;
    CHECK(read() == expected());
  }

  World& world;
  std::string order;
  int pages = 0;
};

fs::path newest_log(const fs::path& data_dir) {
  std::vector<fs::path> logs;
  for (const auto& entry : fs::directory_iterator(data_dir / "db"))
    if (entry.path().extension() == ".log" && entry.file_size() > 0) logs.push_back(entry.path());
  REQUIRE_FALSE(logs.empty());
  std::ranges::sort(logs);
  return logs.back();
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// A command about a directory.
Launch of(std::vector<std::string> arguments, const fs::path& data_dir) {
  arguments.insert(arguments.end(), {"--data-dir", data_dir.string()});
  return {std::move(arguments), {}, {}};
}

/// A small disk of its own, where this process may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& at) : at_(at) {
    fs::create_directories(at_);
    is_mounted_ = ::mount("microflow-test", at_.c_str(), "tmpfs", 0, "size=32m") == 0;
  }
  ~SmallDisk() {
    if (is_mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  [[nodiscard]] bool is_mounted() const { return is_mounted_; }
  /// Takes all space but so much.
  void fill(std::uintmax_t left) const {
    const std::string block(64 << 10, 'f');
    std::ofstream file(at_ / "filler", std::ios::binary);
    while (fs::space(at_).available > left + block.size() && file) file << block << std::flush;
  }
  void clear() const { fs::remove(at_ / "filler"); }

 private:
  fs::path at_;
  bool is_mounted_ = false;
};

/// Stops the node, and starts it on a copy of its data below `folder` of its directory.
Launch move_to(World& world, const char* folder, const std::string& flag) {
  world.node->signal(SIGTERM);
  REQUIRE(world.node->wait_for_exit() == 0);
  const auto data = world.directory / folder / "data";
  fs::copy(world.directory / "data", data, fs::copy_options::recursive);
  auto launch = serve(data, {flag});
  world.start_as(launch);
  return launch;
}

}  // namespace

TEST_CASE(
    "strangers that take every connection leave the node its files and its users their work") {
  World world;
  world.node->signal(SIGTERM);
  REQUIRE(world.node->wait_for_exit() == 0);
  auto launch = serve(world.directory / "data");
  launch.open_files_max = 900;
  world.start_as(launch);
  CHECK_THAT(world.node->logged(), Contains("connections-lowered"));
  std::vector<RawSocket> strangers;
  for (int i = 0; i < 400; ++i) {
    strangers.emplace_back(world.node->http());
    strangers.back().send("GET / HTTP/1.1\r\n");
  }
  Diary diary(world);
  CHECK(diary.write_until_refused(50).status == 0);
  CHECK(diary.pages == 50);
  CHECK_FALSE(world.node->wait_for_exit(std::chrono::milliseconds(0)));
}

TEST_CASE("a write that fails ends the node with 1 and its reason, and loses nothing") {
  World world;
  Diary diary(world);
  world.node->kill();
  auto launch = serve(world.directory / "data", {"--storage.free_bytes_min=0"});
  launch.file_size_max = 512u << 10;
  world.start_as(launch);

  const auto refusal = diary.write_until_refused();
  INFO(diary.pages << " pages, then " << refusal.text());
  CHECK(diary.pages > 10);
  if (refusal.status != 0) {
    CHECK(refusal.status == 503);
    CHECK(refusal.code() == "outcome_unknown");
  }
  CHECK(world.node->wait_for_exit() == 1);
  CHECK_THAT(world.node->logged(), Contains("node-cannot-go-on") && Contains("File too large"));

  world.start_again();
  diary.check_nothing_is_lost();
}

TEST_CASE("files that may not grow are a full disk: the node takes no commands and goes on") {
  World world;
  Diary diary(world);
  world.node->kill();
  auto launch = serve(world.directory / "data");
  launch.file_size_max = 512u << 10;
  world.start_as(launch);
  Person prober(world.loop, world.node->admin());
  Answer readiness;
  REQUIRE(world.loop.wait([&] { return (readiness = prober.get("/readyz")).status == 503; }));
  CHECK_THAT(readiness.raw.body, Contains("disk is nearly full"));
  CHECK(diary.write_until_refused(1).status == 503);
  CHECK(world.company->laura().get("/v1/orders/" + diary.order).status == 200);
  CHECK(prober.get("/livez").status == 200);
  CHECK_THAT(world.node->logged(), Contains("disk-nearly-full") && Contains("ulimit -f"));
}

TEST_CASE("a log that nobody reads stops no work, no scrape and no end") {
  World world;
  Diary diary(world);
  world.node->kill();
  auto launch = serve(world.directory / "data", {"--log.level=debug"});
  launch.nobody_reads_errors = true;
  world.start_as(launch);
  // Every thread has something to say.
  REQUIRE(diary.write_until_refused(20).status == 0);
  Person stranger(world.loop, world.node->http());
  for (int i = 0; i < 20; ++i)
    CHECK(stranger
              .post("/v1/sessions", {{"username", "ana"}, {"password", "no " + std::to_string(i)}})
              .status >= 400);
  CHECK(Person(world.loop, world.node->admin())
            .get("/metrics")
            .raw.body.find("microflow_log_lines_dropped_total") != std::string::npos);
  diary.check_nothing_is_lost();
  world.node->signal(SIGTERM);
  CHECK(world.node->wait_for_exit() == 0);
}

TEST_CASE("a disk that fills up ends the node with 1, and with new space all is there") {
  World world;
  Diary diary(world);
  REQUIRE(diary.write_until_refused(20).status == 0);
  SmallDisk disk(world.directory / "small");
  if (!disk.is_mounted()) {
    WARN("not tested: no right to mount a small disk");
    return;
  }
  const auto launch = move_to(world, "small", "--storage.free_bytes_min=0");
  disk.fill(256 << 10);
  const auto refusal = diary.write_until_refused();
  INFO(diary.pages << " pages, then " << refusal.text());
  CHECK((refusal.status == 0 || refusal.code() == "outcome_unknown"));
  CHECK(world.node->wait_for_exit() == 1);
  CHECK_THAT(world.node->logged(), Contains("node-cannot-go-on") && Contains("No space left"));

  disk.clear();
  world.start_as(launch);
  diary.check_nothing_is_lost();
  world.node->kill();
}

TEST_CASE("a disk with little room takes no commands, says so, and goes on when there is room") {
  World world;
  Diary diary(world);
  SmallDisk disk(world.directory / "small");
  if (!disk.is_mounted()) {
    WARN("not tested: no right to mount a small disk");
    return;
  }
  const auto launch = move_to(world, "small", "--storage.free_bytes_min=8MiB");
  Person prober(world.loop, world.node->admin());
  CHECK(prober.get("/readyz").status == 200);

  disk.fill(4 << 20);
  Answer readiness;
  REQUIRE(world.loop.wait([&] { return (readiness = prober.get("/readyz")).status == 503; }));
  CHECK_THAT(readiness.raw.body, Contains("disk is nearly full"));
  const auto refusal = diary.write_until_refused(1);
  INFO(refusal.text());
  CHECK(refusal.status == 503);
  CHECK_FALSE(refusal.raw.header("Retry-After").empty());
  CHECK(prober.get("/livez").status == 200);
  CHECK(world.company->laura().get("/v1/orders/" + diary.order).status == 200);

  disk.clear();
  CHECK(world.loop.wait([&] { return diary.write(diary.pages).ok(); }));
  diary.check_nothing_is_lost();
  CHECK(prober.get("/readyz").status == 200);
  world.node->kill();
}

TEST_CASE("a write that was torn off by a crash is forgotten, all before it is there") {
  World world;
  Diary diary(world);
  REQUIRE(diary.write_until_refused(30).status == 0);
  world.node->kill();
  const auto log = newest_log(world.directory / "data");
  const auto whole = bytes_of(log);
  write_bytes(log, whole + whole.substr(0, 50));
  world.start_again();
  diary.check_nothing_is_lost();
}

TEST_CASE("a damaged log is refused with 1 and the way out, and is not touched") {
  World world;
  Diary diary(world);
  REQUIRE(diary.write_until_refused(30).status == 0);
  world.node->kill();
  const auto data = world.directory / "data";
  const auto log = newest_log(data);
  const auto whole = bytes_of(log);
  auto damaged = whole;
  damaged[damaged.size() / 2] ^= 0x55;
  write_bytes(log, damaged);

  const auto refused = run(serve(data));
  CHECK(refused.status == 1);
  CHECK_THAT(refused.errors, Contains(data.string()) && Contains("damaged") &&
                                 Contains("microflow journal repair"));
  CHECK(bytes_of(log) == damaged);
  CHECK(run(of({"journal", "verify"}, data)).status == 1);
  const auto warned = run(of({"journal", "repair"}, data));
  CHECK(warned.status == 1);
  CHECK_THAT(warned.output, Contains("--accept-loss"));
  CHECK(bytes_of(log) == damaged);

  write_bytes(log, whole);
  world.start_again();
  diary.check_nothing_is_lost();
}

TEST_CASE("garbage behind the last write is cut off by a repair that loses nothing") {
  World world;
  Diary diary(world);
  REQUIRE(diary.write_until_refused(30).status == 0);
  world.node->kill();
  const auto data = world.directory / "data";
  const auto log = newest_log(data);
  auto spoilt = bytes_of(log);
  // A whole record by its length, whose checksum is another's.
  spoilt += spoilt.substr(0, 4) + std::string("\x10\x00\x01", 3) + std::string(16, 'g');
  write_bytes(log, spoilt);
  CHECK(run(serve(data)).status == 1);
  const auto repaired = run(of({"journal", "repair", "--accept-loss"}, data));
  INFO(repaired.output << repaired.errors);
  CHECK(repaired.status == 0);
  world.start_again();
  diary.check_nothing_is_lost();
}

TEST_CASE("a second process on a directory is refused with 1, naming it and the first one") {
  World world;
  Diary diary(world);
  const auto data = world.directory / "data";
  const auto first = "process " + std::to_string(world.node->pid());
  for (const auto& launch : {serve(data), of({"account", "list"}, data),
                             of({"journal", "verify"}, data), of({"journal", "repair"}, data)}) {
    const auto second = run(launch);
    INFO(launch.arguments[0] << ": " << second.errors);
    CHECK(second.status == 1);
    CHECK_THAT(second.errors, Contains(data.string()) && Contains(first));
  }
  CHECK_THAT(run(of({"account", "list"}, data)).errors, Contains("POST /v1/accounts"));
  REQUIRE(diary.write_until_refused(3).status == 0);
  world.node->kill();
  world.start_again();  // a killed process leaves no lock behind
  diary.check_nothing_is_lost();
}
