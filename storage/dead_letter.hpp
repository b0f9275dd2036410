#pragma once
// A reaction that its target refused for good, kept until an operator sends it again. What it says
// is not kept: it may hold personal data, and the event that caused it is in the journal.
#include <string>
#include <string_view>

#include "base/entity_ref.hpp"
#include "base/result.hpp"
#include "storage/keys.hpp"

namespace mf::storage {

struct DeadLetter {
  keys::DeadLetterKey key;  ///< of the event it comes from, and its place among what that caused
  EntityRef target;
  std::string verb;
  std::string why;
  CommandId command;  ///< zero in letters of older versions, which did not keep it
};

/// Lines of text, readable as they stand: target, verb, nothing (the body, in older versions), why,
/// command id.
[[nodiscard]] std::string encode(const DeadLetter& letter);
[[nodiscard]] Result<DeadLetter> decode_dead_letter(std::string_view key, std::string_view value);

/// "<shard>-<seq>-<event>-<reaction>": how operators name one.
[[nodiscard]] std::string name_of(const keys::DeadLetterKey& key);
/// The event it comes from, see event_id().
[[nodiscard]] std::string cause_of(const keys::DeadLetterKey& key);

}  // namespace mf::storage
