#include "storage/rocks/dedup_filter.hpp"

#include <utility>

#include "base/bytes.hpp"

namespace mf::storage {
namespace {

constexpr std::size_t key_size = 2 + 1 + 16;  // keys::dedup
constexpr std::uint8_t person = 0;            // entity::Origin
constexpr std::uint8_t format = 1;            // storage/records.hpp

class DedupFilter final : public rocksdb::CompactionFilter {
 public:
  explicit DedupFilter(Forgotten forgotten) : forgotten_(std::move(forgotten)) {}
  const char* Name() const override { return "microflow.dedup"; }
  bool Filter(int, const rocksdb::Slice& key, const rocksdb::Slice& value, std::string*,
              bool*) const override {
    return is_forgotten({key.data(), key.size()}, {value.data(), value.size()}, forgotten_);
  }

 private:
  Forgotten forgotten_;
};

class DedupFilterFactory final : public rocksdb::CompactionFilterFactory {
 public:
  explicit DedupFilterFactory(std::shared_ptr<const SharedAge> age) : age_(std::move(age)) {}
  const char* Name() const override { return "microflow.dedup"; }
  std::unique_ptr<rocksdb::CompactionFilter> CreateCompactionFilter(
      const rocksdb::CompactionFilter::Context&) override {
    return std::make_unique<DedupFilter>(
        Forgotten{age_->older_than(people_remembered), age_->older_than(others_remembered)});
  }

 private:
  std::shared_ptr<const SharedAge> age_;
};

}  // namespace

bool is_forgotten(std::string_view key, std::string_view value, const Forgotten& forgotten) {
  if (key.size() != key_size || key[2] != 'd') return false;
  const std::size_t shard = ByteReader(key).u16();
  ByteReader in(value);
  if (in.u8() != format) return false;
  const auto& last = in.u8() == person ? forgotten.people : forgotten.others;
  in.u64();     // the batch's time, which a clock has given
  in.u64();     // fingerprint
  in.varint();  // version
  const auto seq = in.varint();
  return in.ok() && shard < last.size() && seq <= last[shard];
}

std::shared_ptr<rocksdb::CompactionFilterFactory> make_dedup_filter(
    std::shared_ptr<const SharedAge> age) {
  return std::make_shared<DedupFilterFactory>(std::move(age));
}

}  // namespace mf::storage
