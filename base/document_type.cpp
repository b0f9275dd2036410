#include "base/document_type.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/code_point.hpp"
#include "base/fold.hpp"
#include "base/plain_text.hpp"

namespace mf {
namespace {

using Spelling = std::pair<std::string_view, std::string_view>;

/// Folded letters and the type's code. "cedula" alone is said of both kinds of card.
constexpr std::array spellings{
    Spelling{"carnediplomatico", "cd"},
    Spelling{"cc", "cc"},
    Spelling{"cd", "cd"},
    Spelling{"ce", "ce"},
    Spelling{"ced", "cc"},
    Spelling{"cedula", "cc"},
    Spelling{"cedulaciudadania", "cc"},
    Spelling{"cedulade", "cc"},
    Spelling{"ceduladeciudadania", "cc"},
    Spelling{"ceduladeextranjeria", "ce"},
    Spelling{"cedulaextranjeria", "ce"},
    Spelling{"ciudadania", "cc"},
    Spelling{"doc", "*"},
    Spelling{"documento", "*"},
    Spelling{"documentodeidentidad", "*"},
    Spelling{"extranjeria", "ce"},
    Spelling{"id", "*"},
    Spelling{"identificacion", "*"},
    Spelling{"nit", "nit"},
    Spelling{"nuip", "nuip"},
    Spelling{"pa", "pa"},
    Spelling{"pas", "pa"},
    Spelling{"pasaporte", "pa"},
    Spelling{"passport", "pa"},
    Spelling{"pep", "pep"},
    Spelling{"permisoespecial", "pep"},
    Spelling{"permisoespecialdepermanencia", "pep"},
    Spelling{"permisoporprotecciontemporal", "ppt"},
    Spelling{"pp", "pa"},
    Spelling{"ppt", "ppt"},
    Spelling{"rc", "rc"},
    Spelling{"registrocivil", "rc"},
    Spelling{"rut", "nit"},
    Spelling{"tarjetadeidentidad", "ti"},
    Spelling{"tarjetaidentidad", "ti"},
    Spelling{"ti", "ti"},
};
static_assert(std::ranges::is_sorted(spellings, {}, &Spelling::first));

constexpr std::array<std::string_view, 8> numbered{"cc",  "ce",  "nit", "nuip",
                                                   "pep", "ppt", "rc",  "ti"};
/// Said before a number whatever it is.
constexpr std::array<std::string_view, 5> number_signs{"numero", "num", "nro", "no", "n"};

bool is_sign(char c) { return is_ascii_digit(c) || (c >= 'a' && c <= 'z'); }

/// Letters and digits, folded.
std::string signs_in(std::string_view written) {
  const auto folded = fold(written);
  std::string out;
  std::ranges::copy_if(folded, std::back_inserter(out), is_sign);
  return out;
}

std::string_view code_of(std::string_view letters) {
  const auto found = std::ranges::lower_bound(spellings, letters, {}, &Spelling::first);
  return found != spellings.end() && found->first == letters ? found->second : std::string_view{};
}

std::string_view without_number_sign(std::string_view letters) {
  for (const auto sign : number_signs)
    if (letters.size() > sign.size() && letters.ends_with(sign) &&
        !code_of(letters.substr(0, letters.size() - sign.size())).empty())
      return letters.substr(0, letters.size() - sign.size());
  return letters;
}

struct Front {
  std::string letters;   ///< the type's, without the number sign; empty: only such a sign
  std::size_t size = 0;  ///< bytes before the number
  bool is_glued = false;
};

/// The letters or digits of the character that begins at `at`; empty: it is something else, or none
/// begins there.
std::string signs_at(std::string_view text, std::size_t at) {
  const auto is_inner = [&](std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
  };
  if (is_inner(at)) return {};
  auto end = at + 1;
  while (is_inner(end)) ++end;
  return signs_in(text.substr(at, end - at));
}

/// The longest beginning that is a type's name, a number sign, or one behind the other.
std::optional<Front> front_of(std::string_view number) {
  std::optional<Front> found;
  for (std::size_t at = 1; at < number.size(); ++at) {
    const auto next = signs_at(number, at);
    if (next.empty()) continue;
    const auto letters = signs_in(number.substr(0, at));
    if (std::ranges::any_of(letters, is_ascii_digit)) break;
    const bool is_sign_alone = std::ranges::find(number_signs, letters) != number_signs.end();
    const auto type = is_sign_alone ? std::string_view() : without_number_sign(letters);
    if (!is_sign_alone && code_of(type).empty()) continue;
    const bool is_glued = is_sign(fold(number.substr(at - 1, 1))[0]);
    if ((is_glued || is_sign_alone) && !is_ascii_digit(next[0])) continue;
    found = Front{std::string(type), at, is_glued};
  }
  return found;
}

bool agrees(const Front& front, std::string_view declared) {
  const auto code = code_of(front.letters);
  const bool is_either_card = front.letters == "cedula" && declared == "ce";
  return front.letters.empty() || code == "*" || code == declared || is_either_card;
}

}  // namespace

std::string_view document_type_of(std::string_view written) { return code_of(signs_in(written)); }

std::string document_type_identity(std::string_view declared) {
  const auto code = document_type_of(declared);
  return code.empty() || code == "*" ? identity_of(declared) : std::string(code);
}

bool is_numbered(std::string_view type_identity) {
  return std::ranges::find(numbered, type_identity) != numbered.end();
}

TypedNumber without_type(std::string_view number, std::string_view declared_type) {
  const auto declared = document_type_identity(declared_type);
  const auto front = front_of(number);
  // "PA 123456" may be a passport of the series PA.
  const bool is_its_own =
      front && !is_numbered(declared) && (front->is_glued || front->letters.size() == 2);
  if (!front || is_its_own) return {false, std::string(number)};
  if (!agrees(*front, declared)) return {true, std::string(number)};
  return {false, std::string(number.substr(front->size))};
}

}  // namespace mf
