#include "base/phone_number.hpp"

#include <algorithm>
#include <array>

#include "base/code_point.hpp"
#include "base/fold.hpp"

namespace mf {
namespace {

constexpr std::size_t digits_min = 5, digits_max = 15, extension_max = 8;
constexpr std::string_view digits_of_ascii = "0123456789";

constexpr std::array<std::string_view, 16> phone_labels{
    "cel", "celular", "contacto", "fijo", "fono", "linea",    "mobile",   "movil",
    "ph",  "phone",   "tel",      "tele", "tlf",  "telefono", "whatsapp", "wsp"};
constexpr std::array<std::string_view, 10> extension_labels{
    "x", "ext", "exts", "extension", "int", "interno", "anexo", "opc", "opcion", "ex"};

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

std::string_view without_front(std::string_view text, std::string_view chars) {
  return text.substr(std::min(text.find_first_not_of(chars), text.size()));
}
std::string_view without_back(std::string_view text, std::string_view chars) {
  return text.substr(0, text.find_last_not_of(chars) + 1);
}

std::string_view first_word(std::string_view text) {
  return text.substr(
      0, static_cast<std::size_t>(std::ranges::find_if_not(text, is_small_letter) - text.begin()));
}

std::string_view without_label(std::string_view text) {
  const auto word = first_word(text);
  return is_phone_label(word) ? without_front(text.substr(word.size()), " .:-") : text;
}

std::string digits_in(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_ascii_digit);
  return out;
}

/// What follows the number: "x12", "ext. 12)", "#12". nullopt: no extension.
std::optional<std::string> extension_in(std::string_view text) {
  const bool is_hash = text.starts_with('#');
  const auto word = first_word(text);
  if (!is_hash && !is_extension_label(word)) return std::nullopt;
  auto number = without_front(text.substr(is_hash ? 1 : word.size()), " .:-");
  number = without_back(number, " .)]");
  const bool is_number = !number.empty() && number.size() <= extension_max &&
                         number.find_first_not_of(digits_of_ascii) == number.npos;
  return is_number ? std::optional(std::string(number)) : std::nullopt;
}

/// Single blanks, round brackets, and + for 00.
std::string as_kept(std::string_view number) {
  std::string out;
  for (const char c : number) {
    if (c == ' ' && (out.empty() || out.back() == ' ' || out.back() == '(')) continue;
    out += c == '[' ? '(' : c == ']' ? ')' : c;
  }
  const auto first = out.find_first_of("+0123456789");
  if (out.compare(first, 2, "00") == 0) {
    const auto end = out.find_first_not_of(" -.", first + 2);
    out.replace(first, end - first, "+");
  }
  return out;
}

}  // namespace

std::optional<PhoneNumber> phone_number(std::string_view text) {
  const auto folded = fold(text);
  auto number = without_label(without_front(folded, " "));
  number = without_back(without_front(number, " -./)]"), " .");
  PhoneNumber result;
  if (const auto end = number.find_first_not_of("+ -.()[]/0123456789"); end != number.npos) {
    auto extension = extension_in(number.substr(end));
    if (!extension) return std::nullopt;
    result.extension = *std::move(extension);
    number = without_back(number.substr(0, end), " -.([/");
  }
  result.digits = digits_in(number);
  const auto plus = number.find('+');
  const bool is_plus_fine =
      plus == number.npos || (plus == number.find_first_not_of("( [") && plus == number.rfind('+'));
  if (result.digits.size() < digits_min || !is_plus_fine) return std::nullopt;
  result.text = as_kept(number);
  result.digits = digits_in(result.text);
  if (result.digits.size() < digits_min || result.digits.size() > digits_max) return std::nullopt;
  if (!result.extension.empty()) result.text += " ext " + result.extension;
  return result;
}

bool is_phone_label(std::string_view word) {
  return std::ranges::find(phone_labels, word) != phone_labels.end();
}
bool is_extension_label(std::string_view word) {
  return std::ranges::find(extension_labels, word) != extension_labels.end();
}

}  // namespace mf
