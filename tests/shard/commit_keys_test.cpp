// Keys of persons are an effect of a commit: made with it or not at all.
#include <catch2/catch.hpp>

#include "actors/shard/entity_core.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/shard/sim_keys.hpp"
#include "tests/shard/toy_kinds.hpp"

using namespace mf;
using namespace mf::entity;
using namespace mf::shard;
using namespace std::chrono_literals;

namespace {

const Timestamp nine = from_millis(1'764'000'000'000);

struct Fixture {
  storage::MemoryStore store{1, "era"};
  Kinds kinds = toy::make_kinds();
  sim::SimKeys keys{false};

  /// What a command to create a job comes to.
  EntityEffects created(EntityLimits limits = {}) {
    EntityCore entity(kinds.of(toy::job_kind), keys, store, {toy::job_kind, "a"}, 0, limits);
    REQUIRE(entity.load());
    Command c;
    c.id = blake2b_128({"create"});
    c.target = {toy::job_kind, "a"};
    c.body = *kinds.of(toy::job_kind).parse("create", "{}");
    c.by.account = "acc_ana";
    c.deadline = nine + 10s;
    return entity.receive({.command = std::move(c), .reply_to = {}, .now = nine, .attempt = 1},
                          nine);
  }
};

std::string sealed_in(const Proposal& proposal) {
  return toy::text_of(proposal.entry.events.at(0).json, "sealed");
}

}  // namespace

TEST_CASE("commit keys: a new key goes with the proposal, and is nowhere before its commit") {
  Fixture f;
  const auto effects = f.created();
  REQUIRE(effects.proposal);
  const auto& made = effects.proposal->keys;
  REQUIRE(made.size() == 1);
  CHECK(made[0].person == "a");
  CHECK_FALSE(f.keys.opens("a", sealed_in(*effects.proposal)));
  REQUIRE(f.keys.stage(made));
  REQUIRE(f.keys.sync());
  CHECK(f.keys.opens("a", sealed_in(*effects.proposal)));
  CHECK(f.created().proposal->keys.empty());
}

TEST_CASE("commit keys: a command that comes to nothing leaves no key") {
  Fixture f;
  CHECK_FALSE(f.created({.event_bytes_max = 1}).proposal);
  CHECK(f.keys.cipher_of("a", false) == nullptr);
  const auto first = sealed_in(*f.created().proposal);
  CHECK(sealed_in(*f.created().proposal) != first);
}

TEST_CASE(
    "commit keys: what would be sealed for somebody erased is a no, not a yes that keeps none") {
  Fixture f;
  f.keys.erased.insert("a");
  const auto effects = f.created();
  CHECK_FALSE(effects.proposal);
  REQUIRE(effects.replies.size() == 1);
  const auto* no = std::get_if<Rejection>(&effects.replies[0].reply);
  REQUIRE(no);
  CHECK(no->code == "erased");
}

TEST_CASE(
    "commit keys: only the client that a command makes, and secrets, get a key of their own") {
  Fixture f;
  const std::string known = "cli_00000000000000000000000001",
                    newcomer = "cli_00000000000000000000000002", secret = "totp-secrets";
  CommitKeys keys(f.keys, newcomer);
  for (const auto& person : {known, newcomer, secret}) (void)keys.cipher_of(person, true);
  using storage::KeyOf;
  const std::vector<std::pair<std::string, KeyOf>> expected = {
      {known, KeyOf::known}, {newcomer, KeyOf::newcomer}, {secret, KeyOf::newcomer}};
  CHECK(f.keys.asked == expected);
}

TEST_CASE("commit keys: a key is destroyed with the commit, not before it") {
  Fixture f;
  CommitKeys keys(f.keys);
  REQUIRE(keys.cipher_of("b", true));
  REQUIRE(keys.erase("c"));
  const auto changes = keys.take();
  REQUIRE(changes.size() == 2);
  CHECK((changes[0].person == "b" && changes[0].key));
  CHECK((changes[1].person == "c" && !changes[1].key));
}
