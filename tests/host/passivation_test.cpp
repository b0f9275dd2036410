// What shard and entity actors do beyond their cores: entities that leave and come back while
// commands, reads and claims arrive for them, at random and as fast as they go.
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "tests/host/house.hpp"
#include "tests/seed.hpp"

using namespace mf;
using namespace mf::test;
using namespace std::chrono_literals;

namespace {

/// Keeps every answer, also a second one to the same tag.
class AnswerBook final : public host::Sink {
 public:
  void post(std::vector<host::TaggedAnswer> answers) override {
    const std::scoped_lock lock(mutex_);
    for (auto& answer : answers) answers_.emplace(answer.tag, std::move(answer.answer));
    arrived_.notify_all();
  }
  void post(std::shared_ptr<const shard::CommittedBatch>) override {}
  void post(std::shared_ptr<const views::BoardDelta>) override {}

  bool wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, 60s, [&] { return answers_.size() >= count; });
  }
  [[nodiscard]] const std::multimap<std::uint64_t, host::Answered>& answers() const {
    return answers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::multimap<std::uint64_t, host::Answered> answers_;
};

constexpr std::size_t orders = 240, steps = 4'000;  // of 128 actors that may live at once

struct Storm {
  House house{host::RuntimeOptions{.entities_max = 16}};
  AnswerBook book;
  std::mt19937_64 random;
  std::vector<EntityRef> targets;
  std::map<std::uint64_t, CommandId> commands;  ///< by tag
  std::vector<entity::Command> sent;
  std::set<std::uint64_t> reads;
  std::uint64_t tag = 0;

  explicit Storm(std::uint64_t seed) : random(seed) {
    house.found_company();
    for (std::size_t n = 0; n < orders; ++n) targets.push_back(house.order(std::to_string(n)));
  }

  entity::Command any_command() {
    if (!sent.empty() && random() % 6 == 0) return sent[random() % sent.size()];
    // Mostly few of them, so that some leave while others crowd in.
    const auto& target = targets[random() % 3 == 0 ? random() % 8 : random() % orders];
    const auto kind = random() % 8;
    const std::string verb = kind == 0 ? "triage" : kind == 1 ? "assign" : "comment";
    const House::Json body = kind == 0   ? House::Json::object()
                             : kind == 1 ? House::Json{{"technician", house.technician}}
                                         : House::Json{{"text", "nota " + std::to_string(tag)}};
    auto parsed = house.runtime().kinds().of(target.kind).parse(verb, body.dump());
    REQUIRE(parsed);
    entity::Command command{.target = target, .body = std::move(*parsed), .by = house.supervisor};
    command.id = blake2b_128({"storm", std::to_string(tag)});
    command.fingerprint = entity::fingerprint_of(command.body);
    command.deadline = house.clock.now() + 60s;
    sent.push_back(command);
    return command;
  }

  void run() {
    while (tag < steps) {
      std::vector<host::TaggedCommand> together;
      for (auto n = 1 + random() % 12; n > 0 && tag < steps; --n) {
        if (random() % 8 == 0) {
          reads.insert(++tag);
          house.runtime().read(tag, targets[random() % orders], house.supervisor, book);
          continue;
        }
        auto command = any_command();
        commands[++tag] = command.id;
        together.push_back({tag, std::move(command)});
      }
      house.runtime().submit(std::move(together), book);
      if (random() % 16 == 0) book.wait_for(tag * 3 / 4);
    }
  }
};

}  // namespace

TEST_CASE("runtime: whoever leaves memory while work arrives, every tag has one right answer") {
  const auto seed = mf::test::seed();
  INFO("seed " << seed);
  Storm storm(seed);
  storm.run();
  REQUIRE(storm.book.wait_for(steps));
  std::map<CommandId, std::set<std::uint64_t>> versions;  // of all yeses to one command
  std::map<std::string, std::set<std::uint64_t>> done;    // by order
  for (std::uint64_t tag = 1; tag <= steps; ++tag) {
    REQUIRE(storm.book.answers().count(tag) == 1);
    const auto& answer = storm.book.answers().find(tag)->second;
    if (storm.reads.contains(tag)) {
      CHECK(std::get<views::ReadReply>(answer).viewpoint.has_value());
      continue;
    }
    const auto& reply = std::get<entity::Reply>(answer);
    if (const auto* fault = std::get_if<entity::Fault>(&reply))
      CHECK(fault->code == entity::Fault::Code::overloaded);
    if (const auto* outcome = std::get_if<entity::Outcome>(&reply)) {
      versions[storm.commands[tag]].insert(outcome->version);
      if (!outcome->replayed) CHECK(done[outcome->id].insert(outcome->version).second);
    }
  }
  for (const auto& [id, of_command] : versions) CHECK(of_command.size() == 1);
  CHECK(versions.size() > steps / 3);
  for (const auto& target : storm.targets) {
    const auto told = storm.house.timeline(target, storm.house.admin);
    CHECK(told.version >= done[target.id].size() + 1);
    for (std::size_t i = 0; i < told.events.size(); ++i) CHECK(told.events[i].version == i + 1);
  }
  CHECK(storm.house.runtime().health().queued_commands == 0);
}
