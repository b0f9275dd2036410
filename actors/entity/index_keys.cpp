#include "actors/entity/index_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>

#include "base/bytes.hpp"

namespace mf::entity {
namespace {

using entity::IndexEntry;

/// The open ones first.
constexpr std::array<std::string_view, 15> all_ones{
    "NEW",     "TRIAGED",     "SCHEDULED", "ASSIGNED",  "ACCEPTED",          "EN_ROUTE",
    "ON_SITE", "IN_PROGRESS", "PAUSED",    "COMPLETED", "APPROVAL_REQUIRED", "FAILED",
    "CLOSED",  "CANCELLED",   "REJECTED"};
constexpr auto open_ones = std::span(all_ones).first<12>();

void add(std::vector<IndexEntry>& out, Number number, std::string key, std::string value = {}) {
  out.push_back({static_cast<std::uint8_t>(number), std::move(key), std::move(value)});
}

void add_words(std::vector<IndexEntry>& out, Timestamp created_at,
               const std::vector<std::string>& words, const std::string& value = {},
               std::size_t max = words_per_entity_max) {
  std::set<std::string_view> seen;
  for (const auto& word : words) {
    if (seen.size() == max) return;
    if (seen.insert(word).second)
      add(out, Number::word, text_part(word) + newest_first(created_at), value);
  }
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

bool is_open_status(std::string_view status) {
  return std::ranges::find(open_ones, status) != open_ones.end();
}
std::span<const std::string_view> open_statuses() { return open_ones; }
std::span<const std::string_view> all_statuses() { return all_ones; }

bool OrderKeys::operator==(const OrderKeys& o) const {
  const auto members = [](const OrderKeys& k) {
    return std::tie(k.status, k.zone, k.client, k.technician, k.priority, k.is_open, k.created_at,
                    k.due, k.type, k.code, k.title, k.description);
  };
  return members(*this) == members(o) && std::ranges::equal(tags, o.tags);
}

bool has_same_words(const OrderKeys& a, const OrderKeys& b) {
  const auto members = [](const OrderKeys& k) {
    return std::tie(k.zone, k.client, k.technician, k.created_at, k.type, k.code, k.title,
                    k.description);
  };
  return members(a) == members(b) && std::ranges::equal(a.tags, b.tags);
}

std::vector<IndexEntry> order_entries(const OrderKeys& o, Words with_words) {
  const auto created = newest_first(o.created_at);
  const auto priority = static_cast<std::uint8_t>(std::clamp(o.priority, 0, 255));
  const auto value = encode({.zone = o.zone, .client = o.client});
  const Covering full{o.zone, o.client, o.technician, priority, o.due};

  std::vector<IndexEntry> out;
  out.reserve(16);
  add(out, Number::created, created, value);
  add(out, Number::status, text_part(o.status) + created, encode(full));
  add(out, Number::zone, text_part(o.zone) + created, value);
  add(out, Number::client, text_part(o.client) + created, value);
  if (!o.technician.empty())
    add(out, Number::technician, technician_part(o.technician, o.is_open) + created, value);
  if (o.is_open) {
    add(out, Number::due, soonest_first(o.due), value);
    add(out, Number::priority, std::string(1, static_cast<char>(priority)) + created, value);
  }
  if (with_words == Words::left_out) return out;
  auto found_by = code_words(o.code);
  found_by.push_back(reference_word(o.client));
  if (!o.type.empty()) found_by.push_back(reference_word(o.type));
  if (!o.technician.empty()) found_by.push_back(reference_word(o.technician));
  for (const auto& tag : o.tags)
    for (const auto& word : words(tag)) found_by.push_back(tag_word(word));
  append(found_by, telling_first(words(o.title)));
  append(found_by, telling_first(words(o.description)));
  add_words(out, o.created_at, found_by, value);
  return out;
}

std::vector<IndexEntry> technician_entries(std::string_view id, Timestamp created_at,
                                           std::span<const Id> zones, std::string_view name) {
  std::vector<IndexEntry> out;
  add(out, Number::created, newest_first(created_at));
  for (const auto& zone : zones) add(out, Number::zone, text_part(zone) + newest_first(created_at));
  std::vector<std::string> found_by{reference_word(id)};
  append(found_by, telling_first(words(name)));
  add_words(out, created_at, found_by);
  return out;
}

std::vector<IndexEntry> client_entries(const ClientKeys& c) {
  std::vector<IndexEntry> out;
  const auto created = newest_first(c.created_at);
  add(out, Number::created, created);
  for (const auto& zone : c.zones) add(out, Number::zone, text_part(zone) + created);
  std::vector<std::string> found_by;
  for (const auto& id : c.ids) found_by.push_back(reference_word(id));
  append(found_by, document_words(c.document_type, c.document_number));
  for (const auto& phone : c.phones) append(found_by, phone_words(phone));
  for (const auto text : c.texts) append(found_by, telling_first(words(text)));
  add_words(out, c.created_at, found_by, {}, words_per_client_max);
  return out;
}

std::vector<IndexEntry> account_entries(std::string_view id, Timestamp created_at,
                                        std::string_view username, std::string_view client) {
  std::vector<IndexEntry> out;
  add(out, Number::created, newest_first(created_at));
  if (!client.empty()) add(out, Number::client, text_part(client) + newest_first(created_at));
  std::vector<std::string> found_by{reference_word(id)};
  append(found_by, telling_first(words(username)));
  add_words(out, created_at, found_by);
  return out;
}

std::string encode(const Covering& c) {
  std::string out;
  out.reserve(80);
  put_bytes(out, c.zone);
  put_bytes(out, c.client);
  put_u8(out, c.priority);
  if (c.technician.empty() && !c.due) return out;
  put_bytes(out, c.technician);
  put_u64(out, c.due ? static_cast<std::uint64_t>(to_millis(*c.due)) : 0);
  return out;
}

std::optional<Covering> decode_covering(std::string_view value) {
  ByteReader in(value);
  Covering c;
  c.zone = in.bytes();
  c.client = in.bytes();
  c.priority = in.u8();
  if (in.ok() && !in.at_end()) {
    c.technician = in.bytes();
    if (const auto due = in.u64()) c.due = from_millis(static_cast<std::int64_t>(due));
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return c;
}

std::string newest_first(Timestamp t) {
  std::string out;
  put_u64(out, ~static_cast<std::uint64_t>(to_millis(t)));
  return out;
}

std::string soonest_first(std::optional<Timestamp> t) {
  std::string out;
  put_u64(out, t ? static_cast<std::uint64_t>(to_millis(*t))
                 : std::numeric_limits<std::uint64_t>::max());
  return out;
}

std::string text_part(std::string_view text) {
  std::string out(text);
  out += '\0';
  return out;
}

std::string technician_part(std::string_view technician, bool is_open) {
  return text_part(technician) + (is_open ? '\0' : '\1');
}

}  // namespace mf::entity
