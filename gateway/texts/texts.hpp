#pragma once
// The one table of what we say to people: every English sentence that is marked `_en`
// (base/sentence.hpp) has a row with its Spanish, for a Colombian reader, in "usted", saying what
// to do where something can be done. A test holds table and sources together
// (tests/house/texts_test.cpp).
#include <span>
#include <string>
#include <string_view>

#include "base/sentence.hpp"
#include "gateway/texts/language.hpp"

namespace mf::gateway::texts {

struct Row {
  std::string_view english, spanish;  ///< both with the same {names}
};
/// The table, by what the sentences are about.
[[nodiscard]] std::span<const Row> of_orders();
[[nodiscard]] std::span<const Row> of_people();    ///< clients, technicians, accounts
[[nodiscard]] std::span<const Row> of_fields();    ///< values of a body or a query
[[nodiscard]] std::span<const Row> of_requests();  ///< all that is between: HTTP, stream, limits

/// The sentence in this language; in English where the table lacks it.
[[nodiscard]] std::string say(const Sentence& sentence, Language language);

/// The same as a pointer that can go where languages are not known.
[[nodiscard]] Say say_in(Language language);

}  // namespace mf::gateway::texts
