#include "actors/views/lists/query.hpp"

#include <algorithm>
#include <optional>
#include <ranges>

#include "actors/entity/stored.hpp"
#include "actors/views/lists/cursor.hpp"
#include "actors/views/lists/meaning.hpp"
#include "actors/views/lists/merge.hpp"
#include "actors/views/lists/plan.hpp"
#include "base/bytes.hpp"
#include "base/json.hpp"
#include "base/json_member.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"

namespace mf::views {
namespace {

using entity::Entity;
using views::ListQuery;
using views::ListReply;
using Sort = ListQuery::Sort;

constexpr int limit_max = 100;

template <class List, class Item>
bool contains(const List& list, const Item& item) {
  return std::ranges::find(list, item) != list.end();
}

struct Row {
  std::string place, json;
};

/// One query being answered.
class Listing {
 public:
  Listing(const storage::Reader& reader, const entity::Kinds& kinds,
          std::span<const ShardId> shards, const ListQuery& query, entity::Viewpoint as,
          const Budget& budget)
      : reader_(reader),
        kinds_(kinds),
        shards_(shards),
        query_(query),
        as_(as),
        budget_(budget),
        limit_(static_cast<std::size_t>(std::clamp(query.limit, 1, limit_max))) {}

  ListReply run();

 private:
  ListReply walk(const Plan& plan, const std::string& after);
  ListReply gather(const Plan& plan, const std::string& after);
  ListReply gather_by_status(const Plan& plan, const std::string& after);
  using Hits = std::vector<std::pair<std::string, Found>>;  ///< by place in the order asked for
  ListReply page_of(const Hits& hits);
  void open(Merge& merge, const Plan& plan, std::string_view after) const;
  /// Before what is asked for, in it, or behind all of it.
  enum class Stands : std::uint8_t { before, here, behind };
  Stands from_sort_part(entity::Number index, std::string_view place) const;
  bool may_match(entity::Number index, const std::optional<entity::Covering>& covering) const;
  /// Whether the words of the search are those of this entry: it needs no look at the state.
  enum class Words : std::uint8_t { unknown, others, met };
  Words words_by(const RangeOf& range, const std::optional<entity::Covering>& covering) const;
  bool matches_state(const entity::Entity& entity, Words words) const;
  bool shows_what_is_asked(const entity::Entity& order) const;
  bool matches_entries(const entity::Entity& entity, Words words) const;
  std::vector<std::string> words_shown(const entity::Entity& order) const;
  /// Reads the state and checks what the index could not; nullopt: not this one.
  std::optional<entity::Stored> check(const Found& found, Words words = Words::unknown);
  void put_place(std::string& into, std::string_view place, const entity::Covering& covering) const;

  const storage::Reader& reader_;
  const entity::Kinds& kinds_;
  std::span<const ShardId> shards_;
  const ListQuery& query_;
  entity::Viewpoint as_;
  const Budget& budget_;
  std::size_t limit_;
  Search search_;
  int states_ = 0;
  bool lacks_rows_ = false;  ///< one that may belong here could not be read
};

Id id_of(std::string_view place) { return Id(place.substr(place.size() - entity::id_size)); }

ListReply refuse(std::string field, std::string code, Sentence detail) {
  ListReply reply;
  reply.no = refuse_field(std::move(field), std::move(code), std::move(detail)).error();
  return reply;
}

ListReply too_broad() {
  return refuse("sort", "too_broad", "narrow the search or sort by created_at"_en);
}

std::optional<entity::Covering> covering_of(const Found& found) {
  return found.value.empty() ? std::nullopt : entity::decode_covering(found.value);
}

const entity::IndexEntry* entry_of(const std::vector<entity::IndexEntry>& entries,
                                   entity::Number n) {
  const auto found =
      std::ranges::find(entries, static_cast<std::uint8_t>(n), &entity::IndexEntry::index);
  return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> words_in(const std::vector<entity::IndexEntry>& entries) {
  std::vector<std::string> words;
  for (const auto& entry : entries)
    if (entry.index == static_cast<std::uint8_t>(entity::Number::word))
      words.push_back(entry.key.substr(0, entry.key.find('\0')));
  return words;
}

Listing::Stands Listing::from_sort_part(entity::Number index, std::string_view place) const {
  if (index == entity::Number::due && query_.due_before)
    return place.substr(0, 8) < entity::soonest_first(query_.due_before) ? Stands::here
                                                                         : Stands::behind;
  if (index == entity::Number::priority && query_.priority) {
    const int priority = static_cast<unsigned char>(place.front());
    if (priority != *query_.priority)
      return priority < *query_.priority ? Stands::before : Stands::behind;
  }
  return Stands::here;
}

/// Filters that the covering value can answer; true when it can't.
bool Listing::may_match(entity::Number index, const std::optional<entity::Covering>& c) const {
  if (!c) return true;
  if (!query_.zone.empty() && c->zone != query_.zone) return false;
  if (!query_.zones.empty() && !contains(query_.zones, c->zone)) return false;
  if (!query_.client.empty() && c->client != query_.client) return false;
  if (index != entity::Number::status) return true;
  if (query_.priority && c->priority != *query_.priority) return false;
  if (query_.due_before && (!c->due || *c->due >= *query_.due_before)) return false;
  return query_.technician.empty() || c->technician == query_.technician;
}

Listing::Words Listing::words_by(const RangeOf& range,
                                 const std::optional<entity::Covering>& covering) const {
  const bool is_only = search_.terms.size() == 1;
  if (range.index == entity::Number::word) return is_only ? Words::met : Words::unknown;
  if (range.term < 0 || !covering) return Words::unknown;
  const auto& many = search_.many[static_cast<std::size_t>(range.term)];
  if (!many.clients.contains(entity::reference_word(covering->client)) &&
      !many.technicians.contains(entity::reference_word(covering->technician)))
    return Words::others;
  return is_only ? Words::met : Words::unknown;
}

bool Listing::matches_state(const entity::Entity& entity, Words words) const {
  const auto concerns = entity.concerns();
  const auto is_in = [&](const Id& zone) {
    return concerns.zone == zone || contains(concerns.zones, zone);
  };
  if (!query_.status.empty() && !contains(query_.status, entity.status())) return false;
  if (!query_.zone.empty() && !is_in(query_.zone)) return false;
  if (!query_.zones.empty() && !std::ranges::any_of(query_.zones, is_in)) return false;
  if (!query_.client.empty() && concerns.client != query_.client) return false;
  if (!query_.technician.empty() && concerns.technician != query_.technician) return false;
  return shows_what_is_asked(entity) && matches_entries(entity, words);
}

/// What a row hides (of a technician's visit that has ended, most) is not told by filters either.
bool Listing::shows_what_is_asked(const entity::Entity& order) const {
  if (as_ == entity::Viewpoint::staff || query_.kind != EntityKind::work_order) return true;
  const std::pair<const char*, bool> asked[] = {
      {"priority", query_.priority || query_.sort == Sort::priority},
      {"sla", query_.due_before || query_.sort == Sort::due},
      {"zone", !query_.zone.empty()},
      {"client", !query_.client.empty()},
      {"technician", !query_.technician.empty()}};
  if (std::ranges::none_of(asked, [](const auto& one) { return one.second; })) return true;
  const auto row = parse_json(order.row({as_, query_.technician}));
  return std::ranges::all_of(
      asked, [&](const auto& one) { return !one.second || row.contains(one.first); });
}

/// Who goes there finds an order by what its row shows of the client, as long as it does.
std::vector<std::string> Listing::words_shown(const entity::Entity& order) const {
  const auto row = parse_json(order.row({as_, query_.technician}));
  std::vector<std::string> words;
  for (const auto* name : {"client_name", "site_name", "address", "neighbourhood"})
    std::ranges::move(entity::words(text_member(row, name)), std::back_inserter(words));
  return words;
}

/// What only an entity's own index entries tell: words, priority, due, and whether it is open.
bool Listing::matches_entries(const entity::Entity& entity, Words met) const {
  const bool open_only = query_.sort != Sort::created_at || query_.due_before;
  if (search_.terms.empty() && !query_.priority && !open_only) return true;
  const auto entries = entity.index();
  const auto* status = entry_of(entries, entity::Number::status);
  const auto covering = status ? entity::decode_covering(status->value) : std::nullopt;
  if (open_only && !entry_of(entries, entity::Number::due)) return false;
  if (query_.priority && (!covering || covering->priority != *query_.priority)) return false;
  if (query_.due_before && (!covering || !covering->due || *covering->due >= *query_.due_before))
    return false;
  if (search_.terms.empty()) return true;
  if (met == Words::met) return true;
  auto words = words_in(entries);
  if (as_ == entity::Viewpoint::technician)
    std::ranges::move(words_shown(entity), std::back_inserter(words));
  return search_.is_met_by(words);
}

std::optional<entity::Stored> Listing::check(const Found& found, Words words) {
  ++states_;
  auto stored = entity::load_if_readable(reader_, kinds_, found.shard,
                                         {query_.kind, id_of(found.place)}, lacks_rows_);
  if (stored && !matches_state(*stored->entity, words)) stored.reset();
  return stored;
}

void Listing::open(Merge& merge, const Plan& plan, std::string_view after) const {
  for (const auto& range : plan.ranges) merge.add(range.shard, range.prefix, after);
}

ListReply Listing::walk(const Plan& plan, const std::string& after) {
  Merge merge(reader_);
  open(merge, plan, after);
  ListReply reply;
  std::string last = after;
  int entries = 0;
  bool is_settled = false;  // one thing may stand in two zones, by two words, and as somebody's
  while (const auto* found = merge.next()) {
    if (found->place != last) {
      const bool is_full =
          reply.rows.size() == limit_ || entries >= budget_.entries || states_ >= budget_.states;
      if (is_full) {
        reply.next_cursor = make_cursor(fingerprint(query_), last);
        return reply;
      }
      last = found->place;
      is_settled = false;
    }
    ++entries;
    const auto& range = plan.ranges[found->range];
    const auto stands = from_sort_part(range.index, found->place);
    if (stands == Stands::behind) return reply;
    if (is_settled || stands != Stands::here) continue;
    const auto covering = covering_of(*found);
    const auto words = words_by(range, covering);
    if (words == Words::others || !may_match(range.index, covering)) continue;
    is_settled = true;
    if (const auto stored = check(*found, words))
      reply.rows.push_back(entity::row_with_version(stored->entity->row({as_, query_.technician}),
                                                    stored->header.version));
  }
  return reply;
}

/// Where an entry of a status stands in the order asked for.
void Listing::put_place(std::string& into, std::string_view place,
                        const entity::Covering& covering) const {
  if (query_.sort == Sort::due) {
    into = entity::soonest_first(covering.due);
    into += place.substr(place.size() - entity::id_size);
  } else {
    into = static_cast<char>(covering.priority);
    into += place;
  }
}

/// Entries of statuses hold all that they are sorted by. They are read as they lie, in no order,
/// and only those are kept that may stand on the page.
ListReply Listing::gather_by_status(const Plan& plan, const std::string& after) {
  const auto scan = reader_.scan(storage::Family::index, std::string(), std::string(16, '\xff'));
  const auto by_place = [](const auto& a, const auto& b) { return a.first < b.first; };
  Hits hits;  // a heap, the last of the page on top
  const auto page = limit_ + 1;
  std::string place;
  int entries = 0;
  for (const auto& range : plan.ranges) {
    for (scan->seek(range.prefix); scan->valid() && scan->key().starts_with(range.prefix);
         scan->next(), ++entries) {
      if (entries >= budget_.gathered) return walk(walk_sorted(query_, shards_), after);
      const auto covering = entity::decode_covering(scan->value());
      if (!covering || !may_match(plan.index, covering)) continue;
      const auto own = scan->key().substr(range.prefix.size());
      put_place(place, own, *covering);
      if (place <= after || (hits.size() == page && place >= hits.front().first)) continue;
      if (hits.size() == page) {
        std::ranges::pop_heap(hits, by_place);
        hits.pop_back();
      }
      hits.emplace_back(place, Found{std::string(own), {}, range.shard});
      std::ranges::push_heap(hits, by_place);
    }
  }
  std::ranges::sort_heap(hits, by_place);
  return page_of(hits);
}

ListReply Listing::gather(const Plan& plan, const std::string& after) {
  Merge merge(reader_);
  open(merge, plan, {});
  Hits hits;  // by place in the order asked for
  std::string last;
  for (int entries = 0; const auto* found = merge.next(); ++entries) {
    if (entries >= budget_.entries) return too_broad();
    if (last == found->place) continue;
    const auto& range = plan.ranges[found->range];
    const auto covering = covering_of(*found);
    const auto words = words_by(range, covering);
    if (words == Words::others || !may_match(range.index, covering)) continue;
    if (states_ >= budget_.states) return too_broad();
    last = found->place;
    const auto stored = check(*found, words);
    if (!stored) continue;
    const auto sort_index =
        query_.sort == Sort::due ? entity::Number::due : entity::Number::priority;
    const auto own = stored->entity->index_without_words();
    auto place = entry_of(own, sort_index)->key + id_of(found->place);
    if (place > after) hits.emplace_back(std::move(place), *found);
  }
  const auto page = std::min(hits.size(), limit_ + 1);
  const auto by_place = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::ranges::partial_sort(hits, hits.begin() + static_cast<std::ptrdiff_t>(page), by_place);
  hits.resize(page);
  return page_of(hits);
}

/// `hits`: those of the page in order, and one more if there is one.
ListReply Listing::page_of(const Hits& hits) {
  ListReply reply;
  for (std::size_t i = 0; i < std::min(hits.size(), limit_); ++i)
    if (const auto stored = check(hits[i].second))
      reply.rows.push_back(entity::row_with_version(stored->entity->row({as_, query_.technician}),
                                                    stored->header.version));
  if (hits.size() > limit_)
    reply.next_cursor = make_cursor(fingerprint(query_), hits[limit_ - 1].first);
  return reply;
}

ListReply Listing::run() {
  if (query_.kind == EntityKind::unique_name || query_.kind == EntityKind::catalogue)
    return refuse("kind", "not_listable", "there is no list of these"_en);
  if (query_.sort != Sort::created_at && query_.kind != EntityKind::work_order)
    return refuse("sort", "unsupported_sort", "only orders have a due time and a priority"_en);
  search_ = meaning_of(reader_, kinds_, shards_, query_, as_, budget_, lacks_rows_);
  Merge looks(reader_);
  const auto plan = make_plan(query_, search_, shards_, looks, budget_);
  std::string after;
  if (!query_.cursor.empty()) {
    const auto place = read_cursor(fingerprint(query_), query_.cursor);
    if (!place || place->size() != plan.sort_size + entity::id_size)
      return refuse("cursor", "bad_cursor", "not a cursor of this list"_en);
    after = *place;
  }
  if (plan.is_empty) return {};
  auto reply = plan.way == Plan::Way::walk            ? walk(plan, after)
               : plan.index == entity::Number::status ? gather_by_status(plan, after)
                                                      : gather(plan, after);
  reply.is_partial = search_.is_partial || lacks_rows_;
  return reply;
}

}  // namespace

ListReply list(const storage::Reader& reader, const entity::Kinds& kinds,
               std::span<const ShardId> shards, const ListQuery& query, entity::Viewpoint as,
               const Budget& budget) {
  return Listing(reader, kinds, shards, query, as, budget).run();
}

std::map<std::string, std::int64_t> counts(const storage::Reader& reader,
                                           std::span<const ShardId> shards,
                                           const std::string& prefix) {
  std::map<std::string, std::int64_t> sums;
  for (const auto shard : shards) {
    const auto start = storage::keys::counter(shard, {}).size();
    const auto begin = storage::keys::counter(shard, prefix);
    const auto scan = reader.scan(storage::Family::meta, begin, storage::keys::end_of(begin));
    for (; scan->valid(); scan->next())
      if (const auto count = storage::decode_count(scan->value()))
        sums[std::string(scan->key().substr(start))] += static_cast<std::int64_t>(*count);
  }
  return sums;
}

}  // namespace mf::views
