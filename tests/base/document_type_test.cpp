#include "base/document_type.hpp"

#include <catch2/catch.hpp>

using namespace mf;

TEST_CASE("document type: one code, however it is written") {
  for (const auto* cc : {"CC", "C.C.", "c c", "Cédula", "cédula de ciudadanía", "ＣＣ"})
    CHECK(document_type_of(cc) == "cc");
  CHECK(document_type_of("Passport") == "pa");
  CHECK(document_type_of("N.I.T.") == "nit");
  CHECK(document_type_of("cedula de extranjería") == "ce");
  CHECK(document_type_of("Luz").empty());
  CHECK(document_type_identity("DNI") == "dni");
  CHECK(document_type_identity("documento") == "documento");
}

TEST_CASE("document type: in front of the number it is taken off, when it is the one declared") {
  const auto bare = [](const char* type, const char* number) {
    const auto result = without_type(number, type);
    return result.is_of_other_type ? "another" : result.number;
  };
  for (const auto* number :
       {"CC 71.234.567", "C.C. 71.234.567", "C.C.71.234.567", "cc71.234.567", "c c 71.234.567",
        "CC: 71.234.567", "CC-71.234.567", "CC No. 71.234.567", "C.C. N° 71.234.567",
        "Cédula 71.234.567", "cédula de ciudadanía Nro 71.234.567", "CC#71.234.567", "71.234.567",
        "No. 71.234.567", "documento 71.234.567", "ＣＣ 71.234.567"}) {
    INFO(number);
    CHECK(bare("CC", number) == "71.234.567");
    CHECK(bare("Cédula", number) == "71.234.567");
  }
  CHECK(bare("NIT", "nit900123456") == "900123456");
  CHECK(bare("NIT", "NIT 900.123.456-7") == "900.123.456-7");
  CHECK(bare("NIT", "RUT 900.123.456-7") == "900.123.456-7");
  CHECK(bare("TI", "T.I. 1037") == "1037");
  CHECK(bare("CE", "CE 345678") == "345678");
  CHECK(bare("CE", "cédula 345678") == "345678");
  CHECK(bare("CE", "cédula de extranjería 345678") == "345678");
  CHECK(bare("PEP", "pep 923456789012345") == "923456789012345");
  CHECK(bare("PPT", "PPT1234567") == "1234567");
  CHECK(bare("PA", "Pasaporte AB123456") == "AB123456");
  CHECK(bare("Pasaporte", "passport No. AB123456") == "AB123456");
}

TEST_CASE("document type: letters of a passport are its own, another type is told") {
  const auto bare = [](const char* type, const char* number) {
    const auto result = without_type(number, type);
    return result.is_of_other_type ? "another" : result.number;
  };
  for (const auto* own : {"PA123456", "CC123456", "AB 123456", "CC 123456", "N1234567"})
    CHECK(bare("PA", own) == own);
  for (const auto* number : {"NIT 900123456", "nit900123456", "TI 71234567", "pasaporte 712345"})
    CHECK(bare("CC", number) == "another");
  CHECK(bare("NIT", "CC 71234567") == "another");
  CHECK(bare("PA", "NIT 900123456") == "another");
  CHECK(bare("CC", "CC") == "CC");
  CHECK(bare("CC", "Luz 71234567") == "Luz 71234567");
  CHECK(bare("CC", "") == "");
}
