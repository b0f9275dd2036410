#pragma once
#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

namespace mf::storage {
class RocksStore;
}

namespace mf::node {

/// What a node answers on its control socket: {"backup": "<directory>"} makes a backup of the
/// running store there and gives its report, or {"error","detail"}, also once `cancelled` is set.
[[nodiscard]] std::string answer_control(storage::RocksStore& store,
                                         const std::filesystem::path& data_dir,
                                         std::string_view line, const std::atomic<bool>& cancelled);

}  // namespace mf::node
