#include <rocksdb/db.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <stdexcept>

#include "bench/parts.hpp"
#include "storage/rocks/database.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// Counts what a write batch holds: one state is written per command.
class Counter : public rocksdb::WriteBatch::Handler {
 public:
  explicit Counter(std::uint32_t state_family) : state_family_(state_family) {}
  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice&,
                        const rocksdb::Slice&) override {
    ++keys;
    commands += family == state_family_;
    return rocksdb::Status::OK();
  }
  rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice&) override {
    ++keys;
    return rocksdb::Status::OK();
  }
  std::size_t keys = 0, commands = 0;

 private:
  std::uint32_t state_family_;
};

struct Written {
  std::string bytes;
  std::size_t keys = 0, commands = 0;
};

/// The write-ahead log of a killed server, as the write batches it was given.
std::vector<Written> read_log(const std::filesystem::path& data_dir) {
  auto opened =
      storage::Database::open({.data_dir = data_dir, .access = storage::Access::read_only});
  if (!opened) throw std::runtime_error(opened.error().message);
  const auto& database = **opened;
  rocksdb::VectorLogPtr logs;
  if (!database.db().GetSortedWalFiles(logs).ok() || logs.empty())
    throw std::runtime_error("there is no write-ahead log");
  std::unique_ptr<rocksdb::TransactionLogIterator> at;
  if (const auto found = database.db().GetUpdatesSince(logs.front()->StartSequence(), &at);
      !found.ok())
    throw std::runtime_error("reading the write-ahead log: " + found.ToString());
  std::vector<Written> all;
  for (; at->Valid(); at->Next()) {
    const auto batch = at->GetBatch();
    Counter counter(database.family(storage::Family::state)->GetID());
    static_cast<void>(batch.writeBatchPtr->Iterate(&counter));
    if (counter.commands > 0)
      all.push_back({batch.writeBatchPtr->Data(), counter.keys, counter.commands});
  }
  // The log may begin with the making of the orders; its later half is the load alone.
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2));
  return all;
}

}  // namespace

RawLimit write_again(const std::filesystem::path& data_dir, const std::filesystem::path& scratch,
                     double seconds) {
  const auto sample = read_log(data_dir);
  if (sample.empty()) throw std::runtime_error("too little to write again");
  std::filesystem::remove_all(scratch);
  std::filesystem::create_directories(scratch);
  auto opened = storage::Database::open({.data_dir = scratch, .create_if_missing = true});
  if (!opened) throw std::runtime_error(opened.error().message);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::duration<double>(seconds);
  std::size_t commands = 0;
  for (std::size_t i = 0; Clock::now() < end; i = (i + 1) % sample.size()) {
    rocksdb::WriteBatch batch(sample[i].bytes);
    if (const auto done = (*opened)->db().Write(synced, &batch); !done.ok())
      throw std::runtime_error(done.ToString());
    commands += sample[i].commands;
  }
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  Written all;
  double bytes = 0;
  for (const auto& written : sample) {
    bytes += static_cast<double>(written.bytes.size());
    all.keys += written.keys;
    all.commands += written.commands;
  }
  const auto n = static_cast<double>(all.commands);
  return {static_cast<double>(commands) / took, n / static_cast<double>(sample.size()), bytes / n,
          static_cast<double>(all.keys) / n};
}

}  // namespace mf::bench
