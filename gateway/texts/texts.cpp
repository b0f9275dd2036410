#include "gateway/texts/texts.hpp"

#include <unordered_map>

namespace mf::gateway::texts {
namespace {

using Table = std::unordered_map<std::string_view, std::string_view>;

const Table& spanish() {
  static const Table table = [] {
    Table rows;
    for (const auto part : {of_orders(), of_people(), of_fields(), of_requests()})
      for (const auto& row : part) rows.emplace(row.english, row.spanish);
    return rows;
  }();
  return table;
}

}  // namespace

std::string say(const Sentence& sentence, Language language) {
  if (language == Language::english) return sentence.in_english();
  const auto row = spanish().find(sentence.pattern());
  return row == spanish().end() ? sentence.in_english() : sentence.filled(row->second);
}

Say say_in(Language language) {
  if (language == Language::english) return say_in_english;
  return [](const Sentence& sentence) { return say(sentence, Language::spanish); };
}

}  // namespace mf::gateway::texts
