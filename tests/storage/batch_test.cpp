#include "storage/batch.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/storage/golden.hpp"
#include "tests/storage/samples.hpp"

namespace mf::storage {
namespace {

using test::full_batch;
using test::sample_batch;

TEST_CASE("batch: its stored bytes are pinned by a golden file") {
  test::check_golden("batch_v2.hex", to_hex(encode(full_batch())) + "\n");
  auto old = full_batch();
  old.format = 1;
  test::check_golden("batch_v1.hex", to_hex(encode(old)) + "\n");
  CHECK(decode_batch(encode(old)).value() == old);
}

TEST_CASE("batch: a kind that this program does not know is said to be a newer program's") {
  auto batch = full_batch();
  batch.entries.back().entity.kind = static_cast<EntityKind>(99);
  CHECK(decode_batch(encode(batch)).error().code == ErrorCode::unsupported);
  CHECK(to_string(static_cast<EntityKind>(99)) == "unknown");
}

TEST_CASE("batch: what was encoded is decoded again, whole") {
  CHECK(decode_batch(encode(full_batch())).value() == full_batch());
  Batch cursor_only;
  cursor_only.seq = 1;
  CHECK(decode_batch(encode(cursor_only)).value() == cursor_only);
}

TEST_CASE("batch: every single damaged bit is noticed") {
  const auto bytes = encode(full_batch());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    const auto read = decode_batch(damaged);
    INFO("bit " << bit);
    REQUIRE_FALSE(read);
  }
}

TEST_CASE("batch: every truncation and every appended byte is noticed") {
  const auto bytes = encode(full_batch());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE(decode_batch(std::string_view(bytes).substr(0, size)).error().code ==
            ErrorCode::corrupt);
  CHECK(decode_batch(bytes + '\0').error().code == ErrorCode::corrupt);
}

TEST_CASE("batch: a newer format is unsupported, not corrupt") {
  auto bytes = encode(full_batch());
  bytes[0] = 3;
  CHECK(decode_batch(bytes).error().code == ErrorCode::unsupported);
}

TEST_CASE("batch: an entity of a kind this program does not know is unsupported, and has a name") {
  auto batch = test::sample_batch(3, 1, {});
  batch.entries[0].entity.kind = EntityKind{200};
  CHECK(decode_batch(encode(batch)).error().code == ErrorCode::unsupported);
  CHECK(to_string(EntityKind{200}) == "unknown");
  CHECK(to_string(EntityKind{0}) == "unknown");
}

TEST_CASE("batch: the chain hash depends on the batch before, the header and every event") {
  const auto batch = full_batch();
  const auto hash = chain_hash(batch);
  const auto differs = [&](auto change) {
    auto other = batch;
    change(other);
    return chain_hash(other) != hash;
  };
  CHECK(differs([](Batch& b) { b.previous.bytes[0] ^= 1; }));
  CHECK(differs([](Batch& b) { b.seq += 1; }));
  CHECK(differs([](Batch& b) { b.era = "x"; }));
  CHECK(differs([](Batch& b) { b.cursor.low += 1; }));
  CHECK(differs([](Batch& b) { b.entries[0].principal = "x"; }));
  CHECK(differs([](Batch& b) { b.entries[0].events[0].json = "{}"; }));
  CHECK(differs([](Batch& b) { b.entries[0].events[1].type = "x"; }));
  CHECK(differs([](Batch& b) { b.entries[0].events[1].schema = 1; }));
  CHECK(chain_hash_of_frame(encode(batch)) == hash);
}

TEST_CASE("batch: any bytes are read without harm") {
  CHECK(rc::check("decode_batch is total", [](const std::string& bytes) {
    const auto batch = decode_batch('\x01' + bytes);
    if (batch) RC_TAG("a batch");
  }));
}

TEST_CASE("batch: a huge count in few bytes is refused without reserving memory for it") {
  auto bytes = encode(Batch{});
  // The three counts of an empty batch are the bytes before the hash: done, entries.
  bytes[bytes.size() - 33] = '\x7f';
  CHECK(decode_batch(bytes).error().code == ErrorCode::corrupt);
}

}  // namespace
}  // namespace mf::storage
