#include "tests/shard/toy_kinds.hpp"

#include <charconv>
#include <functional>
#include <map>

#include "actors/shard/entity_steps.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/claim.hpp"

namespace mf::toy {

using namespace mf::entity;
using namespace mf::shard;

std::string text_of(std::string_view json, std::string_view key) {
  const auto quoted = "\"" + std::string(key) + "\":\"";
  const auto at = json.find(quoted);
  if (at == json.npos) return {};
  const auto begin = at + quoted.size();
  return std::string(json.substr(begin, json.find('"', begin) - begin));
}

namespace {

std::string object(std::initializer_list<std::pair<std::string_view, std::string>> fields) {
  std::string out = "{";
  for (const auto& [key, value] : fields) {
    if (out.size() > 1) out += ',';
    out.append("\"").append(key).append("\":\"").append(value).append("\"");
  }
  return out + "}";
}

EventBody event(std::string type, std::string json) {
  return {std::move(type), 1, {}, std::move(json)};
}

Timestamp time_of(std::string_view json, std::string_view key) {
  const auto text = text_of(json, key);
  std::int64_t ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  return from_millis(ms);
}
std::string text(Timestamp t) { return std::to_string(to_millis(t)); }

using Decided = std::expected<std::vector<EventBody>, Rejection>;

/// What the toys don't need.
template <class Self>
class Plain : public Entity {
 public:
  // The toys inherit this constructor. NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility)
  explicit Plain(std::string id) : id_(std::move(id)) {}
  std::unique_ptr<Entity> clone() const override {
    return std::make_unique<Self>(static_cast<const Self&>(*this));
  }
  bool exists() const override { return exists_; }
  std::string status() const override { return {}; }
  std::vector<Need> needs(const CommandBody&, const Context&) const override { return {}; }
  std::vector<Deadline> deadlines() const override { return {}; }
  std::vector<IndexEntry> index() const override { return {}; }
  std::string counter() const override { return {}; }
  Concerns concerns() const override { return {}; }
  std::optional<Viewpoint> viewpoint(const Principal& by) const override {
    return by.account == "stranger" ? std::nullopt : std::optional(Viewpoint::staff);
  }
  std::string view(const Viewer&) const override { return object({{"id", id_}}); }
  std::string row(const Viewer&) const override { return object({{"id", id_}}); }
  std::expected<std::string, Rejection> answer(std::string_view, std::string_view, const Principal&,
                                               Timestamp) const override {
    return hide();
  }

  std::string id_;
  bool exists_ = false;
};

struct Job : Plain<Job> {
  Job(std::string id, Mistakes mistakes) : Plain(std::move(id)), mistakes_(mistakes) {}
  Mistakes mistakes_;
  std::uint64_t events = 0;
  std::string holder, token, padding;
  std::optional<Timestamp> tick_due, timeout_due;

  std::string status() const override { return holder.empty() ? "FREE" : "TAKEN"; }
  std::string counter() const override { return exists_ ? "zone|" + status() : ""; }
  std::vector<IndexEntry> index() const override {
    if (!exists_) return {};
    return {{1, status(), {}}, {2, "fixed", {}}, {3, "state", status()}};
  }
  std::vector<Deadline> deadlines() const override {
    std::vector<Deadline> due;
    if (tick_due) due.push_back({"tick", *tick_due});
    if (timeout_due) due.push_back({"timeout", *timeout_due});
    return due;
  }
  std::vector<Need> needs(const CommandBody& body, const Context& context) const override {
    if (body.verb == "note")
      return {{Need::Type::fact, "total", {counter_kind, "sum"}, "total", "{}", {}}};
    if (body.verb != "take") return {};
    auto told = context;
    if (mistakes_.token_without_attempt) told.attempt = 0;
    const auto token = claim_token(id_, "take", told);
    return {{Need::Type::claim,
             "holder",
             {holder_kind, text_of(body.json, "holder")},
             "claim",
             object({{"token", token}, {"owner", id_}}),
             token}};
  }
  Decided decide(const CommandBody& body, const Answers& answers,
                 const Context& context) const override {
    const auto label = id_ + ":" + std::to_string(events);
    if (body.verb == "break") MF_ASSERT(false, "as asked");
    if (context.by.account == "guest") return forbid();
    if (body.verb == "create") {
      if (exists_) return reject("already_exists");
      return std::vector{event(
          "job.created", object({{"label", label}, {"due", text(context.now + tick_after)}}))};
    }
    if (!exists_) return hide();
    if (body.verb == "note") {
      MF_ASSERT(answers.size() == 1 && answers[0].name == "total", "a fact is missing");
      return std::vector{event("job.noted", object({{"label", label}}))};
    }
    if (body.verb == "grow")
      return std::vector{
          event("job.grown", object({{"label", label}, {"size", text_of(body.json, "size")}}))};
    if (body.verb == "take") return take(body, answers, context, label);
    if (body.verb == "arm")
      return std::vector{
          event("job.armed", object({{"label", label}, {"due", text_of(body.json, "due")}}))};
    if (body.verb == "drop" || body.verb == "timeout") {
      if (holder.empty()) return reject("not_taken");
      return std::vector{
          event("job.dropped", object({{"label", label}, {"holder", holder}, {"token", token}}))};
    }
    return std::vector{event("job.ticked", object({{"due", text(*tick_due)}}))};
  }
  Decided take(const CommandBody& body, const Answers& answers, const Context& context,
               const std::string& label) const {
    if (!answers.at(0).value) return std::unexpected(answers[0].value.error());
    if (!holder.empty()) return reject("taken_already");
    auto told = context;
    if (mistakes_.token_without_attempt) told.attempt = 0;
    return std::vector{event("job.taken", object({{"label", label},
                                                  {"holder", text_of(body.json, "holder")},
                                                  {"token", claim_token(id_, "take", told)},
                                                  {"due", text(context.now + timeout_after)}}))};
  }
  void apply(const EventBody& e, const Context&) override {
    exists_ = true;
    ++events;
    if (e.type == "job.created" || e.type == "job.armed") tick_due = time_of(e.json, "due");
    if (e.type == "job.ticked") tick_due.reset();
    if (e.type == "job.grown") padding.assign(std::stoul(text_of(e.json, "size")), 'x');
    if (e.type == "job.taken") {
      holder = text_of(e.json, "holder");
      token = text_of(e.json, "token");
      timeout_due = time_of(e.json, "due");
    }
    if (e.type == "job.dropped") {
      holder.clear();
      token.clear();
      timeout_due.reset();
    }
  }
  std::string encode() const override {
    std::string out;
    put_varint(out, events);
    for (const auto* s : {&holder, &token, &padding}) put_bytes(out, *s);
    put_varint(out, tick_due ? to_millis(*tick_due) : 0);
    put_varint(out, timeout_due ? to_millis(*timeout_due) : 0);
    return out;
  }
  void decode(std::string_view bytes) {
    ByteReader in(bytes);
    events = in.varint();
    for (auto* s : {&holder, &token, &padding}) *s = in.bytes();
    for (auto* due : {&tick_due, &timeout_due})
      if (const auto ms = in.varint()) *due = from_millis(static_cast<std::int64_t>(ms));
    exists_ = true;
  }
  std::expected<std::string, Rejection> answer(std::string_view query, std::string_view body,
                                               const Principal&, Timestamp) const override {
    if (query != "claim_in_use") return hide();
    return object({{"used", !token.empty() && text_of(body, "token") == token ? "yes" : "no"}});
  }
};

/// A claim is a set of tokens of one owner: a re-claim adds one, so that giving back an unused one
/// leaves the used one in place.
struct Holder : Plain<Holder> {
  Holder(std::string id, Mistakes mistakes) : Plain(std::move(id)), mistakes_(mistakes) {}
  struct Token {
    std::optional<Timestamp> check_at;
  };
  Mistakes mistakes_;
  std::string owner;
  std::map<std::string, Token> tokens;

  std::vector<Deadline> deadlines() const override {
    std::optional<Timestamp> due;
    for (const auto& [token, t] : tokens)
      if (t.check_at) due = due ? std::min(*due, *t.check_at) : *t.check_at;
    if (!due) return {};
    return {{"verify_claims", *due}};
  }
  std::vector<std::string> to_check(Timestamp now) const {
    std::vector<std::string> due;
    for (const auto& [token, t] : tokens)
      if (t.check_at && *t.check_at <= now) due.push_back(token);
    return due;
  }
  std::vector<Need> needs(const CommandBody& body, const Context& context) const override {
    std::vector<Need> needs;
    if (body.verb == "verify_claims" && !mistakes_.holder_frees_by_clock)
      for (const auto& token : to_check(context.now))
        needs.push_back({Need::Type::fact,
                         token,
                         {job_kind, owner},
                         "claim_in_use",
                         object({{"token", token}}),
                         {}});
    return needs;
  }
  Decided decide(const CommandBody& body, const Answers& answers,
                 const Context& context) const override {
    const auto token = text_of(body.json, "token");
    if (body.verb == "claim") {
      const auto by = text_of(body.json, "owner");
      if (!owner.empty() && owner != by) return reject("held_by_another");
      return std::vector{event(
          "holder.claimed",
          object({{"token", token}, {"owner", by}, {"check", text(context.now + check_after)}}))};
    }
    if (body.verb == "release_claim") {
      if (!tokens.contains(token)) return reject("claim_not_held");
      return std::vector{event("holder.released", object({{"token", token}}))};
    }
    std::vector<EventBody> events;
    if (mistakes_.holder_frees_by_clock)
      for (const auto& due : to_check(context.now))
        events.push_back(event("holder.released", object({{"token", due}})));
    for (const auto& answer : answers) {
      const auto used = answer.value ? text_of(*answer.value, "used") : "";
      if (used == "yes")
        events.push_back(event("holder.confirmed", object({{"token", answer.name}})));
      if (used == "no")
        events.push_back(event("holder.released", object({{"token", answer.name}})));
      if (used.empty())
        events.push_back(
            event("holder.kept",
                  object({{"token", answer.name}, {"check", text(context.now + check_after)}})));
    }
    if (events.empty()) return reject("already_done");
    return events;
  }
  void apply(const EventBody& e, const Context&) override {
    exists_ = true;
    const auto token = text_of(e.json, "token");
    if (e.type == "holder.claimed") {
      owner = text_of(e.json, "owner");
      tokens[token].check_at = time_of(e.json, "check");
    }
    if (e.type == "holder.kept" && tokens.contains(token))
      tokens[token].check_at = time_of(e.json, "check");
    if (e.type == "holder.confirmed" && tokens.contains(token)) tokens[token].check_at.reset();
    if (e.type == "holder.released") {
      if (mistakes_.release_frees_whole_claim && tokens.contains(token)) tokens.clear();
      tokens.erase(token);
      if (tokens.empty()) owner.clear();
    }
  }
  std::string encode() const override {
    std::string out;
    put_bytes(out, owner);
    put_varint(out, tokens.size());
    for (const auto& [token, t] : tokens) {
      put_bytes(out, token);
      put_varint(out, t.check_at ? to_millis(*t.check_at) : 0);
    }
    return out;
  }
  void decode(std::string_view bytes) {
    ByteReader in(bytes);
    owner = in.bytes();
    for (auto n = in.varint(); n > 0; --n) {
      auto& token = tokens[std::string(in.bytes())];
      if (const auto ms = in.varint()) token.check_at = from_millis(static_cast<std::int64_t>(ms));
    }
    exists_ = true;
  }
  std::expected<std::string, Rejection> answer(std::string_view query, std::string_view,
                                               const Principal&, Timestamp) const override {
    if (query != "claim") return hide();
    return object({{"id", id_}});
  }
};

struct Counter : Plain<Counter> {
  using Plain::Plain;
  std::uint64_t total = 0;
  Decided decide(const CommandBody& body, const Answers&, const Context&) const override {
    return std::vector{event("counter.added", object({{"label", text_of(body.json, "label")}}))};
  }
  void apply(const EventBody&, const Context&) override {
    exists_ = true;
    ++total;
  }
  std::string encode() const override { return std::to_string(total); }
  void decode(std::string_view bytes) {
    total = std::stoull(std::string(bytes));
    exists_ = true;
  }
  std::expected<std::string, Rejection> answer(std::string_view query, std::string_view,
                                               const Principal&, Timestamp) const override {
    if (query != "total") return hide();
    return object({{"total", std::to_string(total)}});
  }
};

template <class E>
class ToyKind : public Kind {
 public:
  ToyKind(EntityKind kind, std::function<E(std::string)> make,
          std::function<bool(std::string_view)> can_open = {})
      : kind_(kind), make_(std::move(make)), can_open_(std::move(can_open)) {}
  EntityKind kind() const override { return kind_; }
  std::unique_ptr<Entity> empty(std::string_view id) const override {
    return std::make_unique<E>(make_(std::string(id)));
  }
  Result<std::unique_ptr<Entity>> decode(std::string_view id, std::string_view s) const override {
    if (s == "damaged") return fail(ErrorCode::corrupt, "damaged");
    auto entity = std::make_unique<E>(make_(std::string(id)));
    entity->decode(s);
    return entity;
  }
  std::expected<CommandBody, std::vector<FieldError>> parse(std::string_view verb,
                                                            std::string_view json) const override {
    if (verb == "unknown_verb") return std::unexpected(std::vector<FieldError>{});
    return CommandBody{std::string(verb), {}, std::string(json), {}, {}, {}};
  }
  std::vector<Verb> public_verbs() const override { return {}; }
  /// With keys every event of a job says with which it would have been sealed.
  Status seal(std::string_view id, EventBody& body, KeyRing& keys) const override {
    if (kind_ != job_kind) return {};
    const auto cipher = keys.cipher_of(id, true);
    if (const auto sealed = cipher ? cipher->seal("") : std::string(); !sealed.empty())
      body.json.insert(body.json.size() - 1, ",\"sealed\":\"" + sealed + "\"");
    return {};
  }
  Result<EventBody> open(std::string_view id, std::string_view type, std::uint16_t schema,
                         std::string_view json, KeyRing&) const override {
    if (can_open_ && !can_open_(id)) return fail(ErrorCode::unsupported, "of a newer program");
    return EventBody{std::string(type), schema, {}, std::string(json)};
  }
  std::vector<Reaction> react(std::string_view, const EventBody& e) const override {
    std::vector<Reaction> reactions;
    if (e.type.starts_with("job.") && e.type != "job.ticked")
      reactions.push_back(
          {{counter_kind, "sum"}, "add", object({{"label", text_of(e.json, "label")}})});
    if (e.type == "job.dropped")
      reactions.push_back({{holder_kind, text_of(e.json, "holder")},
                           "release_claim",
                           object({{"token", text_of(e.json, "token")}})});
    return reactions;
  }
  std::optional<std::string> event_view(const EventBody& e, const Viewer&) const override {
    return e.json;
  }

 private:
  EntityKind kind_;
  std::function<E(std::string)> make_;
  std::function<bool(std::string_view)> can_open_;
};

}  // namespace

entity::Kinds make_kinds(Mistakes mistakes, const std::function<bool(std::string_view)>& can_open) {
  entity::Kinds kinds;
  kinds.add(std::make_unique<ToyKind<Job>>(
      job_kind, [=](std::string id) { return Job(std::move(id), mistakes); }, can_open));
  kinds.add(std::make_unique<ToyKind<Holder>>(
      holder_kind, [=](std::string id) { return Holder(std::move(id), mistakes); }));
  kinds.add(std::make_unique<ToyKind<Counter>>(
      counter_kind, [](std::string id) { return Counter(std::move(id)); }));
  return kinds;
}

}  // namespace mf::toy
