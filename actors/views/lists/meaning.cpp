#include "actors/views/lists/meaning.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/stored.hpp"
#include "base/json.hpp"
#include "storage/keys.hpp"

namespace mf::views {
namespace {

using entity::Terms;
using entity::Viewpoint;

/// Whom one term means.
struct Owners {
  std::unordered_map<Id, ShardId> ids;
  bool is_cut = false;  ///< there may be more
};

std::vector<std::string> words_of(const entity::Entity& entity) {
  std::vector<std::string> words;
  for (const auto& entry : entity.index())
    if (entry.index == static_cast<std::uint8_t>(entity::Number::word))
      words.push_back(entry.key.substr(0, entry.key.find('\0')));
  return words;
}

class Meaning {
 public:
  Meaning(const storage::Reader& reader, const entity::Kinds& kinds,
          std::span<const ShardId> shards, const ListQuery& query, const Budget& budget,
          bool& lacks_rows)
      : reader_(reader),
        kinds_(kinds),
        shards_(shards),
        query_(query),
        budget_(budget),
        lacks_rows_(lacks_rows),
        typed_(entity::search_terms(query.q)) {
    search_.terms = typed_;
    search_.many.resize(typed_.size());
  }

  Search run(Viewpoint as);

 private:
  void add_types();
  void add_technicians();
  void add_clients();
  [[nodiscard]] Owners owners(EntityKind kind, std::size_t term) const;
  [[nodiscard]] Owners with_all(const std::vector<Owners>& found, const Terms& terms) const;
  [[nodiscard]] Owners the_client(const Terms& terms) const;
  [[nodiscard]] bool has_all(const Id& client, ShardId shard, const Terms& terms) const;
  void follow(std::size_t term, const Owners& owners, std::unordered_set<std::string>& many);

  const storage::Reader& reader_;
  const entity::Kinds& kinds_;
  std::span<const ShardId> shards_;
  const ListQuery& query_;
  const Budget& budget_;
  bool& lacks_rows_;
  const Terms typed_;
  Search search_;
};

Search Meaning::run(Viewpoint as) {
  if (query_.kind != EntityKind::work_order || typed_.empty()) return std::move(search_);
  const auto names_technician = [](const auto& term) { return term.front().starts_with("=tec_"); };
  if (as == Viewpoint::client && std::ranges::any_of(typed_, names_technician)) return {};
  // A technician is not told what a client has.
  if (as != Viewpoint::technician) add_clients();
  add_types();
  if (as == Viewpoint::client) return std::move(search_);
  add_technicians();
  for (std::size_t i = 0; i < typed_.size(); ++i)
    for (const auto& word : typed_[i])
      if (!word.starts_with('=')) search_.terms[i].push_back(entity::tag_word(word));
  return std::move(search_);
}

void Meaning::follow(std::size_t term, const Owners& owners,
                     std::unordered_set<std::string>& many) {
  if (owners.is_cut) search_.is_partial = true;
  for (const auto& [id, _] : owners.ids) {
    auto word = entity::reference_word(id);
    if (owners.ids.size() > budget_.followed) many.insert(std::move(word));
    else search_.terms[term].push_back(std::move(word));
  }
}

void Meaning::add_types() {
  for (const auto shard : shards_) {
    bool is_unreadable = false;
    const auto stored =
        entity::load_if_readable(reader_, kinds_, shard, catalogue_ref, is_unreadable);
    if (!stored) continue;
    const auto text = stored->entity->answer("order_types", "{}", Principal::system(), {});
    const auto types = text ? parse_json(*text) : nlohmann::json::array();
    for (const auto& type : types) {
      const auto named = entity::words(type.value("name", ""));
      for (std::size_t i = 0; i < typed_.size(); ++i)
        if (entity::matches({typed_[i]}, named))
          search_.terms[i].push_back(entity::reference_word(type.value("id", "")));
    }
    return;
  }
}

void Meaning::add_technicians() {
  for (std::size_t i = 0; i < typed_.size(); ++i)
    follow(i, owners(EntityKind::technician, i), search_.many[i].technicians);
}

/// Of several words some may be the client's and the others the order's: "maría router". The
/// client's are those that find any client; whoever has all of them is meant. When nobody has, each
/// may be the order's, too: "maría antena", where somebody else is called Antena.
void Meaning::add_clients() {
  Terms terms;
  std::vector<Owners> found;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < typed_.size(); ++i) {
    auto one = owners(EntityKind::client, i);
    if (typed_.size() > 1 && one.ids.empty()) continue;
    terms.push_back(typed_[i]);
    found.push_back(std::move(one));
    places.push_back(i);
  }
  if (places.empty()) return;
  const bool is_one = !query_.client.empty();
  const auto all = is_one ? the_client(terms) : with_all(found, terms);
  const bool is_each = all.ids.empty() && places.size() > 1;
  for (std::size_t n = 0; n < places.size(); ++n) {
    auto& many = search_.many[places[n]].clients;
    if (!is_each) follow(places[n], all, many);
    else follow(places[n], is_one ? the_client({terms[n]}) : found[n], many);
  }
}

/// Every shard gives its part: none is left out for the sake of one before it.
Owners Meaning::owners(EntityKind kind, std::size_t term) const {
  const auto parts = typed_.size() * std::max<std::size_t>(shards_.size(), 1);
  const auto room = std::max<std::size_t>(static_cast<std::size_t>(budget_.owners) / parts, 1);
  const auto scan = reader_.scan(storage::Family::index, std::string(), std::string(16, '\xff'));
  Owners out;
  for (const auto shard : shards_) {
    std::size_t read = 0;
    for (const auto& start : typed_[term]) {
      const auto number = static_cast<std::uint8_t>(entity::Number::word);
      const auto prefix = storage::keys::index(shard, kind, number, start, {});
      for (scan->seek(prefix); scan->valid() && scan->key().starts_with(prefix); scan->next()) {
        if (++read > room) {
          out.is_cut = true;
          break;
        }
        const auto key = scan->key();
        out.ids.emplace(Id(key.substr(key.size() - entity::id_size)), shard);
      }
    }
  }
  return out;
}

/// The clients whom every term finds.
Owners Meaning::with_all(const std::vector<Owners>& found, const Terms& terms) const {
  const auto& fewest = *std::ranges::min_element(
      found, {}, [](const Owners& o) { return std::pair(o.is_cut, o.ids.size()); });
  Owners out{.is_cut = fewest.is_cut};
  std::vector<std::pair<Id, ShardId>> unsure;
  for (const auto& [id, shard] : fewest.ids) {
    const auto lacks = [&](const Owners& o) { return !o.ids.contains(id); };
    if (std::ranges::none_of(found, lacks)) out.ids.emplace(id, shard);
    else if (std::ranges::all_of(found, [&](const Owners& o) { return o.is_cut || !lacks(o); }))
      unsure.emplace_back(id, shard);
  }
  if (unsure.size() > budget_.followed) out.is_cut = true;
  else
    for (const auto& [id, shard] : unsure)
      if (has_all(id, shard, terms)) out.ids.emplace(id, shard);
  return out;
}

/// One client's own list: whether the words are that client's is one look.
Owners Meaning::the_client(const Terms& terms) const {
  for (const auto shard : shards_)
    if (has_all(query_.client, shard, terms)) return {.ids = {{query_.client, shard}}};
  return {};
}

bool Meaning::has_all(const Id& client, ShardId shard, const Terms& terms) const {
  const auto stored =
      entity::load_if_readable(reader_, kinds_, shard, {EntityKind::client, client}, lacks_rows_);
  return stored && entity::matches(terms, words_of(*stored->entity));
}

}  // namespace

bool Search::is_met_by(const std::vector<std::string>& words) const {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto is_meant = [&](const std::string& word) {
      return many[i].clients.contains(word) || many[i].technicians.contains(word);
    };
    if (!entity::matches({terms[i]}, words) && std::ranges::none_of(words, is_meant)) return false;
  }
  return true;
}

Search meaning_of(const storage::Reader& reader, const entity::Kinds& kinds,
                  std::span<const ShardId> shards, const ListQuery& query, Viewpoint as,
                  const Budget& budget, bool& lacks_rows) {
  return Meaning(reader, kinds, shards, query, budget, lacks_rows).run(as);
}

}  // namespace mf::views
