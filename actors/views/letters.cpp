#include "actors/views/letters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "storage/dead_letter.hpp"

namespace mf::views {
namespace {

using storage::DeadLetter;
using storage::keys::DeadLetterKey;

/// "5-42-0-0"
std::optional<DeadLetterKey> key_named(std::string_view name) {
  std::uint64_t numbers[4];
  for (auto& number : numbers) {
    const auto end = std::min(name.find('-'), name.size());
    const auto [rest, error] = std::from_chars(name.begin(), name.begin() + end, number);
    if (error != std::errc() || rest != name.begin() + end || end == 0) return {};
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  const bool fits = std::in_range<ShardId>(numbers[0]) &&
                    std::in_range<std::uint32_t>(numbers[2]) &&
                    std::in_range<std::uint32_t>(numbers[3]) && name.empty();
  if (!fits) return {};
  return DeadLetterKey{static_cast<ShardId>(numbers[0]), numbers[1],
                       static_cast<std::uint32_t>(numbers[2]),
                       static_cast<std::uint32_t>(numbers[3])};
}

std::string row_of(const DeadLetter& letter) {
  return json::Object()
      .add("letter", storage::name_of(letter.key))
      .add("cause", storage::cause_of(letter.key))
      .add("target", std::string(to_string(letter.target.kind)) + "/" + letter.target.id)
      .add("verb", letter.verb)
      .add("why", letter.why)
      .text();
}

}  // namespace

Shown form_of_letter() {
  return {Shown::Use::part,
          "Letter",
          R"({"type":"object","properties":{"letter":{"type":"string","description":"Names it."},)"
          R"("cause":{"type":"string","description":"The event that it follows from."},)"
          R"("target":{"type":"string","description":"Kind and id of who refused."},)"
          R"("verb":{"type":"string"},"why":{"type":"string"}},)"
          R"("required":["letter","cause","target","verb","why"]})",
          {}};
}

ListReply read_letters(const storage::Reader& reader, std::span<const ShardId> shards,
                       const LettersQuery& query) {
  ListReply reply;
  const auto after = key_named(query.cursor);
  if (!query.cursor.empty() && !after) {
    reply.no = refuse_field("cursor", "malformed", "not one of our cursors"_en).error();
    return reply;
  }
  std::optional<DeadLetterKey> last;
  for (const auto shard : shards) {
    if (after && shard < after->shard) continue;
    const auto prefix = storage::keys::dead_letters(shard);
    const auto from =
        after && shard == after->shard
            ? storage::keys::dead_letter(shard, after->seq, after->event, after->reaction) + '\0'
            : prefix;
    const auto scan = reader.scan(storage::Family::meta, from, storage::keys::end_of(prefix));
    for (scan->seek(from); scan->valid(); scan->next()) {
      const auto letter = storage::decode_dead_letter(scan->key(), scan->value());
      if (!letter) {
        log::error(log::shard, "letter-unreadable", {{"why", letter.error().message}});
        reply.is_partial = true;
        continue;
      }
      if (static_cast<int>(reply.rows.size()) == query.limit) {
        reply.next_cursor = storage::name_of(*last);
        return reply;
      }
      reply.rows.push_back(row_of(*letter));
      last = letter->key;
    }
  }
  return reply;
}

}  // namespace mf::views
