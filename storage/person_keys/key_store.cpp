#include "storage/person_keys/key_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/os_error.hpp"
#include "storage/directory_lock.hpp"

namespace mf::storage {

struct KeyStore::Slot {
  enum class State : std::uint8_t { in_use = 1, erased = 2 };
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
         static_cast<std::uint8_t>(slot[1]) <= id_size_max && (slot[0] == 1 || slot[0] == 2);
}

std::string_view person_of(std::string_view slot) {
  return slot.substr(2, static_cast<std::uint8_t>(slot[1]));
}

off_t offset_of(std::uint32_t number) {
  return static_cast<off_t>(number) * static_cast<off_t>(slot_size);
}

std::unexpected<Error> erased() { return fail(ErrorCode::unavailable, "the person was erased"); }

}  // namespace

Result<std::unique_ptr<KeyStore>> KeyStore::open(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail(ErrorCode::io, "making " + directory.string() + ": " + error.message());
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  const auto path = directory / "persons";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return fail_with_errno("opening " + path.string());
  std::unique_ptr<KeyStore> store(new KeyStore(file, path));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return fail(ErrorCode::locked, path.string() + " is in use by another process");
  if (auto ok = store->load(); !ok) return std::unexpected(ok.error());
  if (auto ok = sync_directory(directory); !ok) return std::unexpected(ok.error());
  return store;
}

KeyStore::~KeyStore() { ::close(file_); }

Status KeyStore::load() {
  struct stat about{};
  if (::fstat(file_, &about) != 0) return fail_with_errno("looking at " + path_.string());
  const auto whole = static_cast<std::uint64_t>(about.st_size) / slot_size;
  std::string buffer(slot_size * 4096, '\0');
  bool is_torn = false;
  while (count_ < whole && !is_torn) {
    const auto got = ::pread(file_, buffer.data(), buffer.size(), offset_of(count_));
    if (got < static_cast<ssize_t>(slot_size)) return fail_with_errno("reading " + path_.string());
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    for (std::size_t at = 0; at + slot_size <= bytes.size() && !is_torn; at += slot_size) {
      const auto slot = bytes.substr(at, slot_size);
      is_torn = !is_intact(slot);
      if (!is_torn) slots_.emplace(xxh3_64(person_of(slot)), count_++);
    }
  }
  if (is_torn && count_ + 1 < whole)
    return fail(ErrorCode::corrupt, "key " + std::to_string(count_) + " in " + path_.string() +
                                        " is damaged: put back your own copy of that file");
  if (offset_of(count_) == about.st_size) return {};
  log::warn(log::journal, "torn-key-cut", {{"file", path_.string()}, {"keys", count_}});
  if (::ftruncate(file_, offset_of(count_)) != 0)
    return fail_with_errno("cutting " + path_.string());
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

Status KeyStore::write(std::uint32_t number, const Slot& slot) {
  std::string bytes(slot_size, '\0');
  bytes[0] = static_cast<char>(slot.state);
  bytes[1] = static_cast<char>(slot.person.size());
  std::memcpy(bytes.data() + 2, slot.person.data(), slot.person.size());
  std::memcpy(bytes.data() + key_at_byte, slot.key.data(), slot.key.size());
  std::memcpy(bytes.data() + slot_size - hash_size, hash_of(bytes).view().data(), hash_size);
  errno = 0;
  if (::pwrite(file_, bytes.data(), slot_size, offset_of(number)) !=
          static_cast<ssize_t>(slot_size) ||
      ::fdatasync(file_) != 0)
    return fail_with_errno("writing " + path_.string());
  return {};
}

Result<std::optional<std::uint32_t>> KeyStore::find(std::string_view person) const {
  const auto [begin, end] = slots_.equal_range(xxh3_64(person));
  for (auto it = begin; it != end; ++it) {
    const auto slot = read(it->second);
    if (!slot) return std::unexpected(slot.error());
    if (slot->person == person) return it->second;
  }
  return std::nullopt;
}

Result<PersonKey> KeyStore::key_at(std::uint32_t number) const {
  const auto slot = read(number);
  if (!slot) return std::unexpected(slot.error());
  if (slot->state == Slot::State::erased) return erased();
  return slot->key;
}

Result<PersonKey> KeyStore::get(std::string_view person) {
  const std::lock_guard lock(mutex_);
  const auto found = find(person);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(ErrorCode::not_found, "the person has no key");
  return key_at(**found);
}

Result<PersonKey> KeyStore::get_or_create(std::string_view person) {
  if (person.empty() || person.size() > id_size_max)
    return fail(ErrorCode::invalid_argument, "a person's id has 1 to 78 bytes");
  const std::lock_guard lock(mutex_);
  const auto found = find(person);
  if (!found) return std::unexpected(found.error());
  if (*found) return key_at(**found);
  Slot slot{Slot::State::in_use, std::string(person), {}};
  const auto secret = random_bytes(slot.key.size());
  std::memcpy(slot.key.data(), secret.data(), slot.key.size());
  if (auto ok = write(count_, slot); !ok) return std::unexpected(ok.error());
  slots_.emplace(xxh3_64(person), count_++);
  return slot.key;
}

Status KeyStore::erase(std::string_view person) {
  if (person.empty() || person.size() > id_size_max)
    return fail(ErrorCode::invalid_argument, "a person's id has 1 to 78 bytes");
  const std::lock_guard lock(mutex_);
  const auto found = find(person);
  if (!found) return std::unexpected(found.error());
  const Slot tombstone{Slot::State::erased, std::string(person), {}};
  if (auto ok = write(found->value_or(count_), tombstone); !ok) return ok;
  if (!*found) slots_.emplace(xxh3_64(person), count_++);
  return {};
}

std::size_t KeyStore::size() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace mf::storage
