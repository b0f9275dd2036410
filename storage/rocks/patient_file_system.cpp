#include "storage/rocks/patient_file_system.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

#include "base/log.hpp"

namespace mf::storage {
namespace {

constexpr auto retry_interval = std::chrono::milliseconds(20);

/// RocksDB keeps of errno its text alone.
bool is_out_of_descriptors(const rocksdb::IOStatus& status) {
  if (!status.IsIOError()) return false;
  const auto text = status.ToString();
  return text.find(std::generic_category().message(EMFILE)) != text.npos ||
         text.find(std::generic_category().message(ENFILE)) != text.npos;
}

}  // namespace

DescriptorReserve::DescriptorReserve(std::size_t count) : count_(count) { fill(); }

DescriptorReserve::~DescriptorReserve() {
  for (const int held : held_) ::close(held);
}

bool DescriptorReserve::give_up_one() {
  const std::lock_guard lock(mutex_);
  if (held_.empty()) return false;
  ::close(held_.back());
  held_.pop_back();
  return true;
}

void DescriptorReserve::fill() {
  const std::lock_guard lock(mutex_);
  while (held_.size() < count_) {
    const int opened = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (opened < 0) return;
    held_.push_back(opened);
  }
}

PatientFileSystem::PatientFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base,
                                     std::size_t reserved, std::chrono::milliseconds patience)
    : FileSystemWrapper(base), reserve_(reserved), patience_(patience) {}

template <class Open>
rocksdb::IOStatus PatientFileSystem::patiently(const std::string& name, Open open) {
  auto status = open();
  if (!is_out_of_descriptors(status)) {
    if (status.ok()) reserve_.fill();
    return status;
  }
  log::error(log::journal, "out-of-descriptors", {{"file", name}});
  const auto end = std::chrono::steady_clock::now() + patience_;
  while (is_out_of_descriptors(status) && std::chrono::steady_clock::now() < end) {
    if (!reserve_.give_up_one()) std::this_thread::sleep_for(retry_interval);
    status = open();
  }
  return status;
}

rocksdb::IOStatus PatientFileSystem::NewWritableFile(const std::string& name,
                                                     const rocksdb::FileOptions& options,
                                                     std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                     rocksdb::IODebugContext* context) {
  return patiently(name, [&] { return target()->NewWritableFile(name, options, file, context); });
}

rocksdb::IOStatus PatientFileSystem::NewSequentialFile(
    const std::string& name, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSSequentialFile>* file, rocksdb::IODebugContext* context) {
  return patiently(name, [&] { return target()->NewSequentialFile(name, options, file, context); });
}

rocksdb::IOStatus PatientFileSystem::NewRandomAccessFile(
    const std::string& name, const rocksdb::FileOptions& options,
    std::unique_ptr<rocksdb::FSRandomAccessFile>* file, rocksdb::IODebugContext* context) {
  return patiently(name,
                   [&] { return target()->NewRandomAccessFile(name, options, file, context); });
}

rocksdb::IOStatus PatientFileSystem::NewDirectory(const std::string& name,
                                                  const rocksdb::IOOptions& options,
                                                  std::unique_ptr<rocksdb::FSDirectory>* directory,
                                                  rocksdb::IODebugContext* context) {
  return patiently(name, [&] { return target()->NewDirectory(name, options, directory, context); });
}

}  // namespace mf::storage
