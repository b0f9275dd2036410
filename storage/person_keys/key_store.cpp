#include "storage/person_keys/key_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/os_error.hpp"
#include "base/time.hpp"
#include "storage/directory_lock.hpp"

namespace mf::storage {

struct KeyStore::Slot {
  enum class State : std::uint8_t { in_use = 1, erased = 2, given_up = 3 };
  State state = State::in_use;
  std::string person;
  PersonKey key{};
};

namespace {

// One slot never crosses a disk sector, so that overwriting it is all or nothing.
constexpr std::size_t slot_size = 128, id_size_max = 78, hash_size = 16;
constexpr std::size_t key_at_byte = 2 + id_size_max;
static_assert(key_at_byte + sizeof(PersonKey) + hash_size == slot_size);

Hash128 hash_of(std::string_view slot) {
  return blake2b_128({slot.substr(0, slot_size - hash_size)});
}

bool is_intact(std::string_view slot) {
  return hash_of(slot).view() == slot.substr(slot_size - hash_size) &&
         static_cast<std::uint8_t>(slot[1]) <= id_size_max && slot[0] >= 1 && slot[0] <= 3;
}

std::string_view person_of(std::string_view slot) {
  return slot.substr(2, static_cast<std::uint8_t>(slot[1]));
}

off_t offset_of(std::uint32_t number) {
  return static_cast<off_t>(number) * static_cast<off_t>(slot_size);
}

Status check_name(std::string_view person) {
  if (!person.empty() && person.size() <= id_size_max) return {};
  return fail(ErrorCode::invalid_argument, "a person's id has 1 to 78 bytes");
}

std::unexpected<Error> erased() { return fail(ErrorCode::unavailable, "the person was erased"); }

std::filesystem::path file_of(const std::filesystem::path& directory) {
  return directory / "persons";
}
std::filesystem::path cut_of(const std::filesystem::path& directory) { return directory / "cut"; }

constexpr const char* what_to_do =
    "Put your own newest copy of it back. Without it whatever is personal stays unreadable; to go "
    "on so, start once with --new-keys";

}  // namespace

bool holds_persons(const std::filesystem::path& directory) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file_of(directory), error);
  return !error && size >= 2 * slot_size;
}

Result<std::unique_ptr<KeyStore>> KeyStore::open(const std::filesystem::path& directory,
                                                 KeyFile file,
                                                 const std::optional<KeyMark>& noted) {
  const auto path = file_of(directory);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (file == KeyFile::must_be_whole && (error || size == 0))
    return fail(ErrorCode::not_found,
                "there are no keys of persons in " + directory.string() +
                    ", but the journal has persons in it. Put your own copy of the directory "
                    "back. Without it whatever is personal stays unreadable; to go on so, start "
                    "once with --new-keys");
  std::filesystem::create_directories(directory, error);
  if (error) return fail(ErrorCode::io, "making " + directory.string() + ": " + error.message());
  if (auto ok = make_private(directory); !ok) return std::unexpected(ok.error());
  const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return fail_with_errno("opening " + path.string());
  std::unique_ptr<KeyStore> store(new KeyStore(opened, path));
  if (::flock(opened, LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::locked, path.string() + " is in use by another process");
  // What an older program left has no note: somebody may have accepted a loss.
  store->may_have_gaps_ = file == KeyFile::accepts_loss ||
                          (noted ? noted->may_have_gaps : file == KeyFile::must_be_whole);
  if (auto ok = store->load(file, noted); !ok) return std::unexpected(ok.error());
  if (auto ok = sync_directory(directory); !ok) return std::unexpected(ok.error());
  return store;
}

KeyStore::~KeyStore() { ::close(file_); }

Status KeyStore::load(KeyFile file, const std::optional<KeyMark>& noted) {
  struct stat about{};
  if (::fstat(file_, &about) != 0) return fail_with_errno("looking at " + path_.string());
  const auto whole = static_cast<std::uint64_t>(about.st_size) / slot_size;
  std::string buffer(slot_size * 4096, '\0');
  bool is_unwritten = false;
  while (count_ < whole && !is_unwritten) {
    const auto got = ::pread(file_, buffer.data(), buffer.size(), offset_of(count_));
    if (got < static_cast<ssize_t>(slot_size)) return fail_with_errno("reading " + path_.string());
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t at = 0; at + slot_size <= bytes.size(); at += slot_size, ++count_) {
      if (noted && count_ == noted->slots) noted_persons_ = persons_;
      const auto slot = bytes.substr(at, slot_size);
      // A slot is written whole or not at all: only one that was never written is all zeros.
      is_unwritten = count_ + 1 == whole && slot.find_first_not_of('\0') == std::string_view::npos;
      if (is_unwritten) break;
      if (is_intact(slot)) {
        slots_.emplace(xxh3_64(person_of(slot)), count_);
        append_name(person_of(slot));
        if (slot[0] == static_cast<char>(Slot::State::erased)) {
          erased_.emplace_back(person_of(slot));
          destroyed_.insert(count_);
        }
        continue;
      }
      if (file != KeyFile::accepts_loss)
        return fail(ErrorCode::corrupt,
                    "key " + std::to_string(count_) + " in " + path_.string() +
                        " is damaged: put back your own copy of that file, or give up what that "
                        "key sealed and start once with --new-keys");
      if (auto ok = give_up(count_, slot); !ok) return ok;
      append_name({});
    }
  }
  if (noted && count_ == noted->slots) noted_persons_ = persons_;
  if (const auto secret = get(installation_secret)) recognise(*secret);
  if (noted && file == KeyFile::must_be_whole)
    if (auto ok = compare(*noted); !ok) return ok;
  const auto left = static_cast<std::size_t>(about.st_size - offset_of(count_));
  return left == 0 ? Status{} : cut_torn_end(left);
}

void KeyStore::recognise(const PersonKey& secret) {
  const std::string_view bytes(reinterpret_cast<const char*>(secret.data()), secret.size());
  installation_ = blake2b_128({"microflow keys of this installation", bytes});
}

void KeyStore::append_name(std::string_view person) {
  persons_ = blake2b_128({persons_.view(), person});
}

Status KeyStore::compare(const KeyMark& noted) const {
  if (count_ < noted.slots)
    return fail(ErrorCode::corrupt, path_.string() + " holds " + std::to_string(count_) +
                                        " keys, but the journal was written with " +
                                        std::to_string(noted.slots) +
                                        ": it is an old copy, or was cut. " + what_to_do);
  if (noted.installation != Hash128{} && noted.installation != installation_)
    return fail(ErrorCode::corrupt, path_.string() +
                                        " holds the keys of another installation than the "
                                        "journal's. " +
                                        what_to_do);
  if (noted.persons != Hash128{} && noted.persons != noted_persons_)
    return fail(ErrorCode::corrupt,
                path_.string() +
                    " holds keys of other persons than the journal was written with: it comes from "
                    "a copy of this installation that went on elsewhere. " +
                    what_to_do);
  if (destroyed_.size() < noted.destroyed)
    return fail(ErrorCode::corrupt,
                path_.string() + " knows of " + std::to_string(destroyed_.size()) +
                    " erasures, but the journal of " + std::to_string(noted.destroyed) +
                    ": it is a copy from before, and would bring erased persons back. Put your own "
                    "newest copy of it back; without one start once with --new-keys, which erases "
                    "them again");
  return {};
}

Status KeyStore::cut_torn_end(std::size_t bytes) {
  std::string torn(bytes, '\0');
  if (::pread(file_, torn.data(), bytes, offset_of(count_)) != static_cast<ssize_t>(bytes))
    return fail_with_errno("reading " + path_.string());
  if (auto ok = set_aside(count_, torn); !ok) return ok;
  log::warn(log::journal, "torn-key-cut", {{"file", path_.string()}, {"keys", count_}});
  if (::ftruncate(file_, offset_of(count_)) != 0)
    return fail_with_errno("cutting " + path_.string());
  return {};
}

Status KeyStore::set_aside(std::uint32_t number, std::string_view bytes) const {
  auto now = format_rfc3339(system_clock().now());
  std::erase(now, ':');
  const auto cut = cut_of(path_.parent_path()), kept_in = cut / now;
  const auto kept = kept_in / "persons.jsonl";
  std::error_code error;
  std::filesystem::create_directories(kept_in, error);
  std::ofstream out(kept, std::ios::app);
  out << "{\"slot\":" << number << ",\"bytes\":\"" << to_hex(bytes) << "\"}\n";
  out.close();
  if (error || !out) return fail(ErrorCode::io, "writing " + kept.string());
  if (auto ok = sync_file(kept); !ok) return ok;
  for (const auto& directory : {kept_in, cut, path_.parent_path()})
    if (auto ok = sync_directory(directory); !ok) return ok;
  return {};
}

/// A damaged slot may not even tell whose it was: whoever is erased may be in any of them.
Status KeyStore::forget_set_aside() const {
  const auto cut = cut_of(path_.parent_path());
  std::error_code error;
  const auto removed = std::filesystem::remove_all(cut, error);
  if (error)
    return fail(ErrorCode::io, "deleting the keys in " + cut.string() + ": " + error.message());
  if (removed == 0) return {};
  log::info(log::journal, "set-aside-keys-deleted", {{"directory", cut.string()}});
  return sync_directory(path_.parent_path());
}

/// Its number stays taken, under no name.
Status KeyStore::give_up(std::uint32_t number, std::string_view bytes) {
  if (auto ok = set_aside(number, bytes); !ok) return ok;
  log::error(log::journal, "key-given-up", {{"file", path_.string()}, {"slot", number}});
  std::string empty(slot_size, '\0');
  empty[0] = static_cast<char>(Slot::State::given_up);
  std::memcpy(empty.data() + slot_size - hash_size, hash_of(empty).view().data(), hash_size);
  errno = 0;
  if (::pwrite(file_, empty.data(), slot_size, offset_of(number)) !=
          static_cast<ssize_t>(slot_size) ||
      ::fdatasync(file_) != 0)
    return fail_with_errno("writing " + path_.string());
  return {};
}

Result<KeyStore::Slot> KeyStore::read(std::uint32_t number) const {
  std::string bytes(slot_size, '\0');
  if (::pread(file_, bytes.data(), slot_size, offset_of(number)) != static_cast<ssize_t>(slot_size))
    return fail_with_errno("reading " + path_.string());
  if (!is_intact(bytes))
    return fail(ErrorCode::corrupt,
                "key " + std::to_string(number) + " in " + path_.string() + " is damaged");
  Slot slot{static_cast<Slot::State>(bytes[0]), std::string(person_of(bytes)), {}};
  std::memcpy(slot.key.data(), bytes.data() + key_at_byte, slot.key.size());
  return slot;
}

Status KeyStore::write(const Staged& staged) const {
  const auto state = staged.is_erased ? Slot::State::erased : Slot::State::in_use;
  std::string bytes(slot_size, '\0');
  bytes[0] = static_cast<char>(state);
  bytes[1] = static_cast<char>(staged.person.size());
  std::memcpy(bytes.data() + 2, staged.person.data(), staged.person.size());
  if (!staged.is_erased)
    std::memcpy(bytes.data() + key_at_byte, staged.key.data(), staged.key.size());
  std::memcpy(bytes.data() + slot_size - hash_size, hash_of(bytes).view().data(), hash_size);
  errno = 0;
  if (::pwrite(file_, bytes.data(), slot_size, offset_of(staged.number)) !=
      static_cast<ssize_t>(slot_size))
    return fail_with_errno("writing " + path_.string());
  return {};
}

Result<std::optional<std::uint32_t>> KeyStore::find(std::string_view person) const {
  const auto [begin, end] = slots_.equal_range(xxh3_64(person));
  for (auto it = begin; it != end; ++it) {
    // Its bytes may be half written just now.
    if (const auto erased = being_erased_.find(it->second); erased != being_erased_.end()) {
      if (erased->second == person) return it->second;
      continue;
    }
    const auto slot = read(it->second);
    if (!slot) return std::unexpected(slot.error());
    if (slot->person == person) return it->second;
  }
  return std::nullopt;
}

Result<PersonKey> KeyStore::get(std::string_view person) {
  const std::lock_guard lock(mutex_);
  const auto found = find(person);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(ErrorCode::not_found, "the person has no key");
  if (being_erased_.contains(**found)) return erased();
  const auto slot = read(**found);
  if (!slot) return std::unexpected(slot.error());
  if (slot->state == Slot::State::erased) return erased();
  return slot->key;
}

/// nullopt: nothing is to be done. `before` is staged already, and not to be found yet. A key that
/// is to be destroyed is written over in any case: what a failed sync left reads like what is
/// durable, but is not.
Result<std::optional<KeyStore::Staged>> KeyStore::plan(const KeyChange& change,
                                                       const std::vector<Staged>& before) const {
  if (auto ok = check_name(change.person); !ok) return std::unexpected(ok.error());
  std::optional<Staged> now;
  for (const auto& staged : before)
    if (staged.person == change.person) now = staged;
  if (!now) {
    const std::lock_guard lock(mutex_);
    const auto found = find(change.person);
    if (!found) return std::unexpected(found.error());
    if (*found) {
      now = Staged{**found, change.person, {}, being_erased_.contains(**found), false};
      if (!now->is_erased) {
        const auto slot = read(**found);
        if (!slot) return std::unexpected(slot.error());
        now->is_erased = slot->state == Slot::State::erased;
        now->key = slot->key;
      }
    }
  }
  const auto added = static_cast<std::uint32_t>(std::ranges::count_if(before, &Staged::is_new));
  if (!change.key) {
    const auto is_same = [&](const Staged& s) { return s.is_erased && s.person == change.person; };
    if (std::ranges::any_of(before, is_same)) return std::nullopt;
    return Staged{now ? now->number : count_ + added, change.person, {}, true, !now || now->is_new};
  }
  if (!now) return Staged{count_ + added, change.person, *change.key, false, true};
  if (!now->is_erased && now->key == *change.key) return std::nullopt;
  return fail(ErrorCode::already_exists, "the person got another key meanwhile, or was erased");
}

Status KeyStore::stage(std::span<const KeyChange> changes) {
  const std::lock_guard writing(writer_);
  auto staged = staged_;
  std::vector<Staged> writes;
  for (const auto& change : changes) {
    auto planned = plan(change, staged);
    if (!planned) return std::unexpected(planned.error());
    if (!*planned) continue;
    writes.push_back(**planned);
    // Of a key made and destroyed before it was ever durable only the number is new.
    auto again = **planned;
    if (std::ranges::find(staged, again.number, &Staged::number) != staged.end())
      again.is_new = false;
    staged.push_back(std::move(again));
  }
  for (const auto& each : writes) {
    if (each.is_erased && !each.is_new) {
      const std::lock_guard lock(mutex_);
      being_erased_.emplace(each.number, each.person);
    }
    if (auto ok = write(each); !ok) return ok;
  }
  staged_ = std::move(staged);
  return {};
}

Status KeyStore::sync() {
  const std::lock_guard writing(writer_);
  const auto staged = std::exchange(staged_, {});
  if (staged.empty()) return {};
  errno = 0;
  if (::fdatasync(file_) != 0) return fail_with_errno("syncing " + path_.string());
  if (std::ranges::any_of(staged, &Staged::is_erased))
    if (auto ok = forget_set_aside(); !ok) return ok;
  const std::lock_guard lock(mutex_);
  for (const auto& each : staged) {
    being_erased_.erase(each.number);
    if (each.is_erased) destroyed_.insert(each.number);
    if (!each.is_new) continue;
    slots_.emplace(xxh3_64(each.person), each.number);
    append_name(each.person);
    ++count_;
  }
  return {};
}

Result<PersonKey> KeyStore::get_or_create(std::string_view name) {
  auto found = get(name);
  if (found || found.error().code != ErrorCode::not_found) return found;
  KeyChange change{std::string(name), new_person_key()};
  if (auto ok = stage(std::span(&change, 1)); !ok) return std::unexpected(ok.error());
  if (auto ok = sync(); !ok) return std::unexpected(ok.error());
  const std::lock_guard lock(mutex_);
  if (name == installation_secret) recognise(*change.key);
  return *change.key;
}

std::optional<KeyMark> KeyStore::mark() const {
  const std::lock_guard lock(mutex_);
  return KeyMark{count_, installation_, may_have_gaps_, destroyed_.size(), persons_};
}

std::size_t KeyStore::size() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

PersonKey new_person_key() {
  PersonKey key;
  const auto secret = random_bytes(key.size());
  std::memcpy(key.data(), secret.data(), key.size());
  return key;
}

}  // namespace mf::storage
