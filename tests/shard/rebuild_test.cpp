// What is derived from the journal is exactly what the journal gives back.
#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/shard/claim_commands.hpp"
#include "actors/shard/rebuild.hpp"
#include "actors/shard/shard_core.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "storage/memory/memory_store.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/rocks_store.hpp"
#include "storage/rocks/tools/journal_tools.hpp"
#include "tests/storage/committer.hpp"
#include "tests/storage/temporary_directory.hpp"

using namespace mf;
using namespace mf::entity;
using namespace mf::shard;
using namespace std::chrono_literals;
using storage::Family;
using storage::MemoryStore;

namespace {

Id id_of(std::string_view prefix, char letter) {
  return std::string(prefix) + "_" + std::string(26, letter);
}
const Id luz = id_of("cli", 'A'), home = id_of("sit", 'A'), north = id_of("zon", 'A'),
         ana = id_of("tec", 'A'), repair = id_of("typ", 'A');
const Principal administrator{id_of("acc", 'Z'), {Role::administrator}, {}, {}, {}, {}};
const Principal technician{id_of("acc", 'A'), {Role::technician}, {}, ana, {}, {}};

/// Shows what it seals, so that a test can look for it; erasing is final.
class Keys final : public KeyRing, public storage::KeyKeeper {
 public:
  struct Cipher final : PersonalCipher {
    explicit Cipher(std::string m) : mark(std::move(m)) {}
    std::string seal(std::string_view plain) const override { return mark + std::string(plain); }
    std::optional<std::string> open(std::string_view sealed) const override {
      return std::string(sealed.substr(mark.size()));
    }
    std::string mark;
  };
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view person, bool) override {
    if (erased_.contains(person)) return nullptr;
    return std::make_shared<Cipher>("sealed for " + std::string(person) + ": ");
  }
  Status erase(std::string_view person) override {
    erased_.emplace(person);
    return {};
  }
  Status stage(std::span<const storage::KeyChange> changes) override {
    for (const auto& change : changes)
      if (!change.key) (void)erase(change.person);
    return {};
  }
  Status sync() override { return {}; }

 private:
  std::set<std::string, std::less<>> erased_;
};

Kinds all_kinds() {
  Kinds kinds;
  kinds.add(work_order::make_work_order_kind({.tracking_key = std::string(32, 'k')}));
  kinds.add(technician::make_technician_kind());
  kinds.add(client::make_client_kind());
  kinds.add(account::make_account_kind());
  kinds.add(unique_name::make_unique_name_kind());
  kinds.add(catalogue::make_catalogue_kind());
  return kinds;
}

/// One shard with everybody in it. Every step goes through the real cores; between a decision and
/// its batch the clock goes on, as it does when another commit is in flight.
class Company {
 public:
  explicit Company(storage::Store& store)
      : store_(store), committer_(store), shard_(0, kinds, keys, store, 1, 1000) {
    store.keep_keys_with(keys);
    take(shard_.recover(now).value());
  }

  Reply does(const Principal& by, const EntityRef& target, std::string_view verb,
             std::string_view body = "{}") {
    auto parsed = kinds.of(target.kind).parse(verb, body);
    if (!parsed) FAIL(verb << " " << body << ": " << parsed.error()[0].field);
    Command command;
    command.id = blake2b_128({"command", std::to_string(++commands_)});
    command.target = target;
    command.body = std::move(*parsed);
    command.fingerprint = fingerprint_of(command.body);
    command.by = by;
    auto reply = run(std::move(command)).reply;
    settle();
    return reply;
  }
  void wait(Duration d) {
    now += d;
    take(shard_.due(now));
    settle();
  }
  [[nodiscard]] std::string state(const EntityRef& ref) {
    return std::string(
        entity::load(store_, kinds.of(ref.kind), 0, ref, keys).value().entity->encode());
  }

  Kinds kinds = all_kinds();
  Keys keys;
  Timestamp now = from_millis(1'764'000'000'000);
  int yes = 0;

 private:
  CommandReply run(Command command) {
    command.deadline = now + 60s;
    EntityCore entity(kinds.of(command.target.kind), keys, store_, command.target, 0);
    REQUIRE(entity.load());
    auto effects = entity.receive(shard_.envelope(command, {}, now), now);
    while (effects.replies.empty() && !effects.proposal) {
      REQUIRE_FALSE(effects.asks.empty());
      for (const auto asks = std::move(effects.asks); const auto& ask : asks)
        effects = entity.answered(answer(ask), now);
    }
    for (const auto& release : effects.releases)
      (void)run(*release_command(release, kinds.of(release.target.kind), now + 60s));
    if (!effects.proposal) return effects.replies.at(0);
    now += 7ms;
    ++yes;
    std::vector<Proposal> one;
    one.push_back(std::move(*effects.proposal));
    take(shard_.propose(std::move(one), now));
    return entity.committed(shard_.seq(), now).replies.at(0);
  }

  AskAnswer answer(const Ask& ask) {
    const auto& need = ask.need;
    AskAnswer answer{ask.id, 1, {}};
    if (need.type == Need::Type::claim) {
      auto said = run(*claim_command(ask, kinds.of(need.target.kind)));
      if (auto* no = std::get_if<Rejection>(&said.reply)) answer.value = *no;
      else answer.value = said.claim;
    } else if (need.target.kind == EntityKind::catalogue) {
      answer.value =
          "{\"id\":\"" + north + "\",\"name\":\"Norte\",\"dispatch\":\"manual\"," +
          "\"type\":{\"id\":\"" + repair +
          "\",\"name\":\"Reparación\",\"duration_ms\":3600000},\"policy\":{\"priority\":2,"
          "\"respond_ms\":900000,\"arrive_ms\":3600000,\"resolve_ms\":14400000}}";
    } else {
      EntityCore target(kinds.of(need.target.kind), keys, store_, need.target, 0);
      REQUIRE(target.load());
      auto said = target.answer(need.verb, need.body, Principal::system(), now);
      if (said) answer.value = *said;
      else answer.value = said.error();
    }
    return answer;
  }

  void take(ShardEffects effects) {
    for (auto& dispatch : effects.dispatches) due_.push_back(std::move(dispatch));
    if (!effects.commit) return;
    const auto result = committer_.commit(std::move(*effects.commit));
    REQUIRE(result.state == storage::CommitState::committed);
    take(shard_.finished(result, now));
  }
  /// Reactions and timers, until nothing is due.
  void settle() {
    while (!due_.empty()) {
      auto dispatch = std::move(due_.front());
      due_.pop_front();
      auto said = run(dispatch.command);
      take(shard_.answered(dispatch.ticket, said.reply, now));
    }
  }

  storage::Store& store_;
  test::Committer committer_;
  ShardCore shard_;
  std::deque<Dispatch> due_;
  int commands_ = 0;
};

const EntityRef the_client{EntityKind::client, luz}, the_technician{EntityKind::technician, ana};
EntityRef order(char letter) { return {EntityKind::work_order, id_of("ord", letter)}; }

void open_for_business(Company& company) {
  company.does(
      administrator, the_client, "create",
      R"({"name":"Luz Gómez","document_type":"CC","document_number":"43","phones":["+57 300 123 4567"]})");
  company.does(administrator, the_client, "add_site",
               R"({"id":")" + home +
                   R"(","name":"Casa","address":"Calle 10","neighbourhood":"Castilla","zone":")" +
                   north + R"(","lat":6.2913,"lon":-75.5736})");
  company.does(administrator, the_technician, "create",
               R"({"name":"Ana Pérez","zones":[")" + north + R"("]})");
  company.does(administrator, {EntityKind::account, id_of("acc", 'A')}, "create",
               R"({"username":"ana","roles":["technician"],"technician":")" + ana + R"("})");
  company.does(technician, the_technician, "set_availability", R"({"availability":"available"})");
}

/// One of the things that happen on a working day; many are refused where they come too early.
void something_happens(Company& company, int what, char letter, Duration ago) {
  const auto target = order(letter);
  const auto at = "{\"occurred_at\":\"" + format_rfc3339(company.now - ago) + "\"";
  const auto by_ana = [&](std::string_view verb, const std::string& more = "") {
    company.does(technician, target, verb, at + more + "}");
  };
  switch (what) {
    case 0:
      company.does(administrator, target, "create",
                   R"({"type":")" + repair + R"(","client":")" + luz + R"(","site":")" + home +
                       R"(","title":"Sin señal"})");
      break;
    case 1:
      company.does(administrator, target, "assign", R"({"technician":")" + ana + "\"}");
      break;
    case 2: by_ana("accept"); break;
    case 3: by_ana("depart"); break;
    case 4: by_ana("arrive", R"(,"lat":6.2913,"lon":-75.5736)"); break;
    case 5: by_ana("start"); break;
    case 6: by_ana("complete", R"(,"note":"listo","signature":"<svg>Luz</svg>")"); break;
    case 7: by_ana("comment", R"(,"text":"hola")"); break;
    case 8: company.does(administrator, target, "triage"); break;
    case 9:
      company.does(administrator, the_client, "edit",
                   R"({"document_number":")" + std::to_string(to_millis(company.now) % 3) + "\"}");
      break;
    default: company.wait(ago); break;
  }
}

void a_day(Company& company) {
  open_for_business(company);
  for (const int what : {0, 8, 1, 2, 3, 4, 5, 7, 6}) something_happens(company, what, 'A', 90s);
  for (const int what : {0, 8, 1, 2, 7, 10}) something_happens(company, what, 'B', 40s);
}

using Rows = std::map<std::pair<Family, std::string>, std::string>;

/// Everything that is derived from the journal. Dead letters tell of answers, and are not.
Rows derived(const storage::Store& store) {
  Rows rows;
  const auto begin = storage::keys::shard_prefix(0);
  for (const auto family :
       {Family::state, Family::timeline, Family::index, Family::timers, Family::meta})
    for (const auto scan = store.scan(family, begin, storage::keys::end_of(begin)); scan->valid();
         scan->next())
      if (family != Family::meta || !scan->key().starts_with(begin + 'x'))
        rows[{family, std::string(scan->key())}] = scan->value();
  return rows;
}

/// A store that nothing was ever written to but what the fold gives.
void rebuild_into(MemoryStore& to, const storage::Store& from, Company& company) {
  const auto fold = make_rebuild(company.kinds, company.keys);
  for (std::uint64_t seq = 1; seq <= from.applied(0).seq; ++seq) {
    const auto batch = from.batch(0, seq).value();
    auto changes = fold(to, batch);
    if (!changes) FAIL(changes.error().message);
    to.commit({batch, std::move(*changes)});
  }
}

std::string first_difference(const Rows& was, const Rows& is) {
  for (const auto& [key, value] : was) {
    const auto found = is.find(key);
    const auto where = std::string(storage::to_string(key.first)) + " " + to_hex(key.second);
    if (found == is.end()) return where + " is missing: " + value;
    if (found->second != value) return where + " was " + value + ", is " + found->second;
  }
  return was.size() == is.size() ? "" : "there is more than before";
}

}  // namespace

TEST_CASE("rebuild: after whatever happened, the journal gives back the same bytes") {
  int decided_elsewhen = 0;
  REQUIRE(rc::check([&] {
    MemoryStore store(1, "era");
    Company company(store);
    open_for_business(company);
    const auto steps = *rc::gen::inRange(10, 60);
    int next = 0;
    for (int i = 0; i < steps; ++i) {
      // Mostly the usual order of a visit, so that random days get somewhere.
      static constexpr int usual[] = {0, 8, 1, 2, 3, 4, 5, 6};
      const bool is_usual = *rc::gen::inRange(0, 3) > 0;
      const int what = is_usual ? usual[next++ % 8] : *rc::gen::inRange(0, 12);
      something_happens(company, what, *rc::gen::element('A', 'B'),
                        Duration(*rc::gen::inRange(0, 600'000)));
    }
    for (std::uint64_t seq = 1; seq <= store.applied(0).seq; ++seq) {
      const auto batch = store.batch(0, seq).value();
      for (const auto& entry : batch.entries) decided_elsewhen += entry.decided_at.has_value();
    }
    MemoryStore again(1, "era");
    rebuild_into(again, store, company);
    RC_ASSERT(first_difference(derived(store), derived(again)) == "");
    RC_ASSERT(again.applied(0).chain == store.applied(0).chain);
  }));
  CHECK(decided_elsewhen > 0);
}

TEST_CASE("rebuild: a visit told by a telephone that was offline is recorded when we heard of it") {
  MemoryStore store(1, "era");
  Company company(store);
  a_day(company);
  CHECK(company.state(order('A')).find("COMPLETED") != std::string::npos);
  // Everything said to have happened before the day began was told after it.
  CHECK(company.state(order('A')).find(R"("updated_at":"2025-11-24T16:00:)") != std::string::npos);
  MemoryStore again(1, "era");
  rebuild_into(again, store, company);
  CHECK(first_difference(derived(store), derived(again)) == "");
}

TEST_CASE("rebuild: an erased person stays empty, and everything else comes back") {
  MemoryStore store(1, "era");
  Company company(store);
  a_day(company);
  company.does(administrator, the_client, "erase");
  // The order of an erased client goes on, and keeps nothing new about the person.
  for (const int what : {3, 4, 5, 6}) something_happens(company, what, 'B', 10s);
  CHECK(company.state(order('B')).find("COMPLETED") != std::string::npos);
  const auto last = store.batch(0, store.applied(0).seq).value();
  for (const auto& entry : last.entries)
    for (const auto& event : entry.events) CHECK(event.json.find("svg") == std::string::npos);

  MemoryStore again(1, "era");
  rebuild_into(again, store, company);
  for (const auto& [key, value] : derived(again)) {
    INFO(to_hex(key.second));
    for (const auto* secret : {"Luz", "luz", "Calle", "300", "6.2913"})
      CHECK(value.find(secret) == std::string::npos);
  }
  const auto key = storage::keys::state(0, the_client);
  CHECK(again.get(Family::state, key) == store.get(Family::state, key));
  const auto was = derived(store), is = derived(again);
  for (const auto& [where, value] : was)
    if (where.first != Family::state) CHECK(is.at(where) == value);
}

TEST_CASE("rebuild: a batch that does not follow what is there is refused, not guessed at") {
  MemoryStore store(1, "era"), empty(1, "era");
  Company company(store);
  a_day(company);
  const auto fold = make_rebuild(company.kinds, company.keys);
  auto late = store.batch(0, store.applied(0).seq).value();
  while (late.entries.empty() || late.entries[0].version < 2)
    late = store.batch(0, late.seq - 1).value();
  CHECK(fold(empty, late).error().code == ErrorCode::corrupt);
  late.entries[0].version = 1;
  late.entries[0].events = {{"order.unheard_of", 1, "{}"}};
  CHECK(fold(empty, late).error().code == ErrorCode::unsupported);
}

TEST_CASE("rebuild: a directory whose states were lost is as before after a repair") {
  const test::TemporaryDirectory root;
  const auto open = [&] {
    return storage::open_rocks(
               {.data_dir = root / "data", .shard_count = 1, .memory_bytes_max = 16u << 20})
        .value();
  };
  Rows was;
  Keys keys;
  auto kinds = all_kinds();
  {
    const auto store = open();
    Company company(*store);
    a_day(company);
    was = derived(*store);
  }
  REQUIRE(was.size() > 50);
  {
    const auto database = storage::Database::open({.data_dir = root / "data"}).value();
    const auto begin = storage::keys::shard_prefix(0), end = storage::keys::end_of(begin);
    for (const auto family : {Family::state, Family::index, Family::timers})
      REQUIRE(database->db().DeleteRange({}, database->family(family), begin, end).ok());
    REQUIRE(database->db().Put({}, database->family(Family::timeline), begin + "x", "junk").ok());
  }
  CHECK(first_difference(was, derived(*open())) != "");
  const auto report = storage::repair_journal(
      root / "data", {.rebuilds_all = true, .rebuild = make_rebuild(kinds, keys)});
  REQUIRE(report);
  CHECK(report->cuts.empty());
  CHECK(report->rebuilt == std::vector<ShardId>{0});
  CHECK(first_difference(was, derived(*open())) == "");
}
