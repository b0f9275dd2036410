#include "tests/host/house.hpp"

#include <catch2/catch.hpp>

#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/shard/entity_core.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "base/json.hpp"
#include "bench/days/plain_keys.hpp"

namespace mf::test {
namespace {

constexpr Duration patience = std::chrono::seconds(20);

}  // namespace

void Follower::post(std::shared_ptr<const shard::CommittedBatch> batch) {
  const std::scoped_lock lock(mutex_);
  for (const auto& change : batch->changes)
    for (const auto& event : change.events) ++types_[event.body.type];
  arrived_.notify_all();
}

void Follower::post(std::shared_ptr<const views::BoardDelta> delta) {
  const std::scoped_lock lock(mutex_);
  deltas_.push_back(std::move(delta));
  arrived_.notify_all();
}

bool Follower::saw_delta(const std::function<bool(const views::BoardDelta&)>& fits) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, patience, [&] {
    return std::ranges::any_of(deltas_, [&](const auto& delta) { return fits(*delta); });
  });
}

bool Follower::saw(const std::string& type, int count) {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, patience, [&] { return types_[type] >= count; });
}

std::optional<std::string> FlawedStore::get(storage::Family family, std::string_view key) const {
  if (refuses_reads) throw storage::ReadFailed("a bad sector");
  auto value = MemoryStore::get(family, key);
  const std::scoped_lock lock(mutex_);
  if (value && family == storage::Family::state && key == corrupt_key_) return "not a state";
  return value;
}

std::unique_ptr<storage::Scan> FlawedStore::scan(storage::Family family, std::string begin,
                                                 std::string end) const {
  if (refuses_reads) throw storage::ReadFailed("a bad sector");
  if (family == storage::Family::timers && shard_without_timers >= 0 &&
      begin.starts_with(storage::keys::shard_prefix(static_cast<ShardId>(shard_without_timers))))
    throw storage::ReadFailed("bad timers");
  return MemoryStore::scan(family, std::move(begin), std::move(end));
}

void FlawedStore::commit(storage::Commit commit) {
  if (refuses_commits) throw std::runtime_error("no memory");
  MemoryStore::commit(std::move(commit));
}

void FlawedStore::corrupt(const EntityRef& ref) {
  const std::scoped_lock lock(mutex_);
  corrupt_key_ = storage::keys::state(shard_of(ref, shard_count()), ref);
}

House::House(host::RuntimeOptions options)
    : options_(std::move(options)), keys_(std::make_unique<bench::PlainKeys>()) {
  kinds_.add(work_order::make_work_order_kind({}));
  kinds_.add(technician::make_technician_kind());
  kinds_.add(client::make_client_kind());
  kinds_.add(account::make_account_kind());
  kinds_.add(unique_name::make_unique_name_kind());
  kinds_.add(catalogue::make_catalogue_kind());
  start();
}

House::~House() { runtime_->stop(Duration{0}); }

void House::start() {
  runtime_ = host::start_runtime(kinds_, *keys_, store, clock, options_);
  REQUIRE(runtime_->wait_until_recovered(patience));
  runtime_->follow(follower);
}

void House::restart() {
  runtime_->stop(patience);
  runtime_.reset();
  start();
}

entity::Command House::command(const EntityRef& target, std::string_view verb, const Json& body,
                               const Principal& by, const std::string& id) {
  auto parsed = runtime_->kinds().of(target.kind).parse(verb, to_text(body));
  if (!parsed) {
    INFO(verb << " " << parsed.error()[0].field << " " << parsed.error()[0].detail.in_english());
    REQUIRE(parsed);
  }
  entity::Command command{.target = target, .body = std::move(*parsed), .by = by};
  command.id = blake2b_128({"test", id.empty() ? random_bytes(8) : id});
  command.fingerprint = entity::fingerprint_of(command.body);
  command.deadline = clock.now() + patience;
  return command;
}

entity::Reply House::run(const EntityRef& target, std::string_view verb, const Json& body,
                         const Principal& by, const std::string& id) {
  return run(command(target, verb, body, by, id));
}

entity::Reply House::run(entity::Command command) {
  const auto tag = sink_.expect();
  std::vector<host::TaggedCommand> commands;
  commands.push_back({tag, std::move(command)});
  runtime_->submit(std::move(commands), sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<entity::Reply>(std::move(*answer));
}

entity::Outcome House::yes(const EntityRef& target, std::string_view verb, const Json& body,
                           const Principal& by, const std::string& id) {
  auto reply = run(target, verb, body, by, id);
  if (const auto* no = std::get_if<Rejection>(&reply))
    FAIL(verb << ": " << no->code << " " << no->detail.in_english());
  if (const auto* fault = std::get_if<entity::Fault>(&reply)) FAIL(verb << ": " << fault->detail);
  return std::get<entity::Outcome>(reply);
}

House::Json House::view(const EntityRef& target, const Principal& by) {
  const auto tag = sink_.expect();
  runtime_->read(tag, target, by, sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  const auto& reply = std::get<views::ReadReply>(*answer);
  return reply.no ? Json(nullptr) : parse_json(reply.json);
}

views::TimelineReply House::timeline(const EntityRef& target, const Principal& by) {
  const auto tag = sink_.expect();
  runtime_->timeline(tag, target, 0, 100, by, sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<views::TimelineReply>(std::move(*answer));
}

views::ListReply House::list(views::ListQuery query) {
  const auto tag = sink_.expect();
  runtime_->list(tag, std::move(query), entity::Viewpoint::staff, sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<views::ListReply>(std::move(*answer));
}

views::BoardReply House::board(const Id& of) {
  const auto tag = sink_.expect();
  runtime_->board(tag, of, sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<views::BoardReply>(std::move(*answer));
}

views::ReadReply House::consult(views::Question question) {
  const auto tag = sink_.expect();
  runtime_->consult(tag, std::move(question), sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<views::ReadReply>(std::move(*answer));
}

views::ReadReply House::ask(const EntityRef& target, const std::string& query, const Json& body) {
  const auto tag = sink_.expect();
  runtime_->ask(tag, target, query, to_text(body), Principal::system(), sink_);
  auto answer = sink_.wait(tag, patience);
  REQUIRE(answer);
  return std::get<views::ReadReply>(std::move(*answer));
}

void House::pass(Duration time) {
  clock.advance(time);
  runtime_->wake();
}

void House::found_company() {
  const EntityRef catalogue{EntityKind::catalogue, "catalogue"};
  zone = random_id("zon"), type = random_id("typ"), technician = random_id("tec");
  person = random_id("cli"), site = random_id("sit");
  yes(catalogue, "create_zone", {{"id", zone}, {"name", "Popular"}}, admin);
  yes(catalogue, "create_order_type",
      {{"id", type},
       {"name", "Reparación"},
       {"duration_ms", 3'600'000},
       {"priority", 3},
       {"skills", {"fibra"}}},
      admin);
  yes({EntityKind::technician, technician}, "create",
      {{"name", "Ana Gómez"}, {"zones", {zone}}, {"skills", {"fibra"}}}, admin);
  yes({EntityKind::client, person}, "create",
      {{"name", "Luis Mora"}, {"document_type", "CC"}, {"document_number", "1017"}}, admin);
  yes({EntityKind::client, person}, "add_site",
      {{"id", site},
       {"address", "Calle 10 # 43-20"},
       {"zone", zone},
       {"lat", 6.29},
       {"lon", -75.54},
       {"name", "Casa"}},
      admin);
  supervisor = {"acc_supervisor", {Role::supervisor}, {zone}, {}, {}, {}};
  ana = {"acc_ana", {Role::technician}, {}, technician, {}, {}};
  client = {"acc_luis", {Role::client}, {}, {}, person, {}};
}

void House::offer(const EntityRef& order) {
  // Every order of the company asks for the same of the same client.
  yes(order, "triage", {{"confirmed_distinct", true}}, supervisor);
  yes(order, "assign", {{"technician", technician}}, supervisor);
}

EntityRef House::order(const std::string& key) {
  const EntityRef ref{EntityKind::work_order, derive_id("ord", "test", "create", key)};
  yes(ref, "create",
      {{"type", type}, {"client", person}, {"site", site}, {"title", "Sin internet"}}, client, key);
  return ref;
}

}  // namespace mf::test
