#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "gateway/auth/password.hpp"

namespace mf::gateway::auth {
namespace {

/// Of ten and more characters, folded: what lists of leaked passwords and of default ones begin
/// with, in the languages of our users. Sequences and repetitions are found by their shape.
constexpr std::string_view common[] = {
    "1q2w3e4r5t",     "1q2w3e4r5t6y",   "1qaz2wsx3edc",    "qazwsxedcrfv",  "password12",
    "password123",    "password1234",   "password12345",   "passw0rd123",   "passw0rd1234",
    "p@ssw0rd123",    "p@ssword123",    "password123!",    "password1!",    "contraseña1",
    "contraseña12",   "contraseña123",  "contraseña1234",  "contrasena1",   "contrasena12",
    "contrasena123",  "contrasena1234", "contrasena12345", "micontraseña",  "micontrasena",
    "administrador",  "admin12345",     "admin123456",     "admin1234567",  "administrator1",
    "administrador1", "bienvenido1",    "bienvenido123",   "welcome123",    "welcome1234",
    "changeme123",    "cambiame123",    "cambiar123",      "iloveyou123",   "iloveyou12",
    "teamomucho",     "teamo12345",     "teamo123456",     "estrella123",   "colombia123",
    "colombia1234",   "colombia2024",   "colombia2025",    "colombia2026",  "medellin123",
    "medellin2025",   "medellin2026",   "bogota12345",     "nacional1947",  "atleticonacional",
    "telconova1",     "telconova123",   "telconova2025",   "telconova2026", "microflow1",
    "microflow123",   "football123",    "baseball123",     "superman123",   "princess123",
    "princesa123",    "dragon12345",    "monkey12345",     "sunshine123",   "alejandra1",
    "alejandro1",     "sebastian1",     "trustno1234",     "letmein1234",   "letmein123",
    "q1w2e3r4t5",     "q1w2e3r4t5y6",   "zaq12wsxcde3",    "abc123456789",  "a1b2c3d4e5",
    "123qweasdzxc",   "qwerty123456",   "qwerty12345",     "qwertyuiop123", "123456789abc",
    "12345qwert",     "1234567890a",    "987654321a",      "invitado123",   "usuario123",
    "soporte123",     "tecnico123",     "supervisor123",   "supervisor1",   "cliente123",
    "secret12345",    "test1234567",    "testtest123",     "default123",    "temporal123"};

constexpr std::string_view rows[] = {"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
                                     "qazwsxedc"};

/// ASCII letters in lower case; the rest as it stands.
std::string folded(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::vector<char32_t> code_points(std::string_view utf8) {
  std::vector<char32_t> out;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) == 0x80 && !out.empty()) out.back() = out.back() << 6 | (byte & 0x3F);
    else
      out.push_back(byte < 0x80 ? byte : byte & (byte >= 0xF0 ? 0x07 : byte >= 0xE0 ? 0x0F : 0x1F));
  }
  return out;
}

bool is_visible(char32_t c) {
  const bool is_blank_or_control = c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD;
  const bool is_mark = (c >= 0x300 && c <= 0x36F) || (c >= 0xFE00 && c <= 0xFE0F);
  const bool is_hidden = (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
                         (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
  return !is_blank_or_control && !is_mark && !is_hidden;
}

/// Nearly every step goes the same way by at most one: 1234567890, abcdefghij, aaaaaaaaab.
bool is_sequence(const std::vector<char32_t>& text) {
  std::array<std::size_t, 3> steps{};
  for (std::size_t i = 1; i < text.size(); ++i) {
    const auto step = static_cast<std::int64_t>(text[i]) - static_cast<std::int64_t>(text[i - 1]);
    if (step >= -1 && step <= 1) ++steps[static_cast<std::size_t>(step + 1)];
  }
  return text.size() > 2 && *std::ranges::max_element(steps) * 5 >= (text.size() - 1) * 4;
}

bool is_row(const std::string& text) {
  for (const auto row : rows) {
    std::string there;
    while (there.size() < 2 * text.size()) there += row;
    if (there.find(text) != there.npos) return true;
    std::ranges::reverse(there);
    if (there.find(text) != there.npos) return true;
  }
  return false;
}

/// A piece of at most five characters, again and again.
bool is_repetition(const std::vector<char32_t>& text) {
  for (std::size_t piece = 1; piece <= 5 && piece * 2 <= text.size(); ++piece) {
    bool is_same = true;
    for (std::size_t i = piece; i < text.size(); ++i) is_same &= text[i] == text[i - piece];
    if (is_same) return true;
  }
  return false;
}

/// Where the name stands in it, or the part of an e-mail address before its at, little else does.
bool is_little_more_than(const std::string& password, std::string_view username) {
  constexpr std::size_t name_size_min = 4, rest_min = 6;
  for (const auto name : {username, username.substr(0, username.find('@'))}) {
    if (name.size() < name_size_min || password.find(name) == password.npos) continue;
    auto rest = password;
    for (auto at = rest.find(name); at != rest.npos; at = rest.find(name))
      rest.erase(at, name.size());
    if (rest.size() < rest_min) return true;
  }
  return false;
}

}  // namespace

std::optional<FieldError> check_new_password(std::string_view password, int size_min,
                                             std::string_view username) {
  const auto wrong = [](std::string code, Sentence detail) {
    return FieldError{"password", std::move(code), std::move(detail)};
  };
  const auto text = folded(password);
  const auto points = code_points(text);
  if (std::ranges::count_if(points, is_visible) < size_min)
    return wrong("too_short", "at least {min} visible characters"_en.with("min", size_min));
  if (points.size() > password_size_max)
    return wrong("too_long", "at most {max} characters"_en.with("max", password_size_max));
  const std::set<char32_t> different(points.begin(), points.end());
  constexpr std::size_t different_min = 4;
  if (different.size() < different_min || is_sequence(points) || is_repetition(points) ||
      is_row(text) || std::ranges::find(common, text) != std::end(common))
    return wrong("too_common", "one of the passwords that are tried first"_en);
  if (is_little_more_than(text, folded(username)))
    return wrong("is_user_name", "not the user name, nor little more than that"_en);
  return {};
}

}  // namespace mf::gateway::auth
