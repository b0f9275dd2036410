#include "node/control_backup.hpp"

#include "base/json.hpp"
#include "storage/rocks/tools/backup.hpp"

namespace mf::node {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Error& error) {
  return {{"error", to_string(error.code)}, {"detail", error.message}};
}

Json json_of(const storage::BackupReport& report) {
  return {{"era", report.era},
          {"shard_count", report.shard_count},
          {"batches", report.batches},
          {"files", report.files},
          {"bytes", report.bytes}};
}

}  // namespace

std::string answer_control(storage::RocksStore& store, const std::filesystem::path& data_dir,
                           std::string_view line, const std::atomic<bool>& cancelled) {
  const auto request = parse_ordered_json(line);
  if (!request.is_object() || !request.contains("backup") || !request["backup"].is_string())
    return to_text(json_of(Error{ErrorCode::invalid_argument, "not a request this node knows"}));
  const auto report =
      storage::back_up(store, data_dir, request["backup"].get<std::string>(), &cancelled);
  return to_text(report ? json_of(*report) : json_of(report.error()));
}

}  // namespace mf::node
