#include "storage/rocks/insert_hints.hpp"

namespace mf::storage {
namespace {

/// Groups keys by all but their last bytes.
class AllBut final : public rocksdb::SliceTransform {
 public:
  explicit AllBut(std::size_t last) : last_(last) {}
  const char* Name() const override { return "microflow.all_but"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    return {key.data(), key.size() - last_};
  }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > last_; }

 private:
  std::size_t last_;
};

/// Positions and counters, few and written again and again, among command ids that never come
/// twice.
class Rewritten final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "microflow.rewritten"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return key; }
  bool InDomain(const rocksdb::Slice& key) const override {
    return key.size() > type_at && (key[type_at] == 'a' || key[type_at] == 'c');
  }

 private:
  static constexpr std::size_t type_at = 2;  // behind the shard, see keys.hpp
};

}  // namespace

std::shared_ptr<const rocksdb::SliceTransform> make_insert_hints(Family family) {
  constexpr std::size_t number = 8;
  switch (family) {
    case Family::journal:   // shard | seq
    case Family::timeline:  // shard | ref | 00 | version
      return std::make_shared<AllBut>(number);
    case Family::state:  // written anew at each change
      return std::make_shared<AllBut>(0);
    case Family::meta: return std::make_shared<Rewritten>();
    default: return nullptr;
  }
}

}  // namespace mf::storage
