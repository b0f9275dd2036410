#include "bench/stored_orders.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

#include "actors/shard/entity_proposal.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "actors/work_order/work_order_events.hpp"
#include "base/id.hpp"
#include "node/local_keys.hpp"
#include "storage/person_keys/key_store.hpp"
#include "storage/records.hpp"
#include "storage/rocks/rocks_store.hpp"

namespace mf::bench {
namespace {

using entity::EventBody;
using storage::Family;
namespace keys = storage::keys;

constexpr std::size_t open_one_of = 50, entries_per_batch = 24;
/// The open ones are those of the last week, and none of their clocks is due.
constexpr Duration history = std::chrono::hours(24 * 350);
constexpr const char* first_words[] = {"Sin",   "Internet", "Lentitud",    "Router",
                                       "Fibra", "Traslado", "Instalación", "Televisión",
                                       "Cable", "Señal",    "Teléfono"};
constexpr const char* second_words[] = {"servicio",     "intermitente", "dañado", "cortada",
                                        "nueva",        "sin luz",      "mojado", "lenta",
                                        "desconectado", "caído"};
constexpr const char* third_words[] = {
    "desde ayer",        "en la sala",    "por lluvia", "en el segundo piso",
    "después del corte", "en la oficina", "otra vez",   "urgente"};

template <class E>
EventBody body_of(const char* type, E event) {
  EventBody body{.type = type};
  body.typed = std::make_shared<const work_order::Event>(std::move(event));
  return body;
}

/// Commits one batch per call and waits for it.
class Writer {
 public:
  explicit Writer(storage::Store& store) : store_(store) {
    store.on_results([this](std::span<const storage::CommitResult> results) {
      const std::lock_guard lock(mutex_);
      for (const auto& result : results) {
        --waiting_;
        if (result.state != storage::CommitState::committed) failed_ = result.why;
      }
      done_.notify_all();
    });
  }
  /// All shards' batches of one round, then their durability.
  void write(std::vector<storage::Commit> commits) {
    {
      const std::lock_guard lock(mutex_);
      waiting_ = commits.size();
    }
    for (auto& commit : commits) store_.commit(std::move(commit));
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return waiting_ == 0; });
    if (!failed_.empty()) throw std::runtime_error("storing orders: " + failed_);
  }

 private:
  storage::Store& store_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::size_t waiting_ = 0;
  std::string failed_;
};

class Maker {
 public:
  Maker(const std::filesystem::path& data_dir, const Company& company) : company_(company) {
    auto store = storage::open_rocks({.data_dir = data_dir, .create_if_missing = false});
    if (!store) throw std::runtime_error(store.error().message);
    store_ = std::move(*store);
    auto opened = storage::KeyStore::open(data_dir / "keys");
    if (!opened) throw std::runtime_error(opened.error().message);
    ring_ = std::make_unique<storage::PersonalKeyRing>(std::move(*opened));
    store_->keep_keys_with(*ring_);
    keys_ = std::make_unique<node::LocalKeys>(*ring_);
    kind_ = work_order::make_work_order_kind({});
  }

  void make(std::size_t count) {
    Writer writer(*store_);
    const auto shards = store_->shard_count();
    const auto per_round = static_cast<std::size_t>(shards) * entries_per_batch;
    const auto end = system_clock().now();
    for (std::size_t made = 0; made < count;) {
      std::map<ShardId, storage::Commit> round;
      for (std::size_t i = 0; i < per_round && made < count; ++i, ++made) {
        const auto age =
            history * static_cast<std::int64_t>(count - made) / static_cast<std::int64_t>(count);
        add(made, end - age, made >= count - count / open_one_of, round);
      }
      std::vector<storage::Commit> commits;
      commits.reserve(round.size());
      for (auto& [shard, commit] : round) commits.push_back(std::move(commit));
      writer.write(std::move(commits));
    }
  }

 private:
  std::vector<EventBody> events_of(std::size_t n, const std::string& id, Timestamp at,
                                   bool is_open) const {
    work_order::Created created{
        .code = fmt::format("OT-{:07}", n), .type = company_.type, .type_name = "Fibra"};
    created.title = fmt::format("{} {} {}", first_words[n % 11], second_words[n / 11 % 10],
                                third_words[n / 110 % 8]);
    created.description = "El módem no enciende la luz de enlace. El cliente ya lo reinició.";
    created.priority = 1 + static_cast<int>(n % 4);
    created.client = company_.client;
    created.site = company_.site;
    created.zone = company_.zone;
    created.lat.value = 6.2101;
    created.lon.value = -75.5712;
    created.duration_ms = std::chrono::hours(1);
    created.skills = {{"fibra", 2}};
    created.sla = {std::chrono::hours(240), std::chrono::hours(480), std::chrono::hours(720)};
    std::vector<EventBody> events{body_of("order.created", std::move(created)),
                                  body_of("order.triaged", work_order::Triaged{.automatic = true})};
    if (is_open) return events;
    work_order::Assigned assigned;
    assigned.visit = derive_id("vis", "bench", "visit", id);
    assigned.technician = derive_id("tec", "bench", "technician", std::to_string(n % 200));
    assigned.name = fmt::format("Carlos Mejía {}", n % 200);
    assigned.first_name = "Carlos";
    assigned.account = derive_id("acc", "bench", "account", std::to_string(n % 200));
    assigned.from = at + std::chrono::hours(1);
    assigned.to = at + std::chrono::hours(2);
    const auto visit = assigned.visit, technician = assigned.technician;
    events.push_back(body_of("assignment.created", assigned));
    events.push_back(
        body_of("tracking.work_started",
                work_order::WorkStarted{
                    .visit = visit, .technician = technician, .at = at + std::chrono::hours(1)}));
    work_order::WorkCompleted completed{.visit = visit,
                                        .technician = technician,
                                        .client = company_.client,
                                        .note = "Se cambió el conector.",
                                        .at = at + std::chrono::hours(2)};
    events.push_back(body_of("tracking.work_completed", completed));
    events.push_back(body_of("order.closed", work_order::Closed{.automatic = true}));
    return events;
  }

  void add(std::size_t n, Timestamp at, bool is_open, std::map<ShardId, storage::Commit>& round) {
    const EntityRef ref{EntityKind::work_order,
                        derive_id("ord", "bench", "stored", std::to_string(n))};
    const auto shard = shard_of(ref, store_->shard_count());
    entity::Command command;
    command.id = blake2b_128({"bench", ref.id});
    command.target = ref;
    command.body.verb = "create";
    command.by = Principal::system();
    command.fingerprint = n;
    const Context context{
        .by = command.by, .now = at, .occurred_at = at, .command = command.id, .attempt = 1};
    const auto before = kind_->empty(ref.id);
    auto made =
        shard::make_proposal({*kind_, *keys_, ref, shard, {}, {}, *before, command, context},
                             events_of(n, ref.id, at, is_open));
    auto* proposal = std::get_if<shard::Proposal>(&made);
    if (!proposal) throw std::runtime_error("an order can't be stored");
    auto& commit = begin(shard, at, round);
    place(*proposal, commit);
  }

  storage::Commit& begin(ShardId shard, Timestamp at, std::map<ShardId, storage::Commit>& round) {
    auto [found, is_new] = round.try_emplace(shard);
    auto& batch = found->second.batch;
    if (is_new) {
      const auto applied = store_->applied(shard);
      batch.shard = shard;
      batch.seq = applied.seq + 1;
      batch.epoch = applied.epoch;
      batch.era = store_->era();
      batch.previous = applied.chain;
      batch.cursor = {applied.seq, {}};
    }
    batch.time = std::max(at, store_->applied(shard).time);
    return found->second;
  }

  /// As ShardCore::add_changes does it.
  void place(shard::Proposal& proposal, storage::Commit& commit) {
    const auto& entry = proposal.entry;
    const auto shard = commit.batch.shard;
    const auto seq = commit.batch.seq;
    proposal.transition.header.seq = proposal.transition.header.created_seq = seq;
    auto& changes = commit.changes;
    changes.push_back({Family::state, keys::state(shard, entry.entity),
                       encode(proposal.transition.header, proposal.transition.state)});
    std::uint32_t event = 0;
    for (const auto& earlier : commit.batch.entries)
      event += static_cast<std::uint32_t>(earlier.events.size());
    for (std::size_t i = 0; i < entry.events.size(); ++i)
      changes.push_back({Family::timeline, keys::timeline(shard, entry.entity, i + 1),
                         encode(storage::EventPlace{seq, event + static_cast<std::uint32_t>(i)})});
    std::ranges::move(proposal.transition.changes, std::back_inserter(changes));
    changes.push_back(
        {Family::meta, keys::dedup(shard, entry.command),
         encode(storage::OutcomeRecord{entry.origin, commit.batch.time, entry.fingerprint,
                                       entry.version, seq, entry.status})});
    if (!proposal.transition.counter_after.empty()) {
      const auto total = ++counters_[{shard, proposal.transition.counter_after}];
      changes.push_back({Family::meta, keys::counter(shard, proposal.transition.counter_after),
                         storage::encode_count(total)});
    }
    std::ranges::move(proposal.keys, std::back_inserter(commit.keys));
    commit.batch.entries.push_back(std::move(proposal.entry));
  }

  const Company& company_;
  std::unique_ptr<storage::PersonalKeyRing> ring_;
  std::unique_ptr<storage::RocksStore> store_;
  std::unique_ptr<node::LocalKeys> keys_;
  std::unique_ptr<entity::Kind> kind_;
  std::map<std::pair<ShardId, std::string>, std::uint64_t> counters_;
};

}  // namespace

void store_orders(const std::filesystem::path& data_dir, const Company& company,
                  std::size_t count) {
  Maker(data_dir, company).make(count);
}

}  // namespace mf::bench
