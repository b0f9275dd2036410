#include "storage/rocks/tools/backup_files.hpp"

#include <fstream>

#include "base/blake2b.hpp"
#include "base/bytes.hpp"

namespace mf::storage {

namespace fs = std::filesystem;

std::unexpected<Error> backup_refused(const std::string& doing, const std::error_code& why) {
  return fail(why == std::errc::no_space_on_device ? ErrorCode::disk_full : ErrorCode::io,
              doing + ": " + why.message());
}

Result<FileDigest> digest(const fs::path& path, const fs::path& copy,
                          const std::atomic<bool>* cancelled) {
  std::ifstream in(path, std::ios::binary);
  std::ofstream out;
  if (!copy.empty()) out.open(copy, std::ios::binary | std::ios::trunc);
  Blake2b256 hash;
  FileDigest found;
  std::string piece(std::size_t{1} << 20, '\0');
  while (in) {
    if (cancelled && *cancelled) return fail(ErrorCode::unavailable, "the node is stopping");
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::string_view got(piece.data(), static_cast<std::size_t>(in.gcount()));
    hash.add(got);
    found.bytes += got.size();
    if (!copy.empty()) out << got;
  }
  if (!in.eof()) return fail(ErrorCode::io, "reading " + path.string());
  if (!copy.empty()) out.close();
  if (!out) return fail(ErrorCode::io, "writing " + copy.string());
  found.hash = to_hex(hash.end().view());
  return found;
}

Status write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
  out.close();
  if (!out) return fail(ErrorCode::io, "writing " + path.string());
  return {};
}

}  // namespace mf::storage
