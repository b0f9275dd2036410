#include "tests/gateway/fake_kinds.hpp"

#include "base/described_json.hpp"
#include "base/json.hpp"
#include "tests/fuzz/kinds.hpp"

namespace mf::test {
namespace {

using nlohmann::json;
using namespace mf::entity;

std::string text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

class FakeEntity final : public Entity {
 public:
  EntityRef ref;
  json state = json::object();
  std::string status_ = {};

  std::unique_ptr<Entity> clone() const override { return std::make_unique<FakeEntity>(*this); }
  bool exists() const override { return !state.empty(); }
  std::string status() const override { return status_; }
  std::vector<Need> needs(const CommandBody&, const Context&) const override { return {}; }
  std::expected<std::vector<EventBody>, Rejection> decide(const CommandBody&, const Answers&,
                                                          const Context&) const override {
    return std::vector<EventBody>{};
  }
  void apply(const EventBody&, const Context&) override {}
  std::string encode() const override { return to_text(state); }
  std::vector<Deadline> deadlines() const override { return {}; }
  std::vector<IndexEntry> index() const override { return {}; }
  std::string counter() const override { return {}; }
  Concerns concerns() const override {
    return {text(state, "zone"),
            text(state, "client"),
            text(state, "technician"),
            {},
            status_ != "CLOSED" && status_ != "CANCELLED"};
  }
  std::optional<Viewpoint> viewpoint(const Principal& by) const override {
    if (by.is_system() || by.is_administrator() || by.supervises(text(state, "zone")))
      return Viewpoint::staff;
    if (ref.kind == EntityKind::technician && by.technician == ref.id) return Viewpoint::technician;
    if (ref.kind == EntityKind::client && by.client == ref.id) return Viewpoint::client;
    if (!by.technician.empty() && by.technician == text(state, "technician"))
      return Viewpoint::technician;
    if (!by.client.empty() && by.client == text(state, "client")) return Viewpoint::client;
    if (by.tracked_order == ref.id) return Viewpoint::client;
    return {};
  }
  std::string view(const Viewer& as) const override {
    std::string out = "{\"id\":\"" + ref.id + "\",\"status\":\"" + status_ +
                      "\",\"seen_as\":" + std::to_string(static_cast<int>(as.as));
    for (const auto& [name, value] : state.items())
      if (name != "id" && name != "status") out += "," + to_text(json(name)) + ":" + to_text(value);
    return out + "}";
  }
  std::string row(const Viewer& as) const override { return view(as); }
  std::expected<std::string, Rejection> answer(std::string_view query, std::string_view,
                                               const Principal& by, Timestamp) const override {
    const auto as = viewpoint(by);
    const bool is_shown = as == Viewpoint::staff || as == Viewpoint::technician;
    if (query == "agenda_row" && is_shown) return row(*as);
    return hide();
  }
};

class FakeKind final : public Kind {
 public:
  FakeKind(EntityKind kind, std::vector<std::string> verbs)
      : kind_(kind), verbs_(std::move(verbs)) {}
  EntityKind kind() const override { return kind_; }
  std::unique_ptr<Entity> empty(std::string_view id) const override {
    auto entity = std::make_unique<FakeEntity>();
    entity->ref = {kind_, std::string(id)};
    return entity;
  }
  Result<std::unique_ptr<Entity>> decode(std::string_view, std::string_view) const override {
    return fail(ErrorCode::unsupported, "a fake");
  }
  std::expected<CommandBody, std::vector<FieldError>> parse(std::string_view verb,
                                                            std::string_view body) const override {
    auto parsed = mf::json::parse(body);
    if (!parsed) return std::unexpected(std::vector{parsed.error()});
    if (!parsed->is_object())
      return std::unexpected(std::vector{FieldError{"", "wrong_type", "not an object"_en}});
    if (parsed->contains("nope"))
      return std::unexpected(std::vector{FieldError{"nope", "unknown_field", "no such field"_en}});
    CommandBody result{
        std::string(verb), std::make_shared<json>(*parsed), std::string(body), {}, {}, {}};
    result.on_behalf_of = text(*parsed, "on_behalf_of");
    return result;
  }
  std::vector<Verb> public_verbs() const override {
    std::vector<Verb> result;
    result.reserve(verbs_.size());
    for (const auto& verb : verbs_) result.push_back({verb, R"({"type":"object"})"});
    return result;
  }
  /// What the real ones show: documents speak of nothing else.
  std::vector<Shown> shown() const override { return fuzz::kinds().of(kind_).shown(); }
  Status seal(std::string_view, EventBody&, KeyRing&) const override { return {}; }
  Result<EventBody> open(std::string_view, std::string_view, std::uint16_t, std::string_view,
                         KeyRing&) const override {
    return fail(ErrorCode::unsupported, "a fake");
  }
  std::vector<Reaction> react(std::string_view, const EventBody&) const override { return {}; }
  std::optional<std::string> event_view(const EventBody& event, const Viewer& as) const override {
    const auto body = parse_json(event.json);
    if (as == Viewpoint::client && text(body, "visibility") == "internal") return {};
    if (as.is_by_link && text(body, "visibility") == "client") return {};
    return event.json;
  }

 private:
  EntityKind kind_;
  std::vector<std::string> verbs_;
};

std::string upper(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::toupper(c));
  return text;
}

}  // namespace

void add_fake_kinds(Kinds& kinds) {
  const auto add = [&](EntityKind kind, std::vector<std::string> verbs) {
    kinds.add(std::make_unique<FakeKind>(kind, std::move(verbs)));
  };
  add(EntityKind::work_order,
      {"create", "edit", "triage", "assign", "accept", "start", "complete", "cancel", "comment"});
  add(EntityKind::technician, {"create", "edit", "set_availability", "ack_assignment"});
  add(EntityKind::client, {"create", "edit", "add_site"});
  add(EntityKind::account, {"create", "edit", "invite", "set_password"});
  add(EntityKind::unique_name, {});
  add(EntityKind::catalogue, {"create_zone", "edit_zone", "create_order_type", "put_sla_policy"});
}

std::shared_ptr<const Entity> next_state(const EntityRef& ref,
                                         const std::shared_ptr<const Entity>& before,
                                         const std::string& verb, const std::string& body) {
  auto entity = before ? std::make_shared<FakeEntity>(static_cast<const FakeEntity&>(*before))
                       : std::make_shared<FakeEntity>();
  entity->ref = ref;
  entity->state["id"] = ref.id;
  entity->state.merge_patch(parse_json(body));
  entity->status_ = verb == "create" ? "NEW" : upper(verb);
  if (entity->state.contains("status")) entity->status_ = text(entity->state, "status");
  entity->state.erase("status");
  return entity;
}

std::string event_type(EntityKind kind, const std::string& verb) {
  if (verb.find('.') != std::string::npos) return verb;  // a test names the event itself
  const std::string noun = kind == EntityKind::work_order ? "order" : std::string(to_string(kind));
  return noun + "." + (verb == "create" ? "created" : verb);
}

}  // namespace mf::test
