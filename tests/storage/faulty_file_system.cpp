#include "tests/storage/faulty_file_system.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace mf::test {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

std::string read_file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& name, const std::string& bytes) {
  std::ofstream(name, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(FaultyFileSystem& system, std::string name,
             std::unique_ptr<rocksdb::FSWritableFile> inner)
      : FSWritableFileOwnerWrapper(std::move(inner)), system_(system), name_(std::move(name)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* context) override {
    auto status = system_.change();
    if (status.ok()) status = FSWritableFileOwnerWrapper::Append(data, options, context);
    if (status.ok()) system_.appended(name_, data.size());
    return status;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* context) override {
    return Append(data, options, context);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* context) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Sync(options, context); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return sync([&] { return FSWritableFileOwnerWrapper::Fsync(options, context); });
  }
  // Half-way syncs promise nothing.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  template <class Call>
  IOStatus sync(Call call) {
    auto status = system_.change();
    if (status.ok()) status = call();
    if (status.ok()) system_.synced(name_);
    return status;
  }
  FaultyFileSystem& system_;
  std::string name_;
};

class FaultyDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  FaultyDirectory(FaultyFileSystem& system, std::string name,
                  std::unique_ptr<rocksdb::FSDirectory>&& inner)
      : FSDirectoryWrapper(std::move(inner)), system_(system), name_(std::move(name)) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* context) override {
    return sync([&] { return FSDirectoryWrapper::Fsync(options, context); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* context,
                               const rocksdb::DirFsyncOptions& how) override {
    return sync([&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, context, how); });
  }

 private:
  template <class Call>
  IOStatus sync(Call call) {
    auto status = system_.change();
    if (status.ok()) status = call();
    if (status.ok()) system_.named(name_);
    return status;
  }
  FaultyFileSystem& system_;
  std::string name_;
};

void FaultyFileSystem::fail_after(std::uint64_t operations, Fault fault) {
  fault_ = fault;
  fail_at_ = operations_ + operations;
}

void FaultyFileSystem::heal() { fail_at_ = ~std::uint64_t{0}; }

IOStatus FaultyFileSystem::change() {
  if (operations_++ < fail_at_) return IOStatus::OK();
  return fault_ == Fault::no_space ? IOStatus::NoSpace("no space left on this faulty disk")
                                   : IOStatus::IOError("this disk is faulty");
}

void FaultyFileSystem::appended(const std::string& name, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  files_[name].written += bytes;
}

void FaultyFileSystem::synced(const std::string& name) {
  const std::lock_guard lock(mutex_);
  files_[name].synced = files_[name].written;
}

void FaultyFileSystem::named(const std::string& directory) {
  const std::lock_guard lock(mutex_);
  const auto is_in = [&](const std::string& name) {
    return fs::path(name).parent_path() == fs::path(directory);
  };
  for (auto& [name, file] : files_) file.is_named |= is_in(name);
  std::erase_if(renames_, [&](const Rename& rename) { return is_in(rename.to); });
}

void FaultyFileSystem::hold_tables(bool held) {
  const std::lock_guard lock(mutex_);
  held_ = held;
  released_.notify_all();
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& name, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                                           IODebugContext* context) {
  if (name.ends_with(".sst")) {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !held_; });
  }
  auto status = change();
  if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, file, context);
  if (!status.ok()) return status;
  *file = std::make_unique<FaultyFile>(*this, name, std::move(*file));
  const std::lock_guard lock(mutex_);
  files_[name] = {};
  return status;
}

IOStatus FaultyFileSystem::ReopenWritableFile(const std::string& name, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSWritableFile>* file,
                                              IODebugContext* context) {
  auto status = change();
  if (status.ok()) status = FileSystemWrapper::ReopenWritableFile(name, options, file, context);
  if (!status.ok()) return status;
  *file = std::make_unique<FaultyFile>(*this, name, std::move(*file));
  return status;
}

IOStatus FaultyFileSystem::NewDirectory(const std::string& name, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                                        IODebugContext* context) {
  auto status = FileSystemWrapper::NewDirectory(name, options, directory, context);
  if (status.ok())
    *directory = std::make_unique<FaultyDirectory>(*this, name, std::move(*directory));
  return status;
}

IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to,
                                      const IOOptions& options, IODebugContext* context) {
  auto status = change();
  std::optional<std::string> replaced;
  if (fs::exists(to)) replaced = read_file(to);
  if (status.ok()) status = FileSystemWrapper::RenameFile(from, to, options, context);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  if (auto moved = files_.extract(from)) {
    moved.key() = to;
    files_.erase(to);
    files_.insert(std::move(moved));
  }
  renames_.push_back({from, to, std::move(replaced)});
  return status;
}

IOStatus FaultyFileSystem::DeleteFile(const std::string& name, const IOOptions& options,
                                      IODebugContext* context) {
  auto status = change();
  if (status.ok()) status = FileSystemWrapper::DeleteFile(name, options, context);
  const std::lock_guard lock(mutex_);
  if (status.ok()) files_.erase(name);
  return status;
}

void FaultyFileSystem::undo_renames() {
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
    if (!fs::exists(rename->to)) continue;
    fs::rename(rename->to, rename->from);
    if (rename->replaced) write_file(rename->to, *rename->replaced);
    files_.erase(rename->to);
  }
  renames_.clear();
}

void FaultyFileSystem::restart(const std::function<std::size_t(std::size_t)>& kept,
                               const std::function<void(std::string&)>& spoil) {
  const std::lock_guard lock(mutex_);
  undo_renames();  // a name that was replaced stands for the old file again
  for (const auto& [name, file] : files_) {
    if (!fs::exists(name)) continue;
    if (!file.is_named && !name.ends_with("LOG")) {
      fs::remove(name);
      continue;
    }
    const auto unsynced = file.written - file.synced;
    if (unsynced == 0) continue;
    auto bytes = read_file(name);
    auto tail = bytes.substr(file.synced, kept(unsynced));
    if (spoil) spoil(tail);
    write_file(name, bytes.substr(0, file.synced) + tail);
  }
  files_.clear();
  heal();
}

}  // namespace mf::test
