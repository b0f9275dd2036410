#pragma once
#include <rocksdb/db.h>

namespace mf::storage {

/// While it lives, no file of the database is deleted: tables are merged in the background, and
/// what is listed must stay there until it is read. A database that is only read merges nothing,
/// and refuses this.
class FilesKept {
 public:
  explicit FilesKept(rocksdb::DB& db) : db_(db), are_kept_(db.DisableFileDeletions().ok()) {}
  ~FilesKept() {
    if (are_kept_) db_.EnableFileDeletions(/*force=*/false).PermitUncheckedError();
  }
  FilesKept(const FilesKept&) = delete;

 private:
  rocksdb::DB& db_;
  const bool are_kept_;
};

}  // namespace mf::storage
