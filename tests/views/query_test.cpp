#include "actors/views/lists/query.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "actors/entity/search_terms.hpp"
#include "actors/views/lists/cursor.hpp"
#include "storage/records.hpp"
#include "tests/views/toy.hpp"

namespace mf::views {
using namespace entity;
using namespace shard;
namespace {

using entity::Viewpoint;
using views::ListQuery;
using Sort = ListQuery::Sort;
using toy::Thing;

constexpr const char* statuses[] = {"NEW", "TRIAGED", "ASSIGNED", "CLOSED", "CANCELLED"};
constexpr const char* titles[] = {"Instalación de internet", "Reparación de router",
                                  "Cambio de módem", "Antena sin señal"};
constexpr const char* names[] = {"Ana María Gómez", "Benito Muñoz", "Ana Röder"};

Id zone(int n) { return toy::make_id("zon", n); }
Id client(int n) { return toy::make_id("cli", n); }
Id technician(int n) { return toy::make_id("tec", n); }

struct World {
  toy::Store store;
  entity::Kinds kinds = toy::all_kinds();
  std::vector<ShardId> shards = toy::all_shards();
  std::map<Id, Thing> orders, clients;

  World() {
    for (int i = 0; i < 3; ++i) {
      Thing c{.kind = EntityKind::client, .id = client(i), .version = 1, .title = names[i]};
      c.phones = {"+57 300 123 45" + std::to_string(10 + i)};
      clients[c.id] = c;
      store.put(c);
    }
  }
  void put(Thing order) {
    ++order.version;
    store.put(order);
    orders[order.id] = std::move(order);
  }
  views::ListReply page(const ListQuery& query, const Budget& budget = {}) const {
    return list(store, kinds, shards, query, Viewpoint::staff, budget);
  }
};

Thing random_order(int number) {
  Thing t;
  t.id = toy::make_id("ord", number);
  t.code = order_code(t.id);
  t.status = statuses[*rc::gen::inRange(0, 5)];
  t.title = titles[*rc::gen::inRange(0, 4)];
  t.zone = zone(*rc::gen::inRange(0, 3));
  t.client = client(*rc::gen::inRange(0, 3));
  if (*rc::gen::inRange(0, 2)) t.technician = technician(*rc::gen::inRange(0, 2));
  t.priority = *rc::gen::inRange(1, 5);
  t.created_at = from_millis(*rc::gen::inRange(1, 40));
  if (t.is_open() && *rc::gen::inRange(0, 3)) t.due = from_millis(*rc::gen::inRange(100, 140));
  return t;
}

ListQuery random_query() {
  ListQuery q;
  const auto sometimes = [] { return *rc::gen::inRange(0, 3) == 0; };
  if (sometimes()) q.status = {statuses[*rc::gen::inRange(0, 5)], "NEW"};
  if (sometimes()) q.zone = zone(*rc::gen::inRange(0, 3));
  if (sometimes()) q.zones = {zone(0), zone(*rc::gen::inRange(1, 3))};
  if (sometimes()) q.client = client(*rc::gen::inRange(0, 3));
  if (sometimes()) q.technician = technician(*rc::gen::inRange(0, 2));
  if (sometimes()) q.priority = *rc::gen::inRange(1, 5);
  if (sometimes()) q.due_before = from_millis(*rc::gen::inRange(100, 140));
  if (sometimes())
    q.q = *rc::gen::elementOf(std::vector<std::string>{"ana", "mod cam", "ORD-", "inter", "munoz",
                                                       "300 123", "sen", "benito router", "e",
                                                       "benito roder", "ana munoz internet"});
  q.sort = *rc::gen::element(Sort::created_at, Sort::due, Sort::priority);
  q.limit = *rc::gen::inRange(1, 7);
  return q;
}

bool should_match(const World& world, const ListQuery& q, const Thing& t) {
  const auto is = [](const auto& wanted, const auto& it) { return wanted.empty() || wanted == it; };
  const bool open_only = q.sort != Sort::created_at || q.due_before;
  if (open_only && !t.is_open()) return false;
  if (!q.status.empty() && std::ranges::find(q.status, t.status) == q.status.end()) return false;
  if (!q.zones.empty() && std::ranges::find(q.zones, t.zone) == q.zones.end()) return false;
  if (!is(q.zone, t.zone) || !is(q.client, t.client) || !is(q.technician, t.technician))
    return false;
  if (q.priority && *q.priority != t.priority) return false;
  if (q.due_before && (!t.due || *t.due >= *q.due_before)) return false;
  if (q.q.empty()) return true;
  auto own = words(t.title);
  for (auto& word : code_words(t.code)) own.push_back(std::move(word));
  // Words that find any client may be the client's; it must have all of these, when any has.
  const auto words_of = [](const Thing& client) {
    auto of = words(client.title);
    for (const auto& word : phone_words(client.phones[0])) of.push_back(word);
    return of;
  };
  Terms of_clients;
  for (const auto& term : search_terms(q.q))
    for (const auto& [_, c] : world.clients)
      if (matches({term}, words_of(c))) {
        of_clients.push_back(term);
        break;
      }
  const auto its_words = words_of(world.clients.at(t.client));
  const bool is_anybody_meant = std::ranges::any_of(world.clients, [&](const auto& c) {
    return (q.client.empty() || q.client == c.first) && matches(of_clients, words_of(c.second));
  });
  return std::ranges::all_of(search_terms(q.q), [&](const auto& term) {
    if (matches({term}, own)) return true;
    if (std::ranges::find(of_clients, term) == of_clients.end()) return false;
    return matches(is_anybody_meant ? of_clients : Terms{term}, its_words);
  });
}

/// Sort keys as numbers, to compare orders without our bytes.
std::tuple<std::int64_t, std::int64_t, Id> rank(const ListQuery& q, const Thing& t) {
  const auto newest = -to_millis(t.created_at);
  if (q.sort == Sort::due) return {t.due ? to_millis(*t.due) : INT64_MAX, 0, t.id};
  if (q.sort == Sort::priority) return {t.priority, newest, t.id};
  return {newest, 0, t.id};
}

std::vector<Id> expected(const World& world, const ListQuery& q) {
  std::vector<Thing> hits;
  for (const auto& [id, t] : world.orders)
    if (should_match(world, q, t)) hits.push_back(t);
  std::ranges::sort(hits, {}, [&](const Thing& t) { return rank(q, t); });
  std::vector<Id> ids;
  ids.reserve(hits.size());
  for (const auto& t : hits) ids.push_back(t.id);
  return ids;
}

Id id_of_row(const std::string& row) { return row.substr(7, 30); }

/// All pages; `between` runs after each.
template <class F>
std::vector<Id> all_pages(const World& world, ListQuery q, const Budget& budget, F between) {
  std::vector<Id> ids;
  for (int pages = 0; pages < 2000; ++pages) {
    const auto reply = world.page(q, budget);
    RC_ASSERT(!reply.no);
    RC_ASSERT(reply.rows.size() <= static_cast<std::size_t>(q.limit));
    for (const auto& row : reply.rows) ids.push_back(id_of_row(row));
    if (reply.next_cursor.empty()) return ids;
    RC_ASSERT(reply.next_cursor != q.cursor);
    q.cursor = reply.next_cursor;
    between();
  }
  RC_FAIL("the pages never end");
  return ids;
}

void check(const char* what, auto property) { CHECK(rc::check(what, property)); }

TEST_CASE("lists: the pages of every query are the naive list") {
  check("pages equal the naive list", [] {
    World world;
    const int count = *rc::gen::inRange(0, 60);
    for (int i = 0; i < count; ++i) world.put(random_order(i));
    for (int i = 0; i < count / 2; ++i) world.put(random_order(*rc::gen::inRange(0, count)));
    for (int i = 0; i < 5; ++i) {
      const auto q = random_query();
      const Budget budget{.followed = *rc::gen::inRange<std::size_t>(0, 4)};
      RC_ASSERT(all_pages(world, q, budget, [] {}) == expected(world, q));
    }
  });
}

TEST_CASE("lists: a small budget gives shorter pages, not other rows") {
  check("budgets cut pages only", [] {
    World world;
    for (int i = 0; i < 40; ++i) world.put(random_order(i));
    auto q = random_query();
    q.sort = Sort::created_at;
    const Budget tight{.entries = *rc::gen::inRange(1, 9),
                       .states = *rc::gen::inRange(1, 5),
                       .followed = *rc::gen::inRange<std::size_t>(0, 4)};
    RC_ASSERT(all_pages(world, q, tight, [] {}) == expected(world, q));
  });
}

TEST_CASE("lists: what is too much to be sorted is read in its order instead") {
  check("a gathering that ends early", [] {
    World world;
    for (int i = 0; i < 40; ++i) world.put(random_order(i));
    const auto q = random_query();
    const Budget tight{.gathered = *rc::gen::inRange(0, 9)};
    RC_ASSERT(all_pages(world, q, tight, [] {}) == expected(world, q));
  });
}

TEST_CASE("lists: while writes go on no row comes twice and none that stayed is skipped") {
  check("pages under writes", [] {
    World world;
    const int count = *rc::gen::inRange(10, 60);
    for (int i = 0; i < count; ++i) world.put(random_order(i));
    auto q = random_query();
    q.sort = Sort::created_at;
    std::set<Id> stayed;
    for (const auto& id : expected(world, q)) stayed.insert(id);
    int next = count;
    const auto write = [&] {
      for (int i = 0; i < 3; ++i) {
        auto order = random_order(*rc::gen::inRange(0, 2) ? next++ : *rc::gen::inRange(0, count));
        if (const auto old = world.orders.find(order.id); old != world.orders.end())
          order.created_at = old->second.created_at;  // never changes
        world.put(order);
        if (!should_match(world, q, order)) stayed.erase(order.id);
      }
    };
    const auto seen = all_pages(world, q, {}, write);
    const std::set<Id> distinct(seen.begin(), seen.end());
    RC_ASSERT(distinct.size() == seen.size());
    for (const auto& id : stayed) RC_ASSERT(distinct.contains(id));
  });
}

World small_world() {
  World world;
  for (int i = 0; i < 10; ++i) {
    Thing t;
    t.id = toy::make_id("ord", i);
    t.code = order_code(t.id);
    t.zone = zone(i % 2);
    t.client = client(0);
    t.title = titles[i % 4];
    t.created_at = from_millis(1000 + i);
    world.put(t);
  }
  return world;
}

TEST_CASE("lists: rows carry the version of their entity behind the id") {
  auto world = small_world();
  world.put(world.orders.at(toy::make_id("ord", 9)));
  const auto reply = world.page({.limit = 1});
  REQUIRE(reply.rows.size() == 1);
  CHECK(reply.rows[0].starts_with("{\"id\":\"" + toy::make_id("ord", 9) + "\",\"version\":2,"));
}

TEST_CASE("lists: a cursor of another list, or a broken one, is refused") {
  const auto world = small_world();
  const auto first = world.page({.limit = 3});
  REQUIRE_FALSE(first.next_cursor.empty());
  const auto code_for = [&](const ListQuery& q) {
    const auto reply = world.page(q);
    return reply.no ? reply.no->code : "";
  };
  CHECK(code_for({.limit = 4, .cursor = first.next_cursor}) == "");
  CHECK(code_for({.zone = zone(1), .cursor = first.next_cursor}) == "bad_cursor");
  CHECK(code_for({.cursor = "x"}) == "bad_cursor");
  CHECK(code_for({.cursor = first.next_cursor + "AAAA"}) == "bad_cursor");
  CHECK(code_for({.cursor = std::string(300, 'A')}) == "bad_cursor");
  CHECK(code_for({.cursor = make_cursor(fingerprint({}), "short")}) == "bad_cursor");
}

TEST_CASE("lists: an order is found by its code, its title, its client's name and phone") {
  const auto world = small_world();
  const auto found = [&](std::string q) { return world.page({.q = std::move(q)}).rows.size(); };
  CHECK(found(order_code(toy::make_id("ord", 3))) == 1);
  CHECK(found("INSTALACION internet") == 3);
  CHECK(found("ana gomez") == 10);
  CHECK(found("300 123 4510") == 10);
  CHECK(found("gomez internet") == 3);
  CHECK(found("munoz internet") == 0);
  CHECK(found("...") == 0);
}

TEST_CASE("lists: an order is found by its full id, its client's and its technician's") {
  auto world = small_world();
  auto mine = world.orders.at(toy::make_id("ord", 4));
  mine.client = client(1);
  mine.technician = technician(7);
  world.put(mine);
  const auto found = [&](const std::string& q, Viewpoint as = Viewpoint::staff) {
    return list(world.store, world.kinds, world.shards, {.q = q}, as).rows.size();
  };
  for (const auto& id : {mine.id, mine.client, mine.technician}) CHECK(found(id) == 1);
  CHECK(found(mine.client + " " + mine.technician) == 1);
  CHECK(found(toy::make_id("cli", 99)) == 0);
  CHECK(found(mine.technician, Viewpoint::client) == 0);
  const ListQuery clients{.kind = EntityKind::client, .q = client(1)};
  REQUIRE(world.page(clients).rows.size() == 1);
  CHECK(id_of_row(world.page(clients).rows[0]) == client(1));
}

TEST_CASE("lists: an order is found by an address whose numbers many others begin with") {
  World world;
  for (int i = 0; i < 400; ++i) {
    const auto number = std::to_string(i);
    Thing c{.kind = EntityKind::client, .id = client(100 + i), .version = 1};
    c.title =
        i == 7 ? "Cra 45 # 12-34 Apto 301" : "Calle 45" + number + " # 34" + number + "-" + number;
    world.store.put(c);
    Thing t{.id = toy::make_id("ord", i), .title = "Router"};
    t.code = order_code(t.id);
    t.client = c.id;
    t.created_at = from_millis(1000 + i);
    world.put(t);
  }
  for (const auto* q : {"kr45 no 12-34", "cra 45 12 34 ap301", "router cra 45 # 12-34"}) {
    INFO(q);
    const auto reply = world.page({.q = q});
    REQUIRE(reply.rows.size() == 1);
    CHECK(id_of_row(reply.rows[0]) == toy::make_id("ord", 7));
  }
}

/// Sixty newer Anas, clients with an order of zone 1 and technicians, and many phones that begin
/// alike.
World world_of_anas() {
  auto world = small_world();
  for (auto [i, c] = std::pair(0, Thing{.kind = EntityKind::client}); i < 60; ++i) {
    c.id = client(100 + i);
    c.title = "Ana Nueva" + std::to_string(i);
    c.phones = {"300999" + std::to_string(1000 + i)};
    c.created_at = from_millis(5000 + i);
    world.store.put(c);
    Thing t{.id = toy::make_id("ord", 100 + i), .title = "Router"};
    t.code = order_code(t.id);
    t.zone = zone(1);
    t.client = c.id;
    t.created_at = from_millis(5000 + i);
    world.put(t);
    Thing ana{.kind = EntityKind::technician, .id = technician(100 + i), .title = c.title};
    ana.created_at = c.created_at;
    world.store.put(ana);
  }
  return world;
}

TEST_CASE("lists: who has a common name is found, however many others are newer") {
  const auto world = world_of_anas();
  const auto count = [&](ListQuery q, const Budget& budget = {}) {
    return all_pages(world, std::move(q), budget, [] {}).size();
  };
  CHECK(count({.zones = {zone(0)}, .q = "ana"}) == 5);
  CHECK(count({.zones = {zone(0)}, .q = "ana gomez"}) == 5);
  CHECK(count({.zones = {zone(0)}, .q = "300"}) == 5);
  CHECK(count({.zones = {zone(0)}, .q = "ana modem"}) == 2);
  CHECK(count({.q = "ana", .limit = 7}) == 70);
  CHECK(count({.q = "ana nueva", .limit = 100}) == 60);
  CHECK(count({.q = "nueva router", .sort = Sort::priority, .limit = 9}) == 60);
  CHECK(count({.status = {"NEW"}, .q = "ana", .sort = Sort::due}) == 70);
  for (const auto& reply : {world.page({.q = "ana"}), world.page({.q = "300999"})})
    CHECK_FALSE(reply.is_partial);
}

TEST_CASE("lists: an order is found by its technician's name, however many others bear it") {
  auto world = world_of_anas();
  Thing bea{.kind = EntityKind::technician, .id = technician(1), .title = "Ana Bea"};
  world.store.put(bea);
  for (int i = 0; i < 60; ++i) {
    Thing c{.kind = EntityKind::client, .id = client(100 + i), .title = "X"};
    c.phones = {"1"};
    world.store.put(c);
  }
  auto mine = world.orders.at(toy::make_id("ord", 101));
  mine.technician = bea.id;
  world.put(mine);
  CHECK(all_pages(world, {.zones = {zone(1)}, .q = "ana router"}, {}, [] {}).size() >= 1);
  const auto rows = world.page({.zone = zone(1), .q = "bea"}).rows;
  REQUIRE(rows.size() == 1);
  auto ids = all_pages(world, {.client = mine.client, .zones = {zone(1)}, .q = "ana"}, {}, [] {});
  CHECK(ids == std::vector<Id>{mine.id});
  ids = all_pages(world, {.zones = {zone(1)}, .q = "ana"}, {}, [] {});
  CHECK(std::ranges::find(ids, mine.id) != ids.end());
}

TEST_CASE("lists: a search that means more clients than may be looked at says so") {
  const auto world = world_of_anas();
  const Budget tight{.owners = 20};
  const auto reply = world.page({.q = "ana"}, tight);
  CHECK(reply.is_partial);
  // Whoever stands in what was looked at by one word is asked for the others.
  CHECK(all_pages(world, {.q = "ana gomez"}, tight, [] {}).size() == 10);
}

TEST_CASE("lists: what a technician's row does not show is not told by a filter") {
  const auto world = small_world();  // whose rows show a zone and no priority
  const auto rows = [&](ListQuery q) {
    return list(world.store, world.kinds, world.shards, q, Viewpoint::technician).rows.size();
  };
  CHECK(rows({.zone = zone(0)}) == 5);
  CHECK(rows({.priority = 3}) == 0);
  CHECK(rows({.sort = Sort::priority}) == 0);
  CHECK(rows({.due_before = from_millis(9'000'000)}) == 0);
  CHECK(rows({.sort = Sort::due}) == 0);
}

TEST_CASE("lists: words of two clients of whom none has both may be the order's, too") {
  auto world = small_world();
  auto mine = world.orders.at(toy::make_id("ord", 4));
  mine.title = "Cambio donde Benito";
  world.put(mine);
  CHECK(world.page({.q = "gomez benito"}).rows.size() == 1);
}

TEST_CASE("lists: technicians are listed by zone, each once") {
  World world;
  Thing t{.kind = EntityKind::technician, .id = technician(1), .version = 1, .title = "Ana"};
  t.zones = {zone(0), zone(1)};
  world.store.put(t);
  const auto rows = [&](ListQuery q) {
    q.kind = EntityKind::technician;
    return world.page(q).rows.size();
  };
  CHECK(rows({.zone = zone(1)}) == 1);
  CHECK(rows({.zones = {zone(0), zone(1)}}) == 1);
  CHECK(rows({.zone = zone(2)}) == 0);
  CHECK(world.page({.kind = EntityKind::technician, .sort = Sort::due}).no->code ==
        "unsupported_sort");
  CHECK(world.page({.kind = EntityKind::catalogue}).no->code == "not_listable");
}

TEST_CASE("lists: a page that lacks a row nobody can read says so") {
  World world;
  Thing t{.kind = EntityKind::technician, .id = technician(1), .version = 1, .title = "Ana"};
  t.zones = {zone(0)};
  world.store.put(t);
  const ListQuery all{.kind = EntityKind::technician};
  CHECK(world.page(all).rows.size() == 1);
  CHECK_FALSE(world.page(all).is_partial);
  const auto shard = shard_of(t.ref(), toy::shard_count);
  world.store.set(storage::Family::state, storage::keys::state(shard, t.ref()), "not a state");
  CHECK(world.page(all).rows.empty());
  CHECK(world.page(all).is_partial);
}

TEST_CASE("lists: counts are the sums over the shards") {
  toy::Store store;
  for (const ShardId shard : {0, 3})
    for (const char* name : {"zon_A|NEW", "zon_B|NEW"})
      store.set(storage::Family::meta, storage::keys::counter(shard, name),
                storage::encode_count(shard + 1u));
  using Counts = std::map<std::string, std::int64_t>;
  CHECK(counts(store, toy::all_shards()) == Counts{{"zon_A|NEW", 5}, {"zon_B|NEW", 5}});
  CHECK(counts(store, toy::all_shards(), "zon_B") == Counts{{"zon_B|NEW", 5}});
}

}  // namespace
}  // namespace mf::views
