#include "base/fold.hpp"

#include <utf8proc.h>

#include <array>

#include "base/code_point.hpp"

namespace mf {
namespace {

// Unicode gives these no decomposition, keyboards without them do.
constexpr std::string_view without_stroke(utf8proc_int32_t code) {
  switch (code) {
    case 0xE6: return "ae";
    case 0xF0:
    case 0x111: return "d";
    case 0xF8: return "o";
    case 0xFE: return "th";
    case 0x127: return "h";
    case 0x131: return "i";
    case 0x138: return "k";
    case 0x142: return "l";
    case 0x14B: return "n";
    case 0x153: return "oe";
    case 0x167: return "t";
    default: return {};
  }
}

// Dashes, apostrophes and quotation marks that Unicode's compatibility forms leave as they are.
constexpr char ascii_kind(utf8proc_int32_t code) {
  if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212) return '-';
  if ((code >= 0x2018 && code <= 0x201B) || code == 0x2032 || code == 0xB4 || code == 0x2BC)
    return '\'';
  if ((code >= 0x201C && code <= 0x201F) || code == 0xAB || code == 0xBB || code == 0x2033)
    return '"';
  return 0;
}

bool is_unseen(utf8proc_int32_t code) {
  const auto category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME ||
         category == UTF8PROC_CATEGORY_CF;
}
/// People write N° for Nº.
constexpr utf8proc_int32_t degree = 0xB0;

bool is_blank(utf8proc_int32_t code) {
  const auto category = utf8proc_category(code);
  const bool is_punctuation =
      category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;  // ¿ ¡ ·
  return (is_punctuation && code > 0x7F) || code == degree || is_space(code) ||
         category == UTF8PROC_CATEGORY_CC;
}

void append(std::string& out, utf8proc_int32_t code) {
  if (is_unseen(code)) return;
  if (const char mark = ascii_kind(code)) {
    out += mark;
  } else if (is_blank(code)) {
    out += ' ';
  } else if (const char digit = decimal_digit(code)) {
    out += digit;
  } else if (const auto letters = without_stroke(code); !letters.empty()) {
    out += letters;
  } else {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto size = utf8proc_encode_char(code, bytes.data());
    out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
  }
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < size;) {
    if (bytes[at] < 0x80) {  // nearly all of it
      const auto c = static_cast<char>(bytes[at++]);
      if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
      else out += c < ' ' || c == 0x7F ? ' ' : c;
      continue;
    }
    utf8proc_int32_t code = 0;
    const auto taken = utf8proc_iterate(bytes + at, size - at, &code);
    if (taken < 1) {
      out += ' ';
      ++at;
      continue;
    }
    at += taken;
    if (const char mark = ascii_kind(code)) {
      out += mark;
      continue;
    }
    std::array<utf8proc_int32_t, 24> parts{};  // U+FDFA takes apart into eighteen
    int boundary = 0;
    const auto count = utf8proc_decompose_char(
        code, parts.data(), parts.size(),
        static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD),
        &boundary);
    for (utf8proc_ssize_t i = 0; i < count && i < static_cast<utf8proc_ssize_t>(parts.size()); ++i)
      append(out, parts[static_cast<std::size_t>(i)]);
  }
  return out;
}

}  // namespace mf
