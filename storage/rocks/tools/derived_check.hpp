#pragma once
#include <string>
#include <vector>

#include "storage/rebuild.hpp"
#include "storage/rocks/database.hpp"

namespace mf::storage {

/// What derives from the journal and can't be read, though its block can: a sentence each, naming
/// the entity or the shard. At most `named_max` of them, and then how many more. An error: the
/// database itself can't be read.
[[nodiscard]] Result<std::vector<std::string>> damaged_values(const Database& database,
                                                              const StateCheck& check);
inline constexpr std::size_t named_max = 20;

}  // namespace mf::storage
