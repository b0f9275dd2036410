#include <catch2/catch.hpp>

#include "base/fold.hpp"

using namespace mf;

TEST_CASE("fold: accents and case don't matter, in any script") {
  CHECK(fold("Ñuño ÁVILA Pingüino çß Œuvre") == "nuno avila pinguino css oeuvre");
  CHECK(fold("Łódź ŽIŽKA ĳ ſ Ø æ") == "lodz zizka ij s o ae");
  CHECK(fold("ΑΘΗΝΆ Москва Ё") == "αθηνα москва е");
  CHECK(fold("a\u0301 × 日本") == "a × 日本");
}

TEST_CASE("fold: compatibility forms are what they look like") {
  CHECK(fold("１２３ ﬁbra ²") == "123 fibra 2");
  CHECK(fold("٣٠٠ ۴۵ १२ 𝟗") == "300 45 12 9");
  CHECK(fold("Nº 12 N° 12 №12") == "no 12 n  12 no12");
}

TEST_CASE("fold: dashes, apostrophes and blanks become their plain kind") {
  CHECK(fold("O’Higgins D‘Angelo ORD–7K3Q—9F2M “x” «y»") ==
        "o'higgins d'angelo ord-7k3q-9f2m \"x\" \"y\"");
  CHECK(fold("a\u00A0b\u2003c\td\r\ne") == "a b c d  e");
}

TEST_CASE("fold: what can't be seen is dropped") {
  CHECK(fold("1\u200B0\u00AD3\u202E7\uFEFF") == "1037");
}

TEST_CASE("fold: broken UTF-8 harms nothing") {
  CHECK(fold("\xC3") == " ");
  CHECK(fold("a\xE1\x41") == "a a");
}
