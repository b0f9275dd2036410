#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace mf::storage {
class RocksStore;
}

namespace mf::node {

/// What a node answers on its control socket: {"backup": "<directory>"} makes a backup of the
/// running store there and gives its report, or {"error","detail"}.
[[nodiscard]] std::string answer_control(storage::RocksStore& store,
                                         const std::filesystem::path& data_dir,
                                         std::string_view line);

}  // namespace mf::node
