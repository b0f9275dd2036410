// Who a session belongs to, from `connect` to the end of the login.
#include "base/json_text.hpp"
#include "gateway/ws/session.hpp"

namespace mf::gateway::ws {
namespace {

bool is_same(const Principal& a, const Principal& b) {
  return a.roles == b.roles && a.zones == b.zones && a.technician == b.technician &&
         a.client == b.client;
}

Principal tracking_principal(const Id& order) {
  Principal by;
  by.account = "tracking";
  by.tracked_order = order;
  return by;
}

std::string track_query(const Hash256& secret) {
  return json::Object().add("secret_hash", to_hex(secret.view())).text();
}

}  // namespace

/// The login was good at the upgrade, or up to `principal_cache` before: it may have ended since.
void Session::check_login(std::uint64_t id) {
  const auto drops = principals_.cache().drops();
  auth::authenticate_again(
      principals_, *identity_,
      [weak = weak_from_this(), id, drops](auth::Verdict verdict, auth::IdentityPtr identity) {
        const auto self = weak.lock();
        if (!self || self->phase_ != Phase::authenticating) return;
        if (verdict == auth::Verdict::unavailable)
          return self->close(CloseCode::internal, "try again");
        if (verdict == auth::Verdict::unknown)
          return self->close(CloseCode::new_token, "the session has ended");
        // An account's event has overtaken the answer, which may be older.
        if (self->principals_.cache().drops() != drops) return self->check_login(id);
        if (!self->may_stay(*identity)) return;
        self->identity_ = std::move(identity);
        self->connected(id);
      });
}

void Session::follow_tracking(std::uint64_t id, const auth::Token& token) {
  const auto hash = token.hash();
  const auto by = tracking_principal(token.entity);
  thread_.ask({EntityKind::work_order, token.entity}, "track", track_query(hash), by,
              [weak = weak_from_this(), id, by, hash](const views::ReadReply& reply) {
                const auto self = weak.lock();
                if (!self || self->phase_ != Phase::authenticating) return;
                if (reply.fault) return self->close(CloseCode::internal, "try again");
                if (reply.no) return self->close(CloseCode::new_token, "no such link");
                auto identity = std::make_shared<auth::Identity>();
                identity->principal = by;
                identity->token_hash = hash;
                identity->expires_at = Timestamp::max();
                self->identity_ = std::move(identity);
                self->connected(id);
              });
}

void Session::recheck_tracking() {
  const Id& order = principal().tracked_order;
  thread_.ask({EntityKind::work_order, order}, "track", track_query(identity_->token_hash),
              principal(), [weak = weak_from_this()](const views::ReadReply& reply) {
                const auto self = weak.lock();
                if (self && reply.no) self->close(CloseCode::new_token, "the link has ended");
              });
}

void Session::watch_expiry() {
  due_.expiry = Deadlines::never;
  if (identity_->expires_at != Timestamp::max()) {
    const auto left = identity_->expires_at - thread_.now();
    // Beyond a day the ping of a later day will do: this keeps far dates from overflowing.
    due_.expiry = steady_now() + std::min<Duration>(left, std::chrono::hours(24 * 365));
  }
  rearm();
}

void Session::account_changed() {
  if (phase_ != Phase::connected || !principal().tracked_order.empty()) return;
  auth::authenticate_again(principals_, *identity_,
                           [weak = weak_from_this(), asked = identity_](
                               auth::Verdict verdict, auth::IdentityPtr identity) {
                             const auto self = weak.lock();
                             if (!self || self->phase_ != Phase::connected) return;
                             // A token that was renewed meanwhile has been checked by that.
                             if (self->identity_->token_hash != asked->token_hash) return;
                             self->is_in_doubt_ = verdict == auth::Verdict::unavailable;
                             if (verdict == auth::Verdict::unknown)
                               return self->close(CloseCode::new_token, "the session has ended");
                             if (identity) self->take_identity(std::move(identity));
                           });
}

/// As at the upgrade: an administrator who needs a second factor sets one up before anything else.
bool Session::may_stay(const auth::Identity& identity) {
  if (identity.must_set_totp) close(CloseCode::forbidden, "a second factor is due");
  return !identity.must_set_totp;
}

void Session::take_identity(auth::IdentityPtr identity) {
  if (phase_ != Phase::connected || !may_stay(*identity)) return;
  const auto before = std::exchange(identity_, std::move(identity));
  watch_expiry();
  if (is_same(before->principal, principal())) return;
  hub_.leave(*this, before->principal);
  hub_.join(*this);
  for (const auto& subscription : std::vector(subscriptions_)) hub_.recheck(subscription);
}

}  // namespace mf::gateway::ws
