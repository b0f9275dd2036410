#include "base/sentence.hpp"

#include <algorithm>

namespace mf {

Sentence Sentence::with(std::string_view name, std::string value) && {
  values_.push_back({name, std::move(value)});
  return std::move(*this);
}

std::string Sentence::filled(std::string_view pattern) const {
  std::string out;
  while (!pattern.empty()) {
    const auto brace = pattern.find('{');
    out += pattern.substr(0, brace);
    if (brace == pattern.npos) break;
    pattern.remove_prefix(brace);
    const auto end = pattern.find('}');
    const auto name = pattern.substr(1, end == pattern.npos ? end : end - 1);
    const auto found = std::ranges::find(values_, name, &SentenceValue::name);
    if (end == pattern.npos || found == values_.end()) {
      out += '{';
      pattern.remove_prefix(1);
      continue;
    }
    out += found->value;
    pattern.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace mf
