#pragma once
#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mf::storage {
class RocksStore;
struct BackupReport;
}  // namespace mf::storage

namespace mf::node {

/// What a node answers on its control socket: {"backup": "<directory>"} makes a backup of the
/// running store there and gives its report, or {"error","detail"}, also once `cancelled` is set.
[[nodiscard]] std::string answer_control(storage::RocksStore& store,
                                         const std::filesystem::path& data_dir,
                                         std::string_view line, const std::atomic<bool>& cancelled);

/// A backup's report as one JSON object, or {"error","detail"}.
[[nodiscard]] std::string report_json(const Result<storage::BackupReport>& report);

}  // namespace mf::node
