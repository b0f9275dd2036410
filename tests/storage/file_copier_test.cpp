#include "storage/file_copier.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <thread>

#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct stat about(const fs::path& file) {
  struct stat found{};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found;
}

struct Original {
  test::TemporaryDirectory root;
  fs::path from = root / "from", to = root / "to";
  std::string bytes;
  explicit Original(std::size_t size) : bytes(size, 'o') {
    for (std::size_t i = 0; i < size; i += 7) bytes[i] = static_cast<char>(i);
    std::ofstream(from, std::ios::binary) << bytes;
  }
};

TEST_CASE("copy: a file of its own with the same bytes, or the first of them, for its owner") {
  const Original file(3'000'000);
  FileCopier copier;
  REQUIRE(copier.copy(file.from, file.to));
  CHECK(bytes_of(file.to) == file.bytes);
  CHECK(about(file.to).st_ino != about(file.from).st_ino);
  CHECK((about(file.to).st_mode & 0777) == 0600);
  REQUIRE(copier.copy(file.from, file.root / "part", 1'500'000));
  CHECK(bytes_of(file.root / "part") == file.bytes.substr(0, 1'500'000));
  CHECK_FALSE(copier.copy(file.from, file.to));  // nothing is written over
  CHECK_FALSE(copier.copy(file.root / "none", file.root / "other"));
}

TEST_CASE("copy: a tree comes with its folders, and a missing one is none") {
  const test::TemporaryDirectory root;
  fs::create_directories(root / "from/ab/empty");
  std::ofstream(root / "from/ab/cd") << "x";
  FileCopier copier;
  REQUIRE(copier.copy_tree(root / "from", root / "to"));
  CHECK(bytes_of(root / "to/ab/cd") == "x");
  CHECK(fs::is_directory(root / "to/ab/empty"));
  REQUIRE(copier.copy_tree(root / "none", root / "nothing"));
  CHECK_FALSE(fs::exists(root / "nothing"));
}

TEST_CASE("copy: no faster than it may, over all its files") {
  const Original file(2u << 20);
  FileCopier copier(nullptr, 8u << 20);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 2; ++i) REQUIRE(copier.copy(file.from, file.root.path() / std::to_string(i)));
  // Where blocks are shared nothing is copied, and nothing has to wait.
  if (about(file.root / "0").st_blocks > 0 && std::chrono::steady_clock::now() - begin < 100ms) {
    WARN("not tested: this file system shares blocks");
    return;
  }
  CHECK(std::chrono::steady_clock::now() - begin >= 490ms);
}

TEST_CASE("copy: one that is to end does so in the middle of a file") {
  const Original file(3u << 20);
  std::atomic<bool> cancelled{false};
  FileCopier copier(&cancelled, 1);  // a megabyte in twelve days
  std::thread stopper([&] {
    while (!fs::exists(file.to)) std::this_thread::sleep_for(1ms);
    cancelled = true;
  });
  const auto copied = copier.copy(file.from, file.to);
  stopper.join();
  if (!copied) CHECK(copied.error().code == ErrorCode::unavailable);
  CHECK(copier.copy(file.from, file.root / "later").error().code == ErrorCode::unavailable);
  CHECK_FALSE(fs::exists(file.root / "later"));
}

}  // namespace
}  // namespace mf::storage
