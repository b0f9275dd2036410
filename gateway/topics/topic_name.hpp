#pragma once
// Names of topics ("order:ord_…") and the tokens a subscriber resumes from ("<era>.<version>").
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"

namespace mf::gateway::topics {

enum class TopicType : std::uint8_t { order, technician, client, board, position, cluster };
inline constexpr std::size_t topic_type_count = 6;

struct TopicName {
  TopicType type = TopicType::order;
  Id id;  ///< empty for `cluster`
  bool operator==(const TopicName&) const = default;
};

/// nullopt for a topic that does not exist or an id that is not well-formed.
[[nodiscard]] std::optional<TopicName> parse_topic(std::string_view text);
[[nodiscard]] std::string to_string(const TopicName& topic);

/// A position in an entity's stream. Opaque to clients.
[[nodiscard]] std::string make_token(std::string_view era, std::uint64_t version);
/// The version of a token of this era; nullopt for another era's and for anything malformed.
[[nodiscard]] std::optional<std::uint64_t> parse_token(std::string_view era,
                                                       std::string_view token);

}  // namespace mf::gateway::topics
