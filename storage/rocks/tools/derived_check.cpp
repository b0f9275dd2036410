#include "storage/rocks/tools/derived_check.hpp"

#include "base/bytes.hpp"
#include "storage/records.hpp"
#include "storage/rocks/rocks_status.hpp"

namespace mf::storage {
namespace {

std::string named(const EntityRef& ref) {
  return std::string(mf::to_string(ref.kind)) + "/" + ref.id;
}

class DerivedCheck {
 public:
  DerivedCheck(const Database& database, const StateCheck& check)
      : database_(database), check_(check) {}

  Result<std::vector<std::string>> run() {
    const Status all[] = {
        walk(Family::state, [&](auto key, auto value) { look_at_state(key, value); }),
        walk(Family::timeline, [&](auto key, auto value) { look_at_place(key, value); }),
        walk(Family::meta, [&](auto key, auto value) { look_at_meta(key, value); })};
    for (const auto& done : all)
      if (!done) return std::unexpected(done.error());
    if (more_ > 0) found_.push_back("and " + std::to_string(more_) + " more that can't be read");
    return std::move(found_);
  }

 private:
  template <class Look>
  Status walk(Family family, Look look) {
    const auto end = keys::shard_prefix(keys::node_wide);
    const auto end_slice = slice(end);
    const auto it = database_.iterate(family, end_slice, /*read_ahead=*/true);
    for (it->SeekToFirst(); it->Valid(); it->Next()) look(view(it->key()), view(it->value()));
    // Blocks that can't be read are the tables' damage, which is told by their names.
    if (it->status().ok() || it->status().IsCorruption()) return {};
    return to_result(it->status(), "reading " + std::string(to_string(family)));
  }

  void look_at_state(std::string_view key, std::string_view value) {
    const auto parsed = keys::parse_state(key);
    if (!parsed) return tell("a state has a key that is none");
    const auto fits = check_(*parsed, value);
    if (!fits) tell("the state of " + named(parsed->ref) + ": " + fits.error().message);
  }

  void look_at_place(std::string_view key, std::string_view value) {
    const auto place = decode_place(value);
    if (place) return;
    const auto whose = keys::parse_state(key.substr(0, key.find('\0', sizeof(ShardId) + 1)));
    tell("the history of " + (whose ? named(whose->ref) : "something") + ": " +
         place.error().message);
  }

  void look_at_meta(std::string_view key, std::string_view value) {
    if (key.size() <= sizeof(ShardId)) return tell("a record has a key that is none");
    ByteReader in(key);
    const auto shard = "shard " + std::to_string(in.u16()) + ": ";
    const auto kind = in.u8();
    if (const auto outcome = decode_outcome(value); kind == 'd' && !outcome)
      tell(shard + outcome.error().message);
    if (const auto count = decode_count(value); kind == 'c' && !count)
      tell(shard + count.error().message);
  }

  void tell(std::string what) {
    if (found_.size() < named_max) found_.push_back(std::move(what));
    else ++more_;
  }

  const Database& database_;
  const StateCheck& check_;
  std::vector<std::string> found_;
  std::size_t more_ = 0;
};

}  // namespace

Result<std::vector<std::string>> damaged_values(const Database& database, const StateCheck& check) {
  return DerivedCheck(database, check).run();
}

}  // namespace mf::storage
