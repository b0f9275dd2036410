#pragma once
// The types of identity documents, as people write them, also in front of the number. Pure.
#include <optional>
#include <string>
#include <string_view>

namespace mf {

/// "C.C.", "cédula de ciudadanía" give "cc", "NIT" and "RUT" "nit", "Passport" "pa"; empty: no type
/// that we know. "Documento" gives "*": any.
[[nodiscard]] std::string_view document_type_of(std::string_view written);

/// What makes a declared type the same: its code, or its letters and digits when we don't know it.
[[nodiscard]] std::string document_type_identity(std::string_view declared);

/// Whether the number of such a document has digits alone, so that letters before it are none of
/// it.
[[nodiscard]] bool is_numbered(std::string_view type_identity);

struct TypedNumber {
  bool is_of_other_type = false;  ///< another type stands in front than was declared
  std::string number;             ///< without type and number sign; as it was when of another type
};
/// "CC 71.234.567", "C.C. No. 71234567", "nit900123456" declared as what they say give the number
/// alone; a number without a type in front is itself. A passport's own letters stay.
[[nodiscard]] TypedNumber without_type(std::string_view number, std::string_view declared_type);

}  // namespace mf
