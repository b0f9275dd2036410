#include "gateway/auth/principals.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "base/json_member.hpp"
#include "gateway/auth/login_guard.hpp"

namespace mf::gateway::auth {
namespace {

/// Somebody with the right to has let this account in again.
bool is_let_in(const shard::Change& change) {
  return std::ranges::any_of(change.events, [](const shard::EventRecord& event) {
    return event.body.type == "account.unlocked" || event.body.type == "account.password_set" ||
           event.body.type == "account.invitation_redeemed";
  });
}

std::string username_of(const entity::Entity& account) {
  return text_member(parse_json(account.row(entity::Viewpoint::staff)), "username");
}

}  // namespace

void Principals::on_batch(const std::shared_ptr<const shard::CommittedBatch>& batch) {
  for (const auto& change : batch->changes) {
    if (change.entity.kind != EntityKind::account) continue;
    cache_.drop_account(change.entity.id);
    if (is_let_in(change))
      thread_.shared().logins.let_in(folded_username(username_of(*change.after)));
  }
}

void Principals::forget_everywhere(const Id& account, std::function<void()> then) {
  struct Round {
    std::function<void()> then;
    std::size_t left = 0;  // counted on our thread
  };
  const auto round = std::make_shared<Round>(Round{std::move(then), everybody_.size()});
  for (auto* each : everybody_)
    boost::asio::post(each->thread_.io(), [this, each, account, round = round]() mutable {
      each->cache_.drop_account(account);
      boost::asio::post(thread_.io(), [round = std::move(round)] {
        if (--round->left == 0) round->then();
      });
    });
}

}  // namespace mf::gateway::auth
