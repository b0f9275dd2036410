// The parts of a gateway thread: its mailbox and who waits for which answer.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "gateway/io/inbox.hpp"
#include "gateway/io/pending_answers.hpp"
#include "tests/gateway/ws_fixture.hpp"

namespace mf::gateway {
namespace {

std::shared_ptr<const shard::CommittedBatch> batch_of(std::uint64_t seq, std::size_t bytes = 0) {
  auto batch = std::make_shared<shard::CommittedBatch>();
  batch->seq = seq;
  shard::Change change;
  change.events.emplace_back().body.json = std::string(bytes, 'x');
  batch->changes.push_back(std::move(change));
  return batch;
}

TEST_CASE("a mailbox wakes its owner once and gives what came in order") {
  int woken = 0;
  Inbox inbox({10, 1 << 20}, [&] { ++woken; });
  inbox.post(batch_of(1));
  inbox.post(batch_of(2));
  inbox.post(std::vector{host::TaggedAnswer{7, entity::Reply(Rejection{})}});
  CHECK(woken == 1);
  const auto taken = inbox.take();
  REQUIRE(taken.batches.size() == 2);
  CHECK(taken.batches[1]->seq == 2);
  CHECK(taken.answers.size() == 1);
  CHECK_FALSE(taken.has_lost_changes);
  inbox.post(batch_of(3));
  CHECK(woken == 2);
}

TEST_CASE("a mailbox that overflows says so and keeps answers, never a part of the changes") {
  const bool by_bytes = GENERATE(false, true);
  Inbox inbox(by_bytes ? Inbox::Limits{1000, 100'000} : Inbox::Limits{3, 1 << 20}, [] {});
  inbox.post(std::vector{host::TaggedAnswer{7, entity::Reply(Rejection{})}});
  for (std::uint64_t seq = 1; seq <= 4; ++seq) inbox.post(batch_of(seq, by_bytes ? 30'000 : 0));
  inbox.post(batch_of(5));  // small, but there is a hole in front of it
  const auto taken = inbox.take();
  CHECK(taken.has_lost_changes);
  CHECK(taken.batches.empty());
  CHECK(taken.answers.size() == 1);
  inbox.post(batch_of(6));
  const auto next = inbox.take();
  CHECK_FALSE(next.has_lost_changes);
  CHECK(next.batches.size() == 1);
}

TEST_CASE("an answer goes to who asked, once; one that throws costs nobody else") {
  PendingAnswers pending(std::chrono::seconds(1));
  int reads = 0, lists = 0;
  const auto first = pending.expect(OnRead([&](const views::ReadReply& reply) {
    ++reads;
    CHECK(reply.version == 3);
    throw std::runtime_error("a handler's fault");
  }));
  const auto second = pending.expect(OnList([&](const views::ListReply&) { ++lists; }));
  views::ReadReply reply;
  reply.version = 3;
  pending.resolve(first, reply);
  pending.resolve(first, reply);
  pending.resolve(second, views::ListReply{});
  CHECK(reads == 1);
  CHECK(lists == 1);
  // The slot is used again, under another tag.
  const auto third = pending.expect(OnRead([](const views::ReadReply&) {}));
  CHECK(third != first);
}

TEST_CASE("an answer that never comes is unknown for a command and unavailable for a read") {
  PendingAnswers pending(std::chrono::seconds(1));
  std::optional<entity::Fault> command, read;
  static_cast<void>(pending.expect(
      OnReply([&](const entity::Reply& reply) { command = std::get<entity::Fault>(reply); })));
  static_cast<void>(
      pending.expect(OnRead([&](const views::ReadReply& reply) { read = reply.fault; })));
  pending.expire(steady_now());
  CHECK_FALSE(command);
  pending.expire(steady_now() + std::chrono::seconds(2));
  REQUIRE(command);
  CHECK(command->code == entity::Fault::Code::outcome_unknown);
  REQUIRE(read);
  CHECK(read->code == entity::Fault::Code::unavailable);
}

TEST_CASE("a thread that fell behind sends its streams away with 4508, and they resume") {
  const Id zone = test::numbered("zon", 1), order = test::numbered("ord", 1);
  auto options = test::stream_options();
  options.inbox.items_max = 20;
  test::StreamNode node(options);
  node.runtime.put(EntityKind::work_order, to_text(test::json{{"id", order}, {"zone", zone}}));
  test::Phone phone(node, node.runtime.log_in(test::supervisor_of(zone)));
  const auto ok = phone.ask("sub", {{"topic", "order:" + order}})["ok"];
  REQUIRE(ok.contains("at"));
  // The thread is busy here, so that its mailbox fills.
  node.on_thread([&](IoThread&) {
    for (int i = 0; i < 30; ++i) node.runtime.change({EntityKind::work_order, order}, "comment");
  });
  CHECK(phone.close_code() == 4508);
  test::Phone again(node, node.runtime.log_in(test::supervisor_of(zone)));
  REQUIRE(again.ask("sub", {{"topic", "order:" + order}, {"since", ok["at"]}})["ok"]["recovered"] ==
          true);
  for (int version = 2; version <= 31; ++version)
    CHECK(again.next("pub")["event"]["version"] == version);
}

}  // namespace
}  // namespace mf::gateway
