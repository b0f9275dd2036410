#pragma once
#include "storage/rocks/database.hpp"

namespace mf::storage {

/// The reading side of the storage port over an open database, which must outlive it.
class DatabaseReader final : public Reader {
 public:
  explicit DatabaseReader(const Database& database) : database_(database) {}
  [[nodiscard]] std::optional<std::string> get(Family family, std::string_view key) const override;
  [[nodiscard]] std::unique_ptr<Scan> scan(Family family, std::string begin,
                                           std::string end) const override;

 private:
  const Database& database_;
};

/// One batch of the journal; `not_found` when there is none.
[[nodiscard]] Result<Batch> read_batch(const Database& database, ShardId shard, std::uint64_t seq);

}  // namespace mf::storage
