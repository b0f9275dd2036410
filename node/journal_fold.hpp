#pragma once
#include <filesystem>

#include "storage/person_keys/key_store.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::node {

/// The fold over this program's entities with the personal keys in `keys_directory`, which it holds
/// open. An error when they are not there, or not all that the journal noted: what is sealed would
/// be rebuilt empty; unless `file` accepts that.
[[nodiscard]] Result<storage::Rebuild> open_journal_fold(
    const std::filesystem::path& keys_directory, const std::optional<storage::KeyMark>& noted,
    storage::KeyFile file = storage::KeyFile::must_be_whole);

/// Whether a stored state is one of this program's entities. Without any key.
[[nodiscard]] storage::StateCheck state_check();

}  // namespace mf::node
