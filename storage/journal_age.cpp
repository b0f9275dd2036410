#include "storage/journal_age.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/bytes.hpp"

namespace mf::storage {
namespace {

constexpr std::uint8_t format = 1;
constexpr Duration mark_every = std::chrono::hours(1);

}  // namespace

void JournalAge::live(Duration passed, std::span<const std::uint64_t> seqs) {
  MF_ASSERT(seqs.size() == shards_, "another number of shards");
  lived_ += std::max(passed, Duration{0});
  if (!marks_.empty() && marks_.back().lived + mark_every > lived_) return;
  marks_.push_back({lived_, {seqs.begin(), seqs.end()}});
  // One that is too old for anybody is enough.
  while (marks_.size() > 1 && marks_[1].lived + others_remembered <= lived_) marks_.pop_front();
}

std::vector<std::uint64_t> JournalAge::older_than(Duration age) const {
  const auto newer =
      std::ranges::find_if(marks_, [&](const Mark& mark) { return mark.lived + age > lived_; });
  if (newer == marks_.begin()) return std::vector<std::uint64_t>(shards_, 0);
  return std::prev(newer)->seqs;
}

bool JournalAge::cut(std::span<const std::uint64_t> seqs) {
  MF_ASSERT(seqs.size() == shards_, "another number of shards");
  bool has_changed = false;
  for (auto& mark : marks_)
    for (std::size_t shard = 0; shard < seqs.size(); ++shard)
      if (mark.seqs[shard] > seqs[shard]) {
        mark.seqs[shard] = seqs[shard];
        has_changed = true;
      }
  return has_changed;
}

std::string JournalAge::encode() const {
  std::string out;
  put_u8(out, format);
  put_u64(out, static_cast<std::uint64_t>(lived_.count()));
  put_varint(out, marks_.size());
  for (const auto& mark : marks_) {
    put_u64(out, static_cast<std::uint64_t>(mark.lived.count()));
    for (const auto seq : mark.seqs) put_varint(out, seq);
  }
  return out;
}

Result<JournalAge> JournalAge::decode(std::string_view bytes, std::uint16_t shards) {
  ByteReader in(bytes);
  if (const auto found = in.u8(); found != format)
    return fail(found > format ? ErrorCode::unsupported : ErrorCode::corrupt,
                "reading the journal's age: format " + std::to_string(found));
  JournalAge age(shards);
  age.lived_ = Duration{static_cast<std::int64_t>(in.u64())};
  const auto count = in.varint();
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    Mark mark{Duration{static_cast<std::int64_t>(in.u64())}, {}};
    for (std::uint16_t shard = 0; shard < shards; ++shard) mark.seqs.push_back(in.varint());
    age.marks_.push_back(std::move(mark));
  }
  if (!in.ok() || !in.at_end())
    return fail(ErrorCode::corrupt, "reading the journal's age: malformed");
  return age;
}

}  // namespace mf::storage
