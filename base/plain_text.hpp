#pragma once
// What people write, in the one form we keep: every text of a request goes through plain_text()
// where bodies are read (base/described_json.cpp), so that no field has rules of its own about
// blanks, marks and characters that can't be seen.
#include <expected>
#include <string>
#include <string_view>

#include "base/sentence.hpp"

namespace mf {

/// How a field's text is kept.
enum class TextForm : std::uint8_t {
  line,    ///< names, titles, reasons: one line
  lines,   ///< comments, notes, descriptions: line feeds and tabs may stand inside
  key,     ///< names that are compared with one another, as skills are: a line, see key_of()
  secret,  ///< passwords: as they are
};
/// By the name of the field, whatever the body.
[[nodiscard]] TextForm text_form_of(std::string_view field);

/// Canonically composed (NFC), without blanks and invisible characters at both ends; marks that
/// only steer writing direction and zero-width blanks are left out, line ends are line feeds. A
/// text of blanks is empty. The error: a control character, or one that reorders
/// what stands beside it. `utf8` must be valid.
[[nodiscard]] std::expected<std::string, Sentence> plain_text(std::string_view utf8, TextForm form);

/// NFC alone, of passwords: keyboards differ in how they send an accent. Bytes that aren't UTF-8
/// stay as they are.
[[nodiscard]] std::string composed(std::string_view text);

/// Of a line: case folded, NFC, every run of blanks inside one space. Twice is the same as once.
[[nodiscard]] std::string key_of(std::string_view line);

/// What makes a number on a document the same: letters and digits alone, in lower case and in their
/// common form (full width, other scripts' digits), whatever stands between them.
[[nodiscard]] std::string identity_of(std::string_view utf8);

/// `somebody@some.domain`, at most 254 bytes, without blanks, quotes and brackets.
[[nodiscard]] bool is_email_address(std::string_view text);
/// 5 to 15 digits, with what people write between them, a leading plus, and an extension.
[[nodiscard]] bool is_phone_number(std::string_view text);

}  // namespace mf
