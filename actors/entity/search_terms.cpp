#include "actors/entity/search_terms.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "actors/entity/reading.hpp"
#include "actors/entity/street_words.hpp"
#include "actors/entity/words.hpp"
#include "base/code_point.hpp"
#include "base/document_type.hpp"
#include "base/id.hpp"
#include "base/phone_number.hpp"

namespace mf::entity {
namespace {

using Term = std::vector<std::string>;

/// A word this short is often written apart from the next: "wi fi", "mc donald".
constexpr std::size_t short_size = 3;
/// A number with as many digits may have a label before it, and is a telephone's in groups.
constexpr std::size_t labelled_digits_min = 5, phone_run_min = 7;
/// The words of a label: "cédula de ciudadanía".
constexpr std::size_t label_words_max = 5;
constexpr std::size_t short_number_max = 3, plural_size_min = 5, company_digits = 10;
constexpr std::size_t foreign_lengths[] = {10, 9};
/// "luz", "cruz"; a longer word that ends so is a surname.
constexpr std::size_t light_size_max = 4;
constexpr std::size_t code_part = 4, code_end_size = 2;

constexpr std::array<std::string_view, 6> code_labels{"orden", "order", "codigo",
                                                      "cod",   "ot",    "caso"};
/// A quarter's or a building's name is stored with and without them.
constexpr std::array<std::string_view, 15> place_labels{
    "b",   "barrio",       "br",   "brr",      "bo",       "vereda",      "vda",    "sector",
    "urb", "urbanizacion", "conj", "conjunto", "edificio", "residencial", "cerrado"};
constexpr std::array<std::string_view, 13> ordinal_ends{"er", "ro", "do", "da", "ra", "to", "ta",
                                                        "mo", "ma", "vo", "va", "no", "na"};
template <class List>
bool contains(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

std::string whole(std::string_view word) { return std::string(word) + whole_word; }

void add_prefix(Term& term, std::string prefix) {
  if (prefix.empty() || prefix.front() == whole_word) return;
  prefix = cut(std::move(prefix));
  if (!contains(term, prefix)) term.push_back(std::move(prefix));
}

/// As our codes are written, which have no O, I, L and U: "4KOQ" is meant as 4K0Q. nullopt: no part
/// of a code.
std::optional<std::string> as_code(std::string_view word) {
  const bool is_part = word.size() == code_part || word.size() == code_end_size;
  if (!is_part && !has_digit(word)) return std::nullopt;
  std::string code;
  for (const char c : word) {
    const bool is_sign = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z' && c != 'u');
    if (!is_sign) return std::nullopt;
    code += c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
  }
  return code;
}

/// An id however it was typed; nullopt: none. `token` has no blanks.
std::optional<Id> id_in(std::string_view token) {
  constexpr std::size_t prefix_size = 3, size = 30;
  for (auto mark = token.find('_'); mark != token.npos; mark = token.find('_', mark + 1)) {
    if (mark < prefix_size || mark - prefix_size + size > token.size()) continue;
    Id id(token.substr(mark - prefix_size, size));
    for (std::size_t i = 0; i < id.size(); ++i) {
      auto& c = id[i];
      const bool is_prefix = i < prefix_size;
      if (c >= 'a' && c <= 'z' && !is_prefix) c = static_cast<char>(c - 'a' + 'A');
      if (c >= 'A' && c <= 'Z' && is_prefix) c = static_cast<char>(c - 'A' + 'a');
      if (!is_prefix) c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    }
    if (is_id(std::string_view(id).substr(0, prefix_size), id)) return id;
  }
  return std::nullopt;
}

/// An extension's label, or that of a NIT's check digit.
bool is_said_behind_number(std::string_view word) {
  return word == "dv" || is_extension_label(word);
}

/// What is said before an id.
bool is_id_label(std::string_view token) {
  constexpr std::array<std::string_view, 9> labels{
      "orden", "order", "cliente", "client", "tecnico", "technician", "cuenta", "account", "id"};
  const auto atoms = read(token);
  return atoms.size() == 1 && contains(labels, atoms[0].text);
}

/// Takes the ids out of a text, with the links they stand in, into terms.
std::string without_ids(std::string_view text, Terms& terms) {
  std::string rest, held;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find(' ', from), text.size());
    const auto token = text.substr(from, end - from);
    from = end + 1;
    const auto id = id_in(token);
    if (!id || !is_id_label(held)) rest += held + ' ';
    held.clear();
    if (!id) held = token;
    else if (id->starts_with("ord_")) terms.push_back({code_words(order_code(*id)).front()});
    else terms.push_back({reference_word(*id)});
  }
  return rest + held;
}

/// One text that is asked for.
class Question {
 public:
  explicit Question(std::string_view text)
      : atoms_(read(text)), runs_(runs_of(atoms_)), says_nothing_(atoms_.size(), false) {
    drop_number_labels();
    drop_words();
    asks_for_codes_ = consists_of_codes();
  }

  /// Those that say something; with `all_if_none` every one when none does.
  [[nodiscard]] Terms terms(bool all_if_none) const;

 private:
  void drop_number_labels();
  void drop_label_before(std::size_t at);
  [[nodiscard]] bool has_extension(const Run& run) const;
  void drop_words();
  [[nodiscard]] bool has_next(std::size_t i) const { return i + 1 < atoms_.size(); }
  [[nodiscard]] bool is_said_for_nothing(std::size_t i) const;
  [[nodiscard]] bool is_before_code(std::size_t i) const;
  [[nodiscard]] bool is_whole_token(std::size_t i) const {
    return atoms_[i].text == atoms_[i].token;
  }
  [[nodiscard]] bool consists_of_codes() const;

  /// Whether it is complete as it stands, so that nothing longer is meant: letters and numbers
  /// inside of an address.
  [[nodiscard]] bool is_complete(std::size_t i) const;
  [[nodiscard]] bool is_of_address(std::size_t i) const;

  [[nodiscard]] Term term(std::size_t i) const;
  void add_run(Term& term, std::size_t i) const;
  void add_neighbours(Term& term, std::size_t i) const;
  void add_other_number(Term& term, std::size_t i) const;
  void add_codes(Term& term, std::size_t i) const;

  std::vector<Atom> atoms_;
  std::vector<Run> runs_;
  std::vector<bool> says_nothing_;
  bool asks_for_codes_ = false;
};

void Question::drop_label_before(std::size_t at) {
  std::string label;
  auto first = at;
  for (auto i = at; i > 0 && at - i < label_words_max;) {
    if (atoms_[--i].is_number) break;
    if (!is_number_sign(atoms_[i].text)) label.insert(0, atoms_[i].text);
    if (!document_type_of(label).empty() || is_phone_label(label)) first = i;
  }
  std::fill(says_nothing_.begin() + static_cast<std::ptrdiff_t>(first),
            says_nothing_.begin() + static_cast<std::ptrdiff_t>(at), true);
}

/// "604 444 1234 ext. 12", "900123456 DV 8"; "12-34 int 201" is an address.
bool Question::has_extension(const Run& run) const {
  if (!has_next(run.end) || !atoms_[run.end + 1].is_number) return false;
  const auto& label = atoms_[run.end].text;
  const auto digits_min = is_street_word(label) ? phone_run_min : labelled_digits_min;
  return run.digits.size() >= digits_min && is_said_behind_number(label);
}

void Question::drop_number_labels() {
  // A passport's number has letters, too: "pasaporte AB-123456".
  constexpr std::size_t series_size_max = 2;
  constexpr int passport_digits_min = 3;
  for (const auto& run : runs_) {
    if (run.digits.size() >= labelled_digits_min) {
      drop_label_before(run.first);
      const bool has_series = run.first > 0 && atoms_[run.first - 1].text.size() <= series_size_max;
      if (has_series) drop_label_before(run.first - 1);
    }
    if (has_extension(run)) says_nothing_[run.end] = says_nothing_[run.end + 1] = true;
  }
  for (std::size_t i = 0; i < atoms_.size(); ++i)
    if (!atoms_[i].is_number && atoms_[i].text.size() >= labelled_digits_min &&
        std::ranges::count_if(atoms_[i].text, is_ascii_digit) >= passport_digits_min)
      drop_label_before(i);
}

bool Question::is_said_for_nothing(std::size_t i) const {
  const auto& text = atoms_[i].text;
  if (atoms_[i].is_mark) return true;
  if (atoms_[i].is_number) return false;
  if (text == "mailto") return has_next(i);
  if (!is_whole_token(i)) {
    const bool is_glued_to_number = !atoms_[i].starts_piece && atoms_[i - 1].is_number;
    const bool is_floor = text == "o" && ((has_next(i) && atoms_[i + 1].text == "piso") ||
                                          (i > 1 && atoms_[i - 2].text == "piso"));  // 2º piso
    return is_glued_to_number && (is_floor || contains(ordinal_ends, text));
  }
  const bool is_behind = is_behind_number(atoms_, i);
  if (has_next(i)) {
    if (text == "ord") return true;
    if (contains(place_labels, text)) return text.size() > 1 || !is_behind;
    if (contains(code_labels, text) && is_before_code(i)) return true;
    if (is_number_sign(text) && has_digit(atoms_[i + 1].piece)) return true;
  }
  if (is_filler(text)) return text.size() > 1 || text == "y" || !is_behind;
  return is_behind && text.size() > 1 && is_number_sign(text);
}

/// "orden 4K7Q", "orden No. ORD-4K7Q".
bool Question::is_before_code(std::size_t i) const {
  for (++i; i < atoms_.size(); ++i) {
    if (atoms_[i].text == "ord" || is_number_sign(atoms_[i].text)) continue;
    const auto& piece = atoms_[i].piece;
    return piece.size() >= code_part && has_digit(piece) && as_code(piece).has_value();
  }
  return false;
}

void Question::drop_words() {
  for (std::size_t i = 0; i < atoms_.size(); ++i)
    if (is_said_for_nothing(i)) says_nothing_[i] = true;
}

bool Question::consists_of_codes() const {
  for (std::size_t i = 0; i < atoms_.size(); ++i) {
    const auto size = atoms_[i].piece.size();
    const bool is_part = (size == code_part || size == code_end_size) && as_code(atoms_[i].piece);
    if (!is_part && !says_nothing_[i]) return false;
  }
  return true;
}

bool Question::is_of_address(std::size_t i) const {
  const auto is_part = [&](const Atom& a) {
    return a.is_number || a.is_mark || a.text == "bis" || is_street_word(a.text) ||
           (a.text.size() == 1 && is_plain_letters(a.text));
  };
  return (i > 0 && is_part(atoms_[i - 1])) || (has_next(i) && is_part(atoms_[i + 1]));
}

bool Question::is_complete(std::size_t i) const {
  const auto& atom = atoms_[i];
  if (i > 0 && atoms_[i - 1].text == "ord") return false;
  if (atom.is_number) {
    const bool is_behind_street_word = i > 0 && is_street_word(atoms_[i - 1].text);
    if (atom.text.size() == 1) return has_next(i) || is_behind_street_word;
    return has_next(i) && atom.text.size() <= short_number_max && is_of_address(i);
  }
  if (atom.text.size() > 1) return false;
  // The letter that somebody is about to go on from: "maria g".
  return has_next(i) || !is_whole_token(i) || is_of_address(i);
}

void Question::add_run(Term& term, std::size_t i) const {
  const auto run =
      std::ranges::find_if(runs_, [&](const Run& r) { return i >= r.first && i < r.end; });
  if (run == runs_.end()) return;
  const auto& digits = run->digits;
  if (run->end - run->first > 1) add_prefix(term, digits);
  if (digits.size() < phone_run_min) return;
  for (auto& form : phone_forms(digits)) add_prefix(term, std::move(form));
  for (const auto last : foreign_lengths)  // another country's prefix has one to three digits
    if (digits.size() > foreign_lengths[0])
      add_prefix(term, whole(digits.substr(digits.size() - last)));
  const bool has_check_digit =
      (run->end - run->first > 1 && atoms_[run->end - 1].text.size() == 1) ||
      (digits.size() == company_digits && (digits[0] == '8' || digits[0] == '9'));
  if (has_check_digit) add_prefix(term, whole(digits.substr(0, digits.size() - 1)));
}

/// A short word and its neighbour may be one; so may single letters in a row.
void Question::add_neighbours(Term& term, std::size_t i) const {
  auto first = i, last = i;
  while (!atoms_[first].starts_token) --first;
  while (!atoms_[last].ends_token) ++last;
  const auto& own = atoms_[i].token;
  const auto add_pair = [&](const std::string& a, const std::string& b) {
    const bool is_pair = !a.empty() && !b.empty() && !(is_number(a) && is_number(b)) &&
                         (a.size() <= short_size || b.size() <= short_size);
    if (is_pair) add_prefix(term, a + b);
  };
  if (first > 0) add_pair(atoms_[first - 1].token, own);
  if (has_next(last)) add_pair(own, atoms_[last + 1].token);

  const auto is_letter = [&](std::size_t at) {
    return is_whole_token(at) && atoms_[at].text.size() == 1 && is_plain_letters(atoms_[at].text);
  };
  if (!is_letter(i)) return;
  while (first > 0 && is_letter(first - 1)) --first;
  std::string letters;
  for (auto at = first; at < atoms_.size() && is_letter(at); ++at) letters += atoms_[at].text;
  if (letters.size() > 1) add_prefix(term, letters);
}

/// "antenas" also asks for antena, "luces" and "luz" for each other; a surname like Torres for no
/// tower.
void Question::add_other_number(Term& term, std::size_t i) const {
  const auto& word = atoms_[i].piece;
  if (word != atoms_[i].text || !is_plain_letters(word)) return;
  const auto add_form = [&](const std::string& form) {
    if (!is_full_street_word(form)) add_prefix(term, whole(form));
  };
  if (word.ends_with('z') && word.size() <= light_size_max)
    add_form(word.substr(0, word.size() - 1) + "ces");
  if (word.size() < plural_size_min || !word.ends_with('s')) return;
  add_form(word.substr(0, word.size() - 1));
  if (word.ends_with("es")) add_form(word.substr(0, word.size() - 2));
  if (word.ends_with("ces")) add_form(word.substr(0, word.size() - 3) + "z");
}

void Question::add_codes(Term& term, std::size_t i) const {
  const auto& piece = atoms_[i].piece;
  for (const auto* typed : {&piece, &atoms_[i].token})
    if (const auto code = as_code(*typed); code && *code != *typed) add_prefix(term, *code);
  if (!asks_for_codes_ || piece.size() != code_end_size) return;
  if (const auto code = as_code(piece)) add_prefix(term, whole(code_end(*code)));
}

/// Without prefixes that a shorter one asks for already.
Term shortest(const Term& term) {
  Term out;
  for (const auto& prefix : term)
    if (std::ranges::none_of(term, [&](const auto& other) {
          return other.size() < prefix.size() && prefix.starts_with(other);
        }))
      out.push_back(prefix);
  return out;
}

Term Question::term(std::size_t i) const {
  Term term;
  const auto& atom = atoms_[i];
  const bool is_whole = is_complete(i);
  add_prefix(term, is_whole ? whole(atom.text) : atom.text);
  for (const auto& meaning : meanings(atoms_, i))
    add_prefix(term, is_whole ? whole(meaning) : meaning);
  if (atom.piece != atom.text) add_prefix(term, atom.piece);
  if (atom.token != atom.text) add_prefix(term, atom.token);
  add_run(term, i);
  add_neighbours(term, i);
  add_other_number(term, i);
  add_codes(term, i);
  return shortest(term);
}

Terms Question::terms(bool all_if_none) const {
  const bool says_none = std::ranges::find(says_nothing_, false) == says_nothing_.end();
  Terms terms;
  for (std::size_t i = 0; i < atoms_.size(); ++i)
    if (!says_nothing_[i] || (says_none && all_if_none)) terms.push_back(term(i));
  return terms;
}

}  // namespace

Terms search_terms(std::string_view text) {
  Terms terms;
  const auto rest = without_ids(text, terms);
  auto others = Question(rest).terms(terms.empty());
  terms.insert(terms.end(), std::make_move_iterator(others.begin()),
               std::make_move_iterator(others.end()));
  std::ranges::sort(terms);
  const auto twins = std::ranges::unique(terms);
  terms.erase(twins.begin(), twins.end());
  if (terms.size() > term_count_max) {
    std::ranges::stable_sort(terms, std::greater<>(),
                             [](const Term& term) { return term.front().size(); });
    terms.resize(term_count_max);
  }
  return terms;
}

bool matches(const Terms& terms, const std::vector<std::string>& words) {
  const auto is_met = [](const std::string& word, const std::string& prefix) {
    if (!prefix.ends_with(whole_word)) return word.starts_with(prefix);
    return word.size() + 1 == prefix.size() && prefix.starts_with(word);
  };
  return std::ranges::all_of(terms, [&](const Term& term) {
    return std::ranges::any_of(words, [&](const std::string& word) {
      return std::ranges::any_of(term, [&](const auto& prefix) { return is_met(word, prefix); });
    });
  });
}

}  // namespace mf::entity
