#pragma once
// One walk over entries of the index under one snapshot, for views that are loaded whole.
#include <memory>
#include <string>
#include <string_view>

#include "actors/entity/index_keys.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

namespace mf::views {

class IndexWalk {
 public:
  explicit IndexWalk(const storage::Reader& reader)
      : scan_(reader.scan(storage::Family::index, {}, std::string(16, '\xff'))) {}

  /// Calls `f(id, covering value)` for every entry of an index whose filter part is `filter`.
  template <class F>
  void each(ShardId shard, EntityKind kind, entity::Number number, std::string_view filter, F f) {
    const auto prefix =
        storage::keys::index(shard, kind, static_cast<std::uint8_t>(number), filter, {});
    for (scan_->seek(prefix); scan_->valid() && scan_->key().starts_with(prefix); scan_->next())
      f(std::string(scan_->key().substr(scan_->key().size() - entity::id_size)), scan_->value());
  }

 private:
  std::unique_ptr<storage::Scan> scan_;
};

}  // namespace mf::views
