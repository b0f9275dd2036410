#pragma once
// What clients send (documents/asyncapi.cpp), read from one line of a text frame.
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/api/commands.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/topics/position.hpp"
#include "gateway/topics/topic_name.hpp"

namespace mf::gateway::ws {

struct Pong {};
struct Connect {
  std::string tracking;  ///< "trk_…"; empty: none
};
struct Subscribe {
  topics::TopicName topic;
  std::optional<std::string> since;
  std::vector<std::string> events;
};
struct Unsubscribe {
  topics::TopicName topic;
};
struct Rpc {
  const Operation* operation = nullptr;
  std::string target, key;
  std::shared_ptr<JsonTree> params;  ///< without the target's id; null: none
};
struct Ack {
  std::string n;
};
struct Report {
  /// Oldest first as sent; points that are none were left out.
  std::vector<topics::Position> positions;
};
struct Auth {
  std::string token;
};

struct Message {
  std::optional<std::uint64_t> id;  ///< present for all that are answered
  std::variant<Pong, Connect, Subscribe, Unsubscribe, Rpc, Ack, Report, Auth> verb;
};

/// A message that is refused: with an id it is answered `err`, without one the frame is bad (4400).
struct BadMessage {
  std::optional<std::uint64_t> id;
  Problem problem;
};

/// Never throws, whatever the text. JSON nests at most 32 deep.
[[nodiscard]] std::expected<Message, BadMessage> parse_message(std::string_view text,
                                                               const Operations& operations);

inline constexpr std::size_t topic_events_max = 32;

}  // namespace mf::gateway::ws
