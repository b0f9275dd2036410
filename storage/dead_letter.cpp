#include "storage/dead_letter.hpp"

#include <algorithm>
#include <array>

#include "storage/batch.hpp"

namespace mf::storage {
namespace {

/// A line feed would begin the next member; none of these has one unless it is malformed.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

std::string encode(const DeadLetter& letter) {
  std::string out = std::string(to_string(letter.target.kind)) + "/" + letter.target.id + "\n";
  for (const auto& member : {letter.verb, std::string{}, letter.why})
    out += one_line(member) + "\n";
  return out + to_hex(letter.command.view()) + "\n";
}

Result<DeadLetter> decode_dead_letter(std::string_view key, std::string_view value) {
  const auto where = keys::parse_dead_letter(key);
  if (!where) return fail(ErrorCode::corrupt, "reading a dead letter: malformed key");
  const auto malformed = [&] {
    return fail(ErrorCode::corrupt, "reading the dead letter " + name_of(*where) + ": malformed");
  };
  std::array<std::string_view, 5> lines;
  for (auto& line : lines) {
    const auto end = value.find('\n');
    line = value.substr(0, end);
    value = end == value.npos ? std::string_view{} : value.substr(end + 1);
  }
  const auto slash = lines[0].find('/');
  const auto kind = parse_entity_kind(lines[0].substr(0, slash));
  if (!kind || slash == lines[0].npos || lines[1].empty()) return malformed();
  DeadLetter letter{*where,
                    {*kind, std::string(lines[0].substr(slash + 1))},
                    std::string(lines[1]),
                    std::string(lines[3]),
                    {}};
  if (lines[4].empty()) return letter;
  auto& id = letter.command.bytes;
  if (!from_hex(lines[4], id.data(), id.size())) return malformed();
  return letter;
}

std::string name_of(const keys::DeadLetterKey& key) {
  return std::to_string(key.shard) + "-" + std::to_string(key.seq) + "-" +
         std::to_string(key.event) + "-" + std::to_string(key.reaction);
}

std::string cause_of(const keys::DeadLetterKey& key) {
  return event_id(key.shard, key.seq, key.event);
}

}  // namespace mf::storage
