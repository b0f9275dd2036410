#include "storage/rocks/dedup_filter.hpp"

#include <algorithm>
#include <chrono>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace mf::storage {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::size_t key_size = 2 + 1 + 16;  // keys::dedup
constexpr std::uint8_t person = 0;            // entity::Origin
constexpr std::uint8_t format = 1;            // storage/records.hpp

class DedupFilter final : public rocksdb::CompactionFilter {
 public:
  explicit DedupFilter(std::int64_t now_ms) : now_ms_(now_ms) {}
  const char* Name() const override { return "microflow.dedup"; }
  bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    return is_forgotten({key.data(), key.size()}, {value.data(), value.size()}, now_ms_);
  }

 private:
  std::int64_t now_ms_;
};

class DedupFilterFactory final : public rocksdb::CompactionFilterFactory {
 public:
  explicit DedupFilterFactory(std::shared_ptr<const std::atomic<std::int64_t>> latest_ms)
      : latest_ms_(std::move(latest_ms)) {}
  const char* Name() const override { return "microflow.dedup"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<DedupFilter>(
        std::min(latest_ms_->load(), to_millis(system_clock().now())));
  }

 private:
  std::shared_ptr<const std::atomic<std::int64_t>> latest_ms_;
};

}  // namespace

bool is_forgotten(std::string_view key, std::string_view value, std::int64_t now_ms) {
  if (key.size() != key_size || key[2] != 'd') return false;
  ByteReader in(value);
  if (in.u8() != format) return false;
  const auto origin = in.u8();
  const auto time_ms = static_cast<std::int64_t>(in.u64());
  if (!in.ok()) return false;
  return now_ms - time_ms > (origin == person ? day_ms : 7 * day_ms);
}

std::shared_ptr<rocksdb::CompactionFilterFactory> make_dedup_filter(
    std::shared_ptr<const std::atomic<std::int64_t>> latest_ms) {
  return std::make_shared<DedupFilterFactory>(std::move(latest_ms));
}

}  // namespace mf::storage
