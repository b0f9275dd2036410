#include "storage/rocks/tools/stand_ins.hpp"

#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// A table without rows: what stands before its footer, and that. Positions in it count from its
/// beginning, so the footer may stand anywhere behind.
struct EmptyTable {
  static constexpr std::size_t footer_bytes = 53;  // of the formats 1 to 5 of tables
  std::string body, footer;
};

Result<EmptyTable> make_empty_table() {
  constexpr auto doing = "making an empty table";
  const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  rocksdb::Options options;
  options.env = memory.get();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  auto status = writer.Open("/empty");
  // A table has to hold something. This says that the key "", which nobody has, was deleted.
  if (status.ok()) status = writer.DeleteRange(Slice(""), Slice("\0", 1));
  if (status.ok()) status = writer.Finish();
  std::string bytes;
  if (status.ok()) status = rocksdb::ReadFileToString(memory.get(), "/empty", &bytes);
  if (!status.ok()) return std::unexpected(to_error(status, doing));
  if (bytes.size() <= EmptyTable::footer_bytes) return fail(ErrorCode::internal, doing);
  const auto body = bytes.size() - EmptyTable::footer_bytes;
  return EmptyTable{bytes.substr(0, body), bytes.substr(body)};
}

/// The empty table, made as long as whoever reads it believes it to be.
class StandIn final : public rocksdb::FSRandomAccessFile {
 public:
  explicit StandIn(std::shared_ptr<const EmptyTable> table) : table_(std::move(table)) {}

  /// Whatever reads behind the body wants the file's end, and reads up to it.
  IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions&, Slice* result,
                char* scratch, IODebugContext*) const override {
    const auto& [body, footer] = *table_;
    std::memset(scratch, 0, size);
    if (offset < body.size())
      std::copy_n(body.data() + offset, std::min(size, body.size() - offset), scratch);
    if (offset + size > body.size() && size >= footer.size())
      std::ranges::copy(footer, scratch + size - footer.size());
    *result = Slice(scratch, size);
    return IOStatus::OK();
  }
  /// No byte more is read than was asked for.
  std::size_t GetRequiredBufferAlignment() const override { return 1; }

 private:
  std::shared_ptr<const EmptyTable> table_;
};

class WithStandIns final : public rocksdb::FileSystemWrapper {
 public:
  WithStandIns(UnopenedTables tables, EmptyTable table)
      : FileSystemWrapper(rocksdb::FileSystem::Default()),
        tables_(std::move(tables)),
        table_(std::make_shared<const EmptyTable>(std::move(table))) {}
  const char* Name() const override { return "WithStandIns"; }

  IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                               IODebugContext* context) override {
    if (!tables_.contains(std::filesystem::path(name).filename().string()))
      return target()->NewRandomAccessFile(name, options, file, context);
    *file = std::make_unique<StandIn>(table_);
    return IOStatus::OK();
  }

 private:
  const UnopenedTables tables_;
  std::shared_ptr<const EmptyTable> table_;
};

}  // namespace

UnopenedTables unopened_tables(const std::filesystem::path& database) {
  UnopenedTables found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(database, error)) {
    if (entry.path().extension() != ".sst") continue;
    rocksdb::SstFileReader reader{rocksdb::Options()};
    if (const auto status = reader.Open(entry.path().string()); !status.ok())
      found.emplace(entry.path().filename().string(), status.ToString());
  }
  return found;
}

Result<std::shared_ptr<rocksdb::FileSystem>> with_stand_ins(UnopenedTables tables) {
  auto table = make_empty_table();
  if (!table) return std::unexpected(table.error());
  return std::make_shared<WithStandIns>(std::move(tables), *std::move(table));
}

}  // namespace mf::storage
