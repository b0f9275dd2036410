#include "storage/rocks/tools/journal_salvage.hpp"

#include <rocksdb/write_batch.h>

#include <fstream>

#include "base/log.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

constexpr std::string_view before_key = "{\"key\":\"", before_value = "\",\"value\":\"",
                           line_end = "\"}";

class Lines {
 public:
  explicit Lines(const std::filesystem::path& path) : path_(path), out_(path, std::ios::binary) {}

  void write(std::string_view key, std::string_view value) {
    out_ << before_key << to_hex(key) << before_value << to_hex(value) << line_end << '\n';
  }
  Status end() {
    out_.close();
    if (!out_) return fail(ErrorCode::io, "writing " + path_.string());
    return sync_file(path_);
  }

 private:
  std::filesystem::path path_;
  std::ofstream out_;
};

std::optional<std::string> from_hex_text(std::string_view hex) {
  std::string bytes(hex.size() / 2, '\0');
  if (!from_hex(hex, reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size())) return {};
  return bytes;
}

std::optional<std::pair<std::string, std::string>> parse_line(std::string_view line) {
  const auto middle = line.find(before_value);
  if (!line.starts_with(before_key) || middle == line.npos || !line.ends_with(line_end)) return {};
  const auto value_at = middle + before_value.size();
  auto key = from_hex_text(line.substr(before_key.size(), middle - before_key.size()));
  auto value = from_hex_text(line.substr(value_at, line.size() - line_end.size() - value_at));
  if (!key || !value) return {};
  return std::pair{*std::move(key), *std::move(value)};
}

/// Copies until the end, or until something can't be read; gives the number of the next batch.
std::uint64_t walk(const Database& database, ShardId shard, std::uint64_t from, Lines& lines,
                   SetAside& found) {
  const auto end = keys::end_of(keys::shard_prefix(shard));
  const auto end_slice = slice(end);
  const auto it = database.iterate(Family::journal, end_slice, /*read_ahead=*/true);
  for (it->Seek(keys::journal(shard, from)); it->Valid(); it->Next(), ++found.records) {
    lines.write(view(it->key()), view(it->value()));
    from = keys::parse_journal_seq(view(it->key())).value_or(from) + 1;
  }
  if (!it->status().ok()) log::warn(log::journal, "record-unreadable", {{"shard", shard}});
  return it->status().ok() ? 0 : from;
}

}  // namespace

Result<SetAside> set_aside(const Database& database, const ShardProof& proof,
                           std::uint64_t known_to, const std::filesystem::path& kept_in) {
  SetAside found;
  Lines lines(kept_in / ("shard-" + std::to_string(proof.shard) + ".jsonl"));
  auto next = walk(database, proof.shard, proof.proven.seq + 1, lines, found);
  if (next != 0) {
    for (; next <= known_to; ++next) {
      const auto key = keys::journal(proof.shard, next);
      const auto value = database.get(Family::journal, key);
      if (value && *value) {
        lines.write(key, **value);
        ++found.records;
      } else if (!value) {
        ++found.unreadable;
      }
    }
    walk(database, proof.shard, next, lines, found);
  }
  if (auto ok = lines.end(); !ok) return std::unexpected(ok.error());
  return found;
}

Status keep_tables(const std::vector<DamagedTable>& tables, const std::filesystem::path& kept_in) {
  const auto folder = kept_in / "tables";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const auto& table : tables) {
    if (error) break;
    const auto copy = folder / table.path.filename();
    std::filesystem::create_hard_link(table.path, copy, error);
    if (error) std::filesystem::copy_file(table.path, copy, error);
  }
  if (error) return fail(ErrorCode::io, "setting damaged tables aside: " + error.message());
  return sync_directory(folder);
}

Status write_proven(const Database& database, const JournalProof& proof,
                    const std::filesystem::path& file) {
  Lines lines(file);
  for (const auto& shard : proof.shards)
    for (std::uint64_t seq = 1; seq <= shard.proven.seq; ++seq) {
      const auto key = keys::journal(shard.shard, seq);
      const auto value = database.get(Family::journal, key);
      if (!value) return std::unexpected(value.error());
      if (!*value) return fail(ErrorCode::internal, "a batch that was proven is gone");
      lines.write(key, **value);
    }
  return lines.end();
}

Status refill_journal(Database& database, const std::filesystem::path& file) {
  constexpr std::size_t bytes_per_write = 1u << 20;
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::io, "reading " + file.string());
  if (auto ok = database.empty(Family::journal); !ok) return ok;
  rocksdb::WriteBatch some;
  rocksdb::Status status;
  for (std::string line; status.ok() && std::getline(in, line);) {
    const auto record = parse_line(line);
    if (!record) return fail(ErrorCode::corrupt, file.string() + " is not what was written");
    status =
        some.Put(database.family(Family::journal), slice(record->first), slice(record->second));
    if (!status.ok() || some.GetDataSize() < bytes_per_write) continue;
    status = database.db().Write(rocksdb::WriteOptions(), &some);
    some.Clear();
  }
  if (!in.eof()) return fail(ErrorCode::io, "reading " + file.string());
  if (status.ok()) status = database.db().Write(rocksdb::WriteOptions(), &some);
  if (!status.ok()) return to_result(status, "filling the journal again");
  return database.flush();
}

}  // namespace mf::storage
