#pragma once
// Batches and commits by hand, as the tests of storage need them.
#include <string>

#include "storage/batch.hpp"
#include "storage/store.hpp"

namespace mf::test {

inline Hash128 command_id(std::uint8_t last) {
  Hash128 id;
  id.bytes.back() = last;
  return id;
}

/// One entry with one event on one order.
inline storage::Batch sample_batch(ShardId shard, std::uint64_t seq, const Hash256& previous,
                                   std::string json = R"({"reason":"parts"})") {
  using namespace std::chrono_literals;
  storage::Entry entry;
  entry.command = command_id(7);
  entry.fingerprint = 0x0102030405060708;
  entry.entity = {EntityKind::work_order, "ord_00000000000000000000000001"};
  entry.version = seq;
  entry.status = "PAUSED";
  entry.verb = "pause";
  entry.principal = "acc_00000000000000000000000002";
  entry.role = "technician";
  entry.trace = "0123456789abcdef0123456789abcdef";
  entry.occurred_at = from_millis(1'790'000'000'000);
  entry.events.push_back({"tracking.work_paused", 1, std::move(json)});

  storage::Batch batch;
  batch.shard = shard;
  batch.seq = seq;
  batch.epoch = 1;
  batch.era = "00112233445566778899aabbccddeeff";
  batch.time = from_millis(1'790'000'000'000) + std::chrono::milliseconds(seq);
  batch.previous = previous;
  batch.entries.push_back(std::move(entry));
  return batch;
}

/// The whole of what a batch can hold, for golden bytes.
inline storage::Batch full_batch() {
  auto batch = sample_batch(5, 42, blake2b_256("before"));
  batch.epoch = 3;
  batch.cursor = {.low = 40, .done = {{41, 0, 1}, {41, 2, 0}}};
  auto& entry = batch.entries.front();
  entry.origin = 1;
  entry.on_behalf_of = "tec_00000000000000000000000003";
  entry.justification = "the phone was broken";
  entry.cause = "evt_9-12-0";
  entry.device_time = from_millis(1'789'999'990'000);
  entry.events.push_back({"order.commented", 2, R"({"text":"ñandú"})"});
  entry.version = 43;
  batch.entries.push_back(
      {.command = command_id(8), .entity = {EntityKind::unique_name, "user:ana"}});
  return batch;
}

}  // namespace mf::test
