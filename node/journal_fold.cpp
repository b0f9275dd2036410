#include "node/journal_fold.hpp"

#include <memory>
#include <utility>

#include "actors/shard/rebuild.hpp"
#include "node/kinds.hpp"
#include "node/local_keys.hpp"
#include "storage/records.hpp"

namespace mf::node {
namespace {

struct Fold {
  explicit Fold(std::unique_ptr<storage::PersonalKeyRing> opened)
      : ring(std::move(opened)), keys(*ring) {
    add_kinds(kinds, {});
    rebuild = shard::make_rebuild(kinds, keys);
  }
  std::unique_ptr<storage::PersonalKeyRing> ring;
  LocalKeys keys;
  entity::Kinds kinds;
  storage::Rebuild rebuild;
};

/// Opens nothing, as if everybody had been erased.
struct NoKeys final : entity::KeyRing {
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override { return {}; }
  Status erase(std::string_view) override {
    return fail(ErrorCode::unsupported, "there are no keys here");
  }
};

}  // namespace

Result<storage::Rebuild> open_journal_fold(const std::filesystem::path& keys_directory,
                                           const std::optional<storage::KeyMark>& noted,
                                           storage::KeyFile file) {
  if (file == storage::KeyFile::must_be_whole &&
      !std::filesystem::exists(keys_directory / "persons"))
    return fail(ErrorCode::not_found,
                "there are no personal keys in " + keys_directory.string() +
                    ": without them names and addresses would be rebuilt empty; put back your own "
                    "copy, or name their directory with --keys-dir");
  auto ring = storage::open_key_ring(keys_directory, file, noted);
  if (!ring) return std::unexpected(std::move(ring.error()).in("opening the personal keys"));
  const auto fold = std::make_shared<const Fold>(std::move(*ring));
  return [fold](const storage::Reader& reader, const storage::Batch& batch) {
    return fold->rebuild(reader, batch);
  };
}

storage::StateCheck state_check() {
  return [](const storage::keys::StateKey& key, std::string_view value) -> Status {
    static const auto kinds = [] {
      auto all = std::make_unique<entity::Kinds>();
      add_kinds(*all, {});
      return all;
    }();
    NoKeys none;
    try {
      const auto stored = storage::decode_state(value);
      if (!stored) return std::unexpected(stored.error());
      const auto entity = kinds->of(key.ref.kind).unseal(key.ref.id, stored->body, none);
      return entity ? Status{} : Status(std::unexpected(entity.error()));
    } catch (const std::exception& broken) {
      return fail(ErrorCode::corrupt, broken.what());
    }
  };
}

}  // namespace mf::node
