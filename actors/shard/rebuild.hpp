#pragma once
#include "actors/entity/kind.hpp"
#include "storage/rebuild.hpp"

namespace mf::shard {

/// The fold that `microflow journal repair` needs: a batch's changes from its events alone, given
/// what the batches before it left. The same bytes as the live commit wrote, but for persons erased
/// since: their sealed fields open no more and stay empty. Dead letters are not derived from the
/// journal and not made here. Both arguments outlive the result; one thread at a time.
/// Errors: `corrupt` when a batch does not fit what is there, `unsupported` for an unknown event.
[[nodiscard]] storage::Rebuild make_rebuild(const entity::Kinds& kinds, entity::KeyRing& keys);

/// The index entries of one stored state, for a store that has lost them (a restored backup).
/// Without a person's key, nor do its words come back. Both arguments outlive the result.
[[nodiscard]] storage::IndexOf make_index_of(const entity::Kinds& kinds, entity::KeyRing& keys);

}  // namespace mf::shard
