#include "storage/rocks/last_cycle.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/os_error.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/journal_proof.hpp"

namespace mf::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t line_size = 96;

std::string check_of(std::uint64_t cycle, std::uint64_t log) {
  return to_hex(blake2b_128({"last", std::to_string(cycle), std::to_string(log)}).view());
}

/// The highest number of a log file; 0: there is no log at all.
std::uint64_t newest_log(const fs::path& data_dir) {
  std::uint64_t newest = 0;
  std::error_code error;
  for (fs::directory_iterator at(database_path(data_dir), error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() != ".log") continue;
    const auto stem = at->path().stem().string();
    std::uint64_t number = 0;
    std::from_chars(stem.data(), stem.data() + stem.size(), number);
    newest = std::max(newest, number);
  }
  return newest;
}

/// Whether the journal has this write cycle and all before it, without any log that is gone.
bool holds(const fs::path& data_dir, std::uint64_t cycle) {
  const auto database = Database::open({.data_dir = data_dir, .access = Access::read_only});
  if (!database) return false;
  const auto node = (*database)->node();
  if (!node || !*node) return false;
  const auto mark = (*database)->proof((*node)->shard_count);
  if (!mark) return false;
  const auto proof = prove_journal(**database, *mark, ProofScope::tail);
  return proof && proof->is_whole() && proof->cycle >= cycle;
}

}  // namespace

fs::path LastCycle::path(const fs::path& data_dir) { return data_dir / "last"; }

std::optional<LastCycle::Note> LastCycle::read(const fs::path& data_dir) {
  std::ifstream in(path(data_dir));
  if (!in) return {};
  Note note;
  std::string word, check;
  in >> word >> note.cycle >> word >> note.log >> check;
  if (in && check == check_of(note.cycle, note.log)) return note;
  log::warn(log::journal, "last-cycle-unreadable", {{"file", path(data_dir).string()}});
  return {};
}

Result<std::unique_ptr<LastCycle>> LastCycle::open(const fs::path& data_dir) {
  const auto file = ::open(path(data_dir).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail_with_errno("opening " + path(data_dir).string());
  return std::unique_ptr<LastCycle>(new LastCycle(file));
}

LastCycle::~LastCycle() { ::close(file_); }

void LastCycle::write(const Note& note) {
  std::ostringstream line;
  line << "cycle " << note.cycle << " log " << note.log << ' ' << check_of(note.cycle, note.log);
  auto text = line.str();
  text.resize(line_size - 1, ' ');
  text += '\n';
  const bool is_written =
      ::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!is_written && !std::exchange(has_failed_, true))
    log::warn(log::journal, "last-cycle-not-noted", {{"cycle", note.cycle}});
}

std::string log_missing(const fs::path& data_dir) {
  // A copy that RocksDB made of itself may have no log and no note, and is whole.
  const auto note = LastCycle::read(data_dir);
  if (!note || newest_log(data_dir) >= note->log) return {};
  // A start moves what a log held into tables and drops it. Without power right then, the log that
  // it began may have no name yet, and nothing is lost.
  if (holds(data_dir, note->cycle)) return {};
  return "the newest file of the write-ahead log is gone, at least " + std::to_string(note->log) +
         " in " + database_path(data_dir).string();
}

std::string loss_noted(const fs::path& data_dir, std::uint64_t cycle) {
  const auto note = LastCycle::read(data_dir);
  if (!note || note->cycle <= cycle) return {};
  return "the journal ends with write cycle " + std::to_string(cycle) + ", and cycle " +
         std::to_string(note->cycle) + " had been acknowledged";
}

}  // namespace mf::storage
