#pragma once
// The database's files when the process runs out of descriptors. RocksDB takes a log or table that
// it can't open for a fatal error and writes nothing more; but nothing was written, and a
// descriptor is only a matter of time. So some are held back for it, and then it waits.
#include <rocksdb/file_system.h>

#include <memory>
#include <mutex>
#include <vector>

namespace mf::storage {

/// Holds descriptors that others can't take, and gives them up one by one. Thread-safe.
class DescriptorReserve {
 public:
  explicit DescriptorReserve(std::size_t count);
  ~DescriptorReserve();
  DescriptorReserve(const DescriptorReserve&) = delete;
  DescriptorReserve& operator=(const DescriptorReserve&) = delete;
  /// False when none is left.
  bool give_up_one();
  /// Takes back what was given up, as far as there is room now.
  void fill();

 private:
  const std::size_t count_;
  std::mutex mutex_;
  std::vector<int> held_;
};

/// `base` with patience: opening a file fails with EMFILE or ENFILE only after `patience`.
class PatientFileSystem : public rocksdb::FileSystemWrapper {
 public:
  PatientFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, std::size_t reserved,
                    std::chrono::milliseconds patience);
  const char* Name() const override { return "PatientFileSystem"; }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* context) override;

 private:
  template <class Open>
  rocksdb::IOStatus patiently(const std::string& name, Open open);

  DescriptorReserve reserve_;
  const std::chrono::milliseconds patience_;
};

}  // namespace mf::storage
