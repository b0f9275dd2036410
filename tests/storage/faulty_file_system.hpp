#pragma once
// A disk that misbehaves, under RocksDB: it forgets what was not synced, tears the last write,
// refuses the Nth operation, or is full.
#include <rocksdb/file_system.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mf::test {

class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  enum class Fault { refuse, no_space };

  FaultyFileSystem() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyFileSystem"; }

  /// The Nth change from now on (0 is the next) fails, and all after it.
  void fail_after(std::uint64_t operations, Fault fault);
  /// No more faults; the files stay as they are.
  void heal();
  /// Changes since the start: appends, syncs, creations, renames, directory syncs.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  /// Nothing reaches the disk any more.
  void power_off() { fail_after(0, Fault::refuse); }
  /// After power_off and after the database is gone: forgets what was not synced, but for
  /// `kept(unsynced)` bytes of each file. Gives the kept bytes to `spoil` before they stay.
  void restart(const std::function<std::size_t(std::size_t)>& kept,
               const std::function<void(std::string&)>& spoil = {});
  /// While held, nobody can make a table file: flushes wait.
  void hold_tables(bool held);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* context) override;

 private:
  friend class FaultyFile;
  friend class FaultyDirectory;
  struct Tracked {
    std::uint64_t written = 0, synced = 0;
    bool is_named = false;  ///< its directory was synced since
  };
  struct Rename {
    std::string from, to;
    std::optional<std::string> replaced;
  };
  [[nodiscard]] rocksdb::IOStatus change();
  void appended(const std::string& name, std::uint64_t bytes);
  void synced(const std::string& name);
  void named(const std::string& directory);
  void undo_renames();

  std::atomic<std::uint64_t> operations_{0}, fail_at_{~std::uint64_t{0}};
  std::atomic<Fault> fault_{Fault::refuse};
  std::mutex mutex_;
  std::condition_variable released_;
  bool held_ = false;
  std::map<std::string, Tracked> files_;
  std::vector<Rename> renames_;
};

}  // namespace mf::test
