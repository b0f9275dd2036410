#include "base/phone_number.hpp"

#include <catch2/catch.hpp>

using namespace mf;

namespace {

std::string kept(std::string_view text) {
  const auto number = phone_number(text);
  return number ? number->text : "no";
}

}  // namespace

TEST_CASE("phone number: it has digits, and an extension when it needs one") {
  for (const auto* good :
       {"3001234567", "+57 300 123 4567", "(604) 444-5566", "604.444.5566 ext 12", "6044445566x3",
        "(+57) 300 1234567", "123456#9", "604 4445566 Ext. 7", "6044445566 extensión 12",
        "6044441234 int. 12", "6044441234 (ext 12)", "604 444/1234", "[604] 4441234", "444-1234"})
    CHECK(phone_number(good));
  for (const auto* bad :
       {"no tiene", "-----", "1234", "+57 300 +1234567", "1234567890123456", "300 123 4567 o 301",
        "ext 12345", "3001234567 ext", "3001234567 ext a", "", "tel", "300+1234567",
        "++573001234567", "3001234567 ext 123456789", "00 00", "@3001234567"})
    CHECK_FALSE(phone_number(bad));
}

TEST_CASE("phone number: it is kept in one notation, its groups as they were") {
  CHECK(kept("+57 300 123 4567") == "+57 300 123 4567");
  CHECK(kept("300  123   4567 ") == "300 123 4567");
  CHECK(kept("０３００ １２３") == "0300 123");
  CHECK(kept("٣٠٠ ١٢٣ ٤٥٦٧") == "300 123 4567");
  CHECK(kept("300‐123‑4567") == "300-123-4567");
  CHECK(kept("300–123—4567") == "300-123-4567");
  CHECK(kept("［604］ 4441234") == "(604) 4441234");
  CHECK(kept("0057 300 123 4567") == "+57 300 123 4567");
  CHECK(kept("00 57 3001234567") == "+57 3001234567");
  CHECK(kept("(0057) 3001234567") == "(+57) 3001234567");
  CHECK(kept("001 305 555 1234") == "+1 305 555 1234");
  CHECK(kept("Tel.: 604 444 1234") == "604 444 1234");
  CHECK(kept("cel 3001234567") == "3001234567");
  for (const auto* same :
       {"6044441234 ext 12", "6044441234x12", "6044441234 EXT. 12", "6044441234 extensión: 12",
        "6044441234, int 12", "6044441234#12", "6044441234 (ext. 12)"}) {
    INFO(same);
    CHECK(
        kept(same) ==
        (std::string_view(same).find(',') == std::string_view::npos ? "6044441234 ext 12" : "no"));
  }
}

TEST_CASE("phone number: digits and extension are told apart") {
  const auto number = phone_number("+57 (604) 444-1234 ext. 12");
  REQUIRE(number);
  CHECK(number->digits == "576044441234");
  CHECK(number->extension == "12");
  CHECK(phone_number("0057 300 123 4567")->digits == "573001234567");
  CHECK(phone_number("3001234567")->extension.empty());
}
