#include "storage/rocks/repair_note.hpp"

#include <fstream>

#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"

namespace mf::storage {
namespace {

constexpr std::string_view without_loss = "without loss", rebuilds_all = "rebuilds everything",
                           journal_word = "journal ";

}  // namespace

std::optional<RepairNote> read_repair_note(const std::filesystem::path& data_dir) {
  std::error_code error;
  if (!std::filesystem::exists(unfinished_repair(data_dir), error)) return {};
  RepairNote note;
  std::ifstream in(unfinished_repair(data_dir));
  for (std::string line; std::getline(in, line);) {
    if (line == without_loss) note.loses = false;
    else if (line == rebuilds_all) note.rebuilds = true;
    else if (line.starts_with(journal_word)) note.journal = line.substr(journal_word.size());
  }
  return note;
}

Status write_repair_note(const std::filesystem::path& data_dir, const RepairNote& note) {
  const auto path = unfinished_repair(data_dir);
  auto next = path;
  next += ".next";
  std::ofstream out(next, std::ios::trunc);
  out << "see docs/storage-layout.md\n";
  if (!note.loses) out << without_loss << '\n';
  if (note.rebuilds) out << rebuilds_all << '\n';
  if (!note.journal.empty()) out << journal_word << note.journal.string() << '\n';
  out.close();
  if (!out) return fail(ErrorCode::io, "writing " + next.string());
  if (auto ok = sync_file(next); !ok) return ok;
  std::error_code error;
  std::filesystem::rename(next, path, error);
  if (error) return fail(ErrorCode::io, "writing " + path.string() + ": " + error.message());
  return sync_directory(data_dir);
}

std::string how_to_end(const RepairNote& note) {
  return std::string("run `microflow journal repair ") +
         (note.loses ? "--accept-loss" : "--rebuild") + "` again";
}

}  // namespace mf::storage
