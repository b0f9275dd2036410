#pragma once
// One entity in its core, with a store, a disk that may fail, and commits that happen when told to.
#include <catch2/catch.hpp>

#include "actors/shard/entity_core.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/shard/toy_kinds.hpp"

namespace mf::shard::entity_test {

using namespace mf::entity;
using namespace std::chrono_literals;

inline constexpr ShardId home = 3;
inline const Timestamp nine = from_millis(1'764'000'000'000);

inline CommandId id_of(std::string_view name) { return blake2b_128({name}); }

/// Reads of the store, while the disk lets them.
struct FailingReader final : storage::Reader {
  explicit FailingReader(const storage::Reader& under) : under(under) {}
  std::optional<std::string> get(storage::Family family, std::string_view key) const override {
    if (fails) throw storage::ReadFailed("a bad sector");
    return under.get(family, key);
  }
  std::unique_ptr<storage::Scan> scan(storage::Family family, std::string begin,
                                      std::string end) const override {
    return under.scan(family, std::move(begin), std::move(end));
  }
  const storage::Reader& under;
  bool fails = false;
};

/// One job with a memory store under it; commits what it proposes when told to.
struct EntityBench {
  storage::MemoryStore store{8, "era"};
  FailingReader disk{store};
  Kinds kinds = toy::make_kinds();
  toy::NoKeys keys;
  EntityLimits limits;
  EntityRef ref{toy::job_kind, "j1"};
  EntityCore core{kinds.of(toy::job_kind), keys, disk, ref, home, EntityLimits{.queue_max = 3}};
  std::uint64_t attempt = 100, tag = 0;
  std::optional<Proposal> proposal;
  std::vector<CommandReply> replies;
  std::vector<Ask> asks;
  std::vector<Release> releases;

  EntityBench() { REQUIRE(core.load()); }

  Command command(std::string_view id, std::string_view verb, std::string_view json = "{}") const {
    Command c;
    c.id = id_of(id);
    c.target = ref;
    c.body = *kinds.of(ref.kind).parse(verb, json);
    c.fingerprint = fingerprint_of(c.body);
    c.by.account = "acc_ana";
    c.deadline = nine + 10s;
    return c;
  }
  void take(EntityEffects effects) {
    std::ranges::move(effects.replies, std::back_inserter(replies));
    std::ranges::move(effects.asks, std::back_inserter(asks));
    std::ranges::move(effects.releases, std::back_inserter(releases));
    if (effects.proposal) {
      REQUIRE(!proposal);
      proposal = std::move(effects.proposal);
    }
  }
  std::uint64_t send(Command c, Timestamp now = nine) {
    take(core.receive({std::move(c), ToShard{7, ++tag}, now, ++attempt}, now));
    return tag;
  }
  std::uint64_t send(std::string_view id, std::string_view verb, std::string_view json = "{}") {
    return send(command(id, verb, json));
  }
  /// What ShardCore and the store do with a proposal, reduced to what the entity sees of it.
  void commit(Timestamp now = nine) {
    REQUIRE(proposal);
    const auto applied = store.applied(home);
    storage::Commit commit;
    commit.batch = {home, applied.seq + 1, 1, "era", now, applied.chain, {}, {proposal->entry}};
    const auto seq = commit.batch.seq;
    auto header = proposal->transition.header;
    header.seq = seq;
    if (header.created_seq == 0) header.created_seq = seq;
    commit.changes = proposal->transition.changes;
    commit.changes.push_back({storage::Family::state, storage::keys::state(home, ref),
                              encode(header, proposal->transition.state)});
    commit.changes.push_back(
        {storage::Family::meta, storage::keys::dedup(home, proposal->entry.command),
         encode(storage::OutcomeRecord{proposal->entry.origin, now, proposal->entry.fingerprint,
                                       proposal->entry.version, seq, proposal->entry.status})});
    store.commit(std::move(commit));
    proposal.reset();
    take(core.committed(seq, now));
  }
  void create() {
    send("create", "create");
    commit();
    replies.clear();
  }
  void answer(const Ask& ask, std::variant<std::string, Rejection, Fault> value) {
    take(core.answered({ask.id, 1, std::move(value)}, nine));
  }
  const Reply& reply_to(std::uint64_t tag) const {
    for (const auto& r : replies)
      if (r.to == ReplyTo(ToShard{7, tag})) return r.reply;
    FAIL("no reply to " << tag);
    throw 0;
  }
  bool is_answered(std::uint64_t tag) const {
    return std::ranges::any_of(replies,
                               [&](const auto& r) { return r.to == ReplyTo(ToShard{7, tag}); });
  }
  Outcome outcome(std::uint64_t tag) const {
    REQUIRE(std::holds_alternative<Outcome>(reply_to(tag)));
    return std::get<Outcome>(reply_to(tag));
  }
  Rejection rejection(std::uint64_t tag) const {
    REQUIRE(std::holds_alternative<Rejection>(reply_to(tag)));
    return std::get<Rejection>(reply_to(tag));
  }
  Fault::Code fault(std::uint64_t tag) const {
    REQUIRE(std::holds_alternative<Fault>(reply_to(tag)));
    return std::get<Fault>(reply_to(tag)).code;
  }
};

}  // namespace mf::shard::entity_test
