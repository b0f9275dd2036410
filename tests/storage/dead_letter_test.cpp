#include "storage/dead_letter.hpp"

#include <catch2/catch.hpp>

namespace mf::storage {
namespace {

const DeadLetter letter{{5, 42, 1, 2},
                        {EntityKind::technician, "tec_1"},
                        "release_claim",
                        "not_found there is\nno such technician",
                        blake2b_128({"a reaction"})};

std::string key_of(const DeadLetter& of) {
  return keys::dead_letter(of.key.shard, of.key.seq, of.key.event, of.key.reaction);
}

TEST_CASE("dead letter: it is read as it was written, on one line per member") {
  const auto read = decode_dead_letter(key_of(letter), encode(letter)).value();
  CHECK(read.key == letter.key);
  CHECK(read.target == letter.target);
  CHECK(read.verb == letter.verb);
  CHECK(read.why == "not_found there is no such technician");
  CHECK(read.command == letter.command);
  CHECK(name_of(read.key) == "5-42-1-2");
  CHECK(cause_of(read.key) == "evt_5-42-1");
}

TEST_CASE("dead letter: one of an older version has a body and no command id") {
  const auto old = "technician/tec_1\nrelease_claim\n{\"token\":\"x\"}\nnot_found \n";
  const auto read = decode_dead_letter(key_of(letter), old).value();
  CHECK(read.command.empty());
  CHECK(read.target.id == "tec_1");
  CHECK(read.why == "not_found ");
}

TEST_CASE("dead letter: bytes that are none are an error") {
  for (const char* value : {"", "letter", "spaceship/x\nfly\n{}\nno\n", "technician/t\n\n{}\nno\n",
                            "technician/t\ngo\n{}\nno\nzz\n"})
    CHECK(decode_dead_letter(key_of(letter), value).error().code == ErrorCode::corrupt);
  CHECK(decode_dead_letter(keys::counter(1, "x"), encode(letter)).error().code ==
        ErrorCode::corrupt);
}

}  // namespace
}  // namespace mf::storage
