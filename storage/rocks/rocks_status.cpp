#include "storage/rocks/rocks_status.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace mf::storage {
namespace {

/// Of errno RocksDB keeps the text alone, but for ENOSPC.
bool is_full(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return true;
  const auto text = status.IsIOError() ? status.ToString() : std::string();
  return text.find(std::generic_category().message(EFBIG)) != text.npos ||
         text.find(std::generic_category().message(EDQUOT)) != text.npos;
}

ErrorCode code_of(const rocksdb::Status& status) {
  if (is_full(status)) return ErrorCode::disk_full;
  switch (status.code()) {
    case rocksdb::Status::kNotFound: return ErrorCode::not_found;
    case rocksdb::Status::kCorruption: return ErrorCode::corrupt;
    case rocksdb::Status::kNotSupported: return ErrorCode::unsupported;
    case rocksdb::Status::kInvalidArgument: return ErrorCode::invalid_argument;
    case rocksdb::Status::kIOError: return ErrorCode::io;
    case rocksdb::Status::kTimedOut: return ErrorCode::timeout;
    case rocksdb::Status::kBusy:
    case rocksdb::Status::kTryAgain:
    case rocksdb::Status::kShutdownInProgress: return ErrorCode::unavailable;
    default: return ErrorCode::internal;
  }
}

}  // namespace

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  return Error{code_of(status), status.ToString()}.in(doing);
}

Status to_result(const rocksdb::Status& status, std::string_view doing) {
  if (status.ok()) return {};
  return std::unexpected(to_error(status, doing));
}

}  // namespace mf::storage
