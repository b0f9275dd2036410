#include "base/bytes.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

using namespace mf;
using namespace std::string_literals;

TEST_CASE("bytes: integers are big-endian, so that keys sort as their numbers do") {
  std::string out;
  put_u16(out, 0x0102);
  put_u32(out, 0x03040506);
  put_u64(out, 0x0708090a0b0c0d0e);
  put_u8(out, 0x0f);
  CHECK(out == "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f");
  CHECK(rc::check([](std::uint64_t a, std::uint64_t b) {
    std::string x, y;
    put_u64(x, a);
    put_u64(y, b);
    RC_ASSERT((x < y) == (a < b));
  }));
}

TEST_CASE("bytes: varints are LEB128") {
  const auto encoded = [](std::uint64_t v) {
    std::string out;
    put_varint(out, v);
    return out;
  };
  CHECK(encoded(0) == "\0"s);
  CHECK(encoded(127) == "\x7f");
  CHECK(encoded(128) == "\x80\x01");
  CHECK(encoded(624485) == "\xe5\x8e\x26");  // the example of the DWARF standard
  CHECK(encoded(UINT64_MAX) == "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST_CASE("bytes: what is put is read back") {
  CHECK(rc::check([](std::uint8_t a, std::uint64_t b, const std::string& c, std::uint32_t d) {
    std::string out;
    put_u8(out, a);
    put_varint(out, b);
    put_bytes(out, c);
    put_u32(out, d);
    ByteReader reader(out);
    RC_ASSERT(reader.u8() == a);
    RC_ASSERT(reader.varint() == b);
    RC_ASSERT(reader.bytes() == c);
    RC_ASSERT(reader.u32() == d);
    RC_ASSERT(reader.ok());
    RC_ASSERT(reader.at_end());
  }));
}

TEST_CASE("bytes: a short read fails for good and gives zero or nothing from then on") {
  ByteReader reader("\x01\x02\x03");
  CHECK(reader.u16() == 0x0102);
  CHECK(reader.u16() == 0);
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);
  CHECK(reader.raw(1).empty());
}

TEST_CASE("bytes: a length beyond the end and an endless varint are refused") {
  ByteReader too_long(
      "\x05"
      "abc");
  CHECK(too_long.bytes().empty());
  CHECK_FALSE(too_long.ok());
  const std::string endless(11, '\xff');
  ByteReader varint(endless);
  CHECK(varint.varint() == 0);
  CHECK_FALSE(varint.ok());
}

TEST_CASE("bytes: no input makes the reader read past the end") {
  CHECK(rc::check([](const std::string& bytes) {
    ByteReader reader(bytes);
    for (int i = 0; i < 100 && reader.ok(); ++i) {
      (void)reader.varint();
      RC_ASSERT(reader.bytes().size() <= bytes.size());
      (void)reader.u16();
    }
    RC_ASSERT(reader.left() <= bytes.size());
  }));
}
