#include "base/plain_text.hpp"

#include <catch2/catch.hpp>

using namespace mf;

namespace {

std::string line(std::string_view text) { return plain_text(text, TextForm::line).value_or("no"); }
std::string lines(std::string_view text) {
  return plain_text(text, TextForm::lines).value_or("no");
}

}  // namespace

TEST_CASE("plain text: blanks of any kind at the ends go, a text of blanks is empty") {
  CHECK(line("  Ana Ruiz ") == "Ana Ruiz");
  CHECK(line("\u00a0sup\t") == "sup");
  CHECK(line("\ufeffsup\u3000\n") == "sup");
  for (const auto* blank : {"", "   ", "\t\n", "\u00a0", "\u200b", "\u2003\u2028", "\u3164",
                            "\u2800\u2800", "\u200d", "\u00ad", "\u200e\u200f"})
    CHECK(line(blank).empty());
}

TEST_CASE("plain text: accents have one form, whichever keyboard they come from") {
  CHECK(line("Jose\u0301") == "Jos\u00e9");
  CHECK(line("Nun\u0303ez") == line("Nu\u00f1ez"));
  CHECK(composed("contrasen\u0303a ") == "contrase\u00f1a ");
  CHECK(composed("\xff\xfe") == "\xff\xfe");
}

TEST_CASE("plain text: the letters of Latin alphabets stay what they are, however they are read") {
  const std::string other = "\u2014";  // sends the whole text down the long road
  for (unsigned c = 0xa0; c <= 0x250; ++c) {
    const std::string letter{static_cast<char>(0xc0 | c >> 6),
                             static_cast<char>(0x80 | (c & 0x3f))};
    const auto text = " a" + letter + "b ";
    CHECK(line(text + other) == line(text.substr(0, text.size() - 1)) + " " + other);
    CHECK(lines(letter + other) == lines(letter) + other);
    CHECK(composed(text + other) == composed(text) + other);
  }
  CHECK(line("\xc3") == "no");
  CHECK(line("a\xc3z") == "no");
}

TEST_CASE("plain text: what can't be seen is left out, what pretends is refused") {
  CHECK(line("Ana\u200b Ru\u00adiz") == "Ana Ruiz");
  CHECK(line("\u200e+57 300\u200f") == "+57 300");
  using namespace std::string_view_literals;
  for (const auto bad :
       {"Ana\0Ruiz"sv, "Ana\x1b[31m"sv, "Ana\x7f"sv, "Ana\u0085Ruiz"sv, "Ana\u202eziuR"sv,
        "\u2066Ana\u2069"sv, "Ana\uffff"sv, "Ana\r\nX-Header: 1"sv, "Ana\tRuiz"sv})
    CHECK(line(bad) == "no");
  CHECK(line("क्षि \U0001F468\u200d\U0001F469\u200d\U0001F467") != "no");
}

TEST_CASE("plain text: comments keep their lines, with one kind of line end") {
  CHECK(lines("uno\r\ndos\rtres\u2028cuatro\n") == "uno\ndos\ntres\ncuatro");
  CHECK(lines("a\tb") == "a\tb");
  CHECK(lines("a\x01") == "no");
  CHECK(text_form_of("note") == TextForm::lines);
  CHECK(text_form_of("title") == TextForm::line);
  CHECK(plain_text(" p\u0301 ", text_form_of("new_password")) == " p\u0301 ");
}

TEST_CASE("plain text: names that are compared are one however they are typed") {
  const auto key = [](std::string_view text) {
    return plain_text(text, text_form_of("skill")).value_or("no");
  };
  for (const auto* typed : {"fibra óptica", " Fibra  Óptica ", "FIBRA\u00a0O\u0301PTICA",
                            "fibra\u2003\u3000óptica\u200b"})
    CHECK(key(typed) == "fibra óptica");
  CHECK(key("GPON 10G") == "gpon 10g");
  CHECK(key("fibra optica") != key("fibra óptica"));
  CHECK(key("Straße") == "strasse");
  CHECK(key(" \u200b ").empty());
  CHECK(key("a\nb") == "no");
  for (const auto* typed : {"Ünïcode  Ⅷ", "İstanbul", "ΑΣ ς", "ﬁbra"}) {
    INFO(typed);
    CHECK(key(key(typed)) == key(typed));
  }
}

TEST_CASE("plain text: an e-mail address is one") {
  for (const auto* good : {"luz@example.co", "a.b+c_d@x-y.com.co", "o'neil@x.co", "ñandú@año.co"})
    CHECK(is_email_address(good));
  for (const auto* bad : {"@", "ana@@x.co", "ana @x.co", "ana@x", "@x.co", "ana@", "ana@x..co",
                          "ana@-x.co", ".ana@x.co", "a..b@x.co", "ana", "ana@x.co\nBcc: b@y.co",
                          "ana@x.co.", "\"a\"@x.co", "<ana@x.co>"})
    CHECK_FALSE(is_email_address(bad));
}

TEST_CASE("plain text: a phone number has digits, and an extension when it needs one") {
  for (const auto* good :
       {"3001234567", "+57 300 123 4567", "(604) 444-5566", "604.444.5566 ext 12", "6044445566x3",
        "(+57) 300 1234567", "123456#9", "604 4445566 Ext. 7", "6044445566 extensión 12"})
    CHECK(is_phone_number(good));
  for (const auto* bad : {"no tiene", "-----", "1234", "+57 300 +1234567", "1234567890123456",
                          "300 123 4567 o 301", "ext 12345", "3001234567 ext", "3001234567 ext a"})
    CHECK_FALSE(is_phone_number(bad));
}

TEST_CASE("plain text: an identity is letters and digits, whatever stands between them") {
  for (const auto* same :
       {"1037654321", "1,037,654,321", "1\u00a0037\u00a0654\u00a0321", "1'037.654.321",
        "1037654321\u200b", "１０３７６５４３２１", "١٠٣٧٦٥٤٣٢١", " 1037-654-321"})
    CHECK(identity_of(same) == "1037654321");
  CHECK(identity_of("AB-12") == "ab12");
  CHECK(identity_of("ＡＢ12") == "ab12");
  CHECK(identity_of(" .-") == "");
}
