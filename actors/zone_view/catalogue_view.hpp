#pragma once
// The catalogue as every node holds it: an immutable snapshot, replaced at each of its events.
#include <memory>

#include "actors/runtime/kind.hpp"
#include "actors/runtime/runtime.hpp"
#include "storage/store.hpp"

namespace mf::zone_view {

/// From the catalogue's view: its lists as JSON arrays.
[[nodiscard]] std::shared_ptr<const runtime::CatalogueView> catalogue_view(
    std::uint64_t version, const runtime::Entity& catalogue);

/// What is durable; the built-in values of an empty catalogue at version 0.
[[nodiscard]] std::shared_ptr<const runtime::CatalogueView> load_catalogue(
    const storage::Reader& reader, const runtime::Kinds& kinds, std::uint16_t shard_count);

/// The catalogue after this batch; nullptr when the batch has nothing of it or an older one.
[[nodiscard]] std::shared_ptr<const runtime::CatalogueView> catalogue_after(
    const runtime::CommittedBatch& batch, std::uint64_t known_version);

}  // namespace mf::zone_view
