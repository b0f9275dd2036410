#include "base/hash.hpp"

#include <catch2/catch.hpp>

#include "base/entity_ref.hpp"

using namespace mf;

// BLAKE2b values: b2sum and Python's hashlib. XXH3 of "abc": the reference implementation's.

TEST_CASE("hash: BLAKE2b-256 of plain bytes is the standard's") {
  CHECK(to_hex(blake2b_256("abc").view()) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST_CASE("hash: each part is preceded by its length, so that borders matter") {
  CHECK(to_hex(blake2b_128({"ab", "c"}).view()) == "d301c71d527a1a9ae0e1e1e5bee135f5");
  CHECK(to_hex(blake2b_256({"ab", "c"}).view()) ==
        "9b29c83bca563845c8445a09a80da00b8193336d231891003eb004de0b9b1b5e");
  CHECK(blake2b_128({"a", "bc"}) != blake2b_128({"ab", "c"}));
}

TEST_CASE("hash: hex is written in lower case and read in either") {
  std::uint8_t bytes[3] = {};
  CHECK(to_hex(std::string_view("\x00\xab\x7f", 3)) == "00ab7f");
  CHECK(from_hex("00aB7F", bytes, 3));
  CHECK((bytes[0] == 0 && bytes[1] == 0xab && bytes[2] == 0x7f));
  CHECK_FALSE(from_hex("00ab7", bytes, 3));
  CHECK_FALSE(from_hex("00ab7f00", bytes, 3));
  CHECK_FALSE(from_hex("00ab7g", bytes, 3));
}

TEST_CASE("hash: random bytes have the length asked for and differ") {
  CHECK(random_bytes(33).size() == 33);
  CHECK(random_bytes(16) != random_bytes(16));
}

TEST_CASE("shard: an entity's shard is XXH3 of kind and id, modulo the count, for ever") {
  CHECK(xxh3_64("abc") == 0x78af5f94892f3950u);
  const EntityRef ref{EntityKind::technician, "tec_1"};
  CHECK(shard_of(ref, 64) == xxh3_64("technician/tec_1") % 64);
  CHECK(shard_of(ref, 1) == 0);
}

TEST_CASE("entity kinds: their names and stored numbers are fixed") {
  CHECK(to_string(EntityKind::work_order) == "work_order");
  CHECK(to_string(EntityKind::unique_name) == "unique_name");
  CHECK(parse_entity_kind("catalogue") == EntityKind::catalogue);
  CHECK_FALSE(parse_entity_kind("stock").has_value());
  CHECK_FALSE(parse_entity_kind("").has_value());
  CHECK(static_cast<int>(EntityKind::work_order) == 1);
  CHECK(static_cast<int>(EntityKind::catalogue) == 6);
}
