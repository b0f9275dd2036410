#include "actors/views/lists/plan.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include "storage/keys.hpp"

namespace mf::views {
namespace {

using views::ListQuery;
using Sort = ListQuery::Sort;

constexpr int sampled_shards = 2, sampled_entries_max = 64, words_per_shard_max = 24;
constexpr std::size_t zones_max = 8;

std::string key_prefix(ShardId shard, EntityKind kind, entity::Number number,
                       std::string_view filter) {
  return storage::keys::index(shard, kind, static_cast<std::uint8_t>(number), filter, {});
}

void add(Plan& plan, const ListQuery& query, std::span<const ShardId> shards,
         std::string_view filter) {
  for (const auto shard : shards)
    plan.ranges.push_back({shard, key_prefix(shard, query.kind, plan.index, filter), plan.index});
}

Plan walk(entity::Number index, const ListQuery& query, std::span<const ShardId> shards,
          const std::vector<std::string>& filters) {
  Plan plan{.index = index};
  for (const auto& filter : filters) add(plan, query, shards, filter);
  return plan;
}

/// The statuses asked for, or all; with `open_only` those of them that are open.
std::vector<std::string> statuses(const ListQuery& query, bool open_only) {
  std::vector<std::string> out;
  for (const auto status : open_only ? entity::open_statuses() : entity::all_statuses())
    if (query.status.empty() || std::ranges::find(query.status, status) != query.status.end())
      out.emplace_back(status);
  return out;
}

std::vector<std::string> text_parts(const std::vector<std::string>& texts) {
  std::vector<std::string> out;
  out.reserve(texts.size());
  for (const auto& text : texts) out.push_back(entity::text_part(text));
  return out;
}

std::vector<std::string> technician_parts(const ListQuery& query, bool open_only) {
  const bool any = query.status.empty();
  std::vector<std::string> out;
  if (any || std::ranges::any_of(query.status, entity::is_open_status))
    out.push_back(entity::technician_part(query.technician, true));
  const auto is_closed = [](const std::string& status) { return !entity::is_open_status(status); };
  if (!open_only && (any || std::ranges::any_of(query.status, is_closed)))
    out.push_back(entity::technician_part(query.technician, false));
  return out;
}

/// How many entries start with any of a term's prefixes, guessed from the first shards.
int sample(const std::vector<std::string>& prefixes, const ListQuery& query,
           std::span<const ShardId> shards, storage::Scan& scan) {
  int found = 0;
  for (const auto shard : shards.first(std::min<std::size_t>(sampled_shards, shards.size()))) {
    for (const auto& word : prefixes) {
      const auto prefix = key_prefix(shard, query.kind, entity::Number::word, word);
      int here = 0;
      for (scan.seek(prefix); scan.valid() && scan.key().starts_with(prefix); scan.next())
        if (++here == sampled_entries_max) break;
      found += here;
    }
  }
  return found;
}

/// The term with the fewest hits; of those with many, the longest. One that means many clients or
/// technicians only where all do: then the one that means the fewest.
std::size_t rarest_of(const ListQuery& query, const Search& search, std::span<const ShardId> shards,
                      storage::Scan& scan) {
  if (search.terms.size() == 1) return 0;
  const auto cost = [&](std::size_t i) {
    const auto& many = search.many[i];
    const auto& term = search.terms[i];
    const auto owners = many.clients.size() + many.technicians.size();
    const int found = owners > 0 ? 0 : sample(term, query, shards, scan);
    return std::tuple(owners, found, -static_cast<int>(term.front().size()));
  };
  std::size_t rarest = 0;
  auto least = cost(0);
  for (std::size_t i = 1; i < search.terms.size(); ++i)
    if (const auto its = cost(i); its < least) {
      rarest = i;
      least = its;
    }
  return rarest;
}

/// One range per distinct word that starts with `start`; false when there are too many of them.
bool add_words(Plan& plan, const ListQuery& query, ShardId shard, std::string_view start,
               storage::Scan& scan) {
  const auto all = key_prefix(shard, query.kind, entity::Number::word, {});
  const auto prefix = all + std::string(start);
  int words = 0;
  scan.seek(prefix);
  while (scan.valid() && scan.key().starts_with(prefix)) {
    if (++words > words_per_shard_max) return false;
    const auto end = scan.key().find('\0', all.size());
    if (end == std::string_view::npos) return false;
    std::string word(scan.key().substr(0, end));
    plan.ranges.push_back({shard, word + '\0', entity::Number::word});
    scan.seek(word + '\1');
  }
  return true;
}

/// The ranges a set of filters leaves, in the order of creation.
Plan by_filters(const ListQuery& query, std::span<const ShardId> shards, bool open_only) {
  if (!query.client.empty())
    return walk(entity::Number::client, query, shards, {entity::text_part(query.client)});
  if (!query.technician.empty())
    return walk(entity::Number::technician, query, shards, technician_parts(query, open_only));
  // Only this index knows an order's priority without a look at its state.
  const bool by_status = open_only || !query.status.empty() || query.priority;
  if (query.kind == EntityKind::work_order && by_status)
    return walk(entity::Number::status, query, shards, text_parts(statuses(query, open_only)));
  if (!query.zone.empty())
    return walk(entity::Number::zone, query, shards, {entity::text_part(query.zone)});
  if (!query.zones.empty() && query.zones.size() <= zones_max)
    return walk(entity::Number::zone, query, shards, text_parts(query.zones));
  return walk(entity::Number::created, query, shards, {""});
}

/// The orders that may be of the many whom a term means: those of the zones asked for, newest
/// first, or of statuses, whose entries also know technician, priority and due.
void add_owned(Plan& plan, const ListQuery& query, std::span<const ShardId> shards, bool open_only,
               const Search& search, std::size_t term) {
  const auto& many = search.many[term];
  if (many.is_empty()) return;
  ListQuery owned{.kind = query.kind, .status = query.status, .zone = query.zone};
  owned.zones = query.zones;
  owned.priority = query.priority;
  auto ranges = many.technicians.empty() ? by_filters(owned, shards, open_only).ranges
                                         : walk(entity::Number::status, query, shards,
                                                text_parts(statuses(query, open_only)))
                                               .ranges;
  for (auto& range : ranges) {
    range.term = static_cast<int>(term);
    plan.ranges.push_back(std::move(range));
  }
}

/// Ranges of the rarest term's words; nullopt when there are too many.
std::optional<Plan> by_words(const ListQuery& query, const Search& search,
                             std::span<const ShardId> shards, bool open_only, Merge& looks,
                             const Budget& budget) {
  Plan plan{.index = entity::Number::word};
  const auto rarest = rarest_of(query, search, shards, looks.scan());
  for (const auto shard : shards)
    for (const auto& prefix : search.terms[rarest])
      if (!add_words(plan, query, shard, prefix, looks.scan())) return std::nullopt;
  add_owned(plan, query, shards, open_only, search, rarest);
  if (plan.ranges.size() > static_cast<std::size_t>(budget.ranges)) return std::nullopt;
  return plan;
}

std::size_t sort_size_of(const ListQuery& query) { return query.sort == Sort::priority ? 9 : 8; }

}  // namespace

Plan walk_sorted(const ListQuery& query, std::span<const ShardId> shards) {
  auto plan = walk(query.sort == Sort::due ? entity::Number::due : entity::Number::priority, query,
                   shards, {""});
  plan.sort_size = sort_size_of(query);
  return plan;
}

Plan make_plan(const ListQuery& query, const Search& search, std::span<const ShardId> shards,
               Merge& looks, const Budget& budget) {
  const bool sorts = query.sort != Sort::created_at;
  const bool open_only = sorts || query.due_before.has_value();
  const bool foreign_zone = !query.zone.empty() && !query.zones.empty() &&
                            std::ranges::find(query.zones, query.zone) == query.zones.end();
  const bool has_words = !query.q.empty();
  if (foreign_zone || (has_words && search.terms.empty())) return {.is_empty = true};

  Plan plan;
  if (has_words && query.client.empty() && query.technician.empty())
    plan = by_words(query, search, shards, open_only, looks, budget)
               .value_or(by_filters(query, shards, open_only));
  else if (sorts && !has_words && query.client.empty() && query.technician.empty() &&
           query.status.empty() && (!query.priority || query.sort == Sort::priority))
    return walk_sorted(query, shards);
  else plan = by_filters(query, shards, open_only);
  plan.sort_size = sort_size_of(query);
  if (sorts) plan.way = Plan::Way::gather;
  return plan;
}

}  // namespace mf::views
