#pragma once
// The catalogue as every node holds it: an immutable snapshot, replaced at each of its events.
#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "actors/entity/kind.hpp"
#include "actors/shard/committed_batch.hpp"
#include "storage/store.hpp"

namespace mf::views {

/// The catalogue as of some committed version: immutable, shared. Empty texts: no such thing.
struct CatalogueView {
  std::uint64_t version = 0;
  std::string zones, order_types, sla_policies, reason_codes;  ///< JSON arrays as lists show them
  std::set<Id> zone_ids;
  std::shared_ptr<const entity::Entity> entity;  ///< answers needs of other entities; never null

  /// The entity's answer to the system, which no time changes. Thread-safe; remembers what it said.
  [[nodiscard]] std::expected<std::string, Rejection> answer(const std::string& query,
                                                             const std::string& body) const;

 private:
  static constexpr std::size_t remembered_max = 1024;
  using Answers =
      std::map<std::pair<std::string, std::string>, std::expected<std::string, Rejection>>;
  mutable std::mutex mutex_;
  mutable Answers answers_;
};

/// From the catalogue's view: its lists as JSON arrays.
[[nodiscard]] std::shared_ptr<const views::CatalogueView> catalogue_view(
    std::uint64_t version, std::shared_ptr<const entity::Entity> catalogue);

/// What is durable; the built-in values of an empty catalogue at version 0.
[[nodiscard]] std::shared_ptr<const views::CatalogueView> load_catalogue(
    const storage::Reader& reader, const entity::Kinds& kinds, std::uint16_t shard_count);

/// The catalogue after this batch; nullptr when the batch has nothing of it or an older one.
[[nodiscard]] std::shared_ptr<const views::CatalogueView> catalogue_after(
    const shard::CommittedBatch& batch, std::uint64_t known_version);

}  // namespace mf::views
