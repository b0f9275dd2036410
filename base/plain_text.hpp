#pragma once
// What people write, in the one form we keep: every text of a request goes through plain_text()
// where bodies are read (base/described_json.cpp), so that no field has rules of its own about
// blanks, marks and characters that can't be seen.
#include <cstddef>
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
  number,  ///< of telephones, documents: one line; pasted marks of writing direction are left out
  secret,  ///< passwords: as they are
};
/// By the name of the field, whatever the body.
[[nodiscard]] TextForm text_form_of(std::string_view field);

/// Canonically composed (NFC), without blanks and invisible characters at both ends; marks that
/// only steer writing direction and zero-width blanks are left out, line ends are line feeds. A
/// text of nothing that can be seen is empty: blanks, joiners, fillers, tags, marks that stand on
/// nothing. The error: a control character, or one that reorders
/// what stands beside it. `utf8` must be valid.
[[nodiscard]] std::expected<std::string, Sentence> plain_text(std::string_view utf8, TextForm form);

/// How many characters say something: those that can be seen, and one blank between two of them.
/// What a shortest length counts, so that nobody fills up with blanks.
[[nodiscard]] std::size_t said_characters(std::string_view utf8);

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

}  // namespace mf
