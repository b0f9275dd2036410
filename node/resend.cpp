#include "node/resend.hpp"

#include <utility>

#include "node/node.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::node {
namespace {

using storage::DeadLetter;

Resent resend(Node& node, const DeadLetter& letter) {
  const auto reaction = node.reaction_of(letter.key);
  if (!reaction) return {letter, "failed", reaction.error().message};
  if (reaction->target != letter.target || reaction->verb != letter.verb)
    return {letter, "failed", "this program makes something else of its event"};
  const auto id =
      letter.command.empty()
          ? blake2b_128({"dead-letter", node.runtime().era(), storage::name_of(letter.key)})
          : letter.command;
  auto command =
      entity::system_command(node.runtime().kinds().of(letter.target.kind), letter.target,
                             letter.verb, reaction->body, id, entity::Origin::reaction);
  if (!command) return {letter, "refused", command.error().code};
  command->cause = storage::cause_of(letter.key);
  auto done = node.door().run(std::move(*command));
  if (done) return {letter, "done", {}};
  const bool is_no =
      done.error().code != ErrorCode::unavailable && done.error().code != ErrorCode::timeout;
  return {letter, is_no ? "refused" : "failed", done.error().message};
}

}  // namespace

Result<std::vector<Resent>> resend_dead_letters(const config::Config& config,
                                                const std::vector<DeadLetter>& letters) {
  std::vector<Resent> sent;
  std::vector<storage::keys::DeadLetterKey> done;
  {
    const auto node = Node::start(config, Doors::closed);
    if (!node) return std::unexpected(node.error());
    for (const auto& letter : letters) {
      sent.push_back(resend(**node, letter));
      if (sent.back().outcome == "done") done.push_back(letter.key);
    }
    (*node)->stop();
  }
  // A crash before this leaves letters that are sent again, which changes nothing.
  if (done.empty()) return sent;
  if (auto gone = storage::forget_dead_letters(config.storage.data_dir, done); !gone)
    return std::unexpected(std::move(gone.error()));
  return sent;
}

}  // namespace mf::node
