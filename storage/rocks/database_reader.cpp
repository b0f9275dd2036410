#include "storage/rocks/database_reader.hpp"

#include <algorithm>

#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

class RocksScan final : public Scan {
 public:
  RocksScan(const Database& database, Family family, std::string begin, std::string end)
      : begin_(std::move(begin)), end_(std::move(end)), end_slice_(end_) {
    it_ = database.iterate(family, end_slice_, /*read_ahead=*/false);
    it_->Seek(begin_);
    check();
  }
  bool valid() const override { return it_->Valid(); }
  void next() override {
    it_->Next();
    check();
  }
  void seek(std::string_view key) override {
    it_->Seek(slice(std::max<std::string_view>(key, begin_)));
    check();
  }
  std::string_view key() const override { return view(it_->key()); }
  std::string_view value() const override { return view(it_->value()); }

 private:
  void check() const {
    if (!it_->Valid() && !it_->status().ok())
      throw ReadFailed(to_error(it_->status(), "walking the database").message);
  }
  std::string begin_, end_;
  rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> it_;
};

}  // namespace

std::optional<std::string> DatabaseReader::get(Family family, std::string_view key) const {
  auto value = database_.get(family, key);
  if (!value) throw ReadFailed(value.error().message);
  return *std::move(value);
}

std::unique_ptr<Scan> DatabaseReader::scan(Family family, std::string begin,
                                           std::string end) const {
  return std::make_unique<RocksScan>(database_, family, std::move(begin), std::move(end));
}

Result<Batch> read_batch(const Database& database, ShardId shard, std::uint64_t seq) {
  const auto value = database.get(Family::journal, keys::journal(shard, seq));
  if (!value) return std::unexpected(value.error());
  if (!*value) return fail(ErrorCode::not_found, "there is no such batch");
  const auto parts = split_journal(**value);
  if (!parts) return std::unexpected(parts.error());
  return decode_batch(parts->frame);
}

}  // namespace mf::storage
