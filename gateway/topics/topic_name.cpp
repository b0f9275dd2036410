#include "gateway/topics/topic_name.hpp"

#include <array>
#include <charconv>

namespace mf::gateway::topics {
namespace {

struct Known {
  TopicType type;
  std::string_view name, id_prefix;
};
constexpr std::array known{
    Known{TopicType::order, "order", "ord"}, Known{TopicType::technician, "technician", "tec"},
    Known{TopicType::client, "client", "cli"}, Known{TopicType::board, "board", "zon"},
    Known{TopicType::position, "position", "tec"}};

}  // namespace

std::optional<TopicName> parse_topic(std::string_view text) {
  if (text == "cluster") return TopicName{TopicType::cluster, {}};
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(0, colon), id = text.substr(colon + 1);
  for (const Known& k : known)
    if (k.name == name && is_id(k.id_prefix, id)) return TopicName{k.type, Id(id)};
  return std::nullopt;
}

std::string to_string(const TopicName& topic) {
  for (const Known& k : known)
    if (k.type == topic.type) return std::string(k.name) + ":" + topic.id;
  return "cluster";
}

std::string make_token(std::string_view era, std::uint64_t version) {
  return std::string(era) + "." + std::to_string(version);
}

std::optional<std::uint64_t> parse_token(std::string_view era, std::string_view token) {
  if (token.size() <= era.size() + 1 || !token.starts_with(era) || token[era.size()] != '.')
    return std::nullopt;
  const char* end = token.data() + token.size();
  std::uint64_t version = 0;
  const auto [stop, error] = std::from_chars(token.data() + era.size() + 1, end, version);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return version;
}

}  // namespace mf::gateway::topics
