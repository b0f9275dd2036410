#pragma once
// The runtime in memory, without actors: enough of it to test the gateway from outside. Entities
// are JSON objects; every verb succeeds, sets `status` and makes one event, unless a test says
// otherwise. Answers are posted from the calling thread.
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>

#include "actors/host/runtime.hpp"
#include "gateway/auth/token.hpp"

namespace mf::test {

class FakeRuntime final : public host::Runtime {
 public:
  FakeRuntime();
  ~FakeRuntime() override;

  // What a test prepares. Thread-safe, like everything here.

  /// An account with an open session; gives the bearer text. `principal.account` may be empty.
  std::string log_in(Principal principal, const std::string& username = "somebody");
  /// An account people can log in to through POST /v1/sessions.
  Id add_account(Principal principal, const std::string& username,
                 const std::string& password_hash);
  void set_totp(const Id& account, const std::string& secret);
  void end_session(const std::string& bearer);
  /// Puts an entity there, JSON with "id"; version 1, one event `<noun>.created`. Posts the batch.
  void put(EntityKind kind, const std::string& json, const std::string& status = "NEW");
  /// Applies one event to an entity as a command would; posts the batch.
  void change(const EntityRef& ref, const std::string& verb, const std::string& json = "{}");
  /// The tracking link's token of an order; its query `track` answers the client's view.
  std::string add_tracking(const Id& order);
  void send_board(const views::BoardDelta& delta);

  /// Decides first; nullopt: the usual behaviour.
  std::function<std::optional<entity::Reply>(const entity::Command&)> on_command;
  std::function<std::optional<views::ListReply>(const views::ListQuery&)> on_list;
  /// Answers `ask` of entities other than accounts; nullopt: the usual behaviour.
  std::function<std::optional<std::string>(const EntityRef&, const std::string&)> on_ask;
  std::string failing_query;  ///< asks of this are faults
  /// Keeps commands unanswered until release().
  void hold();
  void release();

  /// Keeps committed batches from the followers, and answers of reads from their callers.
  void hold_batches();
  void release_batches();
  void hold_answers();
  void release_answers();

  // What a test looks at.
  [[nodiscard]] std::vector<entity::Command> commands() const;
  [[nodiscard]] std::vector<std::size_t> batch_sizes() const;  ///< of submit()
  [[nodiscard]] std::vector<views::ListQuery> lists() const;
  [[nodiscard]] std::size_t asked(const std::string& query) const;
  [[nodiscard]] std::size_t held_answers() const;
  [[nodiscard]] std::size_t watchers(const Id& zone) const;
  std::string catalogue_zones = "[]", catalogue_types = "[]", catalogue_policies = "[]";
  std::size_t board_left_out = 0;
  host::Health health_now{true, "", 64, 64, 0, true};

  // The port.
  void submit(std::vector<host::TaggedCommand> commands, host::Sink& sink) override;
  void read(std::uint64_t tag, const EntityRef& ref, const Principal& by,
            host::Sink& sink) override;
  void ask(std::uint64_t tag, const EntityRef& ref, std::string query, std::string body,
           const Principal& by, host::Sink& sink) override;
  void timeline(std::uint64_t tag, const EntityRef& ref, std::uint64_t after, int limit,
                const Principal& by, host::Sink& sink) override;
  void list(std::uint64_t tag, views::ListQuery query, entity::Viewpoint as,
            host::Sink& sink) override;
  /// One letter, with a body where it is asked for.
  void letters(std::uint64_t tag, const views::LettersQuery& query, host::Sink& sink) override;
  void board(std::uint64_t tag, Id zone, host::Sink& sink) override;
  void watch_board(const Id& zone, host::Sink& sink, views::Pace pace) override;
  void unwatch_board(const Id& zone, host::Sink& sink, views::Pace pace) override;
  void follow(host::Sink& sink) override;
  void unfollow(host::Sink& sink) override;
  [[nodiscard]] std::shared_ptr<const views::CatalogueView> catalogue() const override;
  [[nodiscard]] const entity::Kinds& kinds() const override { return kinds_; }
  [[nodiscard]] std::uint16_t shard_count() const override { return 64; }
  [[nodiscard]] const std::string& era() const override { return era_; }
  [[nodiscard]] host::Health health() const override;

 private:
  struct Stored {
    std::shared_ptr<const entity::Entity> entity;
    std::uint64_t version = 0;
    std::vector<shard::EventRecord> events;
  };
  struct Session {
    Id id, account;
    std::string expires_at;
  };
  struct Account {
    Principal principal;
    std::string username, password_hash, locked_until, totp_secret, invitation_hash;
  };
  struct Done {
    std::uint64_t fingerprint = 0;
    entity::Outcome outcome;
  };

  entity::Reply decide(const entity::Command& command);
  entity::Reply decide_account(const entity::Command& command);
  entity::Outcome commit(const EntityRef& ref, const std::string& verb, const std::string& json,
                         const std::string& by);
  void answer(host::Sink& sink, std::uint64_t tag, host::Answered answered);
  std::string answer_account(const EntityRef& ref, const std::string& query,
                             const std::string& body);

  mutable std::recursive_mutex mutex_;
  entity::Kinds kinds_;
  std::string era_ = "era1";
  std::map<EntityRef, Stored> entities_;
  std::map<Id, Account> accounts_;
  std::map<std::string, Session> sessions_;  // by token hash, hex
  std::map<Id, std::string> tracking_;       // order → secret hash, hex
  std::map<std::array<std::uint8_t, 16>, Done> done_;
  std::set<host::Sink*> followers_;
  std::map<Id, std::multiset<host::Sink*>> watchers_;
  std::vector<entity::Command> commands_;
  std::vector<std::size_t> batch_sizes_;
  std::vector<views::ListQuery> lists_;
  std::map<std::string, std::size_t> asked_;
  bool is_held_ = false;
  std::vector<std::pair<host::Sink*, std::vector<host::TaggedCommand>>> held_;
  bool are_batches_held_ = false, are_answers_held_ = false;
  std::vector<std::shared_ptr<const shard::CommittedBatch>> held_batches_;
  std::vector<std::pair<host::Sink*, host::TaggedAnswer>> held_answers_;
  std::uint64_t seq_ = 0;
};

}  // namespace mf::test
