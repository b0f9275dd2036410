// Any text as an event's, a state's or a command's body: read or refused, never more. First line: a
// digit for the kind, then "event <type>", "state" or "command <verb>".
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/fuzz/kinds.hpp"

namespace {

/// Nobody has a key: sealed fields are gone.
class NoKeys final : public mf::entity::KeyRing {
 public:
  std::shared_ptr<const mf::PersonalCipher> cipher_of(std::string_view, bool) override {
    return nullptr;
  }
  mf::Status erase(std::string_view) override { return {}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  if (end == text.npos || end < 2 || text[0] < '1' || text[0] > '6') return 0;
  const auto& kind = mf::fuzz::kinds().of(static_cast<mf::EntityKind>(text[0] - '0'));
  const auto head = text.substr(1, end - 1), body = text.substr(end + 1);
  NoKeys keys;
  const mf::Context context{.by = mf::Principal::system()};
  if (head.starts_with("event ")) {
    const auto event = kind.open("cli_1", head.substr(6), 1, body, keys);
    if (!event) return 0;
    auto entity = kind.empty("cli_1");
    entity->apply(*event, context);
    (void)entity->encode();
  } else if (head == "state") {
    const auto entity = kind.decode("cli_1", body);
    if (!entity) return 0;
    const auto stored = (*entity)->encode();
    const auto again = kind.decode("cli_1", stored);
    if (!again || (*again)->encode() != stored) std::abort();
    (void)(*entity)->deadlines();
    (void)(*entity)->index();
    (void)(*entity)->row(mf::entity::Viewpoint::staff);
    (void)(*entity)->view(mf::entity::Viewpoint::client);
  } else if (head.starts_with("command ")) {
    const auto command = kind.parse(head.substr(8), body);
    if (command) (void)kind.empty("cli_1")->decide(*command, {}, context);
  }
  return 0;
}
