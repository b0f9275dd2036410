// How long a page of a list and of a search takes with many stored orders:
//   list_bench DIR [ORDERS]
// fills DIR (once) with synthetic orders of 200 clients per thousand, 98 % of them closed, 21
// zones, 40 technicians, and asks for random pages. Prints a table, or JSON with MF_BENCH_JSON=1.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <random>

#include "actors/client/client_codec.hpp"
#include "actors/views/lists/query.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "base/assert.hpp"
#include "base/environment.hpp"
#include "base/json.hpp"
#include "storage/records.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using views::ListQuery;
using Sort = ListQuery::Sort;

constexpr std::uint16_t shard_count = 64;
constexpr int zone_count = 21, technician_count = 40, commit_orders = 20'000, runs = 400;
constexpr const char* titles[] = {"Instalación de internet", "Reparación de router",
                                  "Cambio de módem",         "Actualización de firmware",
                                  "Instalación de antena",   "Reparación de cableado"};
constexpr const char* first[] = {"Ana", "Luis", "Marta", "Jorge", "Sofía", "Andrés", "Camila"};
constexpr const char* last[] = {"Gómez", "Muñoz", "Restrepo", "Zapata", "Álvarez", "Ríos", "Peña"};
constexpr const char* open_states[] = {"NEW", "TRIAGED", "ASSIGNED", "IN_PROGRESS", "COMPLETED"};

struct NoKeys final : entity::KeyRing {
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override { return {}; }
  Status erase(std::string_view) override { return {}; }
};

Id id_of(std::string_view prefix, std::size_t number) {
  return derive_id(prefix, "bench", "list", std::to_string(number));
}

/// The stored state of an order that has been through a visit.
Json template_state(const entity::Kind& kind) {
  const std::pair<const char*, const char*> events[] = {
      {"order.created",
       R"({"code":"ORD-0000-0000-00","type":"typ_1","type_name":"Instalación","title":"T",
           "priority":3,"client":"C","site":"S","zone":"Z","lat":6.25,"lon":-75.57,
           "duration_ms":2700000,"skills":[{"skill":"redes","level":1}],"sla":{"respond_ms":14400000,
           "arrive_ms":86400000,"resolve_ms":172800000},"created_by":"x"})"},
      {"order.triaged", R"({"automatic":false})"},
      {"assignment.created",
       R"({"visit":"vis_1","technician":"X","name":"Isaac Zepeda","first_name":"Isaac",
           "account":"acc_1","from":"2026-11-24T04:20:43.415Z","to":"2026-11-24T05:05:43.415Z",
           "token":"t","override":false})"}};
  NoKeys keys;
  auto entity = kind.empty(id_of("ord", 0));
  for (const auto& [type, json] : events) {
    const auto body = kind.open(id_of("ord", 0), type, 1, json, keys);
    MF_ASSERT(body.has_value(), body.error().message);
    entity->apply(*body, {.by = Principal::system(), .now = from_millis(1'790'000'000'000)});
  }
  return parse_json(entity->encode());
}

class Filler {
 public:
  Filler(storage::Store& store, const entity::Kinds& kinds) : store_(store), kinds_(kinds) {
    store_.on_results([this](std::span<const storage::CommitResult> results) {
      for (const auto& result : results)
        MF_ASSERT(result.state == storage::CommitState::committed, result.why);
      left_ -= results.size();
      if (left_ == 0) done_.set_value();
    });
    state_ = template_state(kinds_.of(EntityKind::work_order));
  }

  void fill(std::size_t orders) {
    for (std::size_t i = 0; i < orders / 5; ++i) add_client(i);
    for (std::size_t i = 0; i < orders; ++i) {
      add_order(i, orders);
      if ((i + 1) % commit_orders == 0 || i + 1 == orders) {
        commit();
        fmt::print(stderr, "filled {} of {}\n", i + 1, orders);
      }
    }
  }

 private:
  void add(EntityKind kind, const Id& id, const std::string& state) {
    const EntityRef ref{kind, id};
    const auto shard = shard_of(ref, shard_count);
    const auto entity = kinds_.of(kind).decode(id, state);
    MF_ASSERT(entity.has_value(), entity.error().message);
    auto& changes = changes_[shard];
    changes.push_back({storage::Family::state, storage::keys::state(shard, ref),
                       storage::encode(storage::StateHeader{.version = 3}, state)});
    for (auto& entry : (*entity)->index())
      changes.push_back({storage::Family::index,
                         storage::keys::index(shard, kind, entry.index, entry.key, id),
                         std::move(entry.value)});
  }

  void add_client(std::size_t i) {
    const Json state{
        {"created_at", "2026-01-01T00:00:00.000Z"},
        {"name", fmt::format("{} {} {}", first[i % 7], last[i / 7 % 7], last[i / 49 % 7])},
        {"document_type", "CC"},
        {"document_number", std::to_string(10'000'000 + i)},
        {"phones", Json::array({fmt::format("+57 300 {:07}", i)})},
        {"language", "es"}};
    add(EntityKind::client, id_of("cli", i), to_text(state));
  }

  void add_order(std::size_t i, std::size_t orders) {
    const auto id = id_of("ord", i);
    const bool is_open = i + orders / 50 >= orders;  // the newest 2 %
    state_["code"] = order_code(id);
    state_["title"] = titles[random_() % 6];
    state_["status"] = is_open ? open_states[random_() % 5] : "CLOSED";
    state_["priority"] = 1 + random_() % 4;
    state_["client"] = id_of("cli", random_() % std::max<std::size_t>(1, orders / 5));
    state_["zone"] = id_of("zon", random_() % zone_count);
    const auto at = from_millis(1'760'000'000'000 + static_cast<std::int64_t>(i) * 30'000);
    state_["created_at"] = format_rfc3339(at);
    state_["sla"]["resolve"]["due"] =
        format_rfc3339(at + std::chrono::hours(24 * (1 + random_() % 4)));
    auto& visit = state_["visits"][0];
    visit["technician"] = id_of("tec", random_() % technician_count);
    visit["status"] = is_open ? "working" : "done";
    add(EntityKind::work_order, id, to_text(state_));
  }

  void commit() {
    done_ = std::promise<void>();
    left_ = changes_.size();
    auto done = done_.get_future();
    for (auto& [shard, changes] : changes_) {
      const auto applied = store_.applied(shard);
      storage::Commit commit;
      commit.batch.shard = shard;
      commit.batch.seq = applied.seq + 1;
      commit.batch.epoch = 1;
      commit.batch.era = store_.era();
      commit.batch.previous = applied.chain;
      commit.batch.time = std::max(applied.time, from_millis(1'790'000'000'000));
      commit.changes = std::move(changes);
      store_.commit(std::move(commit));
    }
    done.wait();
    changes_.clear();
  }

  storage::Store& store_;
  const entity::Kinds& kinds_;
  Json state_;
  std::map<ShardId, std::vector<storage::Change>> changes_;
  std::atomic<std::size_t> left_{0};
  std::promise<void> done_;
  std::mt19937_64 random_{7};
};

/// Of this thread: other programs on the machine do not count.
double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Measured {
  std::string name;
  double p50 = 0, p99 = 0, cpu_p50 = 0, cpu_p99 = 0, rows = 0;
};

Measured measure(std::string name, const storage::Store& store, const entity::Kinds& kinds,
                 const std::function<ListQuery(std::mt19937_64&)>& make) {
  std::vector<ShardId> shards(shard_count);
  std::ranges::generate(shards, [n = ShardId{0}]() mutable { return n++; });
  std::mt19937_64 random(11);
  std::vector<double> times, cpu_times;
  double rows = 0;
  for (int i = 0; i < runs; ++i) {
    const auto query = make(random);
    const auto began = Clock::now();
    const auto cpu_began = cpu_ms();
    const auto reply = views::list(store, kinds, shards, query, entity::Viewpoint::staff);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - began).count());
    cpu_times.push_back(cpu_ms() - cpu_began);
    MF_ASSERT(!reply.no, reply.no->code);
    rows += static_cast<double>(reply.rows.size());
  }
  std::ranges::sort(times);
  std::ranges::sort(cpu_times);
  return {std::move(name),
          times[runs / 2],
          times[runs * 99 / 100],
          cpu_times[runs / 2],
          cpu_times[runs * 99 / 100],
          rows / runs};
}

std::vector<Measured> measure_all(const storage::Store& store, const entity::Kinds& kinds,
                                  std::size_t orders) {
  using Random = std::mt19937_64;
  const auto some = [](std::string_view prefix, std::size_t n, Random& r) {
    return id_of(prefix, r() % n);
  };
  std::vector<Measured> out;
  const auto run = [&](std::string name, const std::function<ListQuery(Random&)>& make) {
    out.push_back(measure(std::move(name), store, kinds, make));
  };
  run("newest", [](Random&) { return ListQuery{}; });
  run("one status", [](Random& r) { return ListQuery{.status = {open_states[r() % 5]}}; });
  run("closed, in one zone", [&](Random& r) {
    return ListQuery{.status = {"CLOSED"}, .zone = some("zon", zone_count, r)};
  });
  run("one zone", [&](Random& r) { return ListQuery{.zone = some("zon", zone_count, r)}; });
  run("seven zones", [&](Random&) {
    ListQuery q;
    for (std::size_t z = 0; z < 7; ++z) q.zones.push_back(id_of("zon", z));
    return q;
  });
  run("one technician",
      [&](Random& r) { return ListQuery{.technician = some("tec", technician_count, r)}; });
  run("one client", [&](Random& r) { return ListQuery{.client = some("cli", orders / 5, r)}; });
  run("soonest due", [](Random&) { return ListQuery{.sort = Sort::due}; });
  run("by priority, one status", [](Random& r) {
    return ListQuery{.status = {open_states[r() % 5]}, .sort = Sort::priority};
  });
  run("search: code",
      [&](Random& r) { return ListQuery{.q = order_code(some("ord", orders, r))}; });
  run("search: common word", [](Random& r) { return ListQuery{.q = titles[r() % 6]}; });
  run("search: beginning of a word", [](Random&) { return ListQuery{.q = "rep"}; });
  run("search: client's name", [](Random& r) {
    return ListQuery{.q = fmt::format("{} {}", first[r() % 7], last[r() % 7])};
  });
  run("search: phone",
      [&](Random& r) { return ListQuery{.q = fmt::format("300 {:07}", r() % (orders / 5))}; });
  run("search: one letter", [](Random&) { return ListQuery{.q = "7"}; });
  return out;
}

int run(const std::filesystem::path& directory, std::size_t orders) {
  entity::Kinds kinds;
  kinds.add(work_order::make_work_order_kind({}));
  kinds.add(client::make_client_kind());
  auto store = storage::open_rocks(
      {.data_dir = directory, .shard_count = shard_count, .memory_bytes_max = 256u << 20});
  MF_ASSERT(store.has_value(), store.error().message);
  if ((*store)->applied(0).seq == 0) Filler(**store, kinds).fill(orders);
  const auto measured = measure_all(**store, kinds, orders);
  if (environment_value("MF_BENCH_JSON")) {
    auto json = Json::array();
    for (const auto& m : measured)
      json.push_back({{"name", m.name},
                      {"p50_ms", m.p50},
                      {"p99_ms", m.p99},
                      {"cpu_p50_ms", m.cpu_p50},
                      {"cpu_p99_ms", m.cpu_p99},
                      {"rows", m.rows}});
    fmt::print("{}\n", to_text(json, 1));
    return 0;
  }
  fmt::print("{:<28} {:>9} {:>9} {:>9} {:>9} {:>6}\n", fmt::format("{} orders", orders), "p50 ms",
             "p99 ms", "cpu p50", "cpu p99", "rows");
  for (const auto& m : measured)
    fmt::print("{:<28} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.2f} {:>6.1f}\n", m.name, m.p50, m.p99,
               m.cpu_p50, m.cpu_p99, m.rows);
  return 0;
}

}  // namespace
}  // namespace mf

int main(int count, char** values) {
  if (count < 2) {
    fmt::print(stderr, "list_bench DIR [ORDERS]\n");
    return 2;
  }
  return mf::run(values[1], count > 2 ? std::strtoul(values[2], nullptr, 10) : 1'000'000);
}
