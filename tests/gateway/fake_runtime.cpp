#include "tests/gateway/fake_runtime.hpp"

#include <algorithm>
#include <iterator>

#include "base/json.hpp"
#include "gateway/api/event_json.hpp"
#include "tests/gateway/fake_kinds.hpp"

namespace mf::test {

using nlohmann::json;
using namespace mf::entity;
using namespace mf::shard;
using namespace mf::views;
using namespace mf::host;
using gateway::auth::Token;

FakeRuntime::FakeRuntime() { add_fake_kinds(kinds_); }
FakeRuntime::~FakeRuntime() = default;

Id FakeRuntime::add_account(Principal principal, const std::string& username,
                            const std::string& password_hash) {
  const std::lock_guard lock(mutex_);
  if (principal.account.empty()) principal.account = random_id("acc");
  const auto id = principal.account;
  accounts_[id] = {std::move(principal), username, password_hash, {}, {}, {}};
  return id;
}

std::string FakeRuntime::log_in(Principal principal, const std::string& username) {
  const std::lock_guard lock(mutex_);
  const auto account = add_account(std::move(principal), username, "");
  const auto token = gateway::auth::make_token(account);
  sessions_[to_hex(token.hash().view())] = {random_id("ses"), account, "2999-01-01T00:00:00.000Z"};
  return gateway::auth::bearer_text(token);
}

void FakeRuntime::set_totp(const Id& account, const std::string& secret) {
  const std::lock_guard lock(mutex_);
  accounts_[account].totp_secret = secret;
}

void FakeRuntime::end_session(const std::string& bearer) {
  const std::lock_guard lock(mutex_);
  const auto token = gateway::auth::parse_bearer(bearer);
  sessions_.erase(to_hex(token->hash().view()));
  commit({EntityKind::account, token->entity}, "close_session", "{}", "system");
}

void FakeRuntime::put(EntityKind kind, const std::string& body, const std::string& status) {
  auto parsed = parse_json(body);
  parsed["status"] = status;
  const std::lock_guard lock(mutex_);
  commit({kind, parsed["id"].get<std::string>()}, "create", to_text(parsed), "system");
}

void FakeRuntime::change(const EntityRef& ref, const std::string& verb, const std::string& body) {
  const std::lock_guard lock(mutex_);
  commit(ref, verb, body, "system");
}

std::string FakeRuntime::add_tracking(const Id& order) {
  const std::lock_guard lock(mutex_);
  const auto token = gateway::auth::make_token(order);
  tracking_[order] = to_hex(token.hash().view());
  return gateway::auth::tracking_text(token);
}

void FakeRuntime::send_board(const BoardDelta& delta) {
  const std::lock_guard lock(mutex_);
  const auto shared = std::make_shared<const BoardDelta>(delta);
  const auto& watchers = watchers_[delta.zone];
  for (auto* sink : std::set(watchers.begin(), watchers.end())) sink->post(shared);
}

void FakeRuntime::hold() {
  const std::lock_guard lock(mutex_);
  is_held_ = true;
}

void FakeRuntime::release() {
  const std::lock_guard lock(mutex_);
  is_held_ = false;
  for (auto& [sink, commands] : std::exchange(held_, {})) {
    std::vector<TaggedAnswer> answers;
    for (const auto& [tag, command] : commands) answers.push_back({tag, decide(command)});
    sink->post(std::move(answers));
  }
}

void FakeRuntime::submit(std::vector<TaggedCommand> commands, Sink& sink) {
  const std::lock_guard lock(mutex_);
  batch_sizes_.push_back(commands.size());
  std::ranges::transform(commands, std::back_inserter(commands_), &host::TaggedCommand::command);
  if (is_held_) return held_.push_back({&sink, std::move(commands)});
  std::vector<TaggedAnswer> answers;
  answers.reserve(commands.size());
  for (const auto& [tag, command] : commands) answers.push_back({tag, decide(command)});
  sink.post(std::move(answers));
}

Reply FakeRuntime::decide(const Command& command) {
  if (on_command)
    if (auto reply = on_command(command)) return std::move(*reply);
  if (const auto done = done_.find(command.id.bytes); done != done_.end()) {
    if (done->second.fingerprint != command.fingerprint)
      return Fault{Fault::Code::idempotency_key_reused, {}, {}};
    auto outcome = done->second.outcome;
    outcome.replayed = true;
    return outcome;
  }
  if (command.target.kind == EntityKind::account && command.by.is_system())
    return decide_account(command);
  const auto found = entities_.find(command.target);
  const bool is_new = command.body.verb == "create" || command.target.kind == EntityKind::catalogue;
  if (found == entities_.end() && !is_new) return hide().error();
  if (found != entities_.end()) {
    if (!found->second.entity->viewpoint(command.by)) return hide().error();
    if (command.body.verb == "create") return reject("already_exists").error();
    const auto& expected = command.expected_versions;
    if (!expected.empty() && std::ranges::find(expected, found->second.version) == expected.end())
      return Rejection{RejectionKind::precondition, "version_mismatch", "it has changed"_en, {}};
  }
  if (command.body.verb == "invite")
    accounts_[command.target.id].invitation_hash = parse_json(command.body.json)["token_hash"];
  auto outcome = commit(command.target, command.body.verb, command.body.json, command.by.account);
  done_[command.id.bytes] = {command.fingerprint, outcome};
  return outcome;
}

Reply FakeRuntime::decide_account(const Command& command) {
  const auto body = parse_json(command.body.json);
  const auto& verb = command.body.verb;
  if (verb == "open_session")
    sessions_[body["token_hash"]] = {body["session"], command.target.id, body["expires_at"]};
  if (verb == "close_session")
    std::erase_if(sessions_, [&](const auto& entry) {
      return entry.second.id == body["session"].template get<std::string>();
    });
  if (verb == "lock") accounts_[command.target.id].locked_until = body["until"];
  return commit(command.target, verb, "{}", "system");
}

Outcome FakeRuntime::commit(const EntityRef& ref, const std::string& verb, const std::string& body,
                            const std::string& by) {
  auto& stored = entities_[ref];
  const auto before = stored.entity ? stored.entity->concerns() : Concerns{};
  stored.entity = next_state(ref, stored.entity, verb, body);
  const auto shard = shard_of(ref, shard_count());
  EventRecord event;
  event.entity = ref;
  event.version = ++stored.version;
  event.id = "evt_" + std::to_string(shard) + "-" + std::to_string(++seq_) + "-0";
  event.body = {event_type(ref.kind, verb), 1, nullptr, body};
  event.recorded_at = event.occurred_at =
      from_millis(1'800'000'000'000 + static_cast<std::int64_t>(seq_));
  event.principal = by;
  stored.events.push_back(event);
  auto batch = std::make_shared<CommittedBatch>();
  batch->shard = shard;
  batch->seq = seq_;
  batch->era = era_;
  batch->time = event.recorded_at;
  batch->changes.push_back(
      {ref, stored.version, stored.entity, before, stored.entity->concerns(), {event}});
  if (are_batches_held_) held_batches_.push_back(batch);
  else
    for (auto* sink : followers_) sink->post(batch);
  return {ref.id, stored.version, stored.entity->status(),
          std::to_string(shard) + "-" + std::to_string(seq_), false};
}

void FakeRuntime::answer(Sink& sink, std::uint64_t tag, Answered answered) {
  if (are_answers_held_) return held_answers_.push_back({&sink, {tag, std::move(answered)}});
  std::vector<TaggedAnswer> answers;
  answers.push_back({tag, std::move(answered)});
  sink.post(std::move(answers));
}

void FakeRuntime::hold_batches() {
  const std::lock_guard lock(mutex_);
  are_batches_held_ = true;
}

void FakeRuntime::release_batches() {
  const std::lock_guard lock(mutex_);
  are_batches_held_ = false;
  for (const auto& batch : std::exchange(held_batches_, {}))
    for (auto* sink : followers_) sink->post(batch);
}

std::size_t FakeRuntime::held_answers() const {
  const std::lock_guard lock(mutex_);
  return held_answers_.size();
}

void FakeRuntime::hold_answers() {
  const std::lock_guard lock(mutex_);
  are_answers_held_ = true;
}

void FakeRuntime::release_answers() {
  const std::lock_guard lock(mutex_);
  are_answers_held_ = false;
  for (auto& [sink, answer] : std::exchange(held_answers_, {})) {
    std::vector<TaggedAnswer> answers;
    answers.push_back(std::move(answer));
    sink->post(std::move(answers));
  }
}

void FakeRuntime::read(std::uint64_t tag, const EntityRef& ref, const Principal& by, Sink& sink) {
  const std::lock_guard lock(mutex_);
  ReadReply reply;
  const auto found = entities_.find(ref);
  const auto as = found == entities_.end() ? std::nullopt : found->second.entity->viewpoint(by);
  if (!as) {
    reply.no = hide().error();
  } else {
    reply.version = found->second.version;
    reply.json = found->second.entity->view(*as);
    reply.viewpoint = as;
    reply.concerns = found->second.entity->concerns();
  }
  answer(sink, tag, std::move(reply));
}

std::string FakeRuntime::answer_account(const EntityRef& ref, const std::string& query,
                                        const std::string& body) {
  const auto found = accounts_.find(ref.id);
  if (found == accounts_.end()) return {};
  const auto& [principal, username, password_hash, locked_until, totp_secret, invitation_hash] =
      found->second;
  json result{{"account", ref.id},
              {"username", username},
              {"roles", json::array()},
              {"zones", principal.zones},
              {"technician", principal.technician},
              {"client", principal.client},
              {"language", "es"},
              {"totp", !totp_secret.empty()}};
  for (const auto role : principal.roles) result["roles"].push_back(to_string(role));
  if (query == "login") {
    result["password_hash"] = password_hash;
    if (!totp_secret.empty()) result["totp_secret"] = totp_secret;
    if (!invitation_hash.empty()) result["invitation_hash"] = invitation_hash;
    if (!locked_until.empty()) result["locked_until"] = locked_until;
    return to_text(result);
  }
  if (query != "principal") return {};
  const auto session = sessions_.find(parse_json(body)["token_hash"].get<std::string>());
  if (session == sessions_.end() || session->second.account != ref.id) return {};
  result["session"] = session->second.id;
  result["expires_at"] = session->second.expires_at;
  return to_text(result);
}

void FakeRuntime::ask(std::uint64_t tag, const EntityRef& ref, std::string query, std::string body,
                      const Principal& by, Sink& sink) {
  const std::lock_guard lock(mutex_);
  ++asked_[query];
  ReadReply reply;
  if (query == failing_query) {
    reply.fault = Fault{Fault::Code::unavailable, "the disk refused to read", {}};
    return answer(sink, tag, std::move(reply));
  }
  if (const auto scripted = on_ask ? on_ask(ref, query) : std::nullopt) {
    reply.json = *scripted;
  } else if (ref.kind == EntityKind::account) {
    reply.json = answer_account(ref, query, body);
  } else if (ref.kind == EntityKind::unique_name) {
    for (const auto& [id, account] : accounts_)
      if ("user:" + account.username == ref.id)
        reply.json = to_text(json{{"owner", "account/" + id}});
  } else if (query == "track") {
    const auto found = tracking_.find(ref.id);
    if (found != tracking_.end() &&
        found->second == parse_json(body).at("secret_hash").get<std::string>() &&
        entities_.contains(ref) && by.tracked_order == ref.id)
      reply.json = entities_[ref].entity->view(Viewpoint::client);
  } else if (query == "link_view") {
    const auto found = entities_.find(ref);
    if (found != entities_.end() && by.tracked_order == ref.id) {
      reply.json = found->second.entity->view(Viewpoint::client);
      reply.version = found->second.version;
    }
  } else if (const auto found = entities_.find(ref); found != entities_.end()) {
    if (auto answered = found->second.entity->answer(query, body, by, {})) reply.json = *answered;
  }
  if (reply.json.empty()) reply.no = hide().error();
  if (entities_.contains(ref)) reply.version = entities_[ref].version;
  answer(sink, tag, std::move(reply));
}

void FakeRuntime::timeline(std::uint64_t tag, const EntityRef& ref, std::uint64_t after, int limit,
                           const Principal& by, Sink& sink) {
  const std::lock_guard lock(mutex_);
  TimelineReply reply;
  const auto found = entities_.find(ref);
  reply.viewpoint = found == entities_.end() ? std::nullopt : found->second.entity->viewpoint(by);
  if (!reply.viewpoint) {
    reply.no = hide().error();
    return answer(sink, tag, std::move(reply));
  }
  reply.version = found->second.version;
  for (const auto& event : found->second.events) {
    if (event.version <= after) continue;
    if (static_cast<int>(reply.events.size()) == limit) {
      reply.more = true;
      break;
    }
    reply.events.push_back(event);
  }
  answer(sink, tag, std::move(reply));
}

void FakeRuntime::list(std::uint64_t tag, ListQuery query, Viewpoint as, Sink& sink) {
  const std::lock_guard lock(mutex_);
  lists_.push_back(query);
  ListReply reply;
  if (on_list)
    if (auto scripted = on_list(query)) return answer(sink, tag, std::move(*scripted));
  for (const auto& [ref, stored] : entities_) {
    if (ref.kind != query.kind || static_cast<int>(reply.rows.size()) == query.limit) continue;
    const auto concerns = stored.entity->concerns();
    if (!query.client.empty() && concerns.client != query.client) continue;
    if (!query.technician.empty() && concerns.technician != query.technician) continue;
    if (!query.zone.empty() && concerns.zone != query.zone) continue;
    reply.rows.push_back(gateway::with_version(stored.entity->row(as), stored.version));
  }
  reply.position = "0-" + std::to_string(seq_);
  answer(sink, tag, std::move(reply));
}

void FakeRuntime::letters(std::uint64_t tag, const views::LettersQuery& query, host::Sink& sink) {
  views::ListReply reply;
  reply.rows = {R"({"letter":"1-2-0-0"})"};
  if (query.limit == 1) reply.next_cursor = "1-2-0-0";
  answer(sink, tag, std::move(reply));
}

void FakeRuntime::board(std::uint64_t tag, Id zone, Sink& sink) {
  const std::lock_guard lock(mutex_);
  BoardReply reply;
  reply.at = seq_;
  reply.left_out = board_left_out;
  for (const auto& [ref, stored] : entities_) {
    const auto concerns = stored.entity->concerns();
    if (concerns.zone != zone || !concerns.is_open) continue;
    auto row = gateway::with_version(stored.entity->row(Viewpoint::staff), stored.version);
    reply.rows.push_back(
        {ref.id, stored.version, std::make_shared<const std::string>(std::move(row))});
  }
  reply.counts = "{}";
  answer(sink, tag, std::move(reply));
}

void FakeRuntime::watch_board(const Id& zone, Sink& sink, views::Pace) {
  const std::lock_guard lock(mutex_);
  watchers_[zone].insert(&sink);
}

void FakeRuntime::unwatch_board(const Id& zone, Sink& sink, views::Pace) {
  const std::lock_guard lock(mutex_);
  auto& watchers = watchers_[zone];
  if (const auto found = watchers.find(&sink); found != watchers.end()) watchers.erase(found);
}

void FakeRuntime::follow(Sink& sink) {
  const std::lock_guard lock(mutex_);
  followers_.insert(&sink);
}

void FakeRuntime::unfollow(Sink& sink) {
  const std::lock_guard lock(mutex_);
  followers_.erase(&sink);
}

std::shared_ptr<const CatalogueView> FakeRuntime::catalogue() const {
  const std::lock_guard lock(mutex_);
  const auto view = std::make_shared<CatalogueView>();
  view->version = 1;
  view->zones = catalogue_zones;
  view->order_types = catalogue_types;
  view->sla_policies = catalogue_policies;
  view->reason_codes = "[]";
  for (const auto& zone : parse_json(catalogue_zones)) view->zone_ids.insert(zone.value("id", ""));
  return view;
}

Health FakeRuntime::health() const {
  const std::lock_guard lock(mutex_);
  return health_now;
}

std::vector<Command> FakeRuntime::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

std::vector<std::size_t> FakeRuntime::batch_sizes() const {
  const std::lock_guard lock(mutex_);
  return batch_sizes_;
}

std::vector<ListQuery> FakeRuntime::lists() const {
  const std::lock_guard lock(mutex_);
  return lists_;
}

std::size_t FakeRuntime::asked(const std::string& query) const {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find(query);
  return found == asked_.end() ? 0 : found->second;
}

std::size_t FakeRuntime::watchers(const Id& zone) const {
  const std::lock_guard lock(mutex_);
  const auto found = watchers_.find(zone);
  return found == watchers_.end() ? 0 : found->second.size();
}

}  // namespace mf::test
