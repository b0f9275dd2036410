#include "base/plain_text.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <vector>

namespace mf {
namespace {

using CodePoint = utf8proc_int32_t;

constexpr std::array<std::string_view, 8> fields_with_lines{
    "text",         "description",   "note",      "remark",
    "access_notes", "justification", "signature", "signature_refusal_reason"};

bool is_invisible(CodePoint c) {
  switch (c) {
    case 0x00AD:  // soft hyphen
    case 0x061C:  // direction marks
    case 0x200E:
    case 0x200F:
    case 0x180E:  // blanks and joiners without width
    case 0x200B:
    case 0x2060:
    case 0xFEFF: return true;
    default: return false;
  }
}

/// Embeddings, overrides and isolates: they show a text in another order than it is stored.
bool reorders(CodePoint c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

bool is_noncharacter(CodePoint c) {
  return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) || (c >= 0xFFF9 && c <= 0xFFFB);
}

/// Nothing to see: blanks, fillers, joiners with nothing to join.
bool is_blank(CodePoint c) {
  switch (c) {
    case '\n':
    case '\t':
    case 0x034F:
    case 0x115F:
    case 0x1160:
    case 0x200C:
    case 0x200D:
    case 0x2800:
    case 0x3164:
    case 0xFFA0: return true;
    default: break;
  }
  const auto category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

bool ends_line(CodePoint c) { return c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }

/// nullopt: not UTF-8.
std::optional<std::vector<CodePoint>> code_points(std::string_view utf8) {
  std::vector<CodePoint> result;
  result.reserve(utf8.size());
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(utf8.data());
  for (auto left = static_cast<utf8proc_ssize_t>(utf8.size()); left > 0;) {
    CodePoint c = 0;
    const auto size = utf8proc_iterate(at, left, &c);
    if (size <= 0) return std::nullopt;
    result.push_back(c);
    at += size;
    left -= size;
  }
  return result;
}

std::string encoded(const std::vector<CodePoint>& points) {
  std::string out;
  out.reserve(points.size());
  for (const auto c : points) {
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(c, bytes);
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }
  return out;
}

/// The text itself where it can't be mapped.
std::string mapped(std::string_view utf8, int options) {
  utf8proc_uint8_t* out = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                 static_cast<utf8proc_ssize_t>(utf8.size()), &out,
                                 static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (size < 0) return std::string(utf8);
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)};
}

/// Printable ASCII and the letters of Latin alphabets, U+00A1 to U+024F without the soft hyphen:
/// every one is visible, and in its composed form already.
bool is_printable_latin(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first >= ' ' && first <= '~') continue;
    if (first < 0xc2 || first > 0xc9 || ++i == text.size()) return false;
    const auto second = static_cast<unsigned char>(text[i]);
    const unsigned c = (first & 0x1fu) << 6 | (second & 0x3fu);
    if ((second & 0xc0) != 0x80 || c <= 0xa0 || c == 0xad || c > 0x24f) return false;
  }
  return true;
}

std::string trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(' ');
  if (from == text.npos) return {};
  return std::string(text.substr(from, text.find_last_not_of(' ') + 1 - from));
}

/// The digits of other scripts stand in runs of ten that begin with zero.
CodePoint as_digit(CodePoint c) {
  auto zero = c;
  while (utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND) --zero;
  return '0' + (c - zero) % 10;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

/// Labels of letters, digits and inner hyphens; at least two of them.
bool is_domain(std::string_view domain) {
  std::size_t labels = 0;
  for (std::size_t from = 0; from <= domain.size(); ++labels) {
    const auto to = std::min(domain.find('.', from), domain.size());
    const auto label = domain.substr(from, to - from);
    const bool is_fine =
        !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
        std::ranges::all_of(label, [](char c) { return c == '-' || is_letter_or_digit(c); });
    if (!is_fine) return false;
    from = to + 1;
  }
  return labels >= 2;
}

/// "x12", "ext. 12", "Extensión 12", "#12".
bool is_extension(std::string_view text) {
  const auto word = text.substr(0, text.find_first_of(". 0123456789"));
  const auto digits = text.substr(word.size());
  const auto name = identity_of(word);
  const bool is_named = word == "#" || name == "x" || name == "ext" || name == "extension" ||
                        name == "extensi\u00f3n";
  return is_named && std::ranges::any_of(digits, is_digit) && digits.size() <= 10 &&
         digits.find_first_not_of(". 0123456789") == digits.npos;
}

/// Lower-case ASCII with single spaces: its own key.
bool is_key(std::string_view text) {
  return text.find("  ") == text.npos && std::ranges::all_of(text, [](char c) {
           return c >= ' ' && c <= '~' && (c < 'A' || c > 'Z');
         });
}

}  // namespace

TextForm text_form_of(std::string_view field) {
  if (field == "skill") return TextForm::key;
  if (field.ends_with("password")) return TextForm::secret;
  return std::ranges::find(fields_with_lines, field) == fields_with_lines.end() ? TextForm::line
                                                                                : TextForm::lines;
}

std::expected<std::string, Sentence> plain_text(std::string_view utf8, TextForm form) {
  if (form == TextForm::secret) return std::string(utf8);
  if (form == TextForm::key) {
    auto line = plain_text(utf8, TextForm::line);
    if (line) *line = key_of(*line);
    return line;
  }
  if (is_printable_latin(utf8)) return trimmed(utf8);
  const auto points = code_points(utf8);
  if (!points) return std::unexpected("must be UTF-8"_en);
  std::vector<CodePoint> kept;
  kept.reserve(points->size());
  for (std::size_t i = 0; i < points->size(); ++i) {
    auto c = (*points)[i];
    if (c == '\r' && i + 1 < points->size() && (*points)[i + 1] == '\n') continue;
    if (ends_line(c)) c = '\n';
    if (is_invisible(c)) continue;
    const bool is_control = utf8proc_category(c) == UTF8PROC_CATEGORY_CC && c != '\n' && c != '\t';
    if (is_control || is_noncharacter(c)) return std::unexpected("no control characters"_en);
    if (reorders(c)) return std::unexpected("no characters that change the writing direction"_en);
    kept.push_back(c);
  }
  while (!kept.empty() && is_blank(kept.back())) kept.pop_back();
  kept.erase(kept.begin(), std::ranges::find_if_not(kept, is_blank));
  const auto breaks = [](CodePoint c) { return c == '\n' || c == '\t'; };
  if (form == TextForm::line && std::ranges::any_of(kept, breaks))
    return std::unexpected("one line, without tabs"_en);
  return composed(encoded(kept));
}

std::string composed(std::string_view text) {
  if (is_printable_latin(text)) return std::string(text);
  return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string key_of(std::string_view line) {
  if (is_key(line)) return std::string(line);
  const auto folded = mapped(line, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  std::vector<CodePoint> kept;
  for (const auto c : code_points(folded).value_or(std::vector<CodePoint>{})) {
    const bool is_space = utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
    if (!is_space) kept.push_back(c);
    else if (!kept.empty() && kept.back() != ' ') kept.push_back(' ');
  }
  if (!kept.empty() && kept.back() == ' ') kept.pop_back();
  return encoded(kept);
}

std::string identity_of(std::string_view utf8) {
  const auto folded =
      mapped(utf8, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
  std::vector<CodePoint> kept;
  for (const auto c : code_points(folded).value_or(std::vector<CodePoint>{})) {
    const auto category = utf8proc_category(c);
    if (category == UTF8PROC_CATEGORY_ND) kept.push_back(as_digit(c));
    else if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
      kept.push_back(c);
  }
  return encoded(kept);
}

bool is_email_address(std::string_view text) {
  constexpr std::string_view in_local = ".!#$%&'*+-/=?^_`{|}~";
  const auto at = text.find('@');
  if (at == 0 || at > 64 || text.size() > 254) return false;
  const auto local = text.substr(0, at);
  const bool is_local = local.front() != '.' && local.back() != '.' &&
                        local.find("..") == local.npos && std::ranges::all_of(local, [&](char c) {
                          return is_letter_or_digit(c) || in_local.find(c) != in_local.npos;
                        });
  return is_local && is_domain(text.substr(at + 1));
}

bool is_phone_number(std::string_view text) {
  const auto extension = std::min(text.find_first_of("xXeE#"), text.size());
  const auto number = text.substr(0, extension);
  const auto digits = std::ranges::count_if(number, is_digit);
  const auto plus = number.find('+');
  return digits >= 5 && digits <= 15 &&
         (plus == number.npos || plus == number.find_first_not_of("( ")) &&
         std::ranges::count(number, '+') <= 1 &&
         number.find_first_not_of("+0123456789 -.()/") == number.npos &&
         (extension == text.size() || is_extension(text.substr(extension)));
}

}  // namespace mf
