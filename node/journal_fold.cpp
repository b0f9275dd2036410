#include "node/journal_fold.hpp"

#include <memory>
#include <utility>

#include "actors/shard/rebuild.hpp"
#include "node/kinds.hpp"
#include "node/local_keys.hpp"

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

}  // namespace mf::node
