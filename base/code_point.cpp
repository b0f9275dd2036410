#include "base/code_point.hpp"

#include <utf8proc.h>

namespace mf {

char decimal_digit(CodePoint c) {
  if (c >= '0' && c <= '9') return static_cast<char>(c);
  if (c < 0x80 || utf8proc_category(c) != UTF8PROC_CATEGORY_ND) return 0;
  // They stand in runs of ten that begin with zero.
  auto zero = c;
  while (utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND) --zero;
  return static_cast<char>('0' + (c - zero) % 10);
}

bool is_space(CodePoint c) {
  const auto category = utf8proc_category(c);
  return c == '\n' || c == '\t' || c == '\r' || category == UTF8PROC_CATEGORY_ZS ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_visible(CodePoint c) {
  switch (c) {
    case 0x115F:  // fillers of Hangul, whole and half width
    case 0x1160:
    case 0x3164:
    case 0xFFA0:
    case 0x2065:
    case 0x2800: return false;  // Braille without a dot
    default: break;
  }
  // Tags, variation selectors, and what Unicode keeps free for more of these.
  if ((c >= 0xE0000 && c <= 0xE0FFF) || (c >= 0xFFF0 && c <= 0xFFF8)) return false;
  switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
  }
}

}  // namespace mf
