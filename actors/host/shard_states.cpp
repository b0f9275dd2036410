#include "actors/host/shard_states.hpp"

#include <algorithm>

#include "base/metrics.hpp"

namespace mf::host {

ShardStates::ShardStates(std::uint16_t count) : shards_(count) {
  collected_ = metrics::on_collect([this] { collect(); });
}

void ShardStates::opened(ShardId shard) { set(shard, {State::open, {}}); }
void ShardStates::closed(ShardId shard, std::string why) {
  set(shard, {State::closed, std::move(why)});
}

void ShardStates::set(ShardId shard, Shard to) {
  {
    const std::scoped_lock lock(mutex_);
    shards_.at(shard) = std::move(to);
  }
  changed_.notify_all();
}

std::size_t ShardStates::count(State state) const {
  return static_cast<std::size_t>(std::ranges::count(shards_, state, &Shard::state));
}

std::uint64_t ShardStates::open() const {
  const std::scoped_lock lock(mutex_);
  return count(State::open);
}

std::vector<ClosedShard> ShardStates::closed() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ClosedShard> all;
  for (std::size_t shard = 0; shard < shards_.size(); ++shard)
    if (shards_[shard].state == State::closed)
      all.push_back({static_cast<ShardId>(shard), shards_[shard].why});
  return all;
}

bool ShardStates::wait_until_decided(Duration patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return count(State::opening) == 0; });
}

void ShardStates::collect() const {
  const auto gauge = [](const char* state) -> metrics::Gauge& {
    return metrics::gauge("microflow_shards", "Shards of this node by state", {{"state", state}});
  };
  const std::scoped_lock lock(mutex_);
  gauge("opening").set(static_cast<double>(count(State::opening)));
  gauge("open").set(static_cast<double>(count(State::open)));
  gauge("closed").set(static_cast<double>(count(State::closed)));
  for (std::size_t shard = 0; shard < shards_.size(); ++shard)
    metrics::gauge("microflow_shard_open", "1: open, 0: opening or closed, see readiness",
                   {{"shard", std::to_string(shard)}})
        .set(shards_[shard].state == State::open ? 1 : 0);
}

}  // namespace mf::host
