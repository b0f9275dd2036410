#include "storage/rocks/tools/unsynced_files.hpp"

namespace mf::storage {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using Cancelled = const std::atomic<bool>*;

class UnsyncedFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  UnsyncedFile(std::unique_ptr<rocksdb::FSWritableFile> file, Cancelled cancelled)
      : FSWritableFileOwnerWrapper(std::move(file)), cancelled_(cancelled) {}

  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  IODebugContext* context) override {
    if (cancelled_ && *cancelled_) return IOStatus::Aborted("the node is stopping");
    return FSWritableFileOwnerWrapper::Append(bytes, options, context);
  }
  IOStatus Append(const rocksdb::Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&, IODebugContext* context) override {
    return Append(bytes, options, context);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  Cancelled cancelled_;
};

class UnsyncedDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  using FSDirectoryWrapper::FSDirectoryWrapper;
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return IOStatus::OK();
  }
};

class UnsyncedFiles final : public rocksdb::FileSystemWrapper {
 public:
  explicit UnsyncedFiles(Cancelled cancelled)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), cancelled_(cancelled) {}
  const char* Name() const override { return "UnsyncedFiles"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* context) override {
    auto status = target()->NewWritableFile(name, options, file, context);
    if (status.ok()) *file = std::make_unique<UnsyncedFile>(std::move(*file), cancelled_);
    return status;
  }
  IOStatus NewDirectory(const std::string& name, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* context) override {
    auto status = target()->NewDirectory(name, options, directory, context);
    if (status.ok()) *directory = std::make_unique<UnsyncedDirectory>(std::move(*directory));
    return status;
  }

 private:
  Cancelled cancelled_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> unsynced_files(const std::atomic<bool>* cancelled) {
  return std::make_shared<UnsyncedFiles>(cancelled);
}

}  // namespace mf::storage
