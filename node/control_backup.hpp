#pragma once
#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mf::storage {
class RocksStore;
struct BackupReport;
}  // namespace mf::storage

namespace mf::node {

/// Backups of a running node, asked for through its control socket: one at a time, and slow enough
/// for the node's own work. Any thread.
class ControlBackup {
 public:
  /// `store` outlives it. No backup may lie in either directory.
  ControlBackup(storage::RocksStore& store, std::filesystem::path data_dir,
                std::filesystem::path keys_dir);

  /// {"backup": "<directory>"} makes a backup there and gives its report, or {"error","detail"}:
  /// also while another one is being made, and once cancelled.
  [[nodiscard]] std::string answer(std::string_view line);
  /// The one that is being made gives up soon, and none begins any more.
  void cancel() { cancelled_ = true; }

 private:
  storage::RocksStore& store_;
  const std::filesystem::path data_dir_, keys_dir_;
  std::atomic<bool> cancelled_{false};
  std::mutex one_;
};

/// A backup's report as one JSON object, or {"error","detail"}.
[[nodiscard]] std::string report_json(const Result<storage::BackupReport>& report);

}  // namespace mf::node
