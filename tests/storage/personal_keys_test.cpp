#include <catch2/catch.hpp>
#include <fstream>

#include "storage/person_keys/personal_key_ring.hpp"
#include "tests/storage/temporary_directory.hpp"

namespace mf::storage {
namespace {

constexpr std::string_view ana = "cli_00000000000000000000000001";
constexpr std::string_view ben = "cli_00000000000000000000000002";

/// What a commit would do with these changes.
Status keep(KeyKeeper& keeper, std::vector<KeyChange> changes) {
  if (auto staged = keeper.stage(changes); !staged) return staged;
  return keeper.sync();
}
KeyChange gone(std::string_view person) { return {std::string(person), {}}; }

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

void flip(const std::filesystem::path& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const auto byte = static_cast<char>(file.get() ^ 0x55);
  file.seekp(at);
  file.put(byte);
}
std::ptrdiff_t files_below(const std::filesystem::path& path) {
  return std::count_if(std::filesystem::recursive_directory_iterator(path), {},
                       [](const auto& entry) { return entry.is_regular_file(); });
}

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
  REQUIRE(keep(*f.keys, {gone(ana)}));
  CHECK(f.bytes().find(secret) == std::string::npos);
  f.reopen();
  CHECK(f.keys->get_or_create(ana).error().code == ErrorCode::unavailable);
  CHECK(f.keys->get(ben).value() == other);
  CHECK(keep(*f.keys, {gone(ana)}));
}

TEST_CASE("keys of persons: an end that was never written whole is set aside and cut off") {
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  (void)f.keys->get_or_create(ben).value();
  const auto size = std::filesystem::file_size(f.file());
  f.keys.reset();
  SECTION("of a length that is none") { std::filesystem::resize_file(f.file(), size - 1); }
  SECTION("made longer, not filled") {
    std::filesystem::resize_file(f.file(), size - 128);
    std::filesystem::resize_file(f.file(), size);
  }
  f.keys = f.open();
  CHECK(f.keys->size() == 1);
  CHECK(f.keys->get(ana).value() == key);
  CHECK(f.keys->get(ben).error().code == ErrorCode::not_found);
  CHECK(f.keys->get_or_create(ben));
  CHECK(files_below(f.directory / "keys" / "cut") == 1);
}

TEST_CASE(
    "keys of persons: damage of the last one in use is refused, and given up by consent only") {
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  const auto lost = f.keys->get_or_create(ben).value();
  f.keys.reset();
  flip(f.file(), 128 + 90);
  CHECK(KeyStore::open(f.directory / "keys").error().code == ErrorCode::corrupt);
  CHECK(std::filesystem::file_size(f.file()) == 256);
  f.keys = KeyStore::open(f.directory / "keys", KeyFile::accepts_loss).value();
  CHECK(f.keys->get(ana).value() == key);
  CHECK(f.keys->get(ben).error().code == ErrorCode::not_found);
  CHECK(files_below(f.directory / "keys" / "cut") == 1);
  CHECK(f.keys->get_or_create(ben).value() != lost);
  f.reopen();
  CHECK(f.keys->size() == 3);
}

TEST_CASE("keys of persons: a missing file beside a journal is not replaced unawares") {
  test::TemporaryDirectory directory;
  const auto missing = KeyStore::open(directory / "keys", KeyFile::must_be_whole);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message.find("--new-keys") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(directory / "keys"));
  REQUIRE(KeyStore::open(directory / "keys", KeyFile::accepts_loss));
  // An empty one is as good as none: every installation has secrets of its own.
  CHECK_FALSE(KeyStore::open(directory / "keys", KeyFile::must_be_whole));
}

TEST_CASE("keys of persons: a new one counts once it is durable, a destroyed one no more at once") {
  Fixture f;
  const auto first = new_person_key();
  REQUIRE(f.keys->stage(std::vector{KeyChange{std::string(ana), first}}));
  CHECK(f.keys->get(ana).error().code == ErrorCode::not_found);
  REQUIRE(f.keys->sync());
  CHECK(f.keys->get(ana).value() == first);
  REQUIRE(f.keys->stage(std::vector{gone(ana)}));
  CHECK(f.keys->get(ana).error().code == ErrorCode::unavailable);
  REQUIRE(f.keys->sync());
  CHECK(f.keys->get(ana).error().code == ErrorCode::unavailable);
}

TEST_CASE("keys of persons: the same one twice is one, another one is a no to the whole commit") {
  Fixture f;
  const KeyChange anas{std::string(ana), new_person_key()},
      other{std::string(ana), new_person_key()}, bens{std::string(ben), new_person_key()};
  REQUIRE(f.keys->stage(std::vector{anas}));
  REQUIRE(f.keys->stage(std::vector{anas}));
  CHECK(f.keys->stage(std::vector{bens, other}).error().code == ErrorCode::already_exists);
  REQUIRE(f.keys->sync());
  CHECK(f.keys->size() == 1);
  CHECK(f.keys->get(ana).value() == *anas.key);
  CHECK(f.keys->get(ben).error().code == ErrorCode::not_found);
  REQUIRE(keep(*f.keys, {bens, gone(ben)}));
  CHECK(keep(*f.keys, {bens}).error().code == ErrorCode::already_exists);
  f.reopen();
  CHECK(f.keys->get(ana).value() == *anas.key);
  CHECK(f.keys->get(ben).error().code == ErrorCode::unavailable);
}

TEST_CASE("keys of persons: a damaged one before the last is refused, naming the file") {
  Fixture f;
  for (auto person : {ana, ben, std::string_view("cli_3")}) REQUIRE(f.keys->get_or_create(person));
  f.keys.reset();
  flip(f.file(), 128 + 90);
  const auto opened = KeyStore::open(f.directory / "keys");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::corrupt);
  CHECK(opened.error().message.find("persons") != std::string::npos);
}

TEST_CASE("keys of persons: a second process is refused") {
  Fixture f;
  CHECK(KeyStore::open(f.directory / "keys").error().code == ErrorCode::locked);
}

/// A person's cipher, with a durable key.
std::shared_ptr<const PersonalCipher> made(PersonalKeyRing& ring, std::string_view person) {
  const auto drafted = ring.draft(person);
  if (drafted.made) REQUIRE(keep(ring, {*drafted.made}));
  return drafted.cipher;
}

TEST_CASE("ciphers: what was sealed for a person is opened with that person's key only") {
  Fixture f;
  PersonalKeyRing ring(*f.keys);
  const auto cipher = made(ring, ana);
  const auto sealed = cipher->seal("\"Ana Ñáñez\"");
  CHECK(sealed.find("Ana") == std::string::npos);
  CHECK(cipher->open(sealed) == "\"Ana Ñáñez\"");
  CHECK_FALSE(made(ring, ben)->open(sealed));
  auto damaged = sealed;
  damaged[40] = damaged[40] == 'A' ? 'B' : 'A';
  CHECK_FALSE(cipher->open(damaged));
  CHECK_FALSE(cipher->open("not base64 !"));
  CHECK_FALSE(cipher->open(""));
  f.reopen();
  PersonalKeyRing later(*f.keys);
  CHECK(later.cipher_of(ana)->open(sealed) == "\"Ana Ñáñez\"");
}

TEST_CASE("ciphers: the same text gives the same bytes for one person, and others for another") {
  Fixture f;
  PersonalKeyRing ring(*f.keys);
  const auto sealed = made(ring, ana)->seal("x");
  CHECK(ring.cipher_of(ana)->seal("x") == sealed);
  CHECK(made(ring, ben)->seal("x") != sealed);
  CHECK(ring.cipher_of(ana)->seal("y").substr(0, 30) != sealed.substr(0, 30));  // nonces, too
}

TEST_CASE("ciphers: none without a key, and none after erasing, also in hands that hold one") {
  Fixture f;
  PersonalKeyRing ring(*f.keys, 1);
  CHECK(ring.cipher_of(ana) == nullptr);
  const auto cipher = made(ring, ana);
  CHECK(ring.cipher_of(ana));
  const auto sealed = cipher->seal("x");
  (void)made(ring, ben);
  CHECK(ring.cipher_of(ben));  // pushes Ana's out of the ring
  REQUIRE(keep(ring, {gone(ana)}));
  CHECK_FALSE(cipher->open(sealed));
  CHECK(ring.cipher_of(ana) == nullptr);
  CHECK(ring.draft(ana).cipher == nullptr);
}

TEST_CASE(
    "ciphers: a new key is the same for all that draft it, and leaves no trace if none commits") {
  Fixture f;
  PersonalKeyRing ring(*f.keys);
  std::string sealed;
  {
    const auto one = ring.draft(ana), two = ring.draft(ana);
    REQUIRE((one.made && two.made));
    CHECK(one.made->key == two.made->key);
    sealed = one.cipher->seal("x");
    CHECK(two.cipher->open(sealed) == "x");
    CHECK(ring.cipher_of(ana) == nullptr);
  }
  CHECK(f.keys->size() == 0);
  const auto later = ring.draft(ana);
  CHECK_FALSE(later.cipher->open(sealed));
  REQUIRE(keep(ring, {*later.made}));
  CHECK_FALSE(ring.draft(ana).made);
}

}  // namespace
}  // namespace mf::storage
