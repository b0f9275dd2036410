#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "actors/work_order/work_order_policy.hpp"
#include "tests/host/house.hpp"

using namespace mf;
using namespace mf::test;
using Json = House::Json;
using entity::Fault;
using entity::Outcome;

namespace {

/// Keeps what came in which post.
class Answers final : public host::Sink {
 public:
  using Post = std::vector<host::TaggedAnswer>;
  void post(Post answers) override {
    const std::scoped_lock lock(mutex_);
    count_ += answers.size();
    posts_.push_back(std::move(answers));
    arrived_.notify_all();
  }
  void post(std::shared_ptr<const shard::CommittedBatch>) override {}
  void post(std::shared_ptr<const views::BoardDelta>) override {}
  std::vector<Post> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(arrived_.wait_for(lock, std::chrono::seconds(60), [&] { return count_ >= count; }));
    return std::move(posts_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::size_t count_ = 0;
  std::vector<Post> posts_;
};

}  // namespace

TEST_CASE("runtime: an order's shortest way runs through claims and reactions and all hear of it") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.offer(order);
  house.yes(order, "start", Json::object(), house.ana);
  CHECK(house.view(order, house.client)["status"] == "IN_PROGRESS");
  house.yes(order, "complete", {{"signature_refusal_reason", "no estaba"}}, house.ana);
  CHECK(house.view(order, house.client)["status"] == "COMPLETED");
  for (const char* type : {"order.created", "order.triaged", "assignment.created",
                           "tracking.work_started", "tracking.work_completed"})
    CHECK(house.follower.saw(type));
}

TEST_CASE("runtime: what one turn brings a shard becomes one batch, and is answered together") {
  House house;
  house.found_company();
  std::map<ShardId, std::vector<EntityRef>> by_shard;
  for (int n = 0; n < 24; ++n) {
    const auto order = house.order(std::to_string(n));
    by_shard[shard_of(order, house.runtime().shard_count())].push_back(order);
  }
  const auto& together = std::ranges::max_element(by_shard, {}, [](const auto& item) {
                           return item.second.size();
                         })->second;
  REQUIRE(together.size() >= 3);
  std::vector<host::TaggedCommand> commands;
  commands.reserve(together.size());
  for (const auto& order : together)
    commands.push_back(
        {commands.size(), house.command(order, "comment", {{"text", "hola"}}, house.client)});
  Answers answers;
  house.runtime().submit(std::move(commands), answers);
  const auto posts = answers.wait_for(together.size());
  CHECK(posts.size() == 1);
  std::set<std::string> positions;
  for (const auto& post : posts)
    for (const auto& answer : post)
      positions.insert(std::get<Outcome>(std::get<entity::Reply>(answer.answer)).position);
  CHECK(positions.size() == 1);
}

TEST_CASE("runtime: a technician works on one order at a time, and on the next when it is done") {
  House house;
  house.found_company();
  const auto first = house.order("one"), second = house.order("two");
  house.offer(first);
  house.offer(second);
  house.yes(first, "start", Json::object(), house.ana);
  const auto no = house.run(second, "start", Json::object(), house.ana);
  REQUIRE(std::holds_alternative<Rejection>(no));
  CHECK(std::get<Rejection>(no).code == "busy_with_another_order");
  house.yes(first, "complete", {{"signature_refusal_reason", "no estaba"}}, house.ana);
  // Both claims of the first order come back by reactions; the agenda's and the work's.
  REQUIRE(house.follower.saw("technician.claim_released", 2));
  house.yes(second, "start", Json::object(), house.ana);
}

TEST_CASE("runtime: a repeated command id gets its outcome again, also after a restart") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  const auto first = house.yes(order, "comment", {{"text", "¿Cuándo vienen?"}}, house.client, "c1");
  const auto again = house.yes(order, "comment", {{"text", "¿Cuándo vienen?"}}, house.client, "c1");
  house.restart();
  const auto later = house.yes(order, "comment", {{"text", "¿Cuándo vienen?"}}, house.client, "c1");
  CHECK_FALSE(first.replayed);
  CHECK(again.replayed);
  CHECK(later.replayed);
  CHECK(later.version == first.version);
  CHECK(later.position == first.position);
  CHECK(house.timeline(order, house.admin).version == first.version);
}

TEST_CASE("runtime: the same key with another body is refused and changes nothing") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  const auto first = house.yes(order, "comment", {{"text", "uno"}}, house.client, "c1");
  const auto other = house.run(order, "comment", {{"text", "dos"}}, house.client, "c1");
  REQUIRE(std::holds_alternative<Fault>(other));
  CHECK(std::get<Fault>(other).code == Fault::Code::idempotency_key_reused);
  CHECK(house.timeline(order, house.admin).version == first.version);
}

TEST_CASE("runtime: an offer nobody takes expires once, not early, also when the node slept") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.offer(order);
  const auto timeout = work_order::WorkOrderPolicy{}.offer_timeout;
  house.pass(timeout - Duration{1000});
  CHECK(house.view(order, house.admin)["status"] == "ASSIGNED");
  house.restart();
  house.pass(Duration{2000});
  REQUIRE(house.follower.saw("assignment.expired"));
  CHECK(house.view(order, house.admin)["status"] == "TRIAGED");
  house.pass(timeout);
  CHECK(house.view(order, house.admin)["status"] == "TRIAGED");
}

TEST_CASE(
    "runtime: the timeline tells every event, oldest first, and only to those who may see it") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.offer(order);
  const auto told = house.timeline(order, house.admin);
  REQUIRE(told.events.size() == told.version);
  for (std::size_t i = 0; i < told.events.size(); ++i) CHECK(told.events[i].version == i + 1);
  CHECK(told.events.front().body.type == "order.created");
  const Principal stranger{"acc_x", {Role::client}, {}, {}, random_id("cli"), {}};
  CHECK(house.timeline(order, stranger).no->code == "not_found");
  CHECK(house.view(order, stranger).is_null());
}

TEST_CASE("runtime: idle entities leave memory and come back as they were") {
  House house({.entities_max = 128, .entity_idle = Duration{1}});
  house.found_company();
  std::vector<EntityRef> orders;
  orders.reserve(400);
  for (int i = 0; i < 400; ++i) orders.push_back(house.order(std::to_string(i)));
  for (const auto& order : orders) {
    REQUIRE(house.view(order, house.client)["status"] == "NEW");
    house.yes(order, "comment", {{"text", "hola"}}, house.client);
  }
}

TEST_CASE("runtime: a node that stops refuses what comes and answers all it took") {
  House house;
  house.found_company();
  const auto order = house.order("one");
  house.runtime().stop(Duration{5000});
  const auto reply = house.run(order, "comment", {{"text", "tarde"}}, house.client);
  REQUIRE(std::holds_alternative<Fault>(reply));
  CHECK(std::get<Fault>(reply).code == Fault::Code::unavailable);
}
