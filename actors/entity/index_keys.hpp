#pragma once
// Which index keys each kind has. A key is <what to filter by> <what to sort by>; storage puts
// shard, kind and index number before it and the id behind it. All sort parts compare bytewise.
// Pure; called by the codecs (Entity::index) and by query.cpp, which reads the keys back.
//
// Commit cost rules the layout: an order's change of status deletes and puts one key (`status`);
// a first assignment puts `technician` and a word; a change of priority puts `status`, and `due`
// and `priority` anew; only closing touches all three.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/entity/kind.hpp"
#include "actors/entity/words.hpp"
#include "base/entity_ref.hpp"
#include "base/time.hpp"

namespace mf::entity {

/// The same numbers for every kind. Stored in keys: never reuse one.
enum class Number : std::uint8_t {
  created = 1,     ///< newest first
  status = 2,      ///< status | newest first; orders
  zone = 3,        ///< zone | newest first; orders, technicians, clients by their sites
  client = 4,      ///< client | newest first; orders, enabled accounts by whom they name
  technician = 5,  ///< technician | open or not | newest first; orders
  due = 6,         ///< soonest first; open orders
  priority = 7,    ///< most urgent first, then newest; open orders
  word = 8,        ///< word | newest first
};

/// Stands for the zone of a client without a site: every supervisor sees it.
inline constexpr std::string_view no_zone = "-";

/// Ids of indexed entities all have this length, so an index key's id is its last 30 bytes.
inline constexpr std::size_t id_size = 30;

/// The states that are not open, i.e. shown on no board and without a running clock.
[[nodiscard]] bool is_open_status(std::string_view status);
/// The open states, in the order of an order's life.
[[nodiscard]] std::span<const std::string_view> open_statuses();
/// Those and the ones that end it.
[[nodiscard]] std::span<const std::string_view> all_statuses();

struct OrderKeys {
  std::string_view status, zone, client, technician;  ///< technician empty: none
  int priority = 3;
  bool is_open = true;
  Timestamp created_at;
  std::optional<Timestamp> due;  ///< of the resolve clock; none while it is held
  std::string_view type, code, title, description;
  std::span<const std::string> tags;
  bool operator==(const OrderKeys&) const;
};
/// Whether order_entries() has the same words for both.
[[nodiscard]] bool has_same_words(const OrderKeys& a, const OrderKeys& b);
enum class Words : bool { left_out, included };
[[nodiscard]] std::vector<entity::IndexEntry> order_entries(const OrderKeys& order,
                                                            Words words = Words::included);

/// Of an order, technician or account at most this many words are kept, of a client more, as it has
/// many sites. First what it is called and refers to, of an order code, references, tags and title;
/// of each text the words that tell most (words.hpp).
inline constexpr std::size_t words_per_entity_max = 64, words_per_client_max = 512;

/// `zones` without repetitions.
[[nodiscard]] std::vector<entity::IndexEntry> technician_entries(std::string_view id,
                                                                 Timestamp created_at,
                                                                 std::span<const Id> zones,
                                                                 std::string_view name);

struct ClientKeys {
  Timestamp created_at;
  std::vector<Id> zones;  ///< of its sites without repetitions, or `no_zone` alone
  std::vector<Id> ids;    ///< its own and its sites'
  std::string_view document_type, document_number;
  std::span<const std::string> phones;
  std::vector<std::string_view> texts;  ///< name, e-mail, addresses, serials, the first first
};
/// These keys are outside the journal and go with the client when it is erased.
[[nodiscard]] std::vector<entity::IndexEntry> client_entries(const ClientKeys& client);

[[nodiscard]] std::vector<entity::IndexEntry> account_entries(std::string_view id,
                                                              Timestamp created_at,
                                                              std::string_view username,
                                                              std::string_view client);

/// What an order's index entries carry, so that most filters need no look at the state.
/// `technician`, `priority` and `due` only in the `status` index (0 and empty elsewhere): they
/// would cost a key per index and change. Refers to what it was made or decoded of.
struct Covering {
  std::string_view zone, client, technician;
  std::uint8_t priority = 0;
  std::optional<Timestamp> due;
  bool operator==(const Covering&) const = default;
};
[[nodiscard]] std::string encode(const Covering& covering);
[[nodiscard]] std::optional<Covering> decode_covering(std::string_view value);

// Parts of keys, shared with query.cpp.
[[nodiscard]] std::string newest_first(Timestamp t);                  ///< 8 bytes
[[nodiscard]] std::string soonest_first(std::optional<Timestamp> t);  ///< 8 bytes; none is last
[[nodiscard]] std::string text_part(std::string_view text);           ///< the text and a zero byte
[[nodiscard]] std::string technician_part(std::string_view technician, bool is_open);

}  // namespace mf::entity
