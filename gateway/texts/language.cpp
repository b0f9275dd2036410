#include "gateway/texts/language.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace mf::gateway::texts {
namespace {

constexpr std::array languages{Language::english, Language::spanish};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

/// What stands before `end`, which is taken away with it.
std::string_view taken_until(std::string_view& text, char end) {
  const auto at = std::min(text.find(end), text.size());
  const auto part = trimmed(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "q=0.8" in thousandths, 1000 where nothing is said; nothing when it is none.
std::optional<int> weight_of(std::string_view parameters) {
  if (parameters.empty()) return 1000;
  if (!parameters.starts_with("q=") && !parameters.starts_with("Q=")) return {};
  const auto value = trimmed(parameters.substr(2));
  const bool is_short = value.size() == 1 || (value.size() >= 2 && value.size() <= 5);
  if (!is_short || (value[0] != '0' && value[0] != '1')) return {};
  if (value.size() > 1 && (value[1] != '.' || !std::ranges::all_of(value.substr(2), is_digit)))
    return {};
  int weight = value[0] - '0';
  for (std::size_t i = 2; i < 5; ++i)
    weight = weight * 10 + (i < value.size() ? value[i] - '0' : 0);
  return weight <= 1000 ? std::optional(weight) : std::nullopt;
}

bool is_named(std::string_view range, Language language) {
  const auto primary = range.substr(0, range.find('-'));
  const auto tag = tag_of(language);
  return primary.size() == tag.size() &&
         std::ranges::equal(primary, tag, [](char a, char b) { return (a | 0x20) == b; });
}

}  // namespace

std::string_view tag_of(Language language) { return language == Language::spanish ? "es" : "en"; }

std::optional<Language> preferred(std::string_view header) {
  struct Wish {
    int weight = -1;  // nothing said
    int place = 0;
  };
  std::array<Wish, languages.size()> wishes;
  int any = -1;
  for (int place = 0; !header.empty(); ++place) {
    auto item = taken_until(header, ',');
    const auto range = taken_until(item, ';');
    const auto weight = weight_of(trimmed(item));
    if (!weight) continue;
    if (range == "*") any = std::max(any, *weight);
    for (std::size_t i = 0; i < languages.size(); ++i)
      if (is_named(range, languages[i]) && *weight > wishes[i].weight) wishes[i] = {*weight, place};
  }
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < languages.size(); ++i) {
    auto& wish = wishes[i];
    // "*" is for those that are not named: behind them where it likes them alike.
    if (wish.weight < 0) wish = {any, 1 << 20};
    if (wish.weight <= 0) continue;
    const bool is_better =
        !best || wish.weight > wishes[*best].weight ||
        (wish.weight == wishes[*best].weight && wish.place < wishes[*best].place);
    if (is_better) best = i;
  }
  const bool says_nothing =
      wishes[0].weight == wishes[1].weight && wishes[0].place == wishes[1].place;
  return best && !says_nothing ? std::optional(languages[*best]) : std::nullopt;
}

Language language_for(std::optional<Language> preferred, std::string_view account_language) {
  if (preferred) return *preferred;
  return account_language == "es" ? Language::spanish : Language::english;
}

}  // namespace mf::gateway::texts
