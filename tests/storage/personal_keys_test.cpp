#include <catch2/catch.hpp>
#include <fstream>

#include "storage/person_keys/personal_key_ring.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

constexpr std::string_view ana = "cli_00000000000000000000000001";
constexpr std::string_view ben = "cli_00000000000000000000000002";

struct Fixture {
  test::TemporaryDirectory directory;
  std::unique_ptr<KeyStore> keys = open();
  std::unique_ptr<KeyStore> open() {
    auto opened = KeyStore::open(directory / "keys");
    if (!opened) FAIL(opened.error().message);
    return *std::move(opened);
  }
  void reopen() {
    keys.reset();
    keys = open();
  }
  std::filesystem::path file() const { return directory / "keys" / "persons"; }
  std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_CASE("keys of persons: a key stays the same for ever, and differs per person") {
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  CHECK(f.keys->get_or_create(ben).value() != key);
  f.reopen();
  CHECK(f.keys->get(ana).value() == key);
  CHECK(f.keys->get_or_create(ana).value() == key);
  CHECK(f.keys->size() == 2);
  CHECK(f.keys->get("cli_x").error().code == ErrorCode::not_found);
}

TEST_CASE("keys of persons: erasing destroys the bytes, and no new key is made afterwards") {
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  const auto other = f.keys->get_or_create(ben).value();
  const std::string secret(key.begin(), key.end());
  REQUIRE(f.bytes().find(secret) != std::string::npos);
  REQUIRE(f.keys->erase(ana));
  CHECK(f.bytes().find(secret) == std::string::npos);
  f.reopen();
  CHECK(f.keys->get_or_create(ana).error().code == ErrorCode::unavailable);
  CHECK(f.keys->get(ben).value() == other);
  CHECK(f.keys->erase(ana));
}

TEST_CASE("keys of persons: a torn last key is cut off, whatever was torn") {
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  (void)f.keys->get_or_create(ben).value();
  const auto size = std::filesystem::file_size(f.file());
  f.keys.reset();
  SECTION("in its length") { std::filesystem::resize_file(f.file(), size - 1); }
  SECTION("in its bytes") {
    std::filesystem::resize_file(f.file(), size - 5);
    std::filesystem::resize_file(f.file(), size);
  }
  f.keys = f.open();
  CHECK(f.keys->size() == 1);
  CHECK(f.keys->get(ana).value() == key);
  CHECK(f.keys->get(ben).error().code == ErrorCode::not_found);
  CHECK(f.keys->get_or_create(ben));
}

TEST_CASE("keys of persons: a damaged one before the last is refused, naming the file") {
  Fixture f;
  for (auto person : {ana, ben, std::string_view("cli_3")}) REQUIRE(f.keys->get_or_create(person));
  f.keys.reset();
  {
    std::fstream file(f.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(128 + 90);
    file.put('!');
  }
  const auto opened = KeyStore::open(f.directory / "keys");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::corrupt);
  CHECK(opened.error().message.find("persons") != std::string::npos);
}

TEST_CASE("keys of persons: a second process is refused") {
  Fixture f;
  CHECK(KeyStore::open(f.directory / "keys").error().code == ErrorCode::locked);
}

TEST_CASE("ciphers: what was sealed for a person is opened with that person's key only") {
  Fixture f;
  PersonalKeyRing ring(*f.keys);
  const auto cipher = ring.cipher_of(ana, true);
  const auto sealed = cipher->seal("\"Ana Ñáñez\"");
  CHECK(sealed.find("Ana") == std::string::npos);
  CHECK(sealed != cipher->seal("\"Ana Ñáñez\""));
  CHECK(cipher->open(sealed) == "\"Ana Ñáñez\"");
  CHECK_FALSE(ring.cipher_of(ben, true)->open(sealed));
  auto damaged = sealed;
  damaged[40] = damaged[40] == 'A' ? 'B' : 'A';
  CHECK_FALSE(cipher->open(damaged));
  CHECK_FALSE(cipher->open("not base64 !"));
  CHECK_FALSE(cipher->open(""));
  f.reopen();
  PersonalKeyRing later(*f.keys);
  CHECK(later.cipher_of(ana, false)->open(sealed) == "\"Ana Ñáñez\"");
}

TEST_CASE("ciphers: none without a key, and none after erasing, also in hands that hold one") {
  Fixture f;
  PersonalKeyRing ring(*f.keys, 1);
  CHECK(ring.cipher_of(ana, false) == nullptr);
  const auto cipher = ring.cipher_of(ana, true);
  const auto sealed = cipher->seal("x");
  (void)ring.cipher_of(ben, true);  // pushes Ana's out of the ring
  REQUIRE(ring.erase(ana));
  CHECK_FALSE(cipher->open(sealed));
  CHECK(ring.cipher_of(ana, false) == nullptr);
  CHECK(ring.cipher_of(ana, true) == nullptr);
}

}  // namespace
}  // namespace mf::storage
