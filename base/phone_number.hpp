#pragma once
// Telephone numbers as people write and paste them. Pure.
#include <optional>
#include <string>
#include <string_view>

namespace mf {

struct PhoneNumber {
  /// As it is kept: the groups as they were written, in ASCII digits with plain dashes and single
  /// blanks, a foreign prefix as +, "ext 12" behind it. "+57 300 123 4567", "(604) 444-5566 ext
  /// 12".
  std::string text;
  std::string digits;     ///< of the number: "573001234567"
  std::string extension;  ///< "12"; empty: none
};

/// 5 to 15 digits of any script with what people write between them, perhaps a word before ("cel.",
/// "Tel:"), a + or 00 of another country, an extension ("ext. 12", "x12", "int 12", "#12").
/// nullopt: no number.
[[nodiscard]] std::optional<PhoneNumber> phone_number(std::string_view text);

/// "tel", "celular", "whatsapp" …: what people write before a number. `word` is folded.
[[nodiscard]] bool is_phone_label(std::string_view word);
/// "x", "ext", "int" …: what people write before an extension. `word` is folded.
[[nodiscard]] bool is_extension_label(std::string_view word);

}  // namespace mf
