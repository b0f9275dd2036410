#include "node/control_backup.hpp"

#include "base/json.hpp"
#include "storage/rocks/tools/backup.hpp"

namespace mf::node {

using Json = nlohmann::ordered_json;

std::string report_json(const Result<storage::BackupReport>& report) {
  if (!report)
    return to_text(
        Json{{"error", to_string(report.error().code)}, {"detail", report.error().message}});
  return to_text(Json{{"era", report->era},
                      {"shard_count", report->shard_count},
                      {"batches", report->batches},
                      {"files", report->files},
                      {"bytes", report->bytes}});
}

std::string answer_control(storage::RocksStore& store, const std::filesystem::path& data_dir,
                           std::string_view line, const std::atomic<bool>& cancelled) {
  const auto request = parse_ordered_json(line);
  if (!request.is_object() || !request.contains("backup") || !request["backup"].is_string())
    return report_json(fail(ErrorCode::invalid_argument, "not a request this node knows"));
  return report_json(
      storage::back_up(store, data_dir, request["backup"].get<std::string>(), &cancelled));
}

}  // namespace mf::node
