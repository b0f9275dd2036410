#pragma once
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "storage/batch.hpp"
#include "storage/store.hpp"

namespace mf::storage {

/// The fold that makes everything derived from the journal: the changes of one batch, given what
/// the batches before it left. It lives in actors/, so the caller brings it.
using Rebuild = std::function<Result<std::vector<Change>>(const Reader&, const Batch&)>;

/// The index entries of one state, given as it lies in Family::state; from actors/, too.
using IndexOf =
    std::function<Result<std::vector<Change>>(const keys::StateKey&, std::string_view value)>;

/// Whether a state, given as it lies in Family::state, is one that this program can read; from
/// actors/, too. Asks for no key: what is sealed is not looked into.
using StateCheck = std::function<Status(const keys::StateKey&, std::string_view value)>;

}  // namespace mf::storage
