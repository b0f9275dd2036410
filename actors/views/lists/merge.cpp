#include "actors/views/lists/merge.hpp"

#include <algorithm>

#include "storage/keys.hpp"

namespace mf::views {
namespace {

constexpr std::uint32_t chunk_size_max = 128;

}  // namespace

Merge::Merge(const storage::Reader& reader)
    : scan_(reader.scan(storage::Family::index, std::string(), std::string(16, '\xff'))) {}

void Merge::add(ShardId shard, std::string prefix, std::string_view after) {
  auto& range = ranges_.emplace_back();
  range.shard = shard;
  range.resume = prefix;
  if (!after.empty()) {
    range.resume += after;
    range.resume += '\0';  // the first key behind it
  }
  range.prefix = std::move(prefix);
}

bool Merge::fill(Range& range) {
  range.chunk.clear();
  range.at = 0;
  if (range.is_read) return false;
  scan_->seek(range.resume);
  while (range.chunk.size() < range.chunk_size) {
    if (!scan_->valid() || !scan_->key().starts_with(range.prefix)) {
      range.is_read = true;
      break;
    }
    const auto key = scan_->key();
    range.chunk.push_back({std::string(key.substr(range.prefix.size())),
                           std::string(scan_->value()), range.shard, 0});
    scan_->next();
  }
  if (range.chunk.empty()) return false;
  range.resume = range.prefix + range.chunk.back().place + '\0';
  range.chunk_size = std::min(range.chunk_size * 2, chunk_size_max);
  return true;
}

bool Merge::later(std::uint32_t a, std::uint32_t b) const {
  return ranges_[a].chunk[ranges_[a].at].place > ranges_[b].chunk[ranges_[b].at].place;
}

void Merge::start() {
  started_ = true;
  for (std::uint32_t i = 0; i < ranges_.size(); ++i)
    if (fill(ranges_[i])) heap_.push_back(i);
  std::ranges::make_heap(heap_, [this](auto a, auto b) { return later(a, b); });
}

const Found* Merge::next() {
  const auto order = [this](auto a, auto b) { return later(a, b); };
  if (!started_) start();
  if (heap_.empty()) return nullptr;
  std::ranges::pop_heap(heap_, order);
  const auto number = heap_.back();
  auto& range = ranges_[number];
  current_ = std::move(range.chunk[range.at++]);
  current_.range = number;
  if (range.at < range.chunk.size() || fill(range)) std::ranges::push_heap(heap_, order);
  else heap_.pop_back();
  return &current_;
}

bool Merge::at_end() {
  if (!started_) start();
  return heap_.empty();
}

}  // namespace mf::views
