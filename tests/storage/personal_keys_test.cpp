#include <catch2/catch.hpp>
#include <cerrno>
#include <fstream>

#include "storage/person_keys/personal_key_ring.hpp"
#include "storage/rocks/rocks_records.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/refusing_key_file.hpp"
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

TEST_CASE("keys of persons: a key whose destruction failed is destroyed by the next try") {
  using Refusing = test::RefusingKeyFile;
  Fixture f;
  const auto key = f.keys->get_or_create(ana).value();
  const std::string secret(key.begin(), key.end());
  const auto call = GENERATE(Refusing::Call::write, Refusing::Call::sync);
  {
    const Refusing disk(call, EIO);
    CHECK(keep(*f.keys, {gone(ana)}).error().code == ErrorCode::io);
  }
  CHECK(f.keys->get(ana).error().code == ErrorCode::unavailable);
  // What a failed sync left reads like what is durable: only another write makes sure.
  if (GENERATE(false, true)) f.reopen();
  const Refusing disk(Refusing::Call::none, 0);
  REQUIRE(keep(*f.keys, {gone(ana)}));
  CHECK(Refusing::writes() == 1);
  CHECK(f.bytes().find(secret) == std::string::npos);
  CHECK(f.keys->get(ana).error().code == ErrorCode::unavailable);
}

TEST_CASE("keys of persons: a new key whose write failed is made by the next try") {
  using Refusing = test::RefusingKeyFile;
  Fixture f;
  const KeyChange anas{std::string(ana), new_person_key()};
  {
    const Refusing disk(GENERATE(Refusing::Call::write, Refusing::Call::sync), ENOSPC);
    CHECK_FALSE(keep(*f.keys, {anas}));
  }
  CHECK(f.keys->get(ana).error().code == ErrorCode::not_found);
  REQUIRE(keep(*f.keys, {anas}));
  f.reopen();
  CHECK(f.keys->get(ana).value() == *anas.key);
  CHECK(f.keys->size() == 1);
}

TEST_CASE("keys of persons: what was set aside goes with the first key that is destroyed") {
  Fixture f;
  (void)f.keys->get_or_create(ana).value();
  (void)f.keys->get_or_create(ben).value();
  f.keys.reset();
  flip(f.file(), 128 + 90);
  f.keys = KeyStore::open(f.directory / "keys", KeyFile::accepts_loss).value();
  REQUIRE(files_below(f.directory / "keys" / "cut") == 1);
  REQUIRE(keep(*f.keys, {gone(ben)}));
  CHECK_FALSE(std::filesystem::exists(f.directory / "keys" / "cut"));
}

TEST_CASE("keys of persons: fewer than the journal noted, or another's, are refused untouched") {
  Fixture f;
  (void)f.keys->get_or_create(installation_secret).value();
  (void)f.keys->get_or_create(ana).value();
  const auto older = f.bytes();
  (void)f.keys->get_or_create(ben).value();
  const auto noted = f.keys->mark().value();
  CHECK(noted.slots == 3);
  CHECK_FALSE(noted.may_have_gaps);
  f.keys.reset();
  REQUIRE(KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, noted));
  SECTION("cut by a slot") { std::filesystem::resize_file(f.file(), 256); }
  SECTION("cut by a byte") { std::filesystem::resize_file(f.file(), 383); }
  SECTION("the last one zeroed") {
    std::filesystem::resize_file(f.file(), 256);
    std::filesystem::resize_file(f.file(), 384);
  }
  SECTION("an older copy") { std::ofstream(f.file(), std::ios::binary) << older; }
  SECTION("another installation's") {
    std::filesystem::remove(f.file());
    f.keys = f.open();
    for (const auto name : {installation_secret, ana, ben}) REQUIRE(f.keys->get_or_create(name));
    f.keys.reset();
  }
  SECTION("of a copy that went on elsewhere") {
    std::ofstream(f.file(), std::ios::binary) << older;
    f.keys = f.open();
    REQUIRE(f.keys->get_or_create("client-of-a-rehearsal"));
    f.keys.reset();
  }
  const auto found = f.bytes();
  const auto refused = KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, noted);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::corrupt);
  CHECK(refused.error().message.find("--new-keys") != std::string::npos);
  CHECK(f.bytes() == found);
  CHECK_FALSE(std::filesystem::exists(f.directory / "keys" / "cut"));
  f.keys = KeyStore::open(f.directory / "keys", KeyFile::accepts_loss, noted).value();
  CHECK(f.keys->mark()->may_have_gaps);
}

TEST_CASE("keys of persons: a copy from before an erasure is refused, however many keys it has") {
  Fixture f;
  (void)f.keys->get_or_create(installation_secret).value();
  (void)f.keys->get_or_create(ana).value();
  (void)f.keys->get_or_create(ben).value();
  const auto older = f.bytes();
  const auto before = f.keys->mark().value();
  REQUIRE(keep(*f.keys, {gone(ben)}));
  REQUIRE(keep(*f.keys, {gone(ben)}));  // once more is no other erasure
  const auto noted = f.keys->mark().value();
  CHECK(noted.slots == before.slots);
  CHECK(noted.destroyed == before.destroyed + 1);
  f.keys.reset();
  CHECK(KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, noted).value()->mark() ==
        noted);
  // One that knows of more is that of a commit that was cut off.
  CHECK(KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, before));
  std::ofstream(f.file(), std::ios::binary) << older;
  const auto refused = KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, noted);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::corrupt);
  CHECK(refused.error().message.find("--new-keys") != std::string::npos);
  CHECK(f.bytes() == older);
}

TEST_CASE("keys of persons: a note of an older program knows of no erasure, and is read") {
  const KeyMark mark{7, blake2b_128({"x"}), true, 300, blake2b_128({"y"})};
  CHECK(decode_key_mark(encode(mark)).value() == mark);
  auto older = encode(KeyMark{7, blake2b_128({"x"}), true, 0});
  older.resize(older.size() - sizeof(Hash128));
  CHECK(decode_key_mark(older).value() == KeyMark{7, blake2b_128({"x"}), true, 0});
  older.pop_back();
  CHECK(decode_key_mark(older).value() == KeyMark{7, blake2b_128({"x"}), true, 0});
}

TEST_CASE("keys of persons: more than the journal noted are a commit that was cut off") {
  Fixture f;
  (void)f.keys->get_or_create(installation_secret).value();
  const auto noted = f.keys->mark().value();
  (void)f.keys->get_or_create(ana).value();
  f.keys.reset();
  CHECK(KeyStore::open(f.directory / "keys", KeyFile::must_be_whole, noted));
}

/// A journal beside its keys.
struct Journal {
  test::TemporaryDirectory directory;
  std::unique_ptr<KeyStore> keys = KeyStore::open(directory / "keys").value();
  std::unique_ptr<RocksStore> store = open();
  test::Committer committer{*store};
  std::unique_ptr<RocksStore> open() {
    auto opened =
        open_rocks(
            {.data_dir = directory / "data", .shard_count = 4, .memory_bytes_max = 16u << 20})
            .value();
    opened->keep_keys_with(*keys);
    return opened;
  }
  CommitResult commit(std::string_view person) {
    auto commit = test::Committer::after(store->applied(2), 2);
    commit.keys.push_back({std::string(person), new_person_key()});
    return committer.commit(std::move(commit));
  }
};

TEST_CASE("keys of persons: the journal notes how many it has, with the batch that adds one") {
  Journal j;
  CHECK(j.store->noted_keys().value() == std::nullopt);
  REQUIRE(j.commit(ana).state == CommitState::committed);
  REQUIRE(j.commit(ben).state == CommitState::committed);
  CHECK(j.store->noted_keys().value() == j.keys->mark());
  CHECK(j.store->noted_keys().value()->slots == 2);
  j.store.reset();
  CHECK(keys_noted_in(j.directory / "data").value() == j.keys->mark());
}

TEST_CASE("keys of persons: a disk that takes none is told, and forgotten with time") {
  Journal j;
  CHECK(j.store->why_no_keys().empty());
  {
    const test::RefusingKeyFile disk(test::RefusingKeyFile::Call::write, ENOSPC);
    CHECK(j.commit(ana).state == CommitState::failed);
  }
  CHECK_FALSE(j.store->why_no_keys().empty());
  CHECK(j.commit(ana).state == CommitState::committed);
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

TEST_CASE("ciphers: a known person who lacks a key gets none, unless a loss was accepted") {
  Fixture f;
  {
    PersonalKeyRing ring(*f.keys);
    CHECK(ring.draft(ana, KeyOf::newcomer).made);
    CHECK_THROWS_AS(ring.draft(ben, KeyOf::known), ReadFailed);
    (void)made(ring, ben);
    CHECK(ring.draft(ben, KeyOf::known).cipher);
  }
  f.keys.reset();
  f.keys = KeyStore::open(f.directory / "keys", KeyFile::accepts_loss).value();
  PersonalKeyRing ring(*f.keys);
  CHECK(ring.draft(ana, KeyOf::known).made);
}

}  // namespace
}  // namespace mf::storage
