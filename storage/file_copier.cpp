#include "storage/file_copier.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <thread>

#include "base/os_error.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr std::size_t piece_bytes = 1u << 20;
// How soon a copy that waits for its turn notices that it is to end.
constexpr auto look = std::chrono::milliseconds(50);

class OpenFile {
 public:
  OpenFile(const fs::path& path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~OpenFile() {
    if (number_ >= 0) ::close(number_);
  }
  OpenFile(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Status write_all(int file, const char* at, std::size_t left) {
  while (left > 0) {
    const auto size = ::write(file, at, left);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail_with_errno("writing");
    at += size;
    left -= static_cast<std::size_t>(size);
  }
  return {};
}

}  // namespace

FileCopier::FileCopier(const std::atomic<bool>* cancelled, std::uint64_t bytes_per_second)
    : cancelled_(cancelled), bytes_per_second_(bytes_per_second), due_(steady_clock::now()) {}

Status FileCopier::check() const {
  if (cancelled_ && *cancelled_) return fail(ErrorCode::unavailable, "the node is stopping");
  return {};
}

/// Counts a piece and waits until the next may follow. Time in which nothing was copied is no
/// credit.
Status FileCopier::keep_pace(std::uint64_t bytes) {
  if (bytes_per_second_ == 0) return check();
  const auto takes = std::chrono::duration<double>(static_cast<double>(bytes) /
                                                   static_cast<double>(bytes_per_second_));
  due_ = std::max(due_, steady_clock::now()) +
         std::chrono::duration_cast<steady_clock::duration>(takes);
  while (steady_clock::now() < due_) {
    if (auto ok = check(); !ok) return ok;
    std::this_thread::sleep_until(std::min(due_, steady_clock::now() + look));
  }
  return check();
}

Status FileCopier::copy(const fs::path& from, const fs::path& to, std::uint64_t bytes) {
  if (auto ok = check(); !ok) return ok;
  const OpenFile in(from, O_RDONLY);
  if (in.get() < 0) return fail_with_errno("opening " + from.string());
  const OpenFile out(to, O_WRONLY | O_CREAT | O_EXCL);
  if (out.get() < 0) return fail_with_errno("making " + to.string());
  if (::ioctl(out.get(), FICLONE, in.get()) == 0) {
    if (bytes != whole && ::ftruncate(out.get(), static_cast<off_t>(bytes)) != 0)
      return fail_with_errno("writing " + to.string());
    return {};
  }
  auto copied = copy_bytes(in.get(), out.get(), bytes);
  if (!copied && copied.error().code != ErrorCode::unavailable)
    return std::unexpected(
        std::move(copied.error()).in("copying " + from.string() + " to " + to.string()));
  return copied;
}

Status FileCopier::copy_bytes(int from, int to, std::uint64_t bytes) {
  std::string piece(piece_bytes, '\0');
  std::uint64_t copied = 0;
  while (copied < bytes) {
    const auto wanted = std::min<std::uint64_t>(piece.size(), bytes - copied);
    const auto size = ::read(from, piece.data(), wanted);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return fail_with_errno("reading");
    if (size == 0 && bytes == whole) return {};
    if (size == 0) return fail(ErrorCode::io, "the file ends early");
    if (auto ok = write_all(to, piece.data(), static_cast<std::size_t>(size)); !ok) return ok;
    // To the disk while it goes on, instead of all at once with the sync at the end.
    ::sync_file_range(to, static_cast<off_t>(copied), size, SYNC_FILE_RANGE_WRITE);
    copied += static_cast<std::uint64_t>(size);
    if (auto ok = keep_pace(static_cast<std::uint64_t>(size)); !ok) return ok;
  }
  return {};
}

Status FileCopier::copy_tree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (!fs::exists(from, error)) return {};
  fs::create_directories(to, error);
  for (fs::recursive_directory_iterator at(from, error), end; !error && at != end;
       at.increment(error)) {
    const auto target = to / at->path().lexically_relative(from);
    if (at->is_directory(error)) fs::create_directories(target, error);
    else if (at->is_regular_file(error))
      if (auto ok = copy(at->path(), target); !ok) return ok;
  }
  if (error) return fail(ErrorCode::io, "copying " + from.string() + ": " + error.message());
  return {};
}

}  // namespace mf::storage
